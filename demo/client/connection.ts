/**
 * Owns how the demo's page connects: every option that differs from the default, and why.
 */

import type { WebSocketReconnectOptions } from '../../hooks/index.ts'

export const connection = {
  /** Resolved against the page (R22): the chat lives behind the same port. */
  url: '/chat',
  /** Somebody is looking at this page, so it never gives up. */
  maxRetries: Number.POSITIVE_INFINITY,
  baseDelay: 500,
  maxDelay: 8000,
  /** A mute server is noticed within 7 s. */
  heartbeatInterval: 5000,
  heartbeatTimeout: 2000,
  connectTimeout: 4000,
  /** Longer than it takes to notice a mute server: a connection on which nobody ever spoke proves nothing. */
  minUptime: 8000,
  /** Tries 0.5, 1.5, 3.5 and 7.5 s after the loss; if all fail, the circuit opens within 10 s. */
  circuitBreaker: { failureThreshold: 4, resetTimeout: 20_000, resetJitter: 0.25, halfOpenMaxRequests: 2 },
  /**
   * The page has an outbox of its own, because it needs to know what was acknowledged. A second queue below it would
   * send what the outbox also sends again.
   */
  queue: false,
} satisfies WebSocketReconnectOptions
