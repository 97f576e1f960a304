/**
 * Owns the list of events and what their listeners receive (R17, R25). Types only.
 * Must never name what only the inside needs to hear.
 */

import type { RetryInfo } from '../machine/events.ts'
import type { ConnectionState } from '../machine/states.ts'
import type { CircuitState } from '../policy/circuit-breaker.ts'
import type { CloseInfo } from '../policy/close-policy.ts'
import type { WebSocketReconnectError } from '../policy/errors.ts'
import type { DropInfo } from './sender.ts'

/** Every event and what its listeners receive. */
export interface ClientEvents {
  /** Connected. What is sent in here goes out before anything that waits in the queue. */
  open: () => void
  /**
   * The native event, pongs included; the second argument says whether it answers a ping, or is otherwise nothing but
   * the protocol's own talk.
   */
  message: (event: MessageEvent, isControl: boolean) => void
  /** An attempt or a connection has ended: once for each, also if it never opened. */
  close: (info: CloseInfo) => void
  /** Something went wrong; `error.code` says what. */
  error: (error: WebSocketReconnectError) => void
  /** A retry has been scheduled. */
  retry: (info: RetryInfo) => void
  /** The state has changed. */
  stateChange: (state: ConnectionState) => void
  /** The circuit has changed. */
  circuitChange: (state: CircuitState) => void
  /** A message will not be sent, and why. */
  drop: (info: DropInfo) => void
  /** A ping was answered: its round-trip time, ms. */
  latency: (ms: number) => void
}
