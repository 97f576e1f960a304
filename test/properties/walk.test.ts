/**
 * Walks the chart: every step there is (chart-events.ts) keeps the invariants (invariants.ts), and the whole is held
 * against the table: no cell may stay unentered.
 */

import { expect, test } from 'vitest'
import { transitions } from '../../src/machine/transitions.ts'
import { everyWay, takeEveryStep } from '../support/chart-events.ts'
import { check } from '../support/invariants.ts'

test('[R1][R2][R8] every reachable state keeps the invariants under every event, and every cell is entered', () => {
  const cells = new Set(
    Object.entries(transitions).flatMap(([phase, row]) => Object.keys(row).map((event) => `${phase}.${event}`)),
  )
  const unentered = new Set(cells)
  let steps = 0
  const states = takeEveryStep(everyWay, (before, event, after, effects) => {
    steps++
    unentered.delete(`${before.phase}.${event.type}`)
    check(before, event, after, effects, everyWay.settings)
  })
  const missed = [...unentered].join(', ') || 'none'
  console.log(`walked ${states} states, ${steps} steps, ${cells.size} cells; unentered cells: ${missed}`)
  expect([...unentered]).toEqual([])
  expect(states).toBeGreaterThan(1000)
})
