/**
 * Owns the look inside: which cell of the chart a client enters, and the step it takes there. It wraps the moves of the
 * real chart in place, so that what is counted is what ran. Must never change what a move answers, except for
 * `sabotage`, by which the model itself is tested.
 */

import {
  type ChartEvent,
  type Effect,
  initialState,
  type Limits,
  type Stamp,
  type State,
} from '../../src/machine/states.ts'
import { chart } from '../../src/machine/transitions.ts'

export type Event = ChartEvent & Stamp
export type OnStep = (before: State, event: Event, after: State, effects: readonly Effect[], limits: Limits) => void
export type AnyMove = (state: State, event: Event, limits: Limits) => readonly [State, ...Effect[]]

const rows = chart as unknown as Record<string, Record<string, AnyMove>>
const moves = new Map<string, AnyMove>()

/** How often each cell was entered. */
export const entered = new Map<string, number>()

/** The state of the client under observation. */
export let latest: State = initialState
let onStep: OnStep = () => {}

for (const [phase, row] of Object.entries(rows)) {
  for (const [type, move] of Object.entries(row)) {
    const cell = `${phase}.${type}`
    moves.set(cell, move)
    entered.set(cell, 0)
    row[type] = (state, event, limits) => {
      entered.set(cell, (entered.get(cell) as number) + 1)
      const step = (moves.get(cell) as AnyMove)(state, event, limits)
      const [after, ...effects] = step
      latest = after
      onStep(state, event, after, effects, limits)
      return step
    }
  }
}

/** Observes one client from its first step on; there can be only one at a time. */
export function observe(listener: OnStep): void {
  latest = initialState
  onStep = listener
}

/** Puts another move into a cell; returns how to put the right one back. */
export function sabotage(cell: string, change: (right: AnyMove) => AnyMove): () => void {
  const right = moves.get(cell)
  if (!right) throw new Error(`the chart has no cell ${cell}`)
  moves.set(cell, change(right))
  return () => moves.set(cell, right)
}
