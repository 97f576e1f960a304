/**
 * Owns what a tab shows of a room: the messages that have a number, and those on their way. Pure. Must never show one twice.
 */

import type { OutboxEntry } from '../../../src/session/index.ts'
import { bounds, type Message, type Say } from '../../protocol.ts'

/**
 * A message without a number yet.
 * - `waiting`: kept in this browser; goes out when there is a connection.
 * - `sent`: on its way, not acknowledged; waits again when that connection is lost.
 * - `refused`: the server will never take it as it is; `why` says what it expected.
 */
export interface Going extends Say {
  /** Its number in the outbox. */
  key: number
  status: 'waiting' | 'sent' | 'refused'
  why?: string | undefined
}

/** The log with one more, at most `bounds.history`. */
export const withMessage = (log: readonly Message[], message: Message): readonly Message[] =>
  log.some(({ id }) => id === message.id) ? log : [...log, message].slice(-bounds.history)

/** The log with older ones before it, at most `bounds.history`. */
export const withOlder = (log: readonly Message[], older: readonly Message[]): readonly Message[] => {
  const first = log[0]?.n ?? Infinity
  return [...older.filter(({ n }) => n < first), ...log].slice(-bounds.history)
}

/** What of the outbox is on its way to a room, in the order written. */
export function goingTo(
  room: string,
  entries: readonly OutboxEntry<Say>[],
  log: readonly Message[],
  isOpen: boolean,
): Going[] {
  // The room hears of a message a moment before its writer's outbox lets it go.
  const numbered = new Set(log.map(({ id }) => id))
  // One that is tried again stands in the outbox twice for a moment: as it was refused, and under its new number.
  const latest = new Map(entries.map(({ data, n }) => [data.id, n]))
  return entries
    .filter(({ data, n }) => data.room === room && !numbered.has(data.id) && latest.get(data.id) === n)
    .map((entry) => ({ ...entry.data, key: entry.n, status: markOf(entry, isOpen), why: whyOf(entry) }))
}

export function markOf({ status }: Pick<OutboxEntry, 'status'>, isOpen: boolean): Going['status'] {
  if (status === 'refused' || status === 'expired') return 'refused'
  return isOpen && (status === 'sent' || status === 'uncertain') ? 'sent' : 'waiting'
}

const whyOf = ({ status, why }: Pick<OutboxEntry, 'status' | 'why'>) =>
  status === 'expired' ? 'it within a week' : why

/** How many messages after this number others have written: one's own is no news. */
export const newsSince = (
  { log, isOwn }: { log: readonly Message[]; isOwn: (message: Message) => boolean },
  n: number,
): number => log.filter((message) => message.n > n && !isOwn(message)).length
