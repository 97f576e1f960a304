/**
 * Owns leaving: closing for good, and letting one connection go for the next (R3, R16, R23, R24, R27).
 * Must never judge: whatever ends here was asked for, so it is no failure.
 */

import { closedCircuit, forgetFailures } from '../policy/circuit-breaker.ts'
import type { Effect } from './events.ts'
import { enter, resetCounters, type State } from './states.ts'
import { dial, giveTrialBack, type Handler, letGo, markStableIfDue } from './steps.ts'

const DROP: Effect = ['dropQueue', 'closed']

function toClosed(state: State): void {
  enter(state, 'closed').offline = false
  state.reconnecting = false
}

export const startClosing: Handler<'close'> = (state, { code, reason, now }, { closeTimeout }, effects) => {
  enter(state, 'closing', now + closeTimeout)
  state.reconnecting = false
  state.code = code
  state.reason = reason
  effects.push(['closeSocket', code, reason])
}

export const cancelAttempt: Handler<'close'> = (state, { code, reason }, _settings, effects) => {
  giveTrialBack(state)
  letGo(state, effects, code, reason, 'CLOSED_BY_USER')
  toClosed(state)
  effects.push(DROP)
}

export const closeAtOnce: Handler<'close'> = (state, _event, _settings, effects) => {
  toClosed(state)
  effects.push(DROP)
}

export const onCloseAnswered: Handler<'socketClosed'> = (state, { wasClean }, _settings, effects) => {
  const { code, reason } = state
  toClosed(state)
  effects.push(['close', { code, reason, wasClean, opened: true }], DROP)
}

/** The peer has not answered in time, or nobody waits for it any more. What could not go out is dropped (R16). */
function finishClosing({ code, reason }: State, effects: Effect[]): void {
  effects.push(['abandon', code, reason], ['close', { code, reason, wasClean: false, opened: true }], DROP)
}

export const onCloseTimeout: Handler<'timeout'> = (state, _event, _settings, effects) => {
  finishClosing(state, effects)
  toClosed(state)
}

/** As if nobody had asked yet: whoever lets a client go by itself, and wants it back, must not lose what comes first (R30). */
export const prepare: Handler<'prepare'> = (state, _event, _settings, effects) => {
  if (state.phase === 'closing') finishClosing(state, effects)
  toClosed(state)
  state.phase = 'idle'
}

/** A fresh wish renews the budget; after giving up, the circuit's count as well (R24). */
export const afresh =
  (connect: Handler<'connect' | 'reconnect'>): Handler<'connect' | 'reconnect'> =>
  (state, event, settings, effects) => {
    if (state.phase === 'closing') finishClosing(state, effects)
    resetCounters(state)
    if (state.phase === 'failed') state.circuit = forgetFailures(state.circuit)
    connect(state, event, settings, effects)
  }

/** `reconnect()` with a connection at hand: no failure, no new budget, a trial spent (R24). */
export const replaceConnection: Handler<'reconnect'> = (state, event, settings, effects) => {
  // The last trial is already on its way: a second one beside it would be one more than the circuit allows.
  if (state.circuit.state === 'HALF-OPEN' && state.circuit.trials < 1) {
    effects.push(['error', { code: 'CIRCUIT_OPEN' }])
    return
  }
  markStableIfDue(state, event, settings)
  letGo(state, effects, 1000, 'reconnect', 'HANDSHAKE_FAILED')
  state.reconnecting = true
  dial(state, event, settings, effects)
}

/** A new address owes nothing to the old one: not its queue, not its failures (R27). */
export const forgetAddress: Handler<'urlChanged'> = (state, _event, _settings, effects) => {
  effects.push(['dropQueue', 'url-changed'])
  resetCounters(state).circuit = closedCircuit()
}

export const dialNewAddress: Handler<'urlChanged'> = (state, event, settings, effects) => {
  forgetAddress(state, event, settings, effects)
  if (state.openedAt < Infinity) state.reconnecting = true
  letGo(state, effects, 1000, 'url changed', 'HANDSHAKE_FAILED')
  dial(state, event, settings, effects)
}
