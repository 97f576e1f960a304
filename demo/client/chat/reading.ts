/**
 * Owns how far somebody has read, and the line above what they had not. Pure. Must never call read what was not in sight.
 */

export interface Reading {
  /** The number up to which everything has been in sight; null on a first visit. */
  readonly read: number | null
  /** The line "New" stands after this number; null where there is none. */
  readonly line: number | null
  /** Whether the room has just been opened. */
  readonly isFresh: boolean
  /** The last message of one's own. */
  readonly written: string | undefined
}

export interface Sight {
  /** The number of the latest message. */
  readonly newest: number
  /** Whether the end of the log is in sight. */
  readonly isWatching: boolean
  /** How many messages after a number others have written. */
  readonly newsSince: (n: number) => number
  readonly written: string | undefined
}

export const opened = (read: number | null): Reading => ({ read, line: null, isFresh: true, written: undefined })

/** The next one; the same object where nothing has changed. */
export function nextReading(before: Reading, { newest, isWatching, newsSince, written }: Sight): Reading {
  // A first visit has nothing to catch up with; and who has read more than there is counts as an older store did.
  const read = before.read === null || before.read > newest ? newest : before.read
  const isNews = newsSince(read) > 0 && (before.isFresh || !isWatching)
  // Whoever answers has read it.
  const hasAnswered = !before.isFresh && written !== undefined && written !== before.written
  const next: Reading = {
    read: isWatching && !before.isFresh ? newest : read,
    line: hasAnswered ? null : isNews ? read : before.line,
    isFresh: false,
    written: written ?? before.written,
  }
  const isSame = (Object.keys(next) as (keyof Reading)[]).every((key) => next[key] === before[key])
  return isSame ? before : next
}
