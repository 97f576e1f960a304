/**
 * Walks the chart: every step there is (chart-events.ts) keeps the invariants (invariants.ts), and the whole is held
 * against the table: no cell may stay unentered. It goes in parts, because the runner's limit is for hangs, and the whole is
 * much work for one test of a busy machine.
 */

import { expect, test } from 'vitest'
import { transitions } from '../../src/machine/transitions.ts'
import { everyWay, takeEveryStep } from '../support/chart-events.ts'
import { check } from '../support/invariants.ts'

const PARTS = 8
/** States of a part; the last one takes all that are left. */
const PART = 5000

const unentered = new Set(
  Object.entries(transitions).flatMap(([phase, row]) => Object.keys(row).map((event) => `${phase}.${event}`)),
)
const cells = unentered.size
let steps = 0
let states = 0
let isOver = false
const walk = takeEveryStep(everyWay, (before, event, after, effects) => {
  steps++
  unentered.delete(`${before.phase}.${event.type}`)
  check(before, event, after, effects, everyWay.settings)
})

test.each(Array.from({ length: PARTS }, (_, i) => i + 1))(
  `[R1][R2][R8] every reachable state keeps the invariants under every event (part %i of ${PARTS})`,
  (part) => {
    const before = steps
    for (let i = 0; !isOver && (i < PART || part === PARTS); i++) {
      const { done, value } = walk.next()
      // After a step that broke an invariant there is no way on.
      isOver = !!done
      states = value || 0
    }
    // A part that has nothing to walk would keep nothing.
    expect(steps).toBeGreaterThan(before)
  },
)

test('[R1][R2][R8] every cell is entered', () => {
  const missed = [...unentered].join(', ') || 'none'
  console.log(`walked ${states} states, ${steps} steps, ${cells} cells; unentered cells: ${missed}`)
  expect([...unentered]).toEqual([])
  expect(states).toBeGreaterThan(1000)
})
