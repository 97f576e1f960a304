/**
 * A log of transitions replays exactly: a thousand random runs, with everything that users, platforms and networks do to
 * them, played again by the machine alone.
 */

import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { TapEntry, TransitionEntry } from '../../../src/index.ts'
import { replay } from '../../../testing/index.ts'
import { scenario } from './arbitraries.ts'
import { Run } from './run.ts'
import { seed } from './search.ts'

it('[R2][R4] the logs of 1,000 random runs replay to the same states, deadlines and effects', async () => {
  let transitions = 0
  const property = fc.asyncProperty(scenario, async (plan) => {
    const run = new Run(plan)
    const log: TapEntry[] = []
    run.client.tap((entry) => log.push(entry))
    await run.play()
    const happened = log.filter((entry): entry is TransitionEntry => entry.type === 'transition')
    transitions += happened.length
    expect(replay(log)).toEqual(happened.map(({ after, effects }) => ({ after, effects })))
  })
  await fc.assert(property, { numRuns: 1000, seed })
  expect(transitions).toBeGreaterThan(10_000)
})
