/**
 * Owns the frozen picture of a client that readers may compare by identity (R26).
 * Must never be replaced when no field differs: every new object is a render somewhere.
 */

import type { CircuitState } from './circuit-breaker.ts'
import type { WebSocketReconnectError } from './errors.ts'
import type { CloseInfo } from './options.ts'
import type { ConnectionState, ConnectionStatus } from './state.ts'

export interface Snapshot {
  readonly state: ConnectionState
  /** The same in one word for a person; tells waiting for a retry from never having been asked. */
  readonly status: ConnectionStatus
  readonly circuitState: CircuitState
  readonly circuitFailures: number
  /** From the first loss or failed attempt until OPEN, FAILED or `close()`. */
  readonly isReconnecting: boolean
  readonly retryCount: number
  /** When the next attempt starts, epoch ms. */
  readonly retryAt: number | null
  /** When an open circuit half-opens, epoch ms. */
  readonly halfOpenAt: number | null
  /** 0, then one more at each open: depend on it where you subscribe to something on the server. */
  readonly connectionId: number
  /** 0, then one more whenever the url (or `urlKey`) or protocols have become others: what came before is from elsewhere. */
  readonly addressId: number
  /** The subprotocol the server chose ('' for none); null while down. */
  readonly protocol: string | null
  /** Why it is down; null when open. */
  readonly error: WebSocketReconnectError | null
  readonly lastClose: CloseInfo | null
}

/** Before anything has happened, and on a server. */
export const initialSnapshot: Snapshot = Object.freeze({
  state: 'CLOSED',
  status: 'idle',
  circuitState: 'CLOSED',
  circuitFailures: 0,
  isReconnecting: false,
  retryCount: 0,
  retryAt: null,
  halfOpenAt: null,
  connectionId: 0,
  addressId: 0,
  protocol: null,
  error: null,
  lastClose: null,
})

/** The old snapshot if it says the same, else a new one. */
export function refresh(old: Snapshot, next: Snapshot): Snapshot {
  for (const key in next) {
    if (!Object.is(old[key as keyof Snapshot], next[key as keyof Snapshot])) return Object.freeze(next)
  }
  return old
}
