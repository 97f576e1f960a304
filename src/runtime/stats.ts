/**
 * Owns what `getStats()` answers and the plain counters behind it (R21).
 * Must never read a clock by itself, nor do work per message beyond adding a number.
 */

import { breakerOf, type ConnectionState } from '../machine/states.ts'
import type { Settings } from '../options/settings.ts'
import type { Clock } from '../options/world.ts'
import type { CircuitState } from '../policy/circuit-breaker.ts'
import type { WebSocketReconnectError } from '../policy/errors.ts'
import { payloadSize } from '../policy/payload.ts'
import type { Engine } from './engine.ts'

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

/** The counters of one client. */
export class Statistics implements Counters {
  connections = 0
  messagesSent = 0
  messagesReceived = 0
  bytesSent = 0
  bytesReceived = 0
  /** Epoch ms. */
  openedAt: number | null = null
  /** The stamp of the last message, or of the last open. */
  #heardAt = -1

  onOpen(clock: Clock): void {
    this.connections++
    this.openedAt = clock.now()
    this.#heardAt = clock.monotonic()
  }

  onReceive(event: MessageEvent, clock: Clock): void {
    this.messagesReceived++
    this.bytesReceived += payloadSize(event.data)
    this.#heardAt = event.timeStamp || clock.monotonic()
  }

  /** When something was last heard, epoch ms. */
  lastActivity(clock: Clock): number | null {
    const at = this.#heardAt
    if (at < 0) return null
    const now = clock.now()
    // Some mocks stamp events with the wall clock; browsers and Node with the monotonic one.
    return Math.min(now, Math.round(at > 1e12 ? at : now - clock.monotonic() + at))
  }
}

/** A fresh sample of everything measurable. */
export function sample(engine: Engine): Stats {
  const { clock, traffic, settings, snapshots } = engine
  const { statistics } = traffic
  const { state, circuitState, retryCount, circuitFailures, retryAt } = snapshots.current
  const uptime = engine.now() - engine.state.openedAt
  const isOpen = uptime >= 0
  return {
    state,
    circuitState,
    retryCount,
    maxRetries: settings.maxRetries,
    circuitFailures,
    failureThreshold: breakerOf(settings).failureThreshold,
    lastActivity: statistics.lastActivity(clock),
    uptime: isOpen ? Math.round(uptime) : 0,
    latency: traffic.ping.latency,
    retryAt,
    ...(statistics as Counters),
    openedAt: isOpen ? statistics.openedAt : null,
    queuedMessages: traffic.sender.queue.size,
    bufferedAmount: engine.bufferedAmount,
    lastError: engine.errors.last,
  }
}
