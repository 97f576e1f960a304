/**
 * Owns the picture of the chart in ARCHITECTURE.md: which event leads from which phase to which.
 * It drives the chart itself over every state that small options can reach, so the picture cannot say what the code
 * does not do. Must never hold an edge by hand. `npm run diagram` writes it, test/docs/docs.test.ts compares it.
 */

import { readFileSync, writeFileSync } from 'node:fs'
import type { EventType, MachineEvent } from '../src/machine/events.ts'
import { initialState, type MachineSettings, type Phase, type State } from '../src/machine/states.ts'
import { transition, transitions, visible } from '../src/machine/transitions.ts'

/** The smallest numbers under which every edge exists: one retry, two failures, one trial, deadlines of a few ms. */
const settings: MachineSettings = {
  maxRetries: 1,
  baseDelay: 1,
  maxDelay: 2,
  multiplier: 1,
  jitter: 0,
  connectTimeout: 2,
  closeTimeout: 4,
  minUptime: 2,
  heartbeatInterval: 2,
  heartbeatTimeout: 1,
  circuitBreaker: { failureThreshold: 2, resetTimeout: 2, halfOpenMaxRequests: 1, resetJitter: 1 },
  hasFreshAuth: true,
}

const close = { code: 1006, reason: '', wasClean: false }

/** Every event, once per way it can be meant. */
const events: { [K in EventType]: MachineEvent<K>[] } = {
  connect: [{ type: 'connect' }],
  reconnect: [{ type: 'reconnect' }],
  close: [{ type: 'close', code: 1000, reason: '' }],
  openCircuit: [{ type: 'openCircuit', duration: 2 }],
  closeCircuit: [{ type: 'closeCircuit' }],
  urlChanged: [{ type: 'urlChanged' }],
  optionsChanged: [{ type: 'optionsChanged' }],
  prepare: [{ type: 'prepare' }],
  opened: [{ type: 'opened' }],
  socketClosed: [
    { type: 'socketClosed', ...close },
    { type: 'socketClosed', ...close, code: 4401 },
    { type: 'socketClosed', ...close, code: 1002 },
  ],
  attemptFailed: [
    { type: 'attemptFailed', fatal: false, failure: { code: 'URL_PROVIDER_FAILED' } },
    { type: 'attemptFailed', fatal: true, failure: { code: 'INVALID_URL' } },
  ],
  timeout: [{ type: 'timeout' }],
  online: [{ type: 'online' }],
  wake: [{ type: 'wake' }],
  offline: [{ type: 'offline' }],
  freeze: [{ type: 'freeze' }],
  suspend: [{ type: 'suspend' }],
}

/** Later than any verdict on a ping may be. */
const LATE = 5000

/** The same state with `now` at 0 and everything past equally past, so that states which behave alike are one. */
function normalise(state: State, now: number): State {
  const shift = (at: number, floor: number) => Math.max(floor, at - now)
  const { circuit } = state
  const moved = {
    ...state,
    until: shift(state.until, -1),
    lastDelay: undefined,
    restartedAt: state.restartedAt > -Infinity ? 0 : -Infinity,
    circuit: { ...circuit, halfOpenAt: shift(circuit.halfOpenAt, -1), trialAt: shift(circuit.trialAt, -1) },
  }
  if (moved.phase !== 'open' && moved.phase !== 'awaitingPong') return moved
  const openedAt = moved.stable ? 0 : shift(moved.openedAt, -settings.minUptime)
  return { ...moved, openedAt, pingSentAt: shift(moved.pingSentAt, -settings.heartbeatInterval) }
}

/** The moments at which an event may meet a state: at once; a deadline's own, in time and late. */
function moments({ phase, until }: State, type: EventType): number[] {
  const due = Math.max(0, until)
  if (type === 'timeout') return until < Infinity ? [due, due + LATE] : []
  // A wish may find an open circuit whose deadline has passed before its timer fired.
  return phase === 'blocked' && until < Infinity ? [0, due] : [0]
}

