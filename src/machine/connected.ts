/**
 * Owns the life of an open connection: its proof, its pings and the verdicts on them (R5, R14, R15). Pure moves for the
 * chart; heartbeat.ts knows what a ping says. Must never count messages: the shell stamps each event with `answered`.
 */

import { admit } from '../policy/circuit-breaker.ts'
import { ABNORMAL, end, isDead, prove, release } from './connecting.ts'
import {
  type Common,
  type Connecting,
  common,
  type Limits,
  type Move,
  type Open,
  type Probing,
  type Stamp,
  type Step,
} from './states.ts'

/** Sets the one deadline of a live connection: proof, the next ping, or the verdict on the last one. */
export function live<S extends Open | Probing>(state: S, now: number, limits: Limits): S {
  const proof = state.proven ? Infinity : state.openedAt + limits.minUptime
  const nextPing = state.pingedAt + (limits.heartbeatInterval || Infinity)
  const verdict = state.pingedAt + limits.heartbeatTimeout
  // While a ping is out, its interval only matters as a moment to look whether it has been answered.
  const beat = state.phase === 'open' ? nextPing : nextPing > now ? Math.min(nextPing, verdict) : verdict
  return { ...state, until: Math.min(proof, beat) }
}

export function settle(state: Connecting, { now }: Stamp, limits: Limits): Step {
  const { free, excused } = state
  const opened: Open = {
    ...common(state),
    circuit: admit(state.circuit, limits),
    // An open connection refutes every rumour that there is none to be had (R15).
    offline: false,
    reconnecting: false,
    phase: 'open',
    until: 0,
    openedAt: now,
    pingedAt: now,
    proven: false,
    free,
    excused,
  }
  return [live(limits.minUptime > 0 ? opened : prove(opened), now, limits), { do: 'open' }]
}

export const ping = (state: Open | Probing, now: number, limits: Limits, again = false): Step => [
  live({ ...state, phase: 'probing', pingedAt: now, again }, now, limits),
  { do: 'ping' },
]

/** `timeout` of a live connection: proof first, then the verdict, then the next ping (R5, R14). */
export const beat: Move<Open | Probing, 'timeout'> = (state, event, limits) => {
  const { now } = event
  if (!state.proven && now >= state.openedAt + limits.minUptime) state = prove(state)
  if (state.phase === 'probing' && !event.answered) {
    if (isDead(state, event, limits)) {
      const [next, ...effects] = end(state, event, limits, ABNORMAL, { code: 'HEARTBEAT_TIMEOUT' })
      return [next, release, ...effects]
    }
    const isLate = now > state.pingedAt + limits.heartbeatTimeout
    return isLate ? ping(state, now, limits, true) : [live(state, now, limits)]
  }
  if (event.answered) state = { ...state, offline: false }
  if (limits.heartbeatInterval && now >= state.pingedAt + limits.heartbeatInterval) return ping(state, now, limits)
  return [live({ ...state, phase: 'open' } as Open, now, limits)]
}

/** Asks at once whether the line still lives, unless a ping is already out or there is no heartbeat (R15). */
export const probe =
  (change: Partial<Common>): Move<Open | Probing, 'online' | 'offline' | 'wake'> =>
  (state, event, limits) => {
    const next = { ...state, ...change }
    // Whatever is heard from now on will refute the rumour (R15), ping or no ping.
    if (!limits.heartbeatInterval) return [next, { do: 'mark' }]
    const isOut = state.phase === 'probing' && !event.answered
    return isOut ? [next] : ping(next, event.now, limits)
  }

export const adjust: Move<Open | Probing, 'adjust'> = (state, event, limits) => [
  limits.heartbeatInterval
    ? live(state, event.now, limits)
    : live({ ...state, phase: 'open' } as Open, event.now, limits),
]
