/** Owns the page docs/BENCH.md: one table per measure, every peer in it, whoever wins. Pure. */

import { type Measure, type Metric, measures } from './measures.ts'
import { peers } from './peers.ts'
import type { Figure, Machine, Results } from './results.ts'

/** `12,345.6`; null is what never happened. */
export const number = (value: number | null, digits = 0): string =>
  value === null
    ? 'never'
    : value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })

/** `50.1 (49.0–53.2) 2.5×`: the median, the spread over the rounds if there is one, the ratio. */
export function cell({ median, low, high, ratio, otherRatio }: Figure, digits?: number): string {
  const spread = low === high ? '' : ` (${number(low, digits)}–${number(high, digits)})`
  const beside = ratio === undefined ? '' : ` **${ratio.toFixed(2)}×**`
  const doubt = otherRatio === undefined ? '' : ` ⚠ other run ${otherRatio.toFixed(2)}×`
  return number(median, digits) + spread + beside + doubt
}

export function table({ id, metrics }: Measure, figures: readonly Figure[]): string {
  const found = (metric: Metric, peer: string) =>
    figures.find((figure) => figure.measure === id && figure.metric === metric.id && figure.peer === peer)
  const shown = metrics.filter((metric) => figures.some((f) => f.measure === id && f.metric === metric.id))
  const rows = peers
    .filter(({ name }) => shown.some((metric) => found(metric, name)))
    .map(({ name }) => {
      const cells = shown.map((metric) => {
        const figure = found(metric, name)
        return figure ? cell(figure, metric.digits) : '–'
      })
      return `| ${name} | ${cells.join(' | ')} |`
    })
  return [
    `| | ${shown.map(({ label }) => label).join(' | ')} |`,
    `|---|${shown.map(() => '---:').join('|')}|`,
    ...rows,
  ].join('\n')
}

export function describe({ cpu, cores, memory, node, browser, react, versions }: Machine): string {
  const packages = Object.entries(versions).map(([name, version]) => `${name} ${version}`)
  return `${cpu}, ${cores} cores, ${memory}; Node ${node}, ${browser}, React ${react}; ${packages.join(', ')}.`
}

export function report({ machine, isQuick, isTwice, seconds, figures }: Results): string {
  const sections = measures
    .filter(({ id }) => figures.some(({ measure }) => measure === id))
    .map((measure) => {
      const beside = measure.reference ? ` Ratios are to ${measure.reference}, within the same round.` : ''
      return `## ${measure.title}\n\n${measure.note ?? ''}${beside}\n\n${table(measure, figures)}`
    })
  const total = Object.values(seconds).reduce((sum, each) => sum + each, 0)
  const doubtful = figures.filter(({ otherRatio }) => otherRatio !== undefined).length
  const agreement = isTwice
    ? `It ran twice, one run after the other. Ratios that differ by more than 25 % between them (⚠): ${doubtful || 'none'}.\n\n`
    : ''
  return `# The bench

Written by \`npm run bench\`, do not edit.${isQuick ? ' **A quick run: it shows that the bench works, its figures mean nothing.**' : ''}

${describe(machine)}

Each figure is the median over the rounds, with the lowest and the highest in parentheses. Every run of every library has a
process of its own, the order changes from round to round, and what one round measures is measured side by side. Libraries
have their own defaults. The measures took ${Math.round(total)} s.

${agreement}![The bench in a picture](bench.svg)

${sections.join('\n\n')}
`
}