/** Every step from one phase to another, or from an attempt to the next: `from → to → events`. */
export function edges(): Map<Phase, Map<Phase, Set<EventType>>> {
  const found = new Map<Phase, Map<Phase, Set<EventType>>>()
  const seen = new Set<string>()
  const queue: State[] = []
  const visit = (state: State, now: number) => {
    const next = normalise(state, now)
    const key = JSON.stringify(next, (_key, value) => (value === Infinity ? 'Infinity' : value))
    if (seen.has(key)) return
    seen.add(key)
    queue.push(next)
  }
  visit(initialState, 0)
  for (let state = queue.pop(); state; state = queue.pop()) {
    for (const type of Object.keys(transitions[state.phase]) as EventType[]) {
      for (const event of events[type]) {
        for (const now of moments(state, type)) {
          for (const random of [0, 0.75]) {
            for (const answered of state.phase === 'awaitingPong' ? [false, true] : [false]) {
              const [after, ...effects] = transition(state, { ...event, now, random, answered }, settings)
              const isStep = after.phase !== state.phase || effects.some((effect) => effect[0] === 'dial')
              if (isStep) {
                const row = found.get(state.phase) || new Map<Phase, Set<EventType>>()
                found.set(state.phase, row.set(after.phase, (row.get(after.phase) || new Set()).add(type)))
              }
              visit(after, now)
            }
          }
        }
      }
    }
    // Time passes where nothing is due, until an open circuit may half-open.
    if (state.circuit.halfOpenAt < state.until) visit(state, state.circuit.halfOpenAt)
  }
  return found
}

const calls = ['connect', 'reconnect', 'close', 'openCircuit', 'closeCircuit', 'urlChanged'] as const

/** Of the calls, the picture shows those without which a phase would stand apart; the table has them all. */
const isDrawn = (type: EventType, from: Phase, to: Phase): boolean =>
  !calls.includes(type as 'connect') ||
  (type === 'connect' && from === 'idle' && to === 'connecting') ||
  (type === 'close' && to === 'closing')

/** The chart in two parts: a Mermaid diagram of what happens by itself, and a table of what a call does. */
export function drawDiagram(): string {
  const phases = Object.keys(transitions) as Phase[]
  const order = Object.keys(events) as EventType[]
  const found = edges()
  const types = (from: Phase, to: Phase) => order.filter((type) => found.get(from)?.get(to)?.has(type))

  const lines = ['```mermaid', 'stateDiagram-v2']
  for (const phase of phases) {
    const [shown] = visible[phase]
    lines.push(shown.toLowerCase() === phase ? `  ${phase}` : `  state "${phase} (${shown})" as ${phase}`)
  }
  for (const from of phases) {
    for (const to of phases) {
      const drawn = types(from, to).filter((type) => isDrawn(type, from, to))
      if (drawn.length) lines.push(`  ${from} --> ${to} : ${drawn.join(', ')}`)
    }
  }
  lines.push(
    '```',
    '',
    `| | ${calls.map((call) => `\`${call}\``).join(' | ')} |`,
    `|---|${'---|'.repeat(calls.length)}`,
  )
  for (const from of phases) {
    const cells = calls.map((call) => phases.filter((to) => types(from, to).includes(call)).join(', '))
    lines.push(`| \`${from}\` | ${cells.join(' | ')} |`)
  }
  return `${lines.join('\n')}\n`
}

const BEGIN = '<!-- diagram: written by `npm run diagram`, do not edit -->\n'
const END = '<!-- end of diagram -->'

/** The document with the diagram between its markers replaced. */
export function withDiagram(document: string, diagram: string): string {
  const begin = document.indexOf(BEGIN)
  const end = document.indexOf(END, begin)
  if (begin < 0 || end < 0) throw new Error(`the document has lost its markers: expected\n${BEGIN}…\n${END}`)
  return document.slice(0, begin + BEGIN.length) + diagram + document.slice(end)
}

/** `npm run diagram`. */
export function main(): void {
  const file = 'ARCHITECTURE.md'
  writeFileSync(file, withDiagram(readFileSync(file, 'utf8'), drawDiagram()))
}
