/**
 * Owns the life of an open connection: when it is stable, its pings and the verdicts on them (R5, R14, R15).
 * Must never count messages: each event says whether the last ping has been `answered`.
 */

import { closeOnProbation } from '../policy/circuit-breaker.ts'
import { LATE } from '../policy/ping-pong.ts'
import { connectionEnded } from './connecting.ts'
import type { Effect, EventInputs } from './events.ts'
import { breakerOf, type MachineSettings, type State } from './states.ts'
import { ABANDON, ABNORMAL, type Handler, markStableIfDue } from './steps.ts'
import { noteNetwork } from './waiting.ts'

/** The one deadline of a live connection: stable, the next ping, or the verdict on the last one. */
function setDeadline(state: State, { now }: EventInputs, settings: MachineSettings): void {
  const stableAt = state.stable ? Infinity : state.openedAt + settings.minUptime
  const nextPing = state.pingSentAt + (settings.heartbeatInterval || Infinity)
  const verdict = state.pingSentAt + settings.heartbeatTimeout
  // While a ping is out, its interval only matters as a moment to look whether it has been answered.
  const beat = state.phase === 'open' ? nextPing : nextPing > now ? Math.min(nextPing, verdict) : verdict
  state.until = Math.min(stableAt, beat)
}

export const onOpened: Handler<'opened'> = (state, event, settings, effects) => {
  state.circuit = closeOnProbation(state.circuit, breakerOf(settings))
  // An open connection refutes every rumour that there is none to be had (R15).
  state.offline = false
  state.reconnecting = false
  state.phase = 'open'
  state.openedAt = state.pingSentAt = event.now
  markStableIfDue(state, event, settings)
  setDeadline(state, event, settings)
  effects.push(['open'])
}

function ping(state: State, event: EventInputs, settings: MachineSettings, effects: Effect[], isRepeat = false): void {
  state.phase = 'awaitingPong'
  state.pingSentAt = event.now
  state.isRepeatPing = isRepeat
  setDeadline(state, event, settings)
  effects.push(['ping'])
}

/** `timeout` of a live connection: stable first, then the verdict, then the next ping (R5, R14). */
export const onHeartbeatDeadline: Handler<'timeout'> = (state, event, settings, effects) => {
  const { now, answered } = event
  const { heartbeatInterval, heartbeatTimeout } = settings
  markStableIfDue(state, event, settings)
  if (state.phase === 'awaitingPong' && !answered) {
    const late = now - (state.pingSentAt + heartbeatTimeout)
    if (late < 0) setDeadline(state, event, settings)
    else if (late > LATE && !state.isRepeatPing) ping(state, event, settings, effects, true)
    else {
      effects.push(ABANDON)
      connectionEnded(state, event, settings, effects, ABNORMAL, { code: 'HEARTBEAT_TIMEOUT' })
    }
    return
  }
  if (answered) state.offline = false
  if (heartbeatInterval && now >= state.pingSentAt + heartbeatInterval) ping(state, event, settings, effects)
  else listen(state, event, settings)
}

/** No ping is out, or nobody waits for its answer. */
function listen(state: State, event: EventInputs, settings: MachineSettings): void {
  state.phase = 'open'
  state.isRepeatPing = false
  setDeadline(state, event, settings)
}

/** Asks at once whether the line still lives, unless a ping is already out or there is no heartbeat (R15). */
export const pingNow: Handler<'online' | 'offline' | 'wake'> = (state, event, settings, effects) => {
  noteNetwork(state, event)
  // Whatever is heard from now on will refute the rumour (R15), ping or no ping.
  if (!settings.heartbeatInterval) effects.push(['markHeard'])
  else if (state.phase === 'open' || event.answered) ping(state, event, settings, effects)
}

export const onOptionsChanged: Handler<'optionsChanged'> = (state, event, settings) => {
  if (settings.heartbeatInterval) setDeadline(state, event, settings)
  else listen(state, event, settings)
}

export const onFreeze: Handler<'freeze'> = (state) => {
  state.frozen = true
}
