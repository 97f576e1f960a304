/**
 * Owns the picture of docs/fleet.svg: dials per second over time, one curve per strategy, logarithmic.
 * Must never smooth, and never leave out a second: what it shows is what was counted.
 */

export interface Curve {
  readonly name: string
  readonly colour: string
  readonly width: number
  /** What the legend says beside the name. */
  readonly note: string
  /** Dials in each second since the server went down. */
  readonly arrivals: readonly number[]
}

export interface Picture {
  readonly title: string
  readonly curves: readonly Curve[]
  readonly outageSeconds: number
  readonly rate: number
  readonly seconds: number
  /** The upper end of the scale, a power of ten. */
  readonly top: number
}

const WIDTH = 960
const HEIGHT = 560
const box = { left: 72, right: 24, top: 56, bottom: 214 }
const inner = { width: WIDTH - box.left - box.right, height: HEIGHT - box.top - box.bottom }

const text = (x: number, y: number, words: string, more = ''): string =>
  `<text x="${x}" y="${y}" ${more}>${words.replace(/&/g, '&amp;').replace(/</g, '&lt;')}</text>`

export function draw({ title, curves, outageSeconds, rate, seconds, top }: Picture): string {
  const decades = Math.log10(top)
  const x = (second: number) => box.left + (inner.width * second) / seconds
  const y = (count: number) => box.top + inner.height * (1 - Math.log10(Math.max(1, count)) / decades)
  const bottom = box.top + inner.height
  const lines: string[] = []

  lines.push(
    `<rect x="${x(0)}" y="${box.top}" width="${x(outageSeconds) - x(0)}" height="${inner.height}" fill="#f1e7e7"/>`,
  )
  for (let decade = 0; decade <= decades; decade++) {
    const count = 10 ** decade
    lines.push(`<path d="M${box.left} ${y(count)}H${WIDTH - box.right}" stroke="#d8dee4"/>`)
    // Zero has no logarithm: the axis stands for one dial or none.
    const label = decade === 0 ? '0–1' : count.toLocaleString('en')
    lines.push(text(box.left - 8, y(count) + 4, label, 'text-anchor="end"'))
  }
  for (let second = 0; second <= seconds; second += 30) {
    lines.push(`<path d="M${x(second)} ${bottom}v5" stroke="#57606a"/>`)
    lines.push(text(x(second), bottom + 20, `${second}`, 'text-anchor="middle"'))
  }
  lines.push(
    text(box.left + inner.width / 2, bottom + 38, 'seconds since the server went down', 'text-anchor="middle"'),
  )
  lines.push(text(x(outageSeconds / 2), box.top + 16, 'server down', 'text-anchor="middle" fill="#82071e"'))
  lines.push(`<path d="M${box.left} ${y(rate)}H${WIDTH - box.right}" stroke="#24292f" stroke-dasharray="6 4"/>`)
  lines.push(
    text(
      WIDTH - box.right - 4,
      y(rate) - 6,
      `the server accepts ${rate.toLocaleString('en')} a second`,
      'text-anchor="end"',
    ),
  )

  curves.forEach(({ arrivals, colour, width, name, note }, i) => {
    const points = arrivals
      .slice(0, seconds + 1)
      .map((count, second) => `${x(second).toFixed(1)} ${y(count).toFixed(1)}`)
    lines.push(
      `<path d="M${points.join('L')}" fill="none" stroke="${colour}" stroke-width="${width}" stroke-linejoin="round"/>`,
    )
    const row = bottom + 66 + i * 20
    lines.push(`<path d="M${box.left} ${row - 4}h28" stroke="${colour}" stroke-width="${Math.max(width, 2)}"/>`)
    lines.push(text(box.left + 38, row, name, width > 2 ? 'font-weight="600"' : ''))
    lines.push(text(box.left + 340, row, note))
  })

  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" font-family="system-ui, sans-serif" font-size="13" fill="#24292f" role="img" aria-label="${title}">
<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>
${text(box.left, 30, title, 'font-size="16" font-weight="600"')}
${lines.join('\n')}
</svg>
`
}
