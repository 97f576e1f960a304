/** Owns the strip that shows how the last minute was. The strip is for the eye; the words beside it say the same. */

import { useState } from 'react'
import { useWords } from '../language.ts'
import type { Tone } from '../StatusBadge.tsx'
import { type Mark, mark, segments } from './timeline.ts'
import { useNow } from './useNow.ts'
import { detailWords } from './words.ts'

export function Timeline({ tone }: { tone: Tone }) {
  const words = useWords(detailWords)
  const [marks, setMarks] = useState<readonly Mark[]>([])
  const now = useNow(1000, true)
  const next = mark(marks, tone, now)
  if (next !== marks) setMarks(next)
  return (
    <figure className="timeline">
      <svg viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">
        {segments(marks, now).map(({ tone, start, length }) => (
          <rect key={start} data-tone={tone} x={start * 1000} width={Math.max(2, length * 1000)} height="10" />
        ))}
      </svg>
      <figcaption>
        <span>{words.minuteAgo}</span>
        <span>{words.now}</span>
      </figcaption>
    </figure>
  )
}
