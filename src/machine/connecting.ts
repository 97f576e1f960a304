/**
 * Owns how an attempt begins and how it ends: dialling as far as the circuit allows, and what each ending counts for
 * (R5–R12, R24, R25). Pure moves for the chart. Must never know why somebody wanted the attempt.
 */

import { LONGEST_TIMER } from '../policy/backoff.ts'
import { countFailure, hasten, spendTrial, thaw } from '../policy/circuit-breaker.ts'
import type { CloseInfo } from '../policy/close-policy.ts'
import { delayAfter } from '../policy/close-policy.ts'
import { LATE } from '../policy/ping-pong.ts'
import {
  type Blocked,
  type ChartEvent,
  type Common,
  type Connecting,
  common,
  type Effect,
  type End,
  type Failed,
  type Failure,
  type Limits,
  type Move,
  type Open,
  type Probing,
  renewed,
  type Stamp,
  type State,
  type Step,
  type Waiting,
} from './states.ts'

export function dial(state: Common, { now }: Stamp, limits: Limits, free = false): Step {
  return [
    {
      ...common(state),
      circuit: spendTrial(state.circuit),
      phase: 'connecting',
      until: now + limits.connectTimeout,
      free,
      excused: false,
    },
    { do: 'dial' },
  ]
}

export const blocked = (state: Common): Blocked => ({
  ...common(state),
  phase: 'blocked',
  until: state.circuit.halfOpenAt,
})

/** Dials as far as the circuit allows: BLOCKED while it is open, and not before the trial's own time (R10, R24). */
export function begin(state: Common, event: Stamp, limits: Limits): Step {
  const circuit = thaw(state.circuit, limits, event.now)
  if (circuit.state === 'OPEN') return [blocked(state)]
  if (circuit.state === 'CLOSED') return dial(state, event, limits)
  return trial({ ...state, circuit }, event, limits)
}

/** A half-open circuit's first attempt: a retry, at the moment drawn when the circuit opened (R10, R11). */
export function trial(state: Common, event: Stamp, limits: Limits): Step {
  const retryCount = Math.min(state.retryCount + 1, limits.maxRetries)
  const delay = Math.max(0, Math.round(state.circuit.trialAt - event.now))
  const retry: Effect = { do: 'retry', attempt: Math.max(1, retryCount), delay }
  const next = { ...common(state), retryCount }
  if (delay > 0) return [{ ...next, phase: 'waiting', until: state.circuit.trialAt, free: false }, retry]
  const [connecting, ...effects] = dial(next, event, limits)
  return [connecting, ...effects, retry]
}

/** As `connect`, but it waits neither for a trial's turn nor for anything else except an open circuit (R24). */
export function hurry(state: Common, event: Stamp, limits: Limits): Step {
  const circuit = thaw(state.circuit, limits, event.now)
  const next = { ...state, circuit }
  return circuit.state === 'OPEN' ? [blocked(next)] : dial(next, event, limits)
}

/** At a random moment within a second, each client at its own (R15). */
export const momentSoon = ({ now, random }: Stamp): number => now + Math.round(random * 1000)

/**
 * The world is back, and somebody wants a connection: an attempt within a second, a first trial where the circuit was open
 * (R15). Only a person can open what a person has shut.
 */
export function comeBack(state: Common, event: Stamp, limits: Limits, free = true): Step {
  const next = { ...common(state), circuit: hasten(thaw(state.circuit, limits, event.now), limits) }
  if (next.circuit.state === 'OPEN') return [blocked(next)]
  const waiting: Waiting = { ...next, phase: 'waiting', until: momentSoon(event), free }
  return [waiting]
}

export const closeEffect = (code: number, reason: string, opened: boolean, wasClean = false): Effect => ({
  do: 'close',
  code,
  reason,
  wasClean,
  opened,
})

/** What the listeners hear when we let go of an attempt: a never-opened one ends like any other (R25). */
export const partingEffects = (
  state: Connecting | Open | Probing,
  code: number,
  reason: string,
  failure: Failure,
): Effect[] => {
  const release: Effect = { do: 'release', code, reason }
  return state.phase === 'connecting'
    ? [release, { do: 'error', failure }, closeEffect(1006, '', false)]
    : [release, closeEffect(code, reason, true)]
}

/** Proof clears what failures had counted up (R5). */
export const prove = <S extends Open | Probing>(state: S): S => ({
  ...state,
  ...renewed,
  circuit: { ...state.circuit, failures: 0 },
  proven: true,
})

/**
 * Every way an attempt can end that nobody asked for: counts it, and waits, blocks or gives up (R5–R8, R11, R12).
 * `fatal`: trying again cannot help, whatever anybody says.
 */
