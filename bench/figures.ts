/**
 * Owns how figures get into a document: between `<!-- bench: WHAT -->` and `<!-- /bench -->` stands what the run found.
 * WHAT is `machine`, `summary`, a measure (its table), a measure and a metric (our median), with ` ratio` or a peer's
 * name behind it for those. Must never leave an old figure where WHAT is unknown: it throws. Pure.
 */

import { measures } from './measures.ts'
import { OURS, peers } from './peers.ts'
import { cell, describe, number, table } from './report.ts'
import { find, type Results } from './results.ts'

/** The columns of the summary, the same that the picture shows and those that have no length. */
const columns = [
  { label: 'core, kB', measure: 'bytes', metric: 'core' },
  { label: 'React entry, kB', measure: 'bytes', metric: 'react' },
  { label: 'message to 1 listener, ns', measure: 'dispatch', metric: 'one' },
  { label: '`send`, ns', measure: 'dispatch', metric: 'send' },
  { label: 'queued `send`, ns', measure: 'queue', metric: 'queued' },
  { label: 'CPU of a message, Node', measure: 'receive', metric: 'text100', isRatio: true },
  { label: 'JavaScript of a message, Chromium', measure: 'browser', metric: 'text100', isRatio: true },
  { label: 'heap of an idle client, bytes', measure: 'heap', metric: 'bytes' },
  { label: 'notices a silent line after, s', measure: 'recovery', metric: 'noticed' },
  { label: 'burst of 10,000: lost', measure: 'react', metric: 'burstLost' },
  { label: 'commits', measure: 'react', metric: 'burstCommits' },
  { label: 'mount 1,000 users, ms', measure: 'react', metric: 'usersMs' },
]

const MARKED = /(<!-- bench: ([^>]+?) -->)([\s\S]*?)(<!-- \/bench -->)/g

/** The text with every marked place filled in, and how many there were. */
export function withFigures(text: string, results: Results): { text: string; places: number } {
  let places = 0
  const filled = text.replace(MARKED, (_all, begin: string, what: string, _old, end: string) => {
    places++
    const content = answer(what, results)
    return content.includes('\n') ? `${begin}\n${content}\n${end}` : begin + content + end
  })
  return { text: filled, places }
}

function answer(what: string, results: Results): string {
  if (what === 'machine') return describe(results.machine)
  if (what === 'summary') return summary(results)
  const [id = '', metric, ...rest] = what.split(' ')
  const measure = measures.find((each) => each.id === id)
  if (!measure) throw new Error(`bench: no measure is called "${id}"`)
  if (!metric) return table(measure, results.figures)
  const isRatio = rest[rest.length - 1] === 'ratio'
  const peer = (isRatio ? rest.slice(0, -1) : rest).join(' ') || OURS
  const { median, ratio } = find(results, id, metric, peer)
  if (!isRatio) return number(median, measure.metrics.find((each) => each.id === metric)?.digits)
  if (ratio === undefined) throw new Error(`bench: "${what}" has no ratio`)
  return `${ratio.toFixed(2)}×`
}

function summary({ figures }: Results): string {
  const rows = peers.map(({ name }) => {
    const cells = columns.map(({ measure, metric, isRatio }) => {
      const figure = figures.find((each) => each.measure === measure && each.metric === metric && each.peer === name)
      if (!figure) return '–'
      if (isRatio) return figure.ratio === undefined ? '–' : `${figure.ratio.toFixed(2)}× raw`
      const digits = measures.find(({ id }) => id === measure)?.metrics.find(({ id }) => id === metric)?.digits
      return cell({ measure, metric, peer: name, median: figure.median, low: null, high: null }, digits)
    })
    return `| ${name} | ${cells.join(' | ')} |`
  })
  const head = [
    `| | ${columns.map(({ label }) => label).join(' | ')} |`,
    `|---|${columns.map(() => '---:').join('|')}|`,
  ]
  return [...head, ...rows].join('\n')
}
