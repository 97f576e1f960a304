/**
 * Owns the words the chart is written in: states, events, effects, limits. Types almost only.
 * Data exists only in the state that owns it, so that the compiler guards what a phase may ask.
 */

import { type Circuit, type CircuitLimits, closedCircuit } from '../policy/circuit-breaker.ts'
import type { CloseAction } from '../policy/close-policy.ts'
import type { ErrorCode } from '../policy/errors.ts'

/** The requirement's six states; the phases below are finer. */
export type ConnectionState = 'CLOSED' | 'CONNECTING' | 'OPEN' | 'CLOSING' | 'BLOCKED' | 'FAILED'

/**
 * What a person wants to know, in one word (R26): `idle` nobody has asked yet, `waiting` before a retry or for the page
 * to be seen again, `blocked` by the circuit breaker, `closed` after `close()`, `failed` gave up.
 */
export type ConnectionStatus = 'idle' | 'connecting' | 'open' | 'waiting' | 'blocked' | 'closing' | 'closed' | 'failed'

/** What the moves need to know of the options. */
export interface Limits extends CircuitLimits {
  readonly maxRetries: number
  readonly maxDelay: number
  readonly connectTimeout: number
  readonly closeTimeout: number
  readonly minUptime: number
  readonly heartbeatInterval: number
  readonly heartbeatTimeout: number
  /** The delay before retry number `attempt`, jitter included. */
  readonly backoff: (attempt: number, random: number, previousDelay: number | undefined) => number
  /** What a close code means (R12). */
  readonly closeAction: (code: number) => CloseAction
  /** Whether the next attempt asks for credentials afresh. */
  readonly hasFreshAuth: boolean
  /** The user's adjustment of a delay; never throws. */
  readonly adjust?:
    | ((attempt: number, delay: number, lastClose: End & { readonly opened: boolean }) => number)
    | undefined
}

/** What outlives the phases. */
export interface Common {
  readonly circuit: Circuit
  readonly retryCount: number
  /** The last backoff delay, for decorrelated jitter. */
  readonly delay: number | undefined
  readonly offline: boolean
  /** Between the first loss or failure and the next open. */
  readonly reconnecting: boolean
  /** When the world last revived this client; −Infinity once it is proven or asked to connect (R6). */
  readonly revivedAt: number
  /** The one more attempt after an authorization close has been used (R12). */
  readonly authRetryUsed: boolean
}

/** What an attempt carries from its dial to its end. */
export interface Attempt {
  /** Brought forward by the world, so its failure costs no retry (R15). */
  readonly free: boolean
  /** The page was frozen meanwhile: how it ends says nothing about the server (R7). */
  readonly excused: boolean
}

export interface Live extends Attempt {
  readonly openedAt: number
  readonly proven: boolean
  /** When the last ping went out, or the connection opened. */
  readonly pingedAt: number
}

export type Shape<P extends string, Data = unknown> = Common & Data & { readonly phase: P; readonly until: number }

export type Idle = Shape<'idle'>
export type Connecting = Shape<'connecting', Attempt>
export type Open = Shape<'open', Live>
export type Probing = Shape<
  'probing',
  Live & { /** This ping replaced one whose verdict came late. */ readonly again: boolean }
>
export type Closing = Shape<'closing', { readonly code: number; readonly reason: string }>
export type Waiting = Shape<'waiting', { readonly free: boolean }>
export type Blocked = Shape<'blocked'>
/** Wanted, but the page has been hidden for `hiddenTimeout`: nothing happens until it is seen again. */
export type Suspended = Shape<'suspended'>
export type Failed = Shape<'failed', { readonly exhausted: boolean }>
export type Closed = Shape<'closed'>

export type State = Idle | Connecting | Open | Probing | Closing | Waiting | Blocked | Suspended | Failed | Closed
export type Phase = State['phase']

/** Why an attempt failed: a code and the platform's own error, or an earlier failure. */
export interface Failure {
  readonly code: ErrorCode
  readonly cause?: unknown
}

/** How an attempt ended, as far as the chart cares. */
export interface End {
  readonly code: number
  readonly reason: string
  readonly wasClean: boolean
}

export interface Payloads {
  connect: unknown
  reconnect: unknown
  close: { readonly code: number; readonly reason: string }
  openCircuit: { readonly duration: number }
  closeCircuit: unknown
  /** The url or the protocols have changed (R27). */
  redirect: unknown
  /** Limits have changed (R27). */
  adjust: unknown
  /** Whoever closed it is about to connect it again: what is sent until then waits (R30). */
  prepare: unknown
  opened: unknown
  /** The socket's close event; with a `failure` where a layer above the socket has its own word on it. */
  lost: End & { readonly cause?: unknown; readonly failure?: Failure | undefined }
  /** There is no socket, and why; `fatal` where trying again cannot help. */
  refused: { readonly failure: Failure; readonly fatal: boolean }
  timeout: unknown
  online: unknown
  wake: unknown
  offline: unknown
  freeze: unknown
  /** The page has been hidden for `hiddenTimeout`. */
  suspend: unknown
}

export type EventType = keyof Payloads
export type Stamp = {
  /** Monotonic ms. */
  readonly now: number
  /** One number in [0, 1): all the chance a move may use. */
  readonly random: number
  /** Whether anything has been heard, or the buffer has drained, since the last ping (R14). */
  readonly answered: boolean
  /** What `shouldReconnect` says of the ending that this event is: no, yes, or yes after so many ms; else the table decides (R12). */
  readonly answer?: boolean | number | undefined
}
export type ChartEvent<E extends EventType = EventType> = {
  [K in E]: Payloads[K] & { readonly type: K }
}[E]
export type Stamped<E extends EventType> = ChartEvent<E> & Stamp

export type Effect =
  | { readonly do: 'dial' | 'open' | 'ping' }
  /** Note what has been heard so far, as a ping would, without sending one. */
  | { readonly do: 'mark' }
  /** Let the socket go at once, telling the peer if it still listens. */
  | { readonly do: 'release'; readonly code: number; readonly reason: string }
  /** Start the closing handshake. */
  | { readonly do: 'hangUp'; readonly code: number; readonly reason: string }
  | { readonly do: 'error'; readonly failure: Failure }
  | ({ readonly do: 'close'; readonly opened: boolean } & End)
  | { readonly do: 'retry'; readonly attempt: number; readonly delay: number }
  | { readonly do: 'drop'; readonly reason: 'closed' | 'url-changed' }

export type Step = readonly [State, ...Effect[]]
export type Move<S extends State, E extends EventType> = (state: S, event: Stamped<E>, limits: Limits) => Step

/** Proof renews everything that failures had used up (R5, R6, R12). */
export const renewed = { retryCount: 0, delay: undefined, revivedAt: -Infinity, authRetryUsed: false }

export const initialState: Idle = {
  phase: 'idle',
  until: Infinity,
  circuit: closedCircuit(),
  ...renewed,
  offline: false,
  reconnecting: false,
}

/** What outlives a phase, without what belonged to it. */
export const common = (state: Common): Common => ({
  circuit: state.circuit,
  retryCount: state.retryCount,
  delay: state.delay,
  offline: state.offline,
  reconnecting: state.reconnecting,
  revivedAt: state.revivedAt,
  authRetryUsed: state.authRetryUsed,
})
