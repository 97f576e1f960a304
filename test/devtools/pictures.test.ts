/**
 * What the panel draws, as far as it is numbers: the chart's ways, lanes, the retry schedule, sliders, figures.
 */

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { count, duration, size } from '../../devtools/panel/figures.ts'
import { WAYS } from '../../devtools/panel/views/chart.ts'
import { bandsOf, barsOf, dotsOf, ticksOf } from '../../devtools/panel/views/lanes.ts'
import { at, positionOf } from '../../devtools/panel/views/options.ts'
import { waitsOf } from '../../devtools/panel/views/schedule.ts'
import { english } from '../../devtools/panel/words.ts'
import { chinese } from '../../devtools/panel/words-zh.ts'
import { WebSocketReconnect, type WebSocketReconnectOptions } from '../../src/index.ts'
import { visible } from '../../src/machine/transitions.ts'

describe('the chart', () => {
  it('draws ways that the machine has, all of those that it takes by itself from where it stands', () => {
    const drawn = [...readFileSync('ARCHITECTURE.md', 'utf8').matchAll(/^ {2}(\w+) --> (\w+) : (.+)$/gm)]
    const has = new Set(drawn.map(([, from, to]) => `${from} ${to}`))
    const missing = WAYS.filter(([from, to]) => !has.has(`${from} ${to}`)).map(([from, to]) => `${from} ${to}`)
    expect(missing).toEqual([])
    expect(new Set(WAYS.flatMap(([from, to]) => [from, to]))).toEqual(new Set(Object.keys(visible)))
  })

  it('has a sentence for what comes next in every phase, in both languages', () => {
    for (const { nexts } of [english, chinese])
      expect(Object.keys(nexts)).toEqual(expect.arrayContaining(Object.keys(visible)))
  })
})

describe('lanes', () => {
  const window = { from: 1000, to: 2000, width: 100 }
  const phase = (time: number, name: string) => ({ at: time, phase: name, circuit: 'CLOSED' })

  it('a band for each stretch, cut off at the window', () => {
    const phases = [phase(0, 'idle'), phase(500, 'open'), phase(1500, 'waiting'), phase(1600, 'waiting')]
    const bands = bandsOf(phases, (change) => change.phase, 1800, window)
    expect(bands).toEqual([
      { x: 0, width: 50, name: 'open', at: 500, ms: 1000 },
      { x: 50, width: 30, name: 'waiting', at: 1500, ms: 300 },
    ])
  })

  it('bars in proportion to the most, never less than can be seen', () => {
    const sample = (time: number, received: number) => ({ at: time, received, sent: 0, queued: 0 })
    const wide = { ...window, width: 20 }
    const { path, most } = barsOf([sample(1000, 1000), sample(1500, 1), sample(1800, 0)], 'received', wide, 40)
    expect(most).toBe(1000)
    expect(path).toBe('M0 40v-40h4v40.0zM10 40v-1.5h4v1.5z')
  })

  it('a line for each round trip of the window', () => {
    const { path, most } = dotsOf(
      [
        { at: 100, ms: 900 },
        { at: 1500, ms: 30 },
      ],
      window,
      38,
    )
    expect([most, path]).toEqual([30, 'M50.0 38V5.0'])
  })

  it('at most so many ticks as have room', () => {
    for (const width of [320, 1280])
      for (const ms of [10_000, 60_000, 600_000]) {
        const ticks = ticksOf({ from: 0, to: ms, width })
        expect(ticks.length).toBeGreaterThan(1)
        expect(ticks.length).toBeLessThanOrEqual(width / 70 + 1)
      }
  })
})

describe('the retry schedule', () => {
  const settings = (options: Partial<WebSocketReconnectOptions>) =>
    new WebSocketReconnect({ url: 'wss://example.test', ...options }).options

  it('is what the engine would wait, with its spread, until the circuit opens', () => {
    const waits = waitsOf(settings({ jitter: 0.1, circuitBreaker: { failureThreshold: 3 } }))
    expect(waits).toEqual([
      { attempt: 1, least: 900, most: 1100, opens: false },
      { attempt: 2, least: 1800, most: 2200, opens: false },
      { attempt: 3, least: 60_000, most: 90_000, opens: true },
    ])
  })

  it('ends where the retries do', () => {
    expect(waitsOf(settings({ maxRetries: 2, circuitBreaker: false })).length).toBe(2)
    expect(waitsOf(settings({ maxRetries: 0 }))).toEqual([])
    expect(waitsOf(settings({ maxRetries: Infinity, circuitBreaker: false })).length).toBe(12)
  })
})

it.each([
  ['ms', 50, 60_000],
  ['part', 1, 5],
  ['count', 0, 50],
] as const)('a slider of %s goes from its least to its most, and comes back to where it was', (kind, least, most) => {
  expect(at(0, least, most, kind)).toBe(least)
  expect(at(100, least, most, kind)).toBe(kind === 'count' ? Infinity : most)
  let before = -1
  for (let position = 0; position < 100; position++) {
    const value = at(position, least, most, kind)
    expect(value).toBeGreaterThanOrEqual(before)
    expect(Math.abs(positionOf(value, least, most, kind) - position)).toBeLessThanOrEqual(2)
    before = value
  }
  expect(positionOf(Infinity, least, most, kind)).toBe(100)
})

it('figures are short', () => {
  expect([420, 3400, 60_000, 125_000, 3_780_000, Infinity].map(duration)).toEqual([
    ...['420 ms', '3.4 s', '1 min', '2 min 5 s', '1 h 3 min', '∞'],
  ])
  expect([12, 34_000, 1_200_000, Infinity].map(count)).toEqual(['12', '34.0 k', '1.2 M', '∞'])
  expect([512, 3400, 1_200_000].map(size)).toEqual(['512 B', '3.4 kB', '1.2 MB'])
})
