/** Owns the picture of a fleet's return: a bar for each quarter of a second. The figures beside it say the same in words. */

import { bucket, countsOf, type Knock } from './fleet-run.ts'

interface HistogramProps {
  knocks: readonly Knock[]
  label: string
  /** What all pictures are drawn to: seconds to the right, attempts upwards. */
  seconds: number
  most: number
}

const height = 60

export function Histogram({ knocks, label, seconds, most }: HistogramProps) {
  const width = (seconds * 1000) / bucket
  const scale = height / Math.max(1, most)
  return (
    <svg
      className="histogram"
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      {countsOf(knocks).map(({ all, open }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a bar is its place in time.
        <g key={index}>
          <rect className="knocks" x={index + 0.08} width="0.84" y={height - all * scale} height={all * scale} />
          <rect className="opened" x={index + 0.08} width="0.84" y={height - open * scale} height={open * scale} />
        </g>
      ))}
    </svg>
  )
}
