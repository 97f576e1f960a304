/**
 * Owns what is known of the last ping: whether it has been answered, and how long that took (R14, R21).
 * Must never judge a connection by it: the machine does.
 */

import type { Settings } from '../options/settings.ts'
import { isPongText } from '../policy/ping-pong.ts'

export class PingTracker {
  /** Round-trip time of the last answered ping, ms. */
  latency: number | null = null
  /** A ping is out, and no answer has come. */
  isAwaiting = false
  /** Something was said while a ping waited for its answer. */
  hasEverHeard = false
  #sentAt = 0
  #receivedAtPing = 0

  /** Notes how many messages have been received, so that one more is an answer. */
  mark(received: number): void {
    this.#receivedAtPing = received
  }

  /** A ping is about to go out. */
  start(now: number): void {
    this.#sentAt = now
    this.isAwaiting = true
  }

  /** No ping went out, so its silence must not be held against the line. */
  forgive(): void {
    this.#receivedAtPing = -1
  }

  /** A connection has opened; no ping of it is out. */
  reset(): void {
    this.isAwaiting = false
  }

  isAnswered(received: number): boolean {
    return received !== this.#receivedAtPing
  }

  /** Whether this message answers the ping that is out. */
  isPong(data: unknown, { isPong: test, heartbeatInterval }: Pick<Settings, 'isPong' | 'heartbeatInterval'>): boolean {
    this.hasEverHeard = true
    try {
      return heartbeatInterval > 0 && !!(test || isPongText)(data)
    } catch {
      return false
    }
  }

  /** The answer has come; returns how long it took, ms. */
  finish(now: number): number {
    this.isAwaiting = false
    return (this.latency = Math.max(0, now - this.#sentAt))
  }
}
