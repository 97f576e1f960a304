/**
 * Owns the picture docs/bench.svg: a panel per question, a bar per library, the shorter the better.
 * Must never cut an axis: a bar that is twice as long is twice the figure.
 */

import { measures } from './measures.ts'
import { OURS } from './peers.ts'
import type { Figure, Results } from './results.ts'

const panels = [
  { title: 'core, min+gzip, kB', measure: 'bytes', metric: 'core' },
  { title: 'React entry, min+gzip, kB', measure: 'bytes', metric: 'react' },
  { title: 'message to 1 listener, ns', measure: 'dispatch', metric: 'one' },
  { title: 'send while open, ns', measure: 'dispatch', metric: 'send' },
  { title: 'CPU per received message, Node, × raw', measure: 'receive', metric: 'text100', isRatio: true },
  { title: 'JavaScript per message, Chromium, × raw', measure: 'browser', metric: 'text100', isRatio: true },
  { title: 'heap of an idle client, bytes', measure: 'heap', metric: 'bytes' },
  { title: '1 of 1,000 components concerned, ms', measure: 'react', metric: 'concernMs' },
  { title: 'mount 1,000 users of one connection, ms', measure: 'react', metric: 'usersMs' },
  { title: 'mount 1,000 connections, ms', measure: 'react', metric: 'ownMs' },
]

const WIDTH = 960
const PANEL = { width: 460, label: 190, row: 18, top: 30, gap: 24 }
const escape = (words: string) => words.replace(/&/g, '&amp;').replace(/</g, '&lt;')

export function drawBench({ figures }: Results): string {
  const lines: string[] = []
  const heights: [left: number, right: number] = [56, 56]
  for (const { title, measure, metric, isRatio } of panels) {
    const rows = figures.filter((figure) => figure.measure === measure && figure.metric === metric)
    if (!rows.length) continue
    const side = heights[0] <= heights[1] ? 0 : 1
    lines.push(panel(title, rows, side * (PANEL.width + 20) + 10, heights[side], digitsOf(measure, metric), isRatio))
    heights[side] += PANEL.top + rows.length * PANEL.row + PANEL.gap
  }
  const height = Math.max(...heights)
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" font-family="system-ui, sans-serif" font-size="12" fill="#24292f" role="img" aria-label="react-websocket-reconnect beside its peers">
<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>
<text x="10" y="30" font-size="16" font-weight="600">Beside its peers: the shorter the better</text>
${lines.join('\n')}
</svg>
`
}

const digitsOf = (measure: string, metric: string) =>
  measures.find(({ id }) => id === measure)?.metrics.find(({ id }) => id === metric)?.digits ?? 0

function panel(title: string, rows: readonly Figure[], x: number, y: number, digits: number, isRatio = false): string {
  const valueOf = ({ median, ratio }: Figure) => (isRatio ? ratio : median) ?? 0
  const longest = Math.max(...rows.map(valueOf), Number.MIN_VALUE)
  const room = PANEL.width - PANEL.label - 60
  const bars = rows.map((figure, i) => {
    const top = y + PANEL.top - 8 + i * PANEL.row
    const length = Math.max(1, (room * valueOf(figure)) / longest)
    const isOurs = figure.peer === OURS
    const value = valueOf(figure).toLocaleString('en', { maximumFractionDigits: isRatio ? 2 : digits })
    return [
      `<text x="${x + PANEL.label - 6}" y="${top + 11}" text-anchor="end"${isOurs ? ' font-weight="600"' : ''}>${escape(figure.peer)}</text>`,
      `<rect x="${x + PANEL.label}" y="${top}" width="${length.toFixed(1)}" height="13" fill="${isOurs ? '#0969da' : '#afb8c1'}"/>`,
      `<text x="${(x + PANEL.label + length + 5).toFixed(1)}" y="${top + 11}">${value}</text>`,
    ].join('')
  })
  return [`<text x="${x}" y="${y + 10}" font-weight="600">${escape(title)}</text>`, ...bars].join('\n')
}
