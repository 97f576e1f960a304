/**
 * Owns the search: fast-check invents lives until one breaks a law, and the shortest form of that one is what is shown.
 * `npm test` plays 20,000 with a fixed seed, `npm run test:model` 100,000 with a new one; MODEL_RUNS and MODEL_SEED set
 * both; a few of them are long. Two test files play one half each, so that two cores can share the work.
 */

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { longScenario, scenario } from './arbitraries.ts'
import type { Violation } from './run.ts'
import { entered } from './probe.ts'
import { minimise, violation } from './replay.ts'

const runs = Number(process.env.MODEL_RUNS || 20_000)
export const seed = Number(process.env.MODEL_SEED || 4)

// Thousands of planned errors: their stacks would cost more than the lives they end.
Error.stackTraceLimit = 0

/** The first of `count` lives that breaks a law, if one does, and how many steps were taken. */
export async function search(
  count: number,
  from: number,
  lives = scenario,
): Promise<{ found?: Violation; steps: number }> {
  let steps = 0
  let found: Violation | undefined
  const property = fc.asyncProperty(lives, async (life) => {
    steps += life.steps.length
    found = await violation(life)
    return !found
  })
  await fc.check(property, { numRuns: count, seed: from, endOnFailure: true })
  return found ? { found: await minimise(found), steps } : { steps }
}

/** Plays one of the halves. */
export function playHalf(half: 1 | 2): void {
  const count = Math.ceil(runs / 2)
  // The two halves must not invent the same lives.
  const own = (seed ^ (half << 30)) | 0
  const title = `[R1–R28] ${count.toLocaleString('en')} random lives keep every law, and enter every cell of the chart`
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
  it(`[R1–R28] ${long.toLocaleString('en')} long lives keep every law`, async () => {
    const { found, steps } = await search(long, own, longScenario)
    if (found) throw new Error(`MODEL_SEED=${seed}, half ${half}, a long life: ${found.message}`)
    expect(steps).toBe(500 * long)
  }, 7_200_000)
}
