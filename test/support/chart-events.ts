/**
 * Owns the way through the chart: every state that small options can reach × every event in every way it can be meant ×
 * early, exact and late × low and high chance. walk.test.ts holds each step against the invariants, scripts/diagram.ts draws
 * them. Must never judge a step, nor know an edge by hand.
 */

import type { Effect, EventType, Input, MachineEvent } from '../../src/machine/events.ts'
import { initialState, type MachineSettings, type State } from '../../src/machine/states.ts'
import { transition } from '../../src/machine/transitions.ts'
import { owns } from './invariants.ts'

/** Small numbers, under which every cell can be entered and the set of states closes. */
export const smallSettings: MachineSettings = {
  maxRetries: 1,
  baseDelay: 3,
  maxDelay: 6,
  multiplier: 2,
  jitter: 0,
  connectTimeout: 3,
  closeTimeout: 3,
  minUptime: 6,
  heartbeatInterval: 6,
  heartbeatTimeout: 3,
  circuitBreaker: { failureThreshold: 2, resetTimeout: 6, halfOpenMaxRequests: 2, resetJitter: 0.5 },
  hasFreshAuth: true,
}

/** Every event, once per way it can be meant, in the order in which documents name them. */
export const events: readonly MachineEvent[] = [
  { type: 'connect' },
  { type: 'reconnect' },
  { type: 'close', code: 1000, reason: '' },
  { type: 'openCircuit', duration: 6 },
  { type: 'openCircuit', duration: Infinity },
  { type: 'closeCircuit' },
  { type: 'urlChanged' },
  { type: 'optionsChanged' },
  { type: 'prepare' },
  { type: 'opened' },
  { type: 'socketClosed', code: 1006, reason: '', wasClean: false },
  { type: 'socketClosed', code: 4401, reason: '', wasClean: true },
  { type: 'socketClosed', code: 1002, reason: '', wasClean: true },
  { type: 'attemptFailed', failure: { code: 'URL_PROVIDER_FAILED' }, fatal: false },
  { type: 'attemptFailed', failure: { code: 'SOCKET_THREW' }, fatal: true },
  { type: 'attemptFailed', failure: { code: 'NO_URL' }, fatal: true },
  { type: 'timeout' },
  { type: 'online' },
  { type: 'wake' },
  { type: 'offline' },
  { type: 'freeze' },
  { type: 'suspend' },
]

/** The events whose moves draw a delay. */
const chancy: readonly EventType[] = ['openCircuit', 'socketClosed', 'attemptFailed', 'timeout', 'online', 'wake']
/** Later than any verdict on a ping may be. */
const LATE = 5000
const MINUTE = 60_000

/** Everything a state may hold; one that holds more would be taken for another. */
const FIELDS = new Set(
  (
    'phase until circuit retryCount lastDelay offline reconnecting restartedAt authRetryUsed ' +
    'openedAt pingSentAt stable chargesNoRetry frozen isRepeatPing exhausted code reason'
  ).split(' '),
)

/** Puts `now` at 0 and forgets how long ago the past is, so that states which behave alike are one. */
function normalise(state: State, now: number, settings: MachineSettings): State {
  const moved = { ...state } as Record<string, unknown>
  const shift = (bag: Record<string, unknown>, key: string, floor: number) => {
    if (typeof bag[key] === 'number') bag[key] = Math.max(floor, (bag[key] as number) - now)
  }
  shift(moved, 'until', -1)
  if (state.openedAt < Infinity) {
    shift(moved, 'openedAt', -settings.minUptime)
    shift(moved, 'pingSentAt', -settings.heartbeatInterval)
    if (state.stable) moved.openedAt = 0
  }
  // What matters of a restart is whether it was less than a minute ago, and that only while FAILED.
  moved.restartedAt = now - state.restartedAt < MINUTE ? 0 : -Infinity
  const circuit = { ...state.circuit } as Record<string, unknown>
  shift(circuit, 'halfOpenAt', -1)
  shift(circuit, 'trialAt', -1)
  moved.circuit = circuit
  // Only decorrelated jitter remembers the last delay.
  moved.lastDelay = undefined
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
  readonly settings: MachineSettings
  /** What `shouldReconnect` may have said of an event that ends an attempt. */
  readonly answers: readonly Input['shouldReconnect'][]
  /** Ms by which time passes without news; without, it passes only where an open circuit may half-open meanwhile. */
  readonly tick?: number
}

/** All that can happen, for whoever wants to be sure. */
export const everyWay: Way = { settings: smallSettings, answers: [undefined, false, 0], tick: 3 }

/** Whether `shouldReconnect` has a say in what follows (R12). */
function isAsked(state: State, event: Input, settings: MachineSettings): boolean {
  const isEnding = event.type === 'socketClosed' || event.type === 'timeout' || event.type === 'attemptFailed'
  if (!isEnding || state.phase === 'closing' || (event.type === 'attemptFailed' && event.fatal)) return false
  return transition(state, event, settings).some((effect) => Array.isArray(effect) && effect[0] === 'close')
}

/** All inputs with which an event may meet a state. */
function* inputs(state: State, event: MachineEvent, { settings, answers, tick }: Way): Generator<Input> {
  // The runtime drops these at the door when they come from no attempt, or a former one.
  if (event.type === 'attemptFailed' && state.phase !== 'connecting') return
  if (event.type === 'socketClosed' && !owns(state.phase)) return
  const due = Math.max(0, state.until)
  let moments = [0]
  if (event.type === 'timeout') moments = due < Infinity ? [due, due + LATE] : []
  // A wish may find an open circuit whose deadline has passed before its timer fired.
  else if (!tick && state.phase === 'blocked' && due < Infinity) moments = [0, due]
  for (const now of moments) {
    for (const random of chancy.includes(event.type) ? [0, 0.75] : [0]) {
      for (const answered of state.phase === 'awaitingPong' || state.offline ? [false, true] : [false]) {
        const input = { ...event, now, random, answered }
        for (const shouldReconnect of isAsked(state, input, settings) ? answers : [undefined]) {
          yield { ...input, shouldReconnect }
        }
      }
    }
  }
}

/** Takes every step there is, and tells of each; yields after every state, and returns their number. */
export function* takeEveryStep(
  way: Way,
  tell: (before: State, event: Input, after: State, effects: readonly Effect[]) => void,
): Generator<void, number> {
  const { settings, tick } = way
  const seen = new Set<string>()
  const queue: State[] = []
  const visit = (state: State, now: number) => {
    const next = normalise(state, now, settings)
    const key = wordOf(next)
    if (seen.has(key)) return
    seen.add(key)
    queue.push(next)
    if (seen.size > 500_000) throw new Error('the set of states does not close')
  }
  visit(initialState, 0)
  for (let state = queue.pop(); state; state = queue.pop()) {
    for (const meant of events) {
      for (const event of inputs(state, meant, way)) {
        const [after, ...effects] = transition(state, event, settings)
        tell(state, event, after, effects)
        visit(after, event.now)
      }
    }
    // Up to the deadline and, as timers may be late, past the circuit's own.
    const wait = tick ?? state.circuit.halfOpenAt
    if (state.until > wait) visit(state, wait)
    if (state.phase === 'failed' && state.restartedAt === 0) visit({ ...state, restartedAt: -Infinity }, 0)
    yield
  }
  return seen.size
}
