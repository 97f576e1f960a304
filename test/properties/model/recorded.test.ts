/**
 * What a recorder of /devtools has kept of random runs is what the checker saw of them: the same steps, in the same order, at
 * the same times; and from JSON Lines those replay.
 */

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createRecorder, type RecordedTransition } from '../../../devtools/recorder.ts'
import { replay } from '../../../testing/index.ts'
import { scenario } from './arbitraries.ts'
import { Run } from './run.ts'
import { seed } from './search.ts'

const isTransition = (entry: { type: string }): entry is RecordedTransition => entry.type === 'transition'

/** Plays a run with a recorder; what that has, and what the checker was told of each step, by its own ear and clock. */
async function play(plan: ConstructorParameters<typeof Run>[0]) {
  const run = new Run(plan)
  const { checker, world } = run
  const seen: unknown[] = []
  const onTransition = checker.onTransition.bind(checker)
  checker.onTransition = (before, event, after, effects, settings) => {
    // As the checker has it: a timer that fires is right, though a clock stood still meanwhile.
    expect(event.now).toBeGreaterThanOrEqual(world.clock.stamp)
    seen.push([event.now, before.phase, event.type, after.phase, after.until, effects.map(([name]) => name)])
    return onTransition(before, event, after, effects, settings)
  }
  const recorder = createRecorder(run.client, { entries: 10_000, bytes: Infinity })
  await run.play()
  return { recorder, checker, seen }
}

it('[R17][R25] 1,000 random runs recorded are what the checker saw: the same steps, order and times', async () => {
  let steps = 0
  const property = fc.asyncProperty(scenario, async (plan) => {
    const { recorder, checker, seen } = await play(plan)
    const all = recorder.entries()
    const transitions = all.filter(isTransition)
    expect(
      transitions.map(({ at, before, event, after, effects }) => [
        ...[at, before.phase, event.type, after.phase, after.until],
        effects.map(([name]) => name),
      ]),
    ).toEqual(seen)
    // What the checker heard as a listener does is what the effects of those steps say, and each message is a frame.
    const told = (type: string) => checker.history.filter(([, what]) => what === type)
    const effects = transitions.flatMap((entry) => entry.effects)
    for (const type of ['close', 'open', 'retry'] as const)
      expect(effects.filter(([name]) => name === type).map((effect) => effect[1])).toEqual(
        told(type).map(([, , payload]) => payload),
      )
    const errors = all.filter((entry) => entry.type === 'error').map(({ code }) => code)
    expect([...errors].sort()).toEqual(
      told('error')
        .map(([, , payload]) => (payload as { code: string }).code)
        .sort(),
    )
    expect(all.filter((entry) => entry.type === 'received').length).toBeGreaterThanOrEqual(told('message').length)
    steps += seen.length
  })
  await fc.assert(property, { numRuns: 1000, seed })
  expect(steps).toBeGreaterThan(10_000)
})

it('[R2][R4] 200 of them replay from JSON Lines to the same states and deadlines', async () => {
  const property = fc.asyncProperty(scenario, async (plan) => {
    const { recorder } = await play(plan)
    const expected = recorder.entries().filter(isTransition)
    const replayed = replay(recorder.export('jsonl'))
    expect(replayed.map(({ after }) => [after.phase, after.until])).toEqual(
      expected.map(({ after }) => [after.phase, after.until]),
    )
    expect(replayed.map(({ after }) => after)).toEqual(expected.map(({ after }) => after))
  })
  await fc.assert(property, { numRuns: 200, seed: seed + 1 })
})
