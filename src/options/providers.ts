/**
 * Owns what a function among the options is asked and may answer. Types only.
 * Must never say when it is asked: that is connection.ts and decision.ts.
 */

import type { CloseInfo } from '../policy/close-policy.ts'

/** What a `url`, `protocols` or `websocketOptions` function is told about the attempt it is asked for. */
export interface AttemptContext {
  /** 0 for the first dial, n for the n-th retry. */
  readonly attempt: number
  /**
   * How the connection before this one ended, or null if there was none: a `code` of 4401 may mean that a token is
   * stale.
   */
  readonly lastClose: CloseInfo | null
  /** Aborted when the attempt is over; give it to `fetch`. Undefined where the platform has no AbortController. */
  readonly signal: AbortSignal | undefined
}

/** A value, or a (possibly async) function asked afresh on every attempt. */
export type Resolvable<T> = T | ((context: AttemptContext) => T | PromiseLike<T>)

/** A url, or a (possibly async) function that answers one, or null for none. */
export type Address =
  | string
  | URL
  | ((context: AttemptContext) => string | URL | null | PromiseLike<string | URL | null>)

/** What `retryDelay` may look at. */
export interface RetryContext {
  /** Number of the retry this delay is for, 1 for the first. */
  readonly attempt: number
  /** The delay that the backoff has computed, jitter included, ms. */
  readonly delay: number
  /** How the last connection ended, or null. */
  readonly lastClose: CloseInfo | null
}
