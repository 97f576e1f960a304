/**
 * Owns the search: fast-check invents runs until one breaks an invariant, and the shortest form of that one is what is shown.
 * `npm test` plays 20,000 with a fixed seed, `npm run test:model` 100,000 with a new one; MODEL_RUNS and MODEL_SEED set
 * both; a few of them are long. Two test files play one half each, so that two cores can share the work.
 */

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { longScenario, scenario } from './arbitraries.ts'
import { entered } from './probe.ts'
import { minimise, violation } from './replay.ts'
import type { Violation } from './run.ts'

const runs = Number(process.env.MODEL_RUNS || 20_000)
export const seed = Number(process.env.MODEL_SEED || 4)

// Thousands of planned errors: their stacks would cost more than the runs they end.
Error.stackTraceLimit = 0

/** The first of `count` runs that breaks an invariant, if one does, and how many steps were taken. */
export async function search(
  count: number,
  from: number,
  scenarios = scenario,
): Promise<{ found?: Violation; steps: number }> {
  let steps = 0
  let found: Violation | undefined
  const property = fc.asyncProperty(scenarios, async (one) => {
    steps += one.steps.length
    found = await violation(one)
    return !found
  })
  await fc.check(property, { numRuns: count, seed: from, endOnFailure: true })
  return found ? { found: await minimise(found), steps } : { steps }
}

/** Plays one of the halves. */
export function searchHalf(half: 1 | 2): void {
  const count = Math.ceil(runs / 2)
  // The two halves must not invent the same runs.
  const own = (seed ^ (half << 30)) | 0
  const title = `[R1–R28] ${count.toLocaleString('en')} random runs keep every invariant, and enter every cell of the chart`
  const play = async () => {
    const start = performance.now()
    const { found, steps } = await search(count, own)
    if (found) throw new Error(`MODEL_SEED=${seed}, half ${half}: ${found.message}`)
    const cells = [...entered]
    const unentered = cells.filter(([, visits]) => visits === 0).map(([cell]) => cell)
    const [rarest, visits] = cells.reduce((least, cell) => (cell[1] < least[1] ? cell : least))
    const share = Math.floor((100 * (cells.length - unentered.length)) / cells.length)
    const seconds = ((performance.now() - start) / 1000).toFixed(1)
    console.log(
      `model, half ${half}: MODEL_SEED=${seed}, ${count} sequences, ${steps} steps, ${seconds} s; ${share} % of the ` +
        `chart's ${cells.length} cells entered, the rarest, ${rarest}, ${visits} times`,
    )
    expect(unentered).toEqual([])
    expect(steps).toBeGreaterThanOrEqual(30 * count)
  }
  it(title, play, 7_200_000)

  const long = Math.ceil(count / 400)
  it(`[R1–R28] ${long.toLocaleString('en')} long runs keep every invariant`, async () => {
    const { found, steps } = await search(long, own, longScenario)
    if (found) throw new Error(`MODEL_SEED=${seed}, half ${half}, a long run: ${found.message}`)
    expect(steps).toBe(500 * long)
  }, 7_200_000)
}
