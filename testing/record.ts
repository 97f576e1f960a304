/**
 * Owns the log of what a client told its listeners, in order.
 * Must never change what it records, nor listen to anything a user could not.
 */

import type { ClientEvents, WebSocketClient } from '../src/index.ts'

/** An event and what came with it; undefined for `open`. */
export type Recorded = {
  [K in keyof ClientEvents]: [type: K, payload: Parameters<ClientEvents[K]>[0]]
}[keyof ClientEvents]

/** All events so far, with three ways to look at them. */
export interface EventLog extends Array<Recorded> {
  /** The payloads of one event, in order. */
  of<K extends keyof ClientEvents>(type: K): Parameters<ClientEvents[K]>[0][]
  /** The log as short sentences: `'close 1006'`, `'error HANDSHAKE_FAILED'`, `'retry 1 in 1000'`. */
  readonly told: string[]
  /** The sentences so far; the log starts afresh. */
  take(): string[]
}

/** The name of every event. */
export const every = [
  'open',
  'message',
  'close',
  'error',
  'retry',
  'stateChange',
  'circuitChange',
  'drop',
  'latency',
] as const

/** Listens to all events of a client, or to all but some. */
export function record(client: WebSocketClient, { except = [] }: { except?: (keyof ClientEvents)[] } = {}): EventLog {
  const log: Recorded[] = []
  for (const type of every) {
    if (except.includes(type)) continue
    client.on(type, ((payload: unknown) => log.push([type, payload] as Recorded)) as ClientEvents[typeof type])
  }
  const told = () => log.map(sentence)
  // Not enumerable, so that a comparison with a plain array of pairs holds.
  return Object.defineProperties(log, {
    of: { value: (type: keyof ClientEvents) => log.filter((entry) => entry[0] === type).map((entry) => entry[1]) },
    told: { get: told },
    take: {
      value: () => {
        const sentences = told()
        log.length = 0
        return sentences
      },
    },
  }) as EventLog
}

function sentence(entry: Recorded): string {
  switch (entry[0]) {
    case 'open':
      return 'open'
    case 'message':
      return `message ${String(entry[1].data)}`
    case 'close':
      return `close ${entry[1].code}`
    case 'error':
      return `error ${entry[1].code}`
    case 'retry':
      return `retry ${entry[1].attempt} in ${entry[1].delay}`
    case 'drop':
      return `drop ${String(entry[1].data)} ${entry[1].reason}`
    default:
      return `${entry[0]} ${entry[1]}`
  }
}
