/**
 * Owns how a life over time becomes shapes: bands for state and circuit, dots for round trips, bars for messages. Pure: a
 * window of time and a width in, SVG paths out. Must never look at a page.
 */

import type { History, Sample } from '../history.ts'

/** From, to (monotonic ms), and how wide that is drawn. */
export interface Window {
  readonly from: number
  readonly to: number
  readonly width: number
}

export interface Band {
  readonly x: number
  readonly width: number
  readonly name: string
  readonly at: number
  readonly ms: number
}

const xOf = (at: number, { from, to, width }: Window) => ((at - from) / (to - from)) * width

/** One band for each stretch in which `nameOf` stays the same. */
export function bandsOf(
  phases: History['phases'],
  nameOf: (change: History['phases'][number]) => string,
  now: number,
  window: Window,
): Band[] {
  const bands: Band[] = []
  for (let n = 0; n < phases.length; ) {
    const first = phases[n] as History['phases'][number]
    const name = nameOf(first)
    while (n < phases.length && nameOf(phases[n] as typeof first) === name) n++
    const end = n < phases.length ? (phases[n] as typeof first).at : now
    if (end < window.from || first.at > window.to) continue
    const x = Math.max(0, xOf(first.at, window))
    const right = Math.min(window.width, xOf(end, window))
    bands.push({ x, width: Math.max(1, right - x), name, at: first.at, ms: end - first.at })
  }
  return bands
}

/** Bars that hang from `base` upwards, one for each pixel column that has anything, as one path; and the highest rate. */
export function barsOf(
  samples: readonly Sample[],
  of: 'received' | 'sent' | 'queued',
  window: Window,
  height: number,
  least = 1,
): { readonly path: string; readonly most: number } {
  const columns = new Map<number, number>()
  const step = Math.max(3, Math.ceil(xOf(window.from + 250, window)))
  for (const sample of samples) {
    if (sample.at < window.from || sample.at > window.to) continue
    const column = Math.floor(xOf(sample.at, window) / step)
    columns.set(column, Math.max(columns.get(column) || 0, sample[of]))
  }
  const most = Math.max(least, ...columns.values())
  let path = ''
  for (const [column, value] of columns) {
    // What there is shows, however little it is beside the most.
    const tall = value ? Math.max(1.5, (value / most) * height) : 0
    if (tall) path += `M${column * step} ${height}v${-tall.toFixed(1)}h${step - 1}v${tall.toFixed(1)}z`
  }
  return { path, most }
}

/** A dot for each round trip; and the longest. */
export function dotsOf(
  trips: History['roundTrips'],
  window: Window,
  height: number,
): { readonly path: string; readonly most: number } {
  const seen = trips.filter(({ at }) => at >= window.from && at <= window.to)
  const most = Math.max(1, ...seen.map(({ ms }) => ms))
  const path = seen
    .map(
      ({ at, ms }) =>
        `M${xOf(at, window).toFixed(1)} ${height}V${(height - 3 - (ms / most) * (height - 8)).toFixed(1)}`,
    )
    .join('')
  return { path, most }
}

/** Round steps of time for the axis: at most eight of them. */
export function ticksOf({ from, to, width }: Window): { readonly x: number; readonly ago: number }[] {
  const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600].map((seconds) => seconds * 1000)
  const step = steps.find((each) => ((to - from) / each) * 70 < width) || 600_000
  const ticks = []
  // One whose label would be cut off has none.
  for (let ago = 0; ago <= to - from; ago += step) {
    const x = width - (ago / (to - from)) * width
    if (x > 30) ticks.push({ x, ago })
  }
  return ticks
}