export function end(
  state: Connecting | Open | Probing,
  event: Stamp,
  limits: Limits,
  close: End,
  failure?: Failure,
  fatal = false,
): Step {
  const { answer, random } = event
  const opened = state.phase !== 'connecting'
  const proven = opened && (state.proven || event.now >= state.openedAt + limits.minUptime)
  const before = proven ? prove(state) : state
  // Whoever has heard something since the rumour was not offline (R15).
  const offline = state.offline && !(opened && event.answered)
  const excused = state.excused || offline || (failure !== undefined && failure.code === 'NO_URL')
  const free = excused || (state.free && !proven)

  // Only a half-open circuit has a trial to get back, and one that opened has closed it.
  const circuit =
    proven || excused ? spendTrial(before.circuit, -1) : countFailure(before.circuit, limits, event.now, random)

  const action = answer === undefined ? limits.closeAction(close.code) : answer === false ? 'stop' : 'retry'
  const freshAuth = action === 'retry-with-fresh-auth'
  const stops = fatal || action === 'stop' || (freshAuth && (!limits.hasFreshAuth || before.authRetryUsed))
  const authRetryUsed = before.authRetryUsed || (freshAuth && !stops)
  const next: Common = { ...common(before), circuit, offline, authRetryUsed, reconnecting: true }
  const ending = { code: close.code, reason: close.reason, wasClean: close.wasClean, opened }
  const ended: Effect = { do: 'close', ...ending }
  const told = (why?: Failure): Effect[] => (why ? [{ do: 'error', failure: why }, ended] : [ended])

  if (stops || (!free && before.retryCount >= limits.maxRetries)) {
    // A failure that names itself (no WebSocket, a syntax error) is clearer than a code about it.
    const own = stops && answer !== false && !opened && failure && failure.code !== 'HANDSHAKE_FAILED'
    const why = own ? failure : { code: stops ? 'FATAL_CLOSE' : 'RETRIES_EXHAUSTED', cause: failure }
    return [giveUp(next, !stops), ...told(why as Failure)]
  }
  if (circuit.state === 'OPEN') return [blocked(next), ...told(failure)]

  const retryCount = free ? before.retryCount : before.retryCount + 1
  const attempt = Math.max(1, retryCount)
  const backoff = limits.backoff(attempt, random, before.delay)
  const maxDelay = Math.min(limits.maxDelay, LONGEST_TIMER)
  let delay = backoff
  if (typeof answer === 'number') delay = Math.min(Math.round(answer), LONGEST_TIMER)
  else {
    delay = delayAfter(action, backoff, maxDelay, random)
    if (offline) delay = Math.max(delay, maxDelay)
    if (limits.adjust) delay = limits.adjust(attempt, delay, ending)
  }
  return [
    { ...next, retryCount, delay: backoff, phase: 'waiting', until: event.now + delay, free: false },
    ...told(failure),
    { do: 'retry', attempt, delay },
  ]
}

export const giveUp = (state: Common, exhausted: boolean): Failed => ({
  ...common(state),
  phase: 'failed',
  until: Infinity,
  reconnecting: false,
  exhausted,
})

export const ABNORMAL: End = { code: 1006, reason: '', wasClean: false }

/** Refusals of every kind look alike to a client, 1006, unclean (faults 16–24); unless a protocol above says more. */
const closeOf = (state: Connecting | Open | Probing, event: End & { readonly failure?: Failure | undefined }): End =>
  state.phase === 'connecting' && !event.failure ? ABNORMAL : event

export const lost: Move<Connecting | Open | Probing, 'lost'> = (state, event, limits) => {
  const { cause, failure } = event
  const unnamed: Failure | undefined = state.phase === 'connecting' ? { code: 'HANDSHAKE_FAILED', cause } : undefined
  return end(state, event, limits, closeOf(state, event), failure || unnamed)
}

export const refused: Move<Connecting, 'refused'> = (state, event, limits) =>
  end(state, event, limits, ABNORMAL, event.failure, event.fatal)

export const release: Effect = { do: 'release', code: 1000, reason: '' }

/** A hung handshake is let go at once: Chromium lets the next one wait for it (R3). */
export function abandon(state: Connecting, event: Stamp, limits: Limits): Step {
  const [next, ...effects] = end(state, event, limits, ABNORMAL, { code: 'CONNECT_TIMEOUT' })
  return [next, release, ...effects]
}

/** Whether a timeout is the verdict that an open line is dead (R14). */
export const isDead = (state: Probing, { now, answered }: Stamp, { heartbeatTimeout }: Limits): boolean => {
  const late = now - (state.pingedAt + heartbeatTimeout)
  return !answered && late >= 0 && (late <= LATE || state.again)
}

/** How this event ends the attempt, if it does and `shouldReconnect` has a say in what follows (R12). */
export function endingOf(state: State, event: ChartEvent & Stamp, limits: Limits): CloseInfo | undefined {
  const { phase } = state
  if (phase !== 'connecting' && phase !== 'open' && phase !== 'probing') return undefined
  const opened = phase !== 'connecting'
  if (event.type === 'lost') {
    const { code, reason, wasClean } = closeOf(state, event)
    return { code, reason, wasClean, opened }
  }
  const ends =
    event.type === 'refused'
      ? !event.fatal
      : event.type === 'timeout' && (phase === 'connecting' || (phase === 'probing' && isDead(state, event, limits)))
  return ends ? { ...ABNORMAL, opened } : undefined
}
