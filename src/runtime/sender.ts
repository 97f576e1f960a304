/**
 * Owns the way out: what is sent now, what waits, what is dropped and why (R16).
 * Must never know why there is no connection: it is handed a socket or none.
 */

import type { QueueLimits, SocketLike } from '../options/options.ts'
import type { WebSocketData } from '../policy/payload.ts'
import { MessageQueue } from './message-queue.ts'

/** The payload of `drop`: a message that will not be sent, and why (R16). */
export interface DropInfo {
  readonly data: WebSocketData
  readonly reason: 'overflow' | 'closed' | 'url-changed' | 'expired' | 'no-queue'
}

/** What the outlet needs of the shell. */
export interface Pump {
  /** Monotonic ms. */
  now(): number
  /** The queue's settings, or false for no queue. */
  limits(): QueueLimits | false
  /** The socket, if it can take a message now. */
  socket(): SocketLike | undefined
  /** Hands a message to the platform; false if that threw. */
  transmit(socket: SocketLike, data: WebSocketData): boolean
  /** `isLoss`: it had been accepted, or there was no room for it; else its sender did not want it to wait. */
  dropped(info: DropInfo, isLoss: boolean): void
}

/** How often a queue held back by the platform's buffer looks again, ms (R2). */
const DRAIN_POLL = 50
/** How long a platform that threw at a message is left alone, ms. */
const AFTER_THROW = 1000

export class Outlet {
  readonly #pump: Pump
  readonly #queue = new MessageQueue()
  /** What gets through: nothing; what listeners of `open` send, past the queue; or everything in its turn. */
  gate: 'shut' | 'express' | 'flowing' = 'shut'
  /** When to look again whether the platform's buffer has drained, monotonic ms. */
  pollAt = Infinity

  constructor(pump: Pump) {
    this.#pump = pump
  }

  get size(): number {
    return this.#queue.size
  }

  /** Marks what has been sent until now, for `dropAll`. */
  get mark(): number {
    return this.#queue.mark
  }

  /** `isDirect` is false where this connection is about to be replaced: the message is for the next one. */
  send(data: WebSocketData, mayWait: boolean, isDirect: boolean): 'sent' | 'queued' | 'dropped' {
    const pump = this.#pump
    const limits = pump.limits()
    const socket = isDirect ? pump.socket() : undefined
    const waits = mayWait && limits
    if (socket) {
      const flows = waits && this.gate === 'flowing' && !this.size && !isFull(socket, limits)
      if ((flows || !waits || this.gate === 'express') && pump.transmit(socket, data)) return 'sent'
    }
    if (!waits) return this.drop(data, 'no-queue', false)
    this.expire()
    const gone = this.#queue.add(data, limits, pump.now())
    if (!gone) return this.drop(data, 'overflow')
    for (const lost of gone) this.drop(lost, 'overflow')
    if (this.gate === 'flowing' && this.pollAt === Infinity && pump.socket()) this.#poll()
    return 'queued'
  }

  drop(data: WebSocketData, reason: DropInfo['reason'], isLoss = true): 'dropped' {
    this.#pump.dropped({ data, reason }, isLoss)
    return 'dropped'
  }

  /** Drops what waits; with a mark, only what was there when it was made. */
  dropAll(reason: DropInfo['reason'], mark = Infinity): void {
    while (this.#queue.isBefore(mark)) this.drop((this.#queue.take() as { data: WebSocketData }).data, reason)
  }

  shut(): void {
    this.gate = 'shut'
    this.pollAt = Infinity
  }

  /** Whether something waits that was here when the mark was made. */
  isBefore(mark: number): boolean {
    return this.#queue.isBefore(mark)
  }

  /** Lets the queue go, one message at a time, for as long as the socket takes them; with a mark, as `dropAll`. */
  flow(mark = Infinity): void {
    const limits = this.#pump.limits()
    this.gate = 'flowing'
    this.pollAt = Infinity
    this.expire()
    for (;;) {
      const socket = this.#pump.socket()
      if (!socket || !limits || !this.isBefore(mark)) return
      if (isFull(socket, limits)) return this.#poll()
      const next = this.#queue.take()
      if (next && !this.#pump.transmit(socket, next.data)) {
        // It stays first in line; trying it again at once would only throw again.
        this.#queue.restore(next)
        return this.#poll(AFTER_THROW)
      }
    }
  }

  /** Drops what has waited longer than `maxAge`. */
  expire(): void {
    // No clock is read where nothing can expire.
    if (this.expiresAt() === Infinity) return
    const now = this.#pump.now()
    while (this.expiresAt() <= now) this.drop((this.#queue.take() as { data: WebSocketData }).data, 'expired')
  }

  expiresAt(): number {
    const limits = this.#pump.limits()
    return limits ? this.#queue.expiresAt(limits) : Infinity
  }

  #poll(ms = DRAIN_POLL): void {
    this.pollAt = this.#pump.now() + ms
  }
}

/** React Native and many mocks have no `bufferedAmount`: what is not known to be full takes messages. */
const isFull = (socket: SocketLike, { highWaterMark }: QueueLimits): boolean => socket.bufferedAmount > highWaterMark
