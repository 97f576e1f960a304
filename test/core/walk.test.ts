/**
 * Walks the chart: every state that small options can reach × every event × early, exact and late × low and high chance.
 * Checks each step against laws.ts, and the whole against the table: no cell may stay unentered.
 */

import { expect, test } from 'vitest'
import { closeAction } from '../../src/close-codes.ts'
import { chart, transition } from '../../src/lifecycle.ts'
import { type ChartEvent, type EventType, initialState, type Limits, type State } from '../../src/state.ts'
import { check, owns } from './laws.ts'

const limits: Limits = {
  maxRetries: 3,
  maxDelay: 8,
  connectTimeout: 9,
  closeTimeout: 6,
  minUptime: 6,
  heartbeatInterval: 9,
  heartbeatTimeout: 3,
  failureThreshold: 2,
  resetTimeout: 12,
  halfOpenMaxRequests: 2,
  resetJitter: 0.5,
  backoff: (attempt) => Math.min(3 * 2 ** (attempt - 1), 8),
  closeAction,
  hasFreshAuth: true,
  adjust: (_attempt, delay) => delay,
}

const events: ChartEvent[] = [
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
  { type: 'timeout' },
  { type: 'online' },
  { type: 'wake' },
  { type: 'offline' },
  { type: 'freeze' },
  { type: 'suspend' },
]

/** The events whose moves draw a delay. */
const chancy: readonly EventType[] = ['openCircuit', 'lost', 'refused', 'timeout', 'online', 'wake']
/** What `shouldReconnect` may have said of an event that ends an attempt. */
const answers = [undefined, false, 0]
const TICK = 3
const LATE = 5000

/** Puts `now` at 0 and forgets how long ago the past is, so that states which behave alike are one. */
function normalise(state: State, now: number): State {
  const moved = { ...state } as Record<string, unknown>
  const shift = (bag: Record<string, unknown>, key: string, floor: number) => {
    if (typeof bag[key] === 'number') bag[key] = Math.max(floor, (bag[key] as number) - now)
  }
  shift(moved, 'until', -1)
  shift(moved, 'openedAt', -limits.minUptime)
  shift(moved, 'pingedAt', -limits.heartbeatInterval)
  if ('proven' in state && state.proven) moved.openedAt = 0
  // What matters of a revival is whether it was less than a minute ago.
  shift(moved, 'revivedAt', -60_000)
  if (state.revivedAt === -Infinity) moved.revivedAt = -60_000
  const circuit = { ...state.circuit } as Record<string, unknown>
  shift(circuit, 'halfOpenAt', -1)
  shift(circuit, 'trialAt', -1)
  moved.circuit = circuit
  // Only decorrelated jitter remembers the last delay.
  moved.delay = undefined
  return moved as unknown as State
}

test('[R1][R2][R8] every reachable state keeps the invariants under every event, and every cell is entered', () => {
  const seen = new Map<string, State>()
  const entered = new Set<string>()
  const start = normalise(initialState, 0)
  const queue: State[] = [start]
  seen.set(JSON.stringify(start, infinite), start)
  let steps = 0
  const visit = (state: State, now: number) => {
    const next = normalise(state, now)
    const key = JSON.stringify(next, infinite)
    if (seen.has(key)) return
    seen.set(key, next)
    queue.push(next)
    if (seen.size > 500_000) throw new Error('the set of states does not close')
  }
  for (let state = queue.pop(); state; state = queue.pop()) {
    for (const event of events) {
      // The shell drops these at the door when they come from no attempt, or a former one.
      if (event.type === 'refused' && state.phase !== 'connecting') continue
      if (event.type === 'lost' && !owns(state.phase)) continue
      const due = state.until
      const moments = event.type === 'timeout' ? (due < Infinity ? [due, due + LATE] : []) : [0]
      for (const moment of moments) {
        const now = Math.max(0, moment)
        for (const random of chancy.includes(event.type) ? [0, 0.75] : [0]) {
          for (const answered of state.phase === 'probing' ? [false, true] : [false]) {
            if (chart[state.phase][event.type as EventType]) entered.add(`${state.phase}.${event.type}`)
            const stamped = { ...event, now, random, answered }
            const [after, ...effects] = transition(state, stamped, limits)
            steps++
            check(state, stamped, after, effects, limits)
            visit(after, now)
          }
        }
      }
    }
    // Time passes without news, up to the deadline and, as timers may be late, past the circuit's own.
    if (state.until > TICK) visit(state, TICK)
  }
  const cells = Object.entries(chart).flatMap(([phase, row]) => Object.keys(row).map((event) => `${phase}.${event}`))
  const unentered = cells.filter((cell) => !entered.has(cell))
  console.log(
    `walked ${seen.size} states, ${steps} steps, ${cells.length} cells; unentered cells: ${unentered.join(', ') || 'none'}`,
  )
  expect(unentered).toEqual([])
  expect(seen.size).toBeGreaterThan(1000)
}, 60_000)

function infinite(_key: string, value: unknown): unknown {
  return value === Infinity ? 'Infinity' : value
}
