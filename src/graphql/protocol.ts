/**
 * Owns what graphql-transport-ws is: its name, what its close codes mean, and the options that speak it (docs/GRAPHQL.md).
 * Must never know of a message but the ping.
 */

import { warn } from '../options/dev-warnings.ts'
import type { WebSocketReconnectOptions } from '../options/options.ts'
import { type CloseTable, closeTable } from '../policy/close-policy.ts'

export const PROTOCOL = 'graphql-transport-ws'
/** The protocol before it, with other messages; older code names it. */
const OLDER = 'graphql-ws'

/** What this protocol's close codes mean, and below 4000 the engine's own (R12). */
export const graphqlCloseTable: CloseTable = [
  [4004, 4005, 'stop'],
  [4400, 4400, 'stop'],
  [4401, 4401, 'retry-with-fresh-auth'],
  [4403, 4403, 'stop'],
  [4406, 4406, 'stop'],
  [4409, 4409, 'stop'],
  [4429, 4429, 'stop'],
  [4500, 4500, 'stop'],
  [4000, 4999, 'retry'],
  ...closeTable,
]

/** Offers the right subprotocol, pings as the protocol does, and knows the protocol's close codes. */
export function withProtocolDefaults(options: Partial<WebSocketReconnectOptions>): Partial<WebSocketReconnectOptions> {
  const { protocols = [], heartbeatMessage } = options
  // Functions are trusted: they cannot be asked before their time.
  const isPing = typeof heartbeatMessage === 'function' || /type\W+ping\\?"/.test(JSON.stringify(heartbeatMessage))
  try {
    if (process.env.NODE_ENV !== 'production') {
      if (typeof protocols !== 'function' && ([] as string[]).concat(protocols).includes(OLDER)) {
        warn(`"${OLDER}" is an older subprotocol, with other messages, that servers refuse; offering "${PROTOCOL}".`)
      }
      if (heartbeatMessage && !isPing) {
        warn(`a server of ${PROTOCOL} hangs up on this heartbeatMessage (4400, 4429); sending {"type":"ping"}.`)
      }
    }
  } catch {}

  return {
    protocols:
      typeof protocols === 'function'
        ? protocols
        : [...new Set([PROTOCOL].concat(protocols))].filter((name) => name !== OLDER),
    heartbeatMessage: isPing ? heartbeatMessage : undefined,
  }
}
