/**
 * Owns the ping that is out: sending it, whether it has been answered, and how long that took (R14, R21).
 * Must never judge a connection by it: the machine does.
 */

import { isPongText, pingText } from '../policy/ping-pong.ts'
import type { Engine } from './engine.ts'

export class PingTracker {
  /** Round-trip time of the last answered ping, ms. */
  latency: number | null = null
  /** A ping is out, and no answer has come. */
  isAwaiting = false
  /** Something was said while a ping waited for its answer. */
  hasEverHeard = false
  readonly #engine: Engine
  #sentAt = 0
  /** How many messages had been received; any other number is an answer. */
  #receivedBefore = 0

  constructor(engine: Engine) {
    this.#engine = engine
  }

  send(): void {
    const { settings, errors, traffic } = this.#engine
    this.markHeard()
    try {
      const text = pingText(settings.heartbeatMessage)
      this.#sentAt = this.#engine.now()
      this.isAwaiting = true
      traffic.sender.transmit(text)
    } catch (cause) {
      // No ping went out, so its silence must not be held against the line.
      this.#receivedBefore = -1
      errors.emit({ code: 'HEARTBEAT_INVALID', cause })
    }
  }

  /** From now on, whatever is heard, or leaves the buffer, is an answer. */
  markHeard(): void {
    const { statistics, sender } = this.#engine.traffic
    this.#receivedBefore = statistics.messagesReceived
    sender.watchBuffer()
  }

  get isAnswered(): boolean {
    const { statistics, sender } = this.#engine.traffic
    return statistics.messagesReceived !== this.#receivedBefore || sender.isBufferDraining
  }

  /** Whether this message answers the ping that is out. */
  isPong(data: unknown): boolean {
    const { isPong = isPongText, heartbeatInterval } = this.#engine.settings
    this.hasEverHeard = true
    try {
      return heartbeatInterval > 0 && !!isPong(data)
    } catch {
      return false
    }
  }

  /** The answer has come. */
  finish(): void {
    this.isAwaiting = false
    this.latency = Math.max(0, this.#engine.now() - this.#sentAt)
    this.#engine.emit('latency', this.latency)
  }
}
