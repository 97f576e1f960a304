/**
 * Walks the chart: every state that small options can reach × every event × early, exact and late × low and high chance.
 * Checks each step against laws.ts, and the whole against the table: no cell may stay unentered.
 */

import { expect, test } from 'vitest'
import type { EventType, Input, MachineEvent } from '../../src/machine/events.ts'
import { initialState, type MachineSettings, type State } from '../../src/machine/states.ts'
import { transition, transitions } from '../../src/machine/transitions.ts'
import { check, owns } from './laws.ts'

const settings: MachineSettings = {
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

const events: MachineEvent[] = [
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
/** What `shouldReconnect` may have said of an event that ends an attempt. */
const answers = [undefined, false, 0]
const TICK = 3
const LATE = 5000
const MINUTE = 60_000

/** Puts `now` at 0 and forgets how long ago the past is, so that states which behave alike are one. */
function normalise(state: State, now: number): State {
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
  if (state.restartedAt > -Infinity) moved.restartedAt = now - state.restartedAt < MINUTE ? 0 : -MINUTE
  const circuit = { ...state.circuit } as Record<string, unknown>
  shift(circuit, 'halfOpenAt', -1)
  shift(circuit, 'trialAt', -1)
  moved.circuit = circuit
  // Only decorrelated jitter remembers the last delay.
  moved.lastDelay = undefined
  return moved as unknown as State
}

test('[R1][R2][R8] every reachable state keeps the invariants under every event, and every cell is entered', () => {
  const seen = new Map<string, State>()
  const entered = new Set<string>()
  const start = normalise(initialState, 0)
  const queue: State[] = [start]
  seen.set(wordOf(start), start)
  let steps = 0
  const visit = (state: State, now: number) => {
    const next = normalise(state, now)
    const key = wordOf(next)
    if (seen.has(key)) return
    seen.set(key, next)
    queue.push(next)
    if (seen.size > 500_000) throw new Error('the set of states does not close')
  }
  for (let state = queue.pop(); state; state = queue.pop()) {
    for (const event of events) {
      // The runtime drops these at the door when they come from no attempt, or a former one.
      if (event.type === 'attemptFailed' && state.phase !== 'connecting') continue
      if (event.type === 'socketClosed' && !owns(state.phase)) continue
      const due = state.until
      const moments = event.type === 'timeout' ? (due < Infinity ? [due, due + LATE] : []) : [0]
      for (const moment of moments) {
        const now = Math.max(0, moment)
        for (const random of chancy.includes(event.type) ? [0, 0.75] : [0]) {
          for (const answered of state.phase === 'awaitingPong' || state.offline ? [false, true] : [false]) {
            const stamp = { ...event, now, random, answered }
            for (const shouldReconnect of isAsked(state, stamp) ? answers : [undefined]) {
              if (transitions[state.phase][event.type as EventType]) entered.add(`${state.phase}.${event.type}`)
              const stamped = { ...stamp, shouldReconnect }
              const [after, ...effects] = transition(state, stamped, settings)
              steps++
              check(state, stamped, after, effects, settings)
              visit(after, now)
            }
          }
        }
      }
    }
    // Time passes without news, up to the deadline and, as timers may be late, past the circuit's own.
    if (state.until > TICK) visit(state, TICK)
    if (state.phase === 'failed' && state.restartedAt === 0) visit({ ...state, restartedAt: -MINUTE }, 0)
  }
  const cells = Object.entries(transitions).flatMap(([phase, row]) =>
    Object.keys(row).map((event) => `${phase}.${event}`),
  )
  const unentered = cells.filter((cell) => !entered.has(cell))
  console.log(
    `walked ${seen.size} states, ${steps} steps, ${cells.length} cells; unentered cells: ${unentered.join(', ') || 'none'}`,
  )
  expect(unentered).toEqual([])
  expect(seen.size).toBeGreaterThan(1000)
})

/** Whether `shouldReconnect` has a say in what follows (R12). */
function isAsked(state: State, event: Input): boolean {
  const isEnding = event.type === 'socketClosed' || event.type === 'timeout' || event.type === 'attemptFailed'
  if (!isEnding || state.phase === 'closing' || (event.type === 'attemptFailed' && event.fatal)) return false
  return transition(state, event, settings).some((effect) => Array.isArray(effect) && effect[0] === 'close')
}

/** Everything a state may hold; one that holds more would be taken for another. */
const FIELDS = new Set(
  (
    'phase until circuit retryCount lastDelay offline reconnecting restartedAt authRetryUsed ' +
    'openedAt pingSentAt stable chargesNoRetry frozen isRepeatPing exhausted code reason'
  ).split(' '),
)

/** A state as a word, the same for the same state however it came about. */
function wordOf(state: State): string {
  for (const name in state) if (!FIELDS.has(name)) throw new Error(`the walk does not know the field ${name}`)
  const fields = state as unknown as Record<string, unknown>
  let word = Object.values(state.circuit).join()
  for (const name of FIELDS) word += `|${name === 'circuit' ? '' : fields[name]}`
  return word
}
