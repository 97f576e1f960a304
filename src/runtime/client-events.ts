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
  open: () => void
  /** The native event, pongs included; the second argument says whether it answers a ping. */
  message: (event: MessageEvent, isPong: boolean) => void
  close: (info: CloseInfo) => void
  error: (error: WebSocketReconnectError) => void
  retry: (info: RetryInfo) => void
  stateChange: (state: ConnectionState) => void
  circuitChange: (state: CircuitState) => void
  drop: (info: DropInfo) => void
  /** Round-trip time of a ping, ms. */
  latency: (ms: number) => void
}
