/**
 * Owns playing a log again: each step as the machine makes it from the recorded event alone, beside what was recorded. Must never
 * trust a file to be a log.
 */

import { replay } from '../../../testing/index.ts'

/** Any of the recording's entries, as a file may hold it. */
interface Recorded {
  type: string
  event: { type: string; now: number }
  after: { phase: string; until: number }
}

export interface Step {
  /** Ms after the first. */
  at: number
  event: string
  phase: string
  /** Ms from then to the deadline; null if there is none. */
  wait: number | null
  effects: string
  /** Whether state and deadline are what was recorded. */
  agrees: boolean
}

/** Throws an Error that says what is wrong with the text. */
export function replayLog(text: string): Step[] {
  const recorded = text
    .split('\n')
    .filter(Boolean)
    .map((line): Recorded => JSON.parse(line))
    .filter(({ type }) => type === 'transition')
  if (!recorded.length) throw new Error('no transition in it.')
  const start = (recorded[0] as Recorded).event.now
  return replay(text).map(({ after, effects }, index) => {
    const { event, after: wanted } = recorded[index] as Recorded
    return {
      at: event.now - start,
      event: event.type,
      phase: after.phase,
      wait: Number.isFinite(after.until) ? after.until - event.now : null,
      effects: effects.map(([name]) => name).join(', '),
      agrees: isSame(after, wanted),
    }
  })
}

/** In whatever order the names stand; JSON has no word for Infinity, and needs none here. */
const isSame = (after: object, wanted: object): boolean => sorted(after) === sorted(wanted)

const sorted = (state: object): string =>
  JSON.stringify(state, (_, part: unknown) =>
    part && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
