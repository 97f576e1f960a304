/**
 * Owns the picture of the chart in ARCHITECTURE.md: which event leads from which phase to which.
 * It takes every step that there is, so the picture cannot say what the code does not do. `npm run diagram` writes it,
 * test/docs/docs.test.ts compares it. Must never hold an edge by hand.
 */

import { readFileSync, writeFileSync } from 'node:fs'
import type { EventType } from '../src/machine/events.ts'
import type { Phase } from '../src/machine/states.ts'
import { transitions, visible } from '../src/machine/transitions.ts'
import { events, smallSettings, takeEveryStep } from '../test/support/chart-events.ts'

/** The smallest numbers under which every edge exists, so that there are few states. */
const settings = {
  ...smallSettings,
  ...{ baseDelay: 1, maxDelay: 2, connectTimeout: 2, closeTimeout: 8, minUptime: 2, heartbeatInterval: 2 },
  ...{ multiplier: 1, heartbeatTimeout: 1 },
  circuitBreaker: { failureThreshold: 2, resetTimeout: 2, halfOpenMaxRequests: 1, resetJitter: 1 },
}

/** Every step from one phase to another, or from an attempt to the next: `from → to → events`. */
function edges(): Map<Phase, Map<Phase, Set<EventType>>> {
  const found = new Map<Phase, Map<Phase, Set<EventType>>>()
  const walk = takeEveryStep({ settings, answers: [undefined] }, ({ phase }, { type }, after, effects) => {
    if (after.phase === phase && !effects.some(([name]) => name === 'dial')) return
    const row = found.get(phase) || new Map<Phase, Set<EventType>>()
    found.set(phase, row.set(after.phase, (row.get(after.phase) || new Set()).add(type)))
  })
  while (!walk.next().done);
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
  const order = [...new Set(events.map(({ type }) => type))]
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
