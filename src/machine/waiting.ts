/**
 * Owns what the world's news, and time, do to a client that has no connection and wants one (R6, R15).
 * Must never dial at once because of the news: each client comes at a moment of its own.
 */

import { LONGEST_TIMER } from '../policy/backoff.ts'
import { halfOpenIfDue } from '../policy/circuit-breaker.ts'
import type { MachineEvent } from './events.ts'
import { breakerOf, enter, resetCounters, type State } from './states.ts'
import { comeBack, dial, giveTrialBack, type Handler, letGo, markStableIfDue, momentSoon } from './steps.ts'

type News = 'online' | 'offline' | 'wake'

/** Same phase, and one thing more that is known of the network; waking up says nothing of it. */
export const noteNetwork = (state: State, { type }: MachineEvent<News>): void => {
  if (type !== 'wake') state.offline = type === 'offline'
}

export const retry: Handler<'timeout'> = (state, event, settings, effects) =>
  dial(state, event, settings, effects, state.chargesNoRetry)

/** Within a second, each client at its own moment; the retry is not charged, and further news change nothing (R15). */
export const bringForward: Handler<'online' | 'wake'> = (state, event) => {
  noteNetwork(state, event)
  const isOnItsWay = state.chargesNoRetry && state.until <= event.now + 1000
  const hadItsTurn = state.circuit.broughtForward && !state.offline
  if (isOnItsWay || hadItsTurn) return
  state.chargesNoRetry = true
  state.until = Math.min(state.until, momentSoon(event))
}

/** Offline is a hint, not a fact: the wait grows, the trying goes on (R15). */
export const postpone: Handler<'offline'> = (state, { now }, { maxDelay }) => {
  if (!state.offline) state.until = Math.max(state.until, now + Math.min(maxDelay, LONGEST_TIMER))
  state.offline = true
}

/** BLOCKED: what had failed may have been this device, and the news is that it is back (R15). */
export const unblock: Handler<'online' | 'wake'> = (state, event, settings) => {
  noteNetwork(state, event)
  comeBack(state, event, settings, true)
}

/** How long after a restart the world may restart a client again that has not been stable meanwhile, ms (R6). */
const RESTART_INTERVAL = 60_000

/** The world came back, and with it one full budget for a client that had used up its own (R6). */
export const restart: Handler<'online' | 'wake'> = (state, event, settings) => {
  noteNetwork(state, event)
  if (!state.exhausted || event.now < state.restartedAt + RESTART_INTERVAL) return
  resetCounters(state).restartedAt = event.now
  state.reconnecting = true
  comeBack(state, event, settings, false)
}

/** Nobody looks, so nobody waits: the connection is given back until the page is seen again (`hiddenTimeout`). */
export const suspend: Handler<'suspend'> = (state, event, settings, effects) => {
  markStableIfDue(state, event, settings)
  if (letGo(state, effects, 1000, 'page hidden', 'HANDSHAKE_FAILED')) giveTrialBack(state)
  enter(state, 'suspended').reconnecting = true
}

/** The page is seen again: at once, at no cost (R15). */
export const resume: Handler<'wake'> = (state, event, settings, effects) => {
  state.circuit = halfOpenIfDue(state.circuit, breakerOf(settings), event.now)
  if (state.circuit.state === 'OPEN') comeBack(state, event, settings, true)
  else dial(state, event, settings, effects, true)
}
