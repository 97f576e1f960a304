/**
 * Owns what the machine remembers: its phases, the one record that all of them share, and the settings it is run with.
 * Must never hold what only one event knows: that comes in with the event.
 */

import type { BackoffOptions } from '../policy/backoff.ts'
import { type Circuit, type CircuitLimits, closedCircuit, MANUAL_BREAKER } from '../policy/circuit-breaker.ts'
import type { CloseTable } from '../policy/close-policy.ts'

/** The six states of the public API; the phases below are finer. */
export type ConnectionState = 'CLOSED' | 'CONNECTING' | 'OPEN' | 'CLOSING' | 'BLOCKED' | 'FAILED'

/**
 * What a person wants to know, in one word: `idle` nobody has asked yet, `waiting` before a retry or for the page
 * to be seen again, `blocked` by the circuit breaker, `closed` after `close()`, `failed` gave up.
 */
export type ConnectionStatus = 'idle' | 'connecting' | 'open' | 'waiting' | 'blocked' | 'closing' | 'closed' | 'failed'

export type Phase =
  | 'idle'
  | 'connecting'
  | 'open'
  | 'awaitingPong'
  | 'closing'
  | 'waiting'
  | 'blocked'
  | 'suspended'
  | 'failed'
  | 'closed'

/** What the machine needs to know of the options. */
export interface MachineSettings extends Readonly<BackoffOptions> {
  readonly maxRetries: number
  readonly connectTimeout: number
  readonly closeTimeout: number
  readonly minUptime: number
  readonly heartbeatInterval: number
  readonly heartbeatTimeout: number
  readonly circuitBreaker: CircuitLimits | false
  readonly url?: unknown
  readonly protocols?: unknown
  /** What close codes mean, in the place of the engine's own table (R12). */
  readonly closeTable?: CloseTable | undefined
  /** A protocol above asks for credentials anew on every attempt. */
  readonly hasFreshAuth?: boolean | undefined
}

/** What outlives the phases. */
interface Context {
  circuit: Circuit
  retryCount: number
  /** The last backoff delay, for decorrelated jitter. */
  lastDelay: number | undefined
  /** When the world last restarted this client; −Infinity once it is stable or asked to connect (R6). */
  restartedAt: number
  /** The one more attempt after an authorization close has been used (R12). */
  authRetryUsed: boolean
  offline: boolean
  /** Between the first loss or failure and the next open. */
  reconnecting: boolean
}

/** What belongs to a phase: entering another one puts it to rest. */
interface PhaseData {
  /** connecting to awaitingPong, waiting: brought forward by the world, so its failure costs no retry (R15). */
  chargesNoRetry: boolean
  /** connecting to awaitingPong: the page was frozen meanwhile, so how it ends says nothing about the server (R7). */
  frozen: boolean
  /** open, awaitingPong; Infinity elsewhere. */
  openedAt: number
  /** open, awaitingPong: has lived `minUptime` (R5). */
  stable: boolean
  /** open, awaitingPong: when the last ping went out, or the connection opened. */
  pingSentAt: number
  /** awaitingPong: this ping replaced one whose verdict came late (R14). */
  isRepeatPing: boolean
  /** failed: its retries were used up, and nothing worse (R6). */
  exhausted: boolean
  /** closing: what was asked for. */
  code: number
  reason: string
}

/** `until` is the moment at which the phase wants to hear `timeout`, monotonic ms. */
export interface State extends Context, PhaseData {
  phase: Phase
  until: number
}

const atRest: PhaseData = {
  chargesNoRetry: false,
  frozen: false,
  openedAt: Infinity,
  stable: false,
  pingSentAt: 0,
  isRepeatPing: false,
  exhausted: false,
  code: 0,
  reason: '',
}

const unusedCounters = { retryCount: 0, lastDelay: undefined, restartedAt: -Infinity, authRetryUsed: false }

export const initialState: Readonly<State> = {
  phase: 'idle',
  until: Infinity,
  circuit: /* @__PURE__ */ closedCircuit(),
  ...unusedCounters,
  offline: false,
  reconnecting: false,
  ...atRest,
}

/** Moves on to another phase, and leaves nothing of the last one behind. */
export const enter = (state: State, phase: Phase, until = Infinity): State =>
  Object.assign(state, atRest, { phase, until })

/** Renews everything that failures had used up (R5, R6, R12). */
export const resetCounters = (state: State): State => Object.assign(state, unusedCounters)

/** The breaker, or the one that is opened by hand only. */
export const breakerOf = ({ circuitBreaker }: Pick<MachineSettings, 'circuitBreaker'>): CircuitLimits =>
  circuitBreaker || MANUAL_BREAKER

/** Whether nothing happens here until somebody asks. */
export const isResting = (phase: Phase): boolean => phase === 'idle' || phase === 'closed' || phase === 'failed'
