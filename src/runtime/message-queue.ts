/**
 * Owns the messages that wait for a connection: order, bounds and age (R16).
 * Must never send, and never lose a message without handing it back to be reported.
 */
import type { QueueLimits } from '../options/settings.ts'

import { byteLength, type WebSocketData } from '../policy/payload.ts'
import { Fifo } from './fifo.ts'

/** A caller may reuse its buffer at once, so waiting bytes are copied; a Blob cannot change. */
function copy(data: WebSocketData): WebSocketData {
  if (typeof data === 'string' || 'size' in data) return data
  if (!ArrayBuffer.isView(data)) return data.slice(0)
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice()
}

/** Nothing had to go. */
const NONE: WebSocketData[] = []

export class MessageQueue {
  readonly #list = new Fifo<WebSocketData>()
  /** When each of them came, monotonic ms; none where nothing can expire. */
  #times: Fifo<number> | undefined
  /** Set before the first message comes. */
  #limits!: QueueLimits
  /** At least what they have, and exactly that once the bound has been met. */
  #bytes = 0
  /** Set by the first message that finds nothing waiting. */
  #isExact!: boolean
  /** How many have ever left at the front: tells which of two messages came first. */
  #taken = 0
  /** When the message that was taken last had come. */
  #lastTime = 0

  get size(): number {
    return this.#list.size
  }

  /** A mark behind the newest message; see `isBefore`. */
  get mark(): number {
    return this.#taken + this.#list.size
  }

  /** Whether messages grow old here. */
  get isAging(): boolean {
    return this.#times !== undefined
  }

  /** When the oldest message expires, monotonic ms. */
  get expiresAt(): number {
    const at = this.#times?.first
    return at === undefined ? Infinity : at + this.#limits.maxAge
  }

  /** Whether the oldest message was here when the mark was made. */
  isBefore(mark: number): boolean {
    return this.#list.size > 0 && this.#taken < mark
  }

  /** Sets the bounds. Where nothing could expire before, nobody has looked at the clock: what waits is as old as that. */
  limit(limits: QueueLimits, now: number): void {
    this.#limits = limits
    if (limits.maxAge === Infinity) this.#times = undefined
    else if (!this.#times) {
      const times = new Fifo<number>()
      for (let i = 0; i < this.size; i++) times.push(now)
      this.#times = times
    }
  }

  /** Appends a message and returns what had to go for it; undefined where there is no room for it. */
  add(data: WebSocketData, now: number): readonly WebSocketData[] | undefined {
    if (!this.#list.size) this.#isExact = false
    let bytes = this.#weigh(data)
    let gone = NONE
    if (!this.#hasRoomFor(bytes)) {
      this.#count()
      bytes = byteLength(data)
      const { overflow, maxBytes, maxMessages } = this.#limits
      if (overflow === 'drop-oldest' && bytes <= maxBytes && maxMessages > 0) {
        gone = []
        while (!this.#hasRoomFor(bytes)) gone.push(this.take())
      }
      if (!this.#hasRoomFor(bytes)) return undefined
    }
    this.#list.push(copy(data))
    this.#bytes += bytes
    if (this.#times) this.#times.push(now)
    return gone
  }

  /** Removes the oldest message, of which there must be one. */
  take(): WebSocketData {
    const data = this.#list.shift() as WebSocketData
    this.#bytes -= this.#weigh(data)
    this.#taken++
    if (this.#times) this.#lastTime = this.#times.shift() as number
    return data
  }

  /** Puts back at the front what `take` has just answered. */
  restore(data: WebSocketData): void {
    this.#list.unshift(data)
    this.#bytes += this.#weigh(data)
    this.#taken--
    if (this.#times) this.#times.unshift(this.#lastTime)
  }

  #hasRoomFor(bytes: number): boolean {
    return this.#list.size < this.#limits.maxMessages && this.#bytes + bytes <= this.#limits.maxBytes
  }

  /** From now on, and until nothing waits, bytes are what they are. */
  #count(): void {
    if (this.#isExact) return
    this.#isExact = true
    this.#bytes = 0
    this.#list.some((waiting) => {
      this.#bytes += byteLength(waiting)
      return false
    })
  }

  /** A unit of text is at most three bytes; whoever stays below the bound even so need not walk through it. */
  #weigh(data: WebSocketData): number {
    return typeof data === 'string' && !this.#isExact ? 3 * data.length : byteLength(data)
  }
}
