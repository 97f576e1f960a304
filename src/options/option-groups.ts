/**
 * Owns what the options are that an option of the engine is made of: the circuit breaker's and the queue's. Types only.
 * Must never hold a value: what each is where nobody says, and what it must be, is in schema.ts.
 */

/** Options of the circuit breaker: after a row of failures nothing dials for a while, which spares a struggling server. */
export interface CircuitBreakerOptions {
  /**
   * Failures in a row that open the circuit, a whole number ≥ 1. Lower it for a server that must be spared.
   * @default 5
   */
  failureThreshold?: number | undefined
  /**
   * How long the circuit stays open, ms. Lower it for whatever a person looks at.
   * @default 60000
   */
  resetTimeout?: number | undefined
  /**
   * How many trials may fail before the circuit opens again, a whole number ≥ 1.
   * @default 3
   */
  halfOpenMaxRequests?: number | undefined
  /**
   * The first trial waits up to this fraction of `resetTimeout` more, so that a fleet does not return as one. `1` for
   * large fleets, `0` to try at once.
   * @default 0.5
   */
  resetJitter?: number | undefined
}

/** Options of the queue that holds messages while there is no connection. */
export interface QueueOptions {
  /**
   * Messages that may wait, a whole number.
   * @default 1000
   */
  maxMessages?: number | undefined
  /**
   * Bytes that may wait, text counted as UTF-8.
   * @default 1048576
   */
  maxBytes?: number | undefined
  /**
   * What a full queue does: `'reject'` drops the new message, `'drop-oldest'` makes room for it. Either way a `drop`
   * event tells. Change it where the newest matters most.
   * @default 'reject'
   */
  overflow?: 'reject' | 'drop-oldest' | undefined
  /**
   * How long a message may wait, ms. Lower it for things that go stale, such as cursor positions.
   * @default Infinity
   */
  maxAge?: number | undefined
  /**
   * Above this many bytes in the platform's own buffer, messages wait in the queue. Lower it to keep little in flight
   * over slow lines.
   * @default 1048576
   */
  highWaterMark?: number | undefined
  /**
   * Keep the queue after `open` until `flush()`, for servers that must accept a login first.
   * @default false
   * @see docs/guide/recipes.md#how-do-i-send-a-login-first
   */
  hold?: boolean | undefined
}
