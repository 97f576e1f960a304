/**
 * Owns the steps that handlers of several phases take: dialling as far as the circuit allows, and letting go (R3, R10,
 * R24, R25). Must never be called by the runtime.
 */

import { bringTrialForward, forgetFailures, halfOpenIfDue, returnTrial, spendTrial } from '../policy/circuit-breaker.ts'
import type { CloseInfo } from '../policy/close-policy.ts'
import type { ErrorCode } from '../policy/errors.ts'
import type { Effect, EventInputs, EventType, Input } from './events.ts'
import { breakerOf, enter, type MachineSettings, resetCounters, type State } from './states.ts'

/**
 * One cell of the table: changes the draft of the next state, and names in order what is to be done. Must ask nothing and
 * nobody but its arguments.
 */
export type Handler<E extends EventType = EventType> = (
  state: State,
  event: Input<E>,
  settings: MachineSettings,
  effects: Effect[],
) => void

/** As a step, with whatever event has led to it. */
type Step = (state: State, inputs: EventInputs, settings: MachineSettings, effects: Effect[]) => void

export const ABNORMAL: CloseInfo = { code: 1006, reason: '', wasClean: false, opened: false }
export const ABANDON: Effect = ['abandon', 1000, '']

export const dial = (
  state: State,
  { now }: EventInputs,
  settings: MachineSettings,
  effects: Effect[],
  chargesNoRetry = false,
): void => {
  state.circuit = spendTrial(state.circuit)
  enter(state, 'connecting', now + settings.connectTimeout)
  state.chargesNoRetry = chargesNoRetry
  effects.push(['dial'])
}

export const block = (state: State): State => enter(state, 'blocked', state.circuit.halfOpenAt)

/** BLOCKED while the circuit is open; what a half-open one allows, `tryOut` says (R24). */
const connectUnlessOpen =
  (tryOut: Step): Step =>
  (state, inputs, settings, effects) => {
    state.circuit = halfOpenIfDue(state.circuit, breakerOf(settings), inputs.now)
    if (state.circuit.state === 'OPEN') block(state)
    else (state.circuit.state === 'HALF-OPEN' ? tryOut : dial)(state, inputs, settings, effects)
  }

/** A half-open circuit's first attempt: a retry, at the moment drawn when the circuit opened (R10, R11). */
const scheduleTrial: Step = (state, inputs, settings, effects) => {
  const { maxRetries } = settings
  const { trialAt } = state.circuit
  const delay = Math.max(0, Math.round(trialAt - inputs.now))
  state.retryCount = Math.min(state.retryCount + 1, maxRetries)
  if (delay) enter(state, 'waiting', trialAt)
  else dial(state, inputs, settings, effects)
  effects.push(['retry', { attempt: Math.max(1, state.retryCount), delay, maxRetries }])
}

/** Dials as far as the circuit allows, and not before the trial's own time (R10, R24). */
export const connectIfAllowed: Step = /* @__PURE__ */ connectUnlessOpen(scheduleTrial)

/** As `connectIfAllowed`, but it waits neither for a trial's turn nor for anything else except an open circuit (R24). */
export const connectNow: Step = /* @__PURE__ */ connectUnlessOpen(dial)

/** At a random moment within a second, each client at its own (R15). */
export const momentSoon = ({ now, random }: EventInputs): number => now + Math.round(random * 1000)

/**
 * The world is back, and somebody wants a connection: an attempt within a second, a first trial where the circuit was open
 * (R15). Only a person can open what a person has shut.
 */
export function comeBack(state: State, inputs: EventInputs, settings: MachineSettings, chargesNoRetry: boolean): void {
  const breaker = breakerOf(settings)
  state.circuit = bringTrialForward(halfOpenIfDue(state.circuit, breaker, inputs.now), breaker)
  if (state.circuit.state === 'OPEN') block(state)
  else enter(state, 'waiting', momentSoon(inputs)).chargesNoRetry = chargesNoRetry
}

/** A connection that has lived long enough clears what failures had counted up (R5). */
export function markStableIfDue(state: State, { now }: EventInputs, { minUptime }: MachineSettings): void {
  if (now < state.openedAt + minUptime) return
  resetCounters(state).circuit = forgetFailures(state.circuit)
  state.stable = true
}

/** Lets go of the attempt or connection, if there is one; who never opened ends like any other that did not (R25). */
export function letGo(state: State, effects: Effect[], code: number, reason: string, why: ErrorCode): boolean {
  const opened = state.openedAt < Infinity
  if (!opened && state.phase !== 'connecting') return false
  effects.push(['abandon', code, reason])
  if (!opened) effects.push(['error', { code: why }])
  effects.push(['close', opened ? { code, reason, wasClean: false, opened } : ABNORMAL])
  return true
}

export const giveTrialBack = (state: State): void => {
  state.circuit = returnTrial(state.circuit)
}
