/**
 * Owns the way out: what is sent now, what waits, what is dropped and why (R16). It is handed the socket when a
 * connection opens, and given none when that ends.
 * Must never know why there is no connection.
 */

import type { QueueLimits } from '../options/settings.ts'
import type { SocketLike } from '../options/world.ts'

import { payloadSize, type WebSocketData } from '../policy/payload.ts'
import { DRAIN_POLL } from './drain.ts'
import type { Engine } from './engine.ts'
import { MessageQueue } from './message-queue.ts'
import type { Counters } from './stats.ts'

/** What listeners of `drop` receive: a message that will not be sent, and why. */
export interface DropInfo {
  /** The message, as it was given to `send` or as a codec wrote it. */
  readonly data: WebSocketData
  /**
   * `overflow`: the queue is full. `closed`: after or because of `close()`. `url-changed`: it was meant for the url before.
   * `expired`: it has waited for `maxAge`. `no-queue`: it may not wait.
   */
  readonly reason: 'overflow' | 'closed' | 'url-changed' | 'expired' | 'no-queue'
}

/** How long a platform that threw at a message is left alone, ms. */
const AFTER_THROW = 1000

/** Stands in where nothing has ever waited: most connections are open by the time somebody sends. */
const UNUSED = new MessageQueue()

export class Sender {
  queue = UNUSED
  readonly #engine: Engine
  readonly #counts: Counters
  /** Set by the engine before anything is sent. */
  #limits!: QueueLimits | false
  #socket: SocketLike | undefined
  /** What the platform held when the last ping went out; see `isBufferDraining`. */
  #bufferedAtPing = 0
  /** What gets through: what listeners of `open` send, past the queue; or everything in its turn; or, undefined, nothing. */
  mode: 'openListenersOnly' | 'open' | undefined
  /** When to look again whether the platform's buffer has drained, monotonic ms. */
  pollAt = Infinity

  constructor(engine: Engine, counts: Counters) {
    this.#engine = engine
    this.#counts = counts
  }

  /** Whether the socket takes messages: an open one, or one that still sends what came before a `close()`. */
  get isOpen(): boolean {
    return this.#socket !== undefined && this.#socket.readyState === 1
  }

  /** Whether something here wants the timer. */
  get isTimed(): boolean {
    return this.pollAt < Infinity || this.queue.isAging
  }

  /** New limits count from now on, for what already waits too. */
  limit(limits: QueueLimits | false): void {
    this.#limits = limits
    if (limits) this.queue.limit(limits, limits.maxAge < Infinity ? this.#engine.now() : 0)
    else this.dropAll('no-queue')
  }

  /** A connection has opened: its listeners speak first. */
  open(socket: SocketLike): void {
    this.#socket = socket
    this.mode = 'openListenersOnly'
  }

  /** Keeps the queue where it is until `flush`. */
  hold(): void {
    this.mode = undefined
    this.pollAt = Infinity
  }

  /** The connection takes nothing any more. */
  close(): void {
    this.hold()
    this.#socket = undefined
  }

  /** `isDirect` is false where this connection is about to be replaced: the message is for the next one. */
  send(data: WebSocketData, mayWait: boolean, isDirect: boolean): 'sent' | 'queued' | 'dropped' {
    const socket = this.#socket
    const waits = mayWait && this.#limits
    if (isDirect && socket && socket.readyState === 1) {
      const isNext = waits && this.mode === 'open' && !this.queue.size && !isFull(socket, waits)
      if ((isNext || !waits || this.mode === 'openListenersOnly') && this.hand(socket, data)) return 'sent'
    }
    return waits ? this.#enqueue(data) : this.drop(data, 'no-queue', false)
  }

  #enqueue(data: WebSocketData): 'queued' | 'dropped' {
    if (this.queue === UNUSED) {
      this.queue = new MessageQueue()
      this.limit(this.#limits)
    }
    const { queue } = this
    this.expire()
    const gone = queue.add(data, queue.isAging ? this.#engine.now() : 0)
    if (!gone) return this.drop(data, 'overflow')
    for (const lost of gone) this.drop(lost, 'overflow')
    if (this.mode === 'open' && this.pollAt === Infinity && this.isOpen) this.#poll()
    return 'queued'
  }

  /** Hands a message to the platform, past the queue; false if that threw, or if there is no socket to take it. */
  transmit(data: WebSocketData): boolean {
    return this.isOpen && this.hand(this.#socket as SocketLike, data)
  }

  /** Hands a message to this socket; false if that threw. */
  hand(socket: SocketLike, data: WebSocketData): boolean {
    // What we add now would hide that the buffer has drained since the ping, which answers it (R14).
    if (this.#bufferedAtPing > 0 && socket.bufferedAmount < this.#bufferedAtPing) this.#bufferedAtPing = Infinity
    try {
      socket.send(data as never)
    } catch (cause) {
      this.#engine.errors.emit({ code: 'SOCKET_THREW', cause })
      return false
    }
    this.#counts.messagesSent++
    this.#counts.bytesSent += payloadSize(data)
    return true
  }

  /** Notes what the platform holds before the ping adds to it: a buffer that passes a ping to a dead line proves nothing. */
  watchBuffer(): void {
    this.#bufferedAtPing = this.#buffered
  }

  /** Whether the platform holds less than when the last ping went out: somebody has taken it. */
  get isBufferDraining(): boolean {
    return this.#buffered < this.#bufferedAtPing
  }

  /** What the platform holds; React Native and many mocks do not know. */
  get #buffered(): number {
    return this.#socket?.bufferedAmount || 0
  }

  /** `isLoss`: it had been accepted, or there was no room for it; else its sender did not want it to wait. */
  drop(data: WebSocketData, reason: DropInfo['reason'], isLoss = true): 'dropped' {
    const cause = { data, reason }
    this.#engine.emit('drop', cause)
    if (isLoss) this.#engine.traffic.drain?.fail(cause)
    return 'dropped'
  }

  /** Drops what waits; with a mark, only what was there when it was made. */
  dropAll(reason: DropInfo['reason'], mark = Infinity): void {
    while (this.queue.isBefore(mark)) this.drop(this.queue.take(), reason)
  }

  /** Lets the queue go, one message at a time, for as long as the socket takes them; with a mark, as `dropAll`. */
  flush(mark = Infinity): void {
    const { queue } = this
    this.mode = 'open'
    this.pollAt = Infinity
    this.expire()
    const socket = this.#socket
    while (socket && socket.readyState === 1 && queue.isBefore(mark)) {
      if (isFull(socket, this.#limits as QueueLimits)) return this.#poll()
      const next = queue.take()
      if (!this.hand(socket, next)) {
        // It stays first in line; trying it again at once would only throw again.
        queue.restore(next)
        return this.#poll(AFTER_THROW)
      }
    }
  }

  /** Drops what has waited longer than `maxAge`. */
  expire(): void {
    const { queue } = this
    if (queue.expiresAt === Infinity) return
    const now = this.#engine.now()
    while (queue.expiresAt <= now) this.drop(queue.take(), 'expired')
  }

  #poll(ms = DRAIN_POLL): void {
    this.pollAt = this.#engine.now() + ms
  }
}

/** React Native and many mocks have no `bufferedAmount`: what is not known to be full takes messages. */
const isFull = (socket: SocketLike, { highWaterMark }: QueueLimits): boolean => socket.bufferedAmount > highWaterMark
