/**
 * Owns how much of the chaos is played: a little of it in `npm test`, all of it in `npm run test:chaos`, where CHAOS_SEED is the
 * first seed. Must never hide which seed has failed.
 */

import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { live, type Plan } from './life.ts'

// A server that was killed answers no ping, and developers are told.
beforeEach(() => void vi.spyOn(console, 'warn').mockReturnValue())
afterEach(() => void vi.restoreAllMocks())

const isLong = process.env.CHAOS === 'long'
const first = Number(process.env.CHAOS_SEED ?? 1)
const size: Plan = isLong ? { messages: 10_000, faults: 240 } : { messages: 1000, faults: 30 }

/** Every `step`-th of so many seeds, from the `from`-th one on. */
export function playSeeds(
  rules: string,
  { short, long, from = 0, step = 1 }: { short: number; long: number; from?: number; step?: number },
  more: Partial<Plan> = {},
): void {
  const seeds = Array.from({ length: isLong ? long : short }, (_, i) => first + i).filter((_, i) => i % step === from)
  it.each(seeds)(`${rules} seed %i: each once, in order, every refusal told, nothing left`, async (seed) => {
    const outcome = await live(seed, { ...size, ...more })
    expect(outcome).toMatchObject({ wrong: [] })
    expect(outcome.accepted).toBeGreaterThanOrEqual(size.messages)
    expect(outcome.faults).toBeGreaterThanOrEqual(size.faults)
    if (more.losesMemory && isLong) expect(outcome.losses).toBeGreaterThan(0)
  })
}
