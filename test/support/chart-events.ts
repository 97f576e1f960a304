/**
 * Owns the way through the chart: every state that small options can reach × every event in every way it can be meant ×
 * early, exact and late × low and high chance. walk.test.ts holds each step against the invariants, scripts/diagram.ts draws
 * them. Must never judge a step, nor know an edge by hand.
 */

import { endingOf } from '../../src/attempt.ts'
import { closeAction } from '../../src/close-codes.ts'
import { transition } from '../../src/lifecycle.ts'
import {
  type ChartEvent,
  type Effect,
  type EventType,
  initialState,
  type Limits,
  type Stamp,
  type State,
} from '../../src/state.ts'
import { owns } from './invariants.ts'

/** Small numbers, under which every cell can be entered and the set of states closes. */
export const smallLimits: Limits = {
  maxRetries: 1,
  maxDelay: 6,
  connectTimeout: 3,
  closeTimeout: 3,
  minUptime: 6,
  heartbeatInterval: 6,
  heartbeatTimeout: 3,
  failureThreshold: 2,
  resetTimeout: 6,
  halfOpenMaxRequests: 2,
  resetJitter: 0.5,
  backoff: (attempt) => Math.min(3 * attempt, 6),
  closeAction,
  hasFreshAuth: true,
  adjust: (_attempt, delay) => delay,
}

/** Every event, once per way it can be meant, in the order in which documents name them. */
export const events: readonly ChartEvent[] = [
  { type: 'connect' },
  { type: 'reconnect' },
  { type: 'close', code: 1000, reason: '' },
  { type: 'openCircuit', duration: 6 },
  { type: 'openCircuit', duration: Infinity },
  { type: 'closeCircuit' },
  { type: 'redirect' },
  { type: 'adjust' },
  { type: 'prepare' },
  { type: 'opened' },
  { type: 'lost', code: 1006, reason: '', wasClean: false },
  { type: 'lost', code: 4401, reason: '', wasClean: true },
  { type: 'lost', code: 1002, reason: '', wasClean: true },
  { type: 'refused', failure: { code: 'URL_PROVIDER_FAILED' }, fatal: false },
  { type: 'refused', failure: { code: 'SOCKET_THREW' }, fatal: true },
  { type: 'refused', failure: { code: 'NO_URL' }, fatal: true },
  { type: 'timeout' },
  { type: 'online' },
  { type: 'wake' },
  { type: 'offline' },
  { type: 'freeze' },
  { type: 'suspend' },
]

/** The events whose moves draw a delay. */
const chancy: readonly EventType[] = ['openCircuit', 'lost', 'refused', 'timeout', 'online', 'wake']
/** Later than any verdict on a ping may be. */
const LATE = 5000
const MINUTE = 60_000

/** Everything a state may hold; one that holds more would be taken for another. */
const FIELDS = new Set(
  (
    'phase until circuit retryCount delay offline reconnecting revivedAt authRetryUsed ' +
    'openedAt pingedAt proven free excused again exhausted code reason'
  ).split(' '),
)

/** Puts `now` at 0 and forgets how long ago the past is, so that states which behave alike are one. */
function normalise(state: State, now: number, limits: Limits): State {
  const moved = { ...state } as Record<string, unknown>
  const shift = (bag: Record<string, unknown>, key: string, floor: number) => {
    if (typeof bag[key] === 'number') bag[key] = Math.max(floor, (bag[key] as number) - now)
  }
  shift(moved, 'until', -1)
  shift(moved, 'openedAt', -limits.minUptime)
  shift(moved, 'pingedAt', -limits.heartbeatInterval)
  if ('proven' in state && state.proven) moved.openedAt = 0
  // What matters of a revival is whether it was less than a minute ago, and that only while FAILED.
  moved.revivedAt = now - state.revivedAt < MINUTE ? 0 : -Infinity
  const circuit = { ...state.circuit } as Record<string, unknown>
  shift(circuit, 'halfOpenAt', -1)
  shift(circuit, 'trialAt', -1)
  moved.circuit = circuit
  // Only decorrelated jitter remembers the last delay.
  moved.delay = undefined
  return moved as unknown as State
}

/** A state as a word, the same for the same state however it came about. */
function wordOf(state: State): string {
  for (const name in state) if (!FIELDS.has(name)) throw new Error(`the walk does not know the field ${name}`)
  const fields = state as unknown as Record<string, unknown>
  let word = Object.values(state.circuit).join()
  for (const name of FIELDS) word += `|${name === 'circuit' ? '' : fields[name]}`
  return word
}

interface Way {
  readonly limits: Limits
  /** What `shouldReconnect` may have said of an event that ends an attempt. */
  readonly answers: readonly Stamp['answer'][]
  /** Ms by which time passes without news; without, it passes only where an open circuit may half-open meanwhile. */
  readonly tick?: number
}

/** All that can happen, for whoever wants to be sure. */
export const everyWay: Way = { limits: smallLimits, answers: [undefined, false, 0], tick: 3 }

/** All stamps under which an event may meet a state. */
function* stamped(state: State, event: ChartEvent, { limits, answers, tick }: Way): Generator<ChartEvent & Stamp> {
  // The shell drops these at the door when they come from no attempt, or a former one.
  if (event.type === 'refused' && state.phase !== 'connecting') return
  if (event.type === 'lost' && !owns(state.phase)) return
  const due = Math.max(0, state.until)
  let moments = [0]
  if (event.type === 'timeout') moments = due < Infinity ? [due, due + LATE] : []
  // A wish may find an open circuit whose deadline has passed before its timer fired.
  else if (!tick && state.phase === 'blocked' && due < Infinity) moments = [0, due]
  for (const now of moments) {
    for (const random of chancy.includes(event.type) ? [0, 0.75] : [0]) {
      for (const answered of state.phase === 'probing' || state.offline ? [false, true] : [false]) {
        const stamp = { ...event, now, random, answered }
        for (const answer of endingOf(state, stamp, limits) ? answers : [undefined]) yield { ...stamp, answer }
      }
    }
  }
}

/** Takes every step there is, and tells of each; returns the number of states. */
export function takeEveryStep(
  way: Way,
  tell: (before: State, event: ChartEvent & Stamp, after: State, effects: readonly Effect[]) => void,
): number {
  const { limits, tick } = way
  const seen = new Set<string>()
  const queue: State[] = []
  const visit = (state: State, now: number) => {
    const next = normalise(state, now, limits)
    const key = wordOf(next)
    if (seen.has(key)) return
    seen.add(key)
    queue.push(next)
    if (seen.size > 500_000) throw new Error('the set of states does not close')
  }
  visit(initialState, 0)
  for (let state = queue.pop(); state; state = queue.pop()) {
    for (const meant of events) {
      for (const event of stamped(state, meant, way)) {
        const [after, ...effects] = transition(state, event, limits)
        tell(state, event, after, effects)
        visit(after, event.now)
      }
    }
    // Up to the deadline and, as timers may be late, past the circuit's own.
    const wait = tick ?? state.circuit.halfOpenAt
    if (state.until > wait) visit(state, wait)
    if (state.phase === 'failed' && state.revivedAt === 0) visit({ ...state, revivedAt: -Infinity }, 0)
  }
  return seen.size
}
