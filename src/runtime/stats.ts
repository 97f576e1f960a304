/**
 * Owns what `getStats()` answers and the plain counters behind it (R21).
 * Must never read a clock by itself, nor do work per message beyond adding a number.
 */

import type { ConnectionState } from '../machine/states.ts'
import type { Settings } from '../options/options.ts'
import type { CircuitState } from '../policy/circuit-breaker.ts'
import type { WebSocketReconnectError } from '../policy/errors.ts'

/** Plain numbers, counted for the life of the client. */
export interface Counters {
  /** How often a connection has opened. */
  connections: number
  /** Pings included. */
  messagesSent: number
  /** Pongs included. */
  messagesReceived: number
  /** Payload bytes; text counts one per UTF-16 unit, because measuring UTF-8 would cost more than sending. */
  bytesSent: number
  bytesReceived: number
}

/** A sample of everything measurable: the requirement's eight fields first. Every `…At` is epoch ms or null. */
export interface Stats extends Readonly<Counters> {
  readonly state: ConnectionState
  readonly circuitState: CircuitState
  readonly retryCount: number
  readonly maxRetries: number
  readonly circuitFailures: number
  /** Infinity with `circuitBreaker: false`. */
  readonly failureThreshold: number
  /** The last inbound message or open, epoch ms. */
  readonly lastActivity: number | null
  /** Ms since this open, else 0. */
  readonly uptime: number
  /** Round-trip time of the last answered ping, ms. */
  readonly latency: number | null
  readonly retryAt: number | null
  readonly openedAt: number | null
  readonly queuedMessages: number
  /** What the platform still holds, bytes. */
  readonly bufferedAmount: number
  readonly lastError: WebSocketReconnectError | null
}

/** What a client with these options says before anything has happened, without making one. */
export const initialStats = ({ maxRetries, circuitBreaker }: Settings): Stats => ({
  state: 'CLOSED',
  circuitState: 'CLOSED',
  retryCount: 0,
  maxRetries,
  circuitFailures: 0,
  failureThreshold: circuitBreaker ? circuitBreaker.failureThreshold : Infinity,
  lastActivity: null,
  uptime: 0,
  latency: null,
  retryAt: null,
  openedAt: null,
  connections: 0,
  messagesSent: 0,
  messagesReceived: 0,
  bytesSent: 0,
  bytesReceived: 0,
  queuedMessages: 0,
  bufferedAmount: 0,
  lastError: null,
})
