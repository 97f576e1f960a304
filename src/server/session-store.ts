/**
 * Owns what a session's server asks of its memory: the ledger of what each client has had done, and the streams. Types.
 * Must never name a database.
 */

import type { Position, RefusalNote } from '../session/frames.ts'

/** Data for the followers of a topic. */
export interface Publication {
  readonly topic: string
  readonly data: unknown
}

/** Something that happened in a topic; offsets count from 1 without a hole. */
export interface StreamEvent {
  readonly topic: string
  readonly offset: number
  readonly data: unknown
}

/** One numbered message, done. */
export interface Commit<Database = unknown> {
  /** User and client together. */
  readonly key: string
  readonly n: number
  /** Why it was not taken; then nothing is published. */
  readonly refused?: string | undefined
  readonly publish: readonly Publication[]
  /** The user's own writes, in the same transaction, where the store has one to share. */
  readonly write?: ((database: Database) => void) | undefined
}

export interface Committed {
  readonly events: readonly StreamEvent[]
}

/**
 * The server's memory. `commit` is a compare-and-set (S3): null unless `n` follows the number before it; then durable, all of it or
 * nothing, before it resolves. Every event, committed or appended, by this process or another, reaches `watch` in order.
 */
export interface SessionStore<Database = unknown> {
  /** Another one means: memory was lost, and counting began anew. */
  readonly epoch: string | Promise<string>
  /** What `onSend` may look into and `write` is given. */
  readonly database?: Database
  /** The last number done, or undefined for a client it does not know. */
  last(key: string): Promise<number | undefined>
  commit(commit: Commit<Database>): Promise<Committed | null>
  /** The client has proof that everything up to `n` is done (S5). Never lowers. */
  raise(key: string, n: number): Promise<void>
  /** Those not yet confirmed, in order. */
  refusals(key: string): Promise<readonly RefusalNote[]>
  /** The client knows of everything up to `n`. */
  confirm(key: string, n: number): Promise<void>
  append(topic: string, data: unknown): Promise<Position>
  position(topic: string): Promise<Position>
  /** Everything after `at`, oldest first and at most `limit`; null where a part of it is no longer to be had (S10). */
  since(topic: string, at: Position, limit: number): Promise<readonly StreamEvent[] | null>
  /** Calls for each event from now on; a bell that was lost costs time and no event. Returns how to stop. */
  watch(topic: string, listener: (event: StreamEvent) => void): () => void
  close?(): Promise<void>
}
