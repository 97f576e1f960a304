/**
 * Owns what a session's server asks of its memory: the ledger of what each client has had done, and the streams. Types.
 * Must never name a database.
 */

import type { Position, RefusalNote } from '../session/frames.ts'

/** Data for the followers of a topic. */
export interface Publication {
  readonly topic: string
  /** What JSON can say; `undefined` is kept as null. */
  readonly data: unknown
}

/** Something that happened in a topic; offsets go up by 1, without a hole. */
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
  /**
   * The user's own writes, in the same transaction. Answers why the message is refused after all: then what it wrote is
   * undone, nothing is published, and the refusal is what is committed. What it throws undoes the commit and comes out of it.
   */
  readonly write?: ((database: Database) => string | undefined) | undefined
}

export interface Committed {
  /** In the order of `publish`. */
  readonly events: readonly StreamEvent[]
  /** Why the message was refused, here or by its `write`. */
  readonly refused?: string | undefined
}

/** What a store keeps at most. The server tells it, from its `limits`. */
export interface Retention {
  /** Clients; those not heard of for the longest time are forgotten first. */
  readonly clientsRemembered: number
  /** Ms after its last word that a client is remembered. */
  readonly memory: number
  /** Of each topic. */
  readonly history: { readonly events: number; readonly bytes: number; readonly age: number }
}

/**
 * The server's memory. `commit` is a compare-and-set (S3): null unless `n` follows the number before it; then durable, all of it or
 * nothing, before it resolves. Commits called one after the other are judged in that order, awaited or not. Every event, committed or
 * appended, by this process or another, reaches `watch` in order.
 */
export interface SessionStore<Database = unknown> {
  /** Another one means: memory was lost, and counting began anew. */
  readonly epoch: string | Promise<string>
  /** What `onSend` may look into and `write` is given. */
  readonly database?: Database
  /** Called once, by the server that uses it. */
  keep?(retention: Retention, now: () => number): void
  /** The last number done, or undefined for a client it does not know. */
  last(key: string): Promise<number | undefined>
  commit(commit: Commit<Database>): Promise<Committed | null>
  /** The client has proof that everything up to `n` is done (S5), and is known from now on. Never lowers. */
  raise(key: string, n: number): Promise<void>
  /** Those not yet confirmed, in order. */
  refusals(key: string): Promise<readonly RefusalNote[]>
  /** The client knows of everything up to `n`. */
  confirm(key: string, n: number): Promise<void>
  append(topic: string, data: unknown): Promise<Position>
  /** Where a topic stands; offset 0 for one that nothing has happened in. */
  position(topic: string): Promise<Position>
  /** Everything after `at`, oldest first and at most `limit`; null where a part of it is no longer to be had (S10). */
  since(topic: string, at: Position, limit: number): Promise<readonly StreamEvent[] | null>
  /**
   * Calls for each event from now on, in order; it may begin with the one before, and a bell that was lost costs time and no event.
   * Returns how to stop.
   */
  watch(topic: string, listener: (event: StreamEvent) => void): () => void
  /** Calls when the epoch has become another one while running. Returns how to stop. */
  watchEpoch?(listener: () => void): () => void
  /** Lets go of what it holds; what it was given stays open. */
  close?(): Promise<void>
}
