/**
 * Owns the circuit as a value: how it opens, half-opens and closes (R8–R11, R13). Pure, times are monotonic ms.
 * Must never know of sockets or phases: the machine decides when to ask.
 */

/** The three circuit states. */
export type CircuitState = 'CLOSED' | 'OPEN' | 'HALF-OPEN'

/** The breaker's settings as the machine sees them; a switched-off breaker has a threshold of Infinity. */
export interface CircuitLimits {
  readonly failureThreshold: number
  readonly resetTimeout: number
  readonly halfOpenMaxRequests: number
  readonly resetJitter: number
}

/** The breaker that stands in where there is none: it never opens by itself, but can be opened by hand. */
export const MANUAL_BREAKER: CircuitLimits = {
  failureThreshold: Infinity,
  halfOpenMaxRequests: Infinity,
  resetTimeout: 60000,
  resetJitter: 0.5,
}

export interface Circuit {
  readonly state: CircuitState
  /** Consecutive failures. */
  readonly failures: number
  /** Trials left while HALF-OPEN. */
  readonly trials: number
  /** When an open circuit half-opens; Infinity otherwise, or while it is held open. */
  readonly halfOpenAt: number
  /** When the first trial may start (R10); in the past once it has. */
  readonly trialAt: number
  /** Opened by hand: the world does not argue with a person (R13, R15). */
  readonly byHand: boolean
  /** The world has brought this opening's first trial forward; it may do so once (R15). */
  readonly broughtForward: boolean
}

export const closedCircuit = (failures = 0): Circuit => ({
  state: 'CLOSED',
  failures,
  trials: 0,
  halfOpenAt: Infinity,
  trialAt: Infinity,
  byHand: false,
  broughtForward: false,
})

/** Opens the circuit for `duration`; the trial's spread is drawn now so that `retryAt` is true while BLOCKED (R10). */
export const openCircuit = (
  circuit: Circuit,
  limits: CircuitLimits,
  now: number,
  random: number,
  duration?: number,
): Circuit => {
  const halfOpenAt = now + (duration ?? limits.resetTimeout)
  return {
    ...circuit,
    state: 'OPEN',
    trials: 0,
    halfOpenAt,
    trialAt: halfOpenAt + random * limits.resetJitter * limits.resetTimeout,
    byHand: duration !== undefined,
    broughtForward: false,
  }
}

const halfOpen = (circuit: Circuit, limits: CircuitLimits): Circuit => ({
  ...circuit,
  state: 'HALF-OPEN',
  trials: limits.halfOpenMaxRequests,
  halfOpenAt: Infinity,
})

/** Half-opens a circuit whose deadline has passed (R9); any other stays as it is. */
export const halfOpenIfDue = (circuit: Circuit, limits: CircuitLimits, now: number): Circuit =>
  now >= circuit.halfOpenAt ? halfOpen(circuit, limits) : circuit

/** Half-opens a circuit before its time, since what had failed may have been this device; not against a person (R15). */
export const bringTrialForward = (circuit: Circuit, limits: CircuitLimits): Circuit =>
  circuit.state === 'OPEN' && !circuit.byHand ? { ...halfOpen(circuit, limits), broughtForward: true } : circuit

/** Takes a trial; a circuit that is not half-open has none to count. */
export const spendTrial = (circuit: Circuit, count = 1): Circuit =>
  circuit.state === 'HALF-OPEN' ? { ...circuit, trials: circuit.trials - count } : circuit

/** Gives a trial back that ended in a way nobody counts (R11). */
export const returnTrial = (circuit: Circuit): Circuit => spendTrial(circuit, -1)

/** None in a row any more; where there has been none, it is the same circuit, which all clients may share. */
export const forgetFailures = (circuit: Circuit): Circuit => (circuit.failures ? { ...circuit, failures: 0 } : circuit)

/** One more failure (R7): opens at the threshold, or when the last trial has failed (R8, R11). */
export function countFailure(circuit: Circuit, limits: CircuitLimits, now: number, random: number): Circuit {
  const failed = { ...circuit, failures: Math.min(circuit.failures + 1, limits.failureThreshold) }
  const trips = circuit.state === 'HALF-OPEN' ? circuit.trials < 1 : failed.failures >= limits.failureThreshold
  return trips ? openCircuit(failed, limits, now, random) : failed
}

/** What `open` makes of the circuit: a trial that opened is on probation, one failure from opening again (R11). */
export const closeOnProbation = (circuit: Circuit, limits: CircuitLimits): Circuit =>
  circuit.state === 'HALF-OPEN'
    ? closedCircuit(limits.failureThreshold < Infinity ? limits.failureThreshold - 1 : 0)
    : circuit
