/**
 * Owns leaving: closing for good, and letting one connection go for the next (R3, R13, R23, R24, R27). Pure moves for
 * the chart. Must never judge: whatever ends here was asked for, so it is no failure.
 */

import { closedCircuit, spendTrial } from '../policy/circuit-breaker.ts'
import { closeEffect, dial, partingEffects, prove } from './connecting.ts'
import {
  type Blocked,
  type Closed,
  type Closing,
  type Common,
  type Connecting,
  common,
  type Effect,
  type Idle,
  type Limits,
  type Move,
  type Open,
  type Probing,
  renewed,
  type Stamp,
  type State,
  type Step,
  type Suspended,
  type Waiting,
} from './states.ts'

const rest = (state: Common): Closed => ({
  ...common(state),
  phase: 'closed',
  until: Infinity,
  offline: false,
  reconnecting: false,
})

export const dropQueue: Effect = { do: 'drop', reason: 'closed' }

export const leave: Move<Open | Probing, 'close'> = (state, { code, reason, now }, limits) => [
  { ...common(state), phase: 'closing', until: now + limits.closeTimeout, reconnecting: false, code, reason },
  { do: 'hangUp', code, reason },
]

export const cancel: Move<Connecting, 'close'> = (state, { code, reason }) => [
  rest({ ...state, circuit: spendTrial(state.circuit, -1) }),
  ...partingEffects(state, code, reason, { code: 'CLOSED_BY_USER' }),
  dropQueue,
]

export const stop = (state: State): Step => [rest(state), dropQueue]

export const left: Move<Closing, 'lost'> = (state, { wasClean }) => [
  rest(state),
  closeEffect(state.code, state.reason, true, wasClean),
  dropQueue,
]

export const partFromClosing = (state: Closing): Effect[] => [
  { do: 'release', code: state.code, reason: state.reason },
  closeEffect(state.code, state.reason, true),
  // What could not go out in time (R16).
  dropQueue,
]

export const giveUpClosing: Move<Closing, 'timeout'> = (state) => [rest(state), ...partFromClosing(state)]

export const after =
  (move: (state: Common, event: Stamp, limits: Limits) => Step): Move<Closing, 'connect' | 'reconnect'> =>
  (state, event, limits) => {
    const [next, ...effects] = move({ ...state, ...renewed }, event, limits)
    return [next, ...partFromClosing(state), ...effects]
  }

/** `reconnect()` with a connection at hand: no failure, no new budget, a trial spent (R24). */
export const replace: Move<Connecting | Open | Probing, 'reconnect'> = (state, event, limits) => {
  // The last trial is already on its way: a second one beside it would be one more than the circuit allows.
  if (state.circuit.state === 'HALF-OPEN' && state.circuit.trials < 1) return report(state)
  const proven = state.phase !== 'connecting' && event.now >= state.openedAt + limits.minUptime
  const [next, ...effects] = dial({ ...(proven ? prove(state) : state), reconnecting: true }, event, limits)
  return [next, ...partingEffects(state, 1000, 'reconnect', { code: 'HANDSHAKE_FAILED' }), ...effects]
}

/** Nobody looks, so nobody waits: the connection is given back until the page is seen again (`hiddenTimeout`). */
export const suspend: Move<Connecting | Open | Probing | Waiting | Blocked, 'suspend'> = (state, event, limits) => {
  const suspended = (from: Common): Suspended => ({
    ...common(from),
    phase: 'suspended',
    until: Infinity,
    reconnecting: true,
  })
  if (state.phase === 'waiting' || state.phase === 'blocked') return [suspended(state)]
  const proven = state.phase !== 'connecting' && event.now >= state.openedAt + limits.minUptime
  const from = proven ? prove(state) : { ...state, circuit: spendTrial(state.circuit, -1) }
  return [suspended(from), ...partingEffects(state, 1000, 'page hidden', { code: 'HANDSHAKE_FAILED' })]
}

/** As if nobody had asked yet: whoever lets a client go by itself, and wants it back, must not lose what comes first (R30). */
export const prepare: Move<Closed | Closing, 'prepare'> = (state) => [
  { ...rest(state), phase: 'idle' },
  ...(state.phase === 'closing' ? partFromClosing(state) : []),
]

export const circuitError: Effect = { do: 'error', failure: { code: 'CIRCUIT_OPEN' } }
export const report = (state: State): Step => [state, circuitError]

export const startOver = (state: Common): Common => ({
  ...state,
  ...renewed,
  circuit: closedCircuit(),
})

/** A new address owes nothing to the old one: not its queue, not its failures (R27). */
export const redirect: Move<Exclude<State, Idle | Closed | Closing | Suspended>, 'redirect'> = (
  state,
  event,
  limits,
) => {
  const parting = 'excused' in state ? partingEffects(state, 1000, 'url changed', { code: 'HANDSHAKE_FAILED' }) : []
  const reconnecting = state.reconnecting || 'openedAt' in state
  const [next, ...effects] = dial({ ...startOver(state), reconnecting }, event, limits)
  return [next, { do: 'drop', reason: 'url-changed' }, ...parting, ...effects]
}

export const forget: Move<Idle | Closed | Closing | Suspended, 'redirect'> = (state) => [
  { ...state, ...startOver(state) } as State,
  { do: 'drop', reason: 'url-changed' },
]
