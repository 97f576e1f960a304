/**
 * Owns how an attempt ends: what each ending counts for, and what follows (R5–R8, R11, R12, R25).
 * Must never know why somebody wanted the attempt.
 */

import { backoffDelay, LONGEST_TIMER } from '../policy/backoff.ts'
import { countFailure } from '../policy/circuit-breaker.ts'
import { type CloseInfo, closeTable, decide } from '../policy/close-policy.ts'
import { isFunction } from '../policy/values.ts'
import type { Effect, EventInputs, Failure } from './events.ts'
import { breakerOf, enter, type MachineSettings, type State } from './states.ts'
import { ABANDON, ABNORMAL, block, giveTrialBack, type Handler, markStableIfDue } from './steps.ts'

/**
 * Every way an attempt can end that nobody asked for: counts it, and waits, blocks or gives up (R5–R8, R11, R12).
 * `fatal`: trying again cannot help, whatever anybody says.
 */
export function connectionEnded(
  state: State,
  inputs: EventInputs,
  settings: MachineSettings,
  effects: Effect[],
  { code, reason, wasClean }: Omit<CloseInfo, 'opened'>,
  failure?: Failure,
  fatal = false,
): void {
  const { now, random, shouldReconnect: answer } = inputs
  const { maxRetries } = settings
  const opened = state.phase !== 'connecting'
  markStableIfDue(state, inputs, settings)
  // Whoever has heard something since the rumour was not offline (R15).
  if (opened && inputs.answered) state.offline = false
  const { stable, offline } = state
  const isExcused = state.frozen || offline || (failure !== undefined && failure.code === 'NO_URL')
  const chargesNoRetry = isExcused || (state.chargesNoRetry && !stable)
  // Only a half-open circuit has a trial to get back, and one that opened has closed it.
  if (stable || isExcused) giveTrialBack(state)
  else state.circuit = countFailure(state.circuit, breakerOf(settings), now, random)

  const action = decide(settings.closeTable || closeTable, code, answer)
  const wantsAuth = action === 'retry-with-fresh-auth'
  const hasFreshAuth = settings.hasFreshAuth || [settings.url, settings.protocols].some(isFunction)
  const stops = fatal || action === 'stop' || (wantsAuth && (!hasFreshAuth || state.authRetryUsed))
  state.authRetryUsed = state.authRetryUsed || (wantsAuth && !stops)
  state.reconnecting = true

  const givesUp = stops || (!chargesNoRetry && state.retryCount >= maxRetries)
  if (givesUp) {
    // A failure that names itself (no WebSocket, a syntax error) is clearer than a code about it.
    const isNamed = stops && answer !== false && !opened && failure && failure.code !== 'HANDSHAKE_FAILED'
    if (!isNamed) failure = { code: stops ? 'FATAL_CLOSE' : 'RETRIES_EXHAUSTED', cause: failure }
  }
  if (failure) effects.push(['error', failure])
  effects.push(['close', { code, reason, wasClean, opened }])
  if (givesUp) {
    enter(state, 'failed').exhausted = !stops
    state.reconnecting = false
    return
  }
  if (state.circuit.state === 'OPEN') {
    block(state)
    return
  }

  if (!chargesNoRetry) state.retryCount++
  const attempt = Math.max(1, state.retryCount)
  const maxDelay = Math.min(settings.maxDelay, LONGEST_TIMER)
  let delay = backoffDelay(attempt, settings, random, state.lastDelay)
  state.lastDelay = delay
  if (typeof action === 'function') delay = Math.min(Math.round(action(random, maxDelay)), LONGEST_TIMER)
  if (typeof answer !== 'number') {
    if (offline) delay = Math.max(delay, maxDelay)
    delay = inputs.retryDelay ?? delay
  }
  enter(state, 'waiting', now + delay)
  effects.push(['retry', { attempt, delay, maxRetries }])
}

/** Refusals of every kind look alike to a client, 1006, unclean (faults 16–24); unless a protocol above says more. */
export const onSocketClosed: Handler<'socketClosed'> = (state, event, settings, effects) => {
  const { cause, failure } = event
  const isMute = state.phase === 'connecting' && !failure
  connectionEnded(
    state,
    event,
    settings,
    effects,
    isMute ? ABNORMAL : event,
    isMute ? { code: 'HANDSHAKE_FAILED', cause } : failure,
  )
}

export const onAttemptFailed: Handler<'attemptFailed'> = (state, event, settings, effects) =>
  connectionEnded(state, event, settings, effects, ABNORMAL, event.failure, event.fatal)

/** A hung handshake is let go at once: Chromium lets the next one wait for it (R3). */
export const onConnectTimeout: Handler<'timeout'> = (state, event, settings, effects) => {
  effects.push(ABANDON)
  connectionEnded(state, event, settings, effects, ABNORMAL, { code: 'CONNECT_TIMEOUT' })
}
