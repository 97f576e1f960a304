/** Owns the promise that what the bench prints is what it measured: medians, ratios within a round, doubt, places in a document. */

import { describe, expect, it } from 'vitest'
import { drawBench } from '../../bench/chart.ts'
import { withFigures } from '../../bench/figures.ts'
import { OURS, RIVAL } from '../../bench/peers.ts'
import { cell, report } from '../../bench/report.ts'
import { compare, type Figure, isSameCode, median, type Results, type Round, summarise } from '../../bench/results.ts'

const round = (ours: number | null, rival: number): Round =>
  new Map([
    [OURS, { one: ours }],
    [RIVAL, { one: rival }],
  ])

const results = (figures: readonly Figure[], isTwice = false): Results => ({
  machine: {
    cpu: 'A',
    cores: 2,
    memory: '1 GiB',
    node: 'v20',
    browser: 'Chromium 1',
    react: '19',
    versions: { a: '1' },
  },
  isQuick: false,
  isTwice,
  seconds: { dispatch: 1.4 },
  figures,
})

const slow = summarise('dispatch', 'one', [round(30, 10), round(100, 50), round(44, 11)], RIVAL)

describe('a summary', () => {
  it('takes the median of the rounds, and of the ratios within each round', () => {
    expect(slow[0]).toEqual({
      measure: 'dispatch',
      metric: 'one',
      peer: OURS,
      median: 44,
      low: 30,
      high: 100,
      ratio: 3,
    })
    expect(slow[1]).toMatchObject({ peer: RIVAL, median: 11, ratio: 1 })
    expect([median([4, 1]), median([9, 1, 2])]).toEqual([2.5, 2])
  })

  it('says never where it never happened, and gives that no ratio', () => {
    const [ours] = summarise('dispatch', 'one', [round(null, 10)], RIVAL)
    expect(ours).toEqual({ measure: 'dispatch', metric: 'one', peer: OURS, median: null, low: null, high: null })
    expect(cell(ours as Figure)).toBe('never')
  })

  it('leaves out a metric that a peer has not', () => {
    const partial: Round = new Map([
      [OURS, { one: 1, two: 2 }],
      [RIVAL, { one: 1 }],
    ])
    expect(summarise('dispatch', 'two', [partial]).map(({ peer }) => peer)).toEqual([OURS])
  })
})

describe('two runs', () => {
  const other = (ratio: number) => compare(slow, [{ ...(slow[0] as Figure), ratio }])[0] as Figure

  it('agree up to 25 %, and are marked beyond, either way', () => {
    expect(other(3.7).otherRatio).toBeUndefined()
    expect(other(2.45).otherRatio).toBeUndefined()
    expect(other(3.8).otherRatio).toBe(3.8)
    expect(cell(other(2.3), 1)).toBe('44.0 (30.0–100.0) **3.00×** ⚠ other run 2.30×')
  })

  it('are of the same code where its bytes are the same, however quick it was', () => {
    const run = (core: number, ns: number): Figure[] => [
      { measure: 'bytes', metric: 'core', peer: OURS, median: core, low: core, high: core },
      { measure: 'dispatch', metric: 'one', peer: OURS, median: ns, low: ns, high: ns },
    ]
    expect(isSameCode(run(13_012, 20), run(13_012, 30))).toBe(true)
    expect(isSameCode(run(13_012, 20), run(12_990, 20))).toBe(false)
  })

  it('are counted on the page', () => {
    expect(report(results(compare(slow, [{ ...(slow[0] as Figure), ratio: 9 }]), true))).toContain(
      'between them (⚠): 1.',
    )
    expect(report(results(slow, true))).toContain('(⚠): none.')
  })
})

it('shows the rows where a peer wins like the others', () => {
  const page = report(results(slow))
  expect(page).toContain(`| ${OURS} | 44.0 (30.0–100.0) **3.00×** |`)
  expect(page).toContain(`| ${RIVAL} | 11.0 (10.0–50.0) **1.00×** |`)
})

it('draws bars in proportion', () => {
  const [ours, rival] = [...drawBench(results(slow)).matchAll(/width="([\d.]+)" height="13"/g)].map(([, width]) =>
    Number(width),
  ) as [number, number]
  expect(rival / ours).toBeCloseTo(11 / 44, 2)
})

describe('a document', () => {
  const fill = (text: string) => withFigures(text, results(slow))

  it('has its marked places filled in, again and again', () => {
    const { text, places } = fill(
      'a <!-- bench: dispatch one -->?<!-- /bench --> ns, <!-- bench: dispatch one ratio --><!-- /bench -->',
    )
    expect(places).toBe(2)
    expect(text).toBe(
      'a <!-- bench: dispatch one -->44.0<!-- /bench --> ns, <!-- bench: dispatch one ratio -->3.00×<!-- /bench -->',
    )
    expect(fill(text).text).toBe(text)
  })

  it('takes a peer by name, and whole tables', () => {
    expect(fill(`<!-- bench: dispatch one ${RIVAL} --><!-- /bench -->`).text).toContain('-->11.0<!--')
    expect(fill('<!-- bench: dispatch --><!-- /bench -->').text).toContain(`\n| ${RIVAL} | 11.0`)
    expect(fill('<!-- bench: summary --><!-- /bench -->').text).toContain(`| ${OURS} | – | – | 44.0 |`)
  })

  it('keeps no figure that nobody measured', () => {
    expect(() => fill('<!-- bench: dispatch two -->7<!-- /bench -->')).toThrow('no figure "dispatch two')
    expect(() => fill('<!-- bench: luck -->7<!-- /bench -->')).toThrow('no measure is called "luck"')
    expect(fill('nothing here').places).toBe(0)
  })
})
