/**
 * What `npm run simulate` shows for 100,000 clients, on a fiftieth of them: the same law, in seconds instead of minutes.
 * The server is a little faster for its size, because chance weighs more on a small fleet.
 */

import { describe, expect, it } from 'vitest'
import { type Result, run } from '../../bench/fleet/fleet.ts'
import { draw } from '../../bench/fleet/plot.ts'
import { DEFAULTS, strategies } from '../../bench/fleet/strategies.ts'

const play = (name: string, outage: 'refusing' | 'black hole' = 'refusing', seed = 1): Result => {
  const strategy = strategies.find((each) => each.name === name)
  if (!strategy) throw new Error(`no strategy is called "${name}"`)
  const { options } = strategy
  return run({ clients: 2000, rate: 50, outage, outageMs: 60_000, patienceMs: 600_000, options, seed })
}

/** The same experiment tells the same story (the last test of them all), so it is played once. */
const played = new Map<string, Result>()
const fleet: typeof play = (...experiment) => {
  const key = experiment.join()
  const result = played.get(key) ?? play(...experiment)
  played.set(key, result)
  return result
}

describe('a fleet that lost its server for a minute', () => {
  it.each([1, 2])('[R10] is back within 110 s with the defaults, with at most 7 attempts each (seed %i)', (seed) => {
    const { t99, back, failed, maxAttempts } = fleet(DEFAULTS, 'refusing', seed)
    expect(t99).toBeLessThanOrEqual(110)
    expect(maxAttempts).toBeLessThanOrEqual(7)
    expect([back, failed]).toEqual([1, 0])
  })

  it('[R10] comes back from a black hole too', () => {
    const { back, failed, maxAttempts } = fleet(DEFAULTS, 'black hole')
    expect([back, failed]).toEqual([1, 0])
    expect(maxAttempts).toBeLessThanOrEqual(7)
  })

  it('[R8][R10] never dials through an open circuit, and returns later with a fixed reset than with a spread one', () => {
    const fixed = fleet('±10 %, breaker with a fixed 60 s reset')
    const spread = fleet(DEFAULTS, 'refusing', 1)
    expect(fixed.t99).toBeGreaterThan(2 * (spread.t99 as number))
    expect(fixed.meanAttempts).toBeGreaterThan(spread.meanAttempts)
    expect([fixed.dialsWhileOpen, spread.dialsWhileOpen]).toEqual([0, 0])
  })

  it('[R4] hardly ever returns without jitter', () => {
    expect(fleet('exponential, no jitter').back).toBeLessThan(0.5)
  })

  it('tells the same story for the same seed, and another for another', () => {
    const [first, other] = [1, 2].map((seed) => JSON.stringify(fleet(DEFAULTS, 'refusing', seed)))
    expect(JSON.stringify(play(DEFAULTS, 'refusing', 1))).toBe(first)
    expect(other).not.toBe(first)
  })
})

it('draws every second of every curve', () => {
  const curve = { name: 'a < b', colour: '#123456', width: 1, note: 'n', arrivals: [0, 10, 100, 1000] }
  const svg = draw({ title: 't', curves: [curve], outageSeconds: 1, rate: 10, seconds: 3, top: 1000 })
  const path = /<path d="M([^"]+)" fill="none" stroke="#123456"/.exec(svg)?.[1]?.split('L') as string[]
  expect(path).toHaveLength(4)
  const heights = path.map((point) => Number(point.split(' ')[1]))
  // One decade is as high as the next, and no dial is drawn where one is.
  expect((heights[0] as number) - (heights[1] as number)).toBeCloseTo(
    (heights[2] as number) - (heights[3] as number),
    0,
  )
  expect(svg).toContain('a &lt; b')
})
