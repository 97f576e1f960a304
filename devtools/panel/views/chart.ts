/**
 * Owns the picture of the chart: ten phases, the ways between them that happen by themselves, the living one lit and the
 * last way taken. Must never draw a way that the machine does not have; a test compares.
 */

import { setAttribute, svg } from '../dom.ts'

/** Where each phase stands: column, row. */
const PLACES: Readonly<Record<string, readonly [column: number, row: number]>> = {
  idle: [0, 0],
  connecting: [1, 0],
  open: [2, 0],
  awaitingPong: [3, 0],
  blocked: [0, 1],
  waiting: [1, 1],
  closing: [3, 1],
  suspended: [0, 2],
  failed: [1, 2],
  closed: [3, 2],
}

/** From, to, and how far the way bends aside. */
export const WAYS: readonly (readonly [from: string, to: string, bend?: number])[] = [
  ['idle', 'connecting'],
  ['connecting', 'open'],
  ['open', 'awaitingPong', 6],
  ['awaitingPong', 'open', 6],
  ['connecting', 'waiting', 10],
  ['waiting', 'connecting', 10],
  ['connecting', 'blocked', 8],
  ['blocked', 'connecting', 8],
  ['blocked', 'waiting'],
  ['open', 'waiting'],
  ['awaitingPong', 'waiting', -16],
  ['open', 'closing'],
  ['awaitingPong', 'closing'],
  ['closing', 'closed'],
  ['waiting', 'suspended', 8],
  ['suspended', 'waiting', 8],
  ['connecting', 'failed', -86],
  ['failed', 'waiting'],
]

const [WIDTH, HEIGHT] = [112, 30]
const at = (phase: string): [x: number, y: number] => {
  const [column, row] = PLACES[phase] as readonly [number, number]
  return [60 + column * 138, 24 + row * 66]
}

/** Where the line from the middle of a box towards a point leaves it. */
function edge([x, y]: [number, number], [towardsX, towardsY]: [number, number]): [number, number] {
  const [dx, dy] = [towardsX - x, towardsY - y]
  const scale = Math.min(
    dx ? (WIDTH / 2 + 2) / Math.abs(dx) : Infinity,
    dy ? (HEIGHT / 2 + 2) / Math.abs(dy) : Infinity,
  )
  return [x + dx * scale, y + dy * scale]
}

function pathOf(from: string, to: string, bend = 0): string {
  const [a, b] = [at(from), at(to)]
  const length = Math.hypot(b[0] - a[0], b[1] - a[1])
  const control: [number, number] = [
    (a[0] + b[0]) / 2 - ((b[1] - a[1]) / length) * bend * 1.6,
    (a[1] + b[1]) / 2 + ((b[0] - a[0]) / length) * bend * 1.6,
  ]
  const [start, end] = [edge(a, control), edge(b, control)]
  return `M${start.map(Math.round)} Q${control.map(Math.round)} ${end.map(Math.round)}`
}

export interface Chart {
  readonly element: SVGSVGElement
  update(phase: string, lastStep: readonly [from: string, to: string] | undefined): void
}

export function makeChart(label: string): Chart {
  const marker = (id: string) =>
    svg(
      'marker',
      { id, viewBox: '0 0 8 8', refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: 'auto' },
      svg('path', { d: 'M0 0 8 4 0 8z', class: id }),
    )
  const ways = WAYS.map(([from, to, bend]) =>
    svg('path', { d: pathOf(from, to, bend), class: 'way', 'marker-end': 'url(#arrow)' }),
  )
  const boxes = Object.keys(PLACES).map((phase) => {
    const [x, y] = at(phase)
    return svg(
      'g',
      { class: 'phase', 'data-phase': phase, transform: `translate(${x - WIDTH / 2} ${y - HEIGHT / 2})` },
      svg('rect', { width: WIDTH, height: HEIGHT, rx: 8 }),
      svg('text', { x: WIDTH / 2, y: HEIGHT / 2 + 4, 'text-anchor': 'middle' }, phase),
    )
  })
  const element = svg(
    'svg',
    { class: 'chart', viewBox: '0 0 534 180', role: 'img', 'aria-label': label },
    svg('defs', {}, marker('arrow'), marker('arrow-taken')),
    ...ways,
    ...boxes,
  )
  return {
    element,
    update(phase, lastStep) {
      for (const box of boxes) setAttribute(box, 'data-lit', box.getAttribute('data-phase') === phase)
      setAttribute(element, 'aria-label', `${label}: ${phase}`)
      for (const [n, [from, to]] of WAYS.entries()) {
        const isTaken = !!lastStep && lastStep[0] === from && lastStep[1] === to
        setAttribute(ways[n] as Element, 'data-taken', isTaken)
        setAttribute(ways[n] as Element, 'marker-end', `url(#arrow${isTaken ? '-taken' : ''})`)
      }
    },
  }
}
