/**
 * Owns the record of how the connection has been during the last minute. Pure.
 * Must never keep more than the strip can show.
 */

import type { Tone } from '../StatusBadge.tsx'

export interface Mark {
  readonly at: number
  readonly tone: Tone
}

export interface Segment {
  readonly tone: Tone
  /** Place and length as fractions of the strip. */
  readonly start: number
  readonly length: number
}

export const span = 60_000

/** Notes a change; what no longer shows is dropped. */
export function mark(marks: readonly Mark[], tone: Tone, at: number): readonly Mark[] {
  if (marks.at(-1)?.tone === tone) return marks
  const next = [...marks, { at, tone }]
  // The last one that began before the strip does still colours its beginning.
  const first = next.findLastIndex((one) => one.at <= at - span)
  return next.slice(Math.max(0, first, next.length - 200))
}

/** The strip that ends now, oldest first; empty where nothing was known. */
export function segments(marks: readonly Mark[], now: number): Segment[] {
  const list: Segment[] = []
  marks.forEach(({ at, tone }, index) => {
    const from = Math.max(0, (at - (now - span)) / span)
    const to = Math.min(1, ((marks[index + 1]?.at ?? now) - (now - span)) / span)
    if (to > from) list.push({ tone, start: from, length: to - from })
  })
  return list
}
