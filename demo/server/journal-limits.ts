/** Owns the journal's limits. */

import { bounds } from '../protocol.ts'

export interface JournalLimits {
  rooms: number
  /** Messages kept per room. */
  messages: number
  /** Bytes kept per room, counted as lines of the file. */
  roomBytes: number
  /** Ids remembered per room, so that a late repeat of a message no longer kept is still known as one. */
  ids: number
  /** Size of the file; compacted before it would be exceeded. */
  fileBytes: number
  /** Messages waiting to be written. */
  pending: number
}

export const journalLimits: JournalLimits = {
  rooms: 32,
  messages: bounds.history,
  roomBytes: 128 * 1024,
  ids: 1000,
  fileBytes: 16 * 1024 * 1024,
  pending: 1000,
}
