/**
 * Owns the messages that wait for a connection: order, bounds and age (R16).
 * Must never send, and never lose a message without handing it back to be reported.
 */

import type { QueueLimits } from '../options/options.ts'
import { byteLength, type WebSocketData } from '../policy/payload.ts'
import { Fifo } from './fifo.ts'

/** A message in the queue. */
export interface Waiting {
  readonly data: WebSocketData
  /** As UTF-8, or no less than that while nobody has counted. */
  bytes: number
  isCounted: boolean
  readonly at: number
}

/** A caller may reuse its buffer at once, so waiting bytes are copied; a Blob cannot change. */
function copy(data: WebSocketData): WebSocketData {
  if (typeof data === 'string' || 'size' in data) return data
  if (!ArrayBuffer.isView(data)) return data.slice(0)
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice()
}

/** Nothing had to go. */
const NONE: WebSocketData[] = []

export class MessageQueue {
  readonly #list = new Fifo<Waiting>()
  #bytes = 0
  /** How many have ever left at the front: tells which of two messages came first. */
  #taken = 0

  get size(): number {
    return this.#list.size
  }

  /** A mark behind the newest message; see `isBefore`. */
  get mark(): number {
    return this.#taken + this.#list.size
  }

  /** Whether the oldest message was here when the mark was made. */
  isBefore(mark: number): boolean {
    return this.size > 0 && this.#taken < mark
  }

  /** When the oldest message expires, monotonic ms. */
  expiresAt(limits: QueueLimits): number {
    const { first } = this.#list
    return first ? first.at + limits.maxAge : Infinity
  }

  /** Appends a message and returns what had to go for it; undefined where there is no room for it. */
  add(data: WebSocketData, limits: QueueLimits, now: number): WebSocketData[] | undefined {
    // A unit of text is at most three bytes; whoever stays below the limit even so need not walk through it.
    let isCounted = typeof data !== 'string'
    let bytes = typeof data === 'string' ? 3 * data.length : byteLength(data)
    let gone = NONE
    if (this.size >= limits.maxMessages || this.#bytes + bytes > limits.maxBytes) {
      isCounted = true
      bytes = byteLength(data)
      this.#count()
      const isFull = () => this.size >= limits.maxMessages || this.#bytes + bytes > limits.maxBytes
      if (limits.overflow === 'drop-oldest' && bytes <= limits.maxBytes && limits.maxMessages > 0) {
        gone = []
        while (isFull()) gone.push((this.take() as Waiting).data)
      }
      if (isFull()) return undefined
    }
    this.#list.push({ data: copy(data), bytes, isCounted, at: now })
    this.#bytes += bytes
    return gone
  }

  /** Counts what has only been estimated; each message once in its life. */
  #count(): void {
    this.#list.backwards((waiting) => {
      if (waiting.isCounted) return false
      this.#bytes -= waiting.bytes
      waiting.bytes = byteLength(waiting.data)
      waiting.isCounted = true
      this.#bytes += waiting.bytes
      return true
    })
  }

  /** Removes the oldest message. */
  take(): Waiting | undefined {
    const first = this.#list.shift()
    if (first) {
      this.#bytes -= first.bytes
      this.#taken++
    }
    return first
  }

  /** Puts back at the front what could not be sent after all. */
  restore(first: Waiting): void {
    this.#list.unshift(first)
    this.#bytes += first.bytes
    this.#taken--
  }
}
