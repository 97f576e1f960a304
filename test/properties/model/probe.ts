/**
 * Owns the look inside: which cell of the table a client enters, and the transition it makes there. It wraps the handlers
 * of the real table in place, so that what is counted is what ran. Must never change what a handler does, except for
 * `injectBug`, by which the model itself is tested.
 */

import type { WebSocketReconnect } from '../../../src/index.ts'
import type { Effect, Input, Transition } from '../../../src/machine/events.ts'
import { initialState, type MachineSettings, type Phase, type State } from '../../../src/machine/states.ts'
import type { Handler } from '../../../src/machine/steps.ts'
import { transitions } from '../../../src/machine/transitions.ts'

export type OnTransition = (
  before: Readonly<State>,
  event: Input,
  after: Readonly<State>,
  effects: readonly Effect[],
  settings: MachineSettings,
) => void
/** A handler as a function of its state, which is easier to break on purpose. */
export type Cell = (state: Readonly<State>, event: Input, settings: MachineSettings) => Transition

const rows = transitions as unknown as Record<Phase, Record<string, Handler>>
const broken = new Map<string, Cell>()

/** How often each cell was entered. */
export const entered = new Map<string, number>()

const wrapped = new Set<Record<string, Handler>>()
for (const [phase, row] of Object.entries(rows)) {
  for (const type of Object.keys(row)) entered.set(`${phase}.${type}`, 0)
  // Phases that behave alike share a row.
  if (wrapped.has(row)) continue
  wrapped.add(row)
  for (const [type, handler] of Object.entries(row)) row[type] = wrap(type, handler)
}

function wrap(type: string, handler: Handler): Handler {
  return (draft, event, settings, effects) => {
    const cell = `${draft.phase}.${type}`
    entered.set(cell, (entered.get(cell) as number) + 1)
    const change = broken.get(cell)
    if (!change) return handler(draft, event, settings, effects)
    const [after, ...wrong] = change({ ...draft }, event, settings)
    Object.assign(draft, after)
    effects.push(...wrong)
  }
}

/** Puts another handler into a cell; returns how to put the right one back. */
export function injectBug(cell: string, change: (right: Cell) => Cell): () => void {
  const [phase, type] = cell.split('.') as [Phase, string]
  const handler = rows[phase]?.[type]
  if (!handler) throw new Error(`the table has no cell ${cell}`)
  const right: Cell = (state, event, settings) => {
    const wrong = broken.get(cell) as Cell
    broken.delete(cell)
    const draft = { ...state }
    const effects: Effect[] = []
    handler(draft, event, settings, effects)
    broken.set(cell, wrong)
    return [draft, ...effects]
  }
  broken.set(cell, change(right))
  return () => broken.delete(cell)
}

/** The state of the client under observation. */
export let latest: Readonly<State> = initialState

/** Observes one client from its first transition on; there can be only one at a time. */
export function observe(client: WebSocketReconnect, listener: OnTransition): void {
  latest = initialState
  client.tap((entry) => {
    if (entry.type !== 'transition') return
    latest = entry.after
    listener(entry.before, entry.event, entry.after, entry.effects, entry.settings)
  })
}
