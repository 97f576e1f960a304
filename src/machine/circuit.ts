/**
 * Owns what a person's hand on the circuit does to each phase (R13, R24).
 * Must never open or close a circuit by itself: failures do, in connecting.ts.
 */

import { closedCircuit, openCircuit } from '../policy/circuit-breaker.ts'
import { breakerOf } from './states.ts'
import { block, connectNow, dial, type Handler, letGo } from './steps.ts'

/** Where nothing is under way: the circuit alone. */
export const onOpenCircuit: Handler<'openCircuit'> = (state, { now, random, duration }, settings) => {
  state.circuit = openCircuit(state.circuit, breakerOf(settings), now, random, duration)
}

/** Where a connection is wanted: BLOCKED, without what there was. */
export const onOpenCircuitWanted: Handler<'openCircuit'> = (state, event, settings, effects) => {
  if (letGo(state, effects, 1000, 'circuit opened', 'CIRCUIT_OPEN')) state.reconnecting = true
  onOpenCircuit(state, event, settings, effects)
  block(state)
}

export const onCloseCircuit: Handler<'closeCircuit'> = (state) => {
  state.retryCount = 0
  state.lastDelay = undefined
  state.circuit = closedCircuit()
}

/** Where the circuit alone stood in the way: dials. */
export const onCloseCircuitWaiting: Handler<'closeCircuit'> = (state, event, settings, effects) => {
  const { state: before } = state.circuit
  onCloseCircuit(state, event, settings, effects)
  if (before !== 'CLOSED') dial(state, event, settings, effects)
}

/** A wish while BLOCKED changes nothing, unless the deadline has passed and its timer is late (R9). */
export const reconnectBlocked: Handler<'reconnect'> = (state, event, settings, effects) => {
  connectNow(state, event, settings, effects)
  if (state.phase === 'blocked') effects.push(['error', { code: 'CIRCUIT_OPEN' }])
}
