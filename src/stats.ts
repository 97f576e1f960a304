/**
 * Owns what `getStats()` answers and the plain counters behind it (R21).
 * Must never read a clock by itself, nor do work per message beyond adding a number.
 */

import type { CircuitState } from './circuit-breaker.ts'
import type { WebSocketReconnectError } from './errors.ts'
import type { Settings } from './options.ts'
import type { ConnectionState } from './state.ts'

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
  /** As `bytesSent`. */
  bytesReceived: number
}

/** A sample of everything measurable. Every `…At` is epoch ms or null. */
export interface Stats extends Readonly<Counters> {
  /** One of the six states. */
  readonly state: ConnectionState
  /** The circuit breaker's state. */
  readonly circuitState: CircuitState
  /** Retries since the last proven connection. */
  readonly retryCount: number
  /** How many there may be. */
  readonly maxRetries: number
  /** Failures in a row. */
  readonly circuitFailures: number
  /** How many open the circuit; Infinity with `circuitBreaker: false`. */
  readonly failureThreshold: number
  /** The last inbound message or open, epoch ms, or null. */
  readonly lastActivity: number | null
  /** Ms since this open, else 0. */
  readonly uptime: number
  /** Round-trip time of the last answered ping, ms, or null. */
  readonly latency: number | null
  /** When the next attempt starts, epoch ms, or null. */
  readonly retryAt: number | null
  /** When this connection opened, epoch ms; null while there is none. */
  readonly openedAt: number | null
  /** Messages that wait in the queue. */
  readonly queuedMessages: number
  /** What the platform has not sent yet, bytes. */
  readonly bufferedAmount: number
  /** The last error, or null. It stays when the connection is back. */
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

/** The cheap size of a payload: what its own length says. */
export function payloadSize(data: unknown): number {
  if (typeof data === 'string') return data.length
  const { byteLength, size } = Object(data)
  return byteLength || size || 0
}
