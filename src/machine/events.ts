/**
 * Owns what goes into the machine and what comes out: events with the inputs of their moment, and effects. Types only.
 * Must never hold what a state remembers: that is states.ts.
 */

import type { CloseInfo } from '../policy/close-policy.ts'
import type { ErrorCode } from '../policy/errors.ts'
import type { State } from './states.ts'

/** Why an attempt failed: a code and the platform's own error, or an earlier failure. */
export interface Failure {
  readonly code: ErrorCode
  readonly cause?: unknown
}

/** The payload of `retry`. */
export interface RetryInfo {
  /** Number of the retry, 1 for the first. */
  readonly attempt: number
  /** How long it waits, ms. */
  readonly delay: number
  /** How many there may be. */
  readonly maxRetries: number
}

/** What each event brings along. */
interface Payloads {
  connect: unknown
  reconnect: unknown
  close: { readonly code: number; readonly reason: string }
  openCircuit: { readonly duration: number }
  closeCircuit: unknown
  /** The url or the protocols have changed (R27). */
  urlChanged: unknown
  /** Other options have changed (R27). */
  optionsChanged: unknown
  /** Whoever closed it is about to connect it again: what is sent until then waits (R30). */
  prepare: unknown
  opened: unknown
  /** The socket's close event; with a `failure` where a protocol above the socket has its own word on it. */
  socketClosed: Omit<CloseInfo, 'opened'> & { readonly cause?: unknown; readonly failure?: Failure | undefined }
  /** There is no socket, and why; `fatal` where trying again cannot help. */
  attemptFailed: { readonly failure: Failure; readonly fatal: boolean }
  timeout: unknown
  online: unknown
  wake: unknown
  offline: unknown
  freeze: unknown
  /** The page has been hidden for `hiddenTimeout`. */
  suspend: unknown
}

export type EventType = keyof Payloads
export type MachineEvent<E extends EventType = EventType> = { [K in E]: Payloads[K] & { readonly type: K } }[E]

/** All the time, chance and user's will that a handler may use, so that a log of events replays exactly. */
export interface EventInputs {
  /** Monotonic ms. */
  readonly now: number
  /** One number in [0, 1). */
  readonly random: number
  /** Whether anything has been heard, or the buffer has drained, since the last ping (R14). */
  readonly answered: boolean
  /** What `shouldReconnect` says of the ending that this event is: no, yes, or yes after so many ms (R12). */
  readonly shouldReconnect?: boolean | number | undefined
  /** What `retryDelay` makes of the delay that this event leads to, ms (R4). */
  readonly retryDelay?: number | undefined
}

/** An event as the machine gets it. */
export type Input<E extends EventType = EventType> = MachineEvent<E> & EventInputs

/** What the runtime has to do or to tell, by name, with its arguments. */
export type Effect =
  | readonly ['dial']
  | readonly ['ping']
  /** Note what has been heard so far, as a ping would, without sending one. */
  | readonly ['markHeard']
  /** Let the socket go at once, telling the peer if it still listens. */
  | readonly [name: 'abandon', code: number, reason: string]
  /** Start the closing handshake. */
  | readonly [name: 'closeSocket', code: number, reason: string]
  | readonly [name: 'dropQueue', reason: 'closed' | 'url-changed']
  | readonly ['error', Failure]
  | readonly ['close', CloseInfo]
  | readonly ['retry', RetryInfo]
  | readonly ['open']

/** What an event makes of a state. */
export type Transition = readonly [State, ...Effect[]]
