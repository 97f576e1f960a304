/**
 * Owns the frozen picture of a client that readers may compare by identity (R26).
 * Must never be replaced when no field differs: every new object is a render somewhere.
 */

import type { ConnectionState, ConnectionStatus } from '../machine/states.ts'
import { visible } from '../machine/transitions.ts'
import type { CircuitState } from '../policy/circuit-breaker.ts'
import type { CloseInfo } from '../policy/close-policy.ts'
import type { WebSocketReconnectError } from '../policy/errors.ts'
import type { ClientEvents } from './client-events.ts'
import type { Engine } from './engine.ts'

/** What may be seen of a client: a frozen object, replaced when, and only when, a field differs. */
export interface Snapshot {
  /** One of the six states. */
  readonly state: ConnectionState
  /** The same in one word for a person; tells waiting for a retry from never having been asked. */
  readonly status: ConnectionStatus
  /** The circuit breaker's state. */
  readonly circuitState: CircuitState
  /** Failures in a row. */
  readonly circuitFailures: number
  /** From the first loss or failed attempt until OPEN, FAILED or `close()`. */
  readonly isReconnecting: boolean
  /** Retries since the last proven connection. */
  readonly retryCount: number
  /** When the next attempt starts, epoch ms, or null. */
  readonly retryAt: number | null
  /** When an open circuit half-opens, epoch ms, or null. */
  readonly halfOpenAt: number | null
  /** 0, then one more at each open: depend on it where you subscribe to something on the server. */
  readonly connectionId: number
  /** 0, then one more whenever the url (or `urlKey`) or protocols have become others: what came before is from elsewhere. */
  readonly addressId: number
  /** The subprotocol the server chose ('' for none); null while down. */
  readonly protocol: string | null
  /** Why it is down; null when open. */
  readonly error: WebSocketReconnectError | null
  /** How the last attempt or connection ended, or null. */
  readonly lastClose: CloseInfo | null
}

/** The snapshot before anything has happened, and on a server. */
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

const FIELDS = /* @__PURE__ */ Object.keys(initialSnapshot) as ReadonlyArray<keyof Snapshot>

/** What a client's listeners hear, and the one thing that its readers do. */
export interface EngineEvents extends ClientEvents {
  /** There is a new snapshot. */
  snapshot: () => void
}

/** What was published last of each state without an error: ten thousand clients that are open alike share one. */
const latest: { [S in ConnectionState]?: Snapshot } = {}

export class SnapshotPublisher {
  current = initialSnapshot
  /** How often the address has become another. */
  addressId = 0
  /** Why it is down. */
  error: WebSocketReconnectError | null = null
  lastClose: CloseInfo | null = null

  /** Replaces the snapshot if there is news, and queues the telling of it: circuit first, then state (R25). */
  publish(engine: Engine, now: number): void {
    const old = this.current
    const { state } = engine
    const { circuit, phase, until } = state
    const offset = engine.clock.now() - now
    // The same deadline must stay the same number, though the wall clock drifts against the monotonic one.
    const epoch = (at: number, known: number | null) => {
      if (at === Infinity) return null
      const value = Math.round(at + offset)
      return known !== null && Math.abs(known - value) < 2 ? known : value
    }
    const next: Snapshot = {
      state: visible[phase][0],
      status: visible[phase][1],
      circuitState: circuit.state,
      circuitFailures: circuit.failures,
      isReconnecting: state.reconnecting,
      retryCount: state.retryCount,
      retryAt: epoch(phase === 'waiting' ? until : phase === 'blocked' ? circuit.trialAt : Infinity, old.retryAt),
      halfOpenAt: epoch(circuit.halfOpenAt, old.halfOpenAt),
      connectionId: engine.traffic.statistics.connections,
      addressId: this.addressId,
      protocol: state.openedAt < Infinity ? engine.connection?.socket?.protocol || '' : null,
      error: this.error,
      lastClose: this.lastClose,
    }
    const same = [old, latest[next.state]].find(
      (known) => known && FIELDS.every((field) => Object.is(known[field], next[field])),
    )
    if (same === old) return
    this.current = same || Object.freeze(next)
    // What an error holds may lead to a whole client, which nobody else must keep alive.
    if (!next.error) latest[next.state] = this.current
    if (next.circuitState !== old.circuitState) engine.emit('circuitChange', next.circuitState)
    if (next.state !== old.state) engine.emit('stateChange', next.state)
    engine.emit('snapshot')
  }
}
