/**
 * What `npm run simulate` shows for 100,000 clients, on a fiftieth of them: the same law, in seconds instead of minutes.
 * The server is a little faster for its size, because chance weighs more on a small fleet.
 */

import { describe, expect, it } from 'vitest'
import { type Result, run } from '../../bench/fleet/fleet.ts'
import { peers } from '../../bench/fleet/peers.ts'
import { draw } from '../../bench/fleet/plot.ts'
import { OUTAGES, recover, recoveries } from '../../bench/fleet/recovery.ts'
import { contenders, DEFAULTS, PRESET, preset, strategies } from '../../bench/fleet/strategies.ts'

const play = (name: string, outage: 'refusing' | 'black hole' = 'refusing', seed = 1): Result => {
  const strategy = strategies.find((each) => each.name === name)
  if (!strategy) throw new Error(`no strategy is called "${name}"`)
  return run({ clients: 2000, rate: 50, outage, outageMs: 60_000, patienceMs: 600_000, strategy, seed })
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

  it('[R38] is back within 65 s with the preset, at 16 attempts each', () => {
    const { t99, meanAttempts, back, failed, dialsWhileOpen } = fleet(PRESET)
    expect(t99).toBeLessThanOrEqual(65)
    expect(meanAttempts).toBeLessThanOrEqual(16)
    expect([back, failed, dialsWhileOpen]).toEqual([1, 0, 0])
  })

  it('[R38] comes back from a black hole with the preset too', () => {
    const { back, failed } = fleet(PRESET, 'black hole')
    expect([back, failed]).toEqual([1, 0])
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

describe('one client after an outage', () => {
  it('[R38] is back within 5 s in the median and 12 s at most with the preset, after every outage of the table', () => {
    for (const { outage, median, max } of recoveries(preset)) {
      expect(median, `median after ${outage} s`).toBeLessThanOrEqual(5)
      expect(max, `maximum after ${outage} s`).toBeLessThanOrEqual(12)
    }
  })

  it.each(['online', 'wake'] as const)('[R15] is back within a second once told `%s`, even while BLOCKED', (signal) => {
    const told = contenders.find((each) => each.signal === signal)
    const untold = contenders.find(({ options, signal }) => options?.maxRetries === Infinity && !signal)
    if (!told || !untold) throw new Error('the strategies have changed')
    // A second for the draw, 200 ms for the round trip.
    for (const { max } of recoveries(told, 10, [45, 60, 90])) expect(max).toBeLessThanOrEqual(1.2)
    for (const { max } of recoveries(untold, 10, [45, 60, 90])) expect(max).toBeGreaterThan(20)
  })

  it('waits no longer than its policy says, whoever it is', () => {
    const longest: Record<string, number> = { 'socket.io-client 4.8.4': 5, 'websocket-ts 2.3.0': 1 }
    for (const peer of peers) {
      const limit = longest[peer.name]
      if (limit) expect(recover({ name: '', peer }, 60, 1)).toBeLessThanOrEqual(limit + 0.4)
    }
  })

  it('is never back when it has given up', () => {
    const ahooks = contenders.find(({ name }) => name.startsWith('ahooks'))
    if (!ahooks) throw new Error('the peers have changed')
    expect(recover(ahooks, 5, 1)).toBeLessThan(3.4)
    expect(recover(ahooks, 10, 1)).toBeNull()
    expect(recoveries(ahooks, 3, [10])).toEqual([{ outage: 10, median: null, max: null }])
  })

  it('lives the same life for the same seed, in every outage of the table', () => {
    const lives = () => OUTAGES.map((outage) => recover(preset, outage, 7))
    expect(lives()).toEqual(lives())
    expect(new Set(lives()).size).toBe(OUTAGES.length)
  })
})

describe('the policies of other libraries', () => {
  const delays = (name: string, random: number, own = 0.5) => {
    const peer = peers.find((each) => each.name.startsWith(name))
    return Array.from({ length: 8 }, (_, i) => peer?.delay(i + 1, random, own))
  }

  it('are those of the versions named', () => {
    expect(delays('socket.io-client', 0)).toEqual([1000, 2000, 4000, 5000, 5000, 5000, 5000, 5000])
    expect(delays('socket.io-client', 0.98).slice(0, 4)).toEqual([1490, 2980, 5000, 5000])
    expect(delays('socket.io-client', 0.8).slice(0, 4)).toEqual([600, 1200, 2400, 4800])
    expect(delays('react-use-websocket', 0.5)).toEqual(Array(8).fill(5000))
    expect(delays('partysocket', 0.5).slice(0, 2)).toEqual([3000, 3900])
    expect(delays('partysocket', 0.5)[7]).toBe(10_000)
    expect(delays('reconnecting-websocket', 0.5, 0)[0]).toBe(1000)
    expect(delays('reconnecting-websocket', 0.5, 1)[0]).toBe(5000)
    expect(delays('@nktkas/rews', 0)[0]).toBe(75)
    expect(delays('@nktkas/rews', 1)[7]).toBe(10_000)
    expect(delays('sturdy-websocket', 0.5).slice(0, 4)).toEqual([0, 1000, 1500, 2250])
    expect(delays('websocket-ts', 0.5)).toEqual(Array(8).fill(1000))
    expect(delays('ahooks', 0.5).slice(0, 4)).toEqual([3000, 3000, 3000, undefined])
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
