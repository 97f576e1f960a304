/**
 * Owns the ticker: a thousand topics, so many ticks a second to each visitor among the topics it has asked for, and how
 * many it has sent of which. Must never send to somebody who does not read, nor hurry for ever because it was once told to.
 */

import type { WebSocket, WebSocketServer } from 'ws'
import { converse, type Message, type Say } from './plain.ts'

/** Ticks a second. */
const usualRate = 200
const highestRate = 5000
/** A higher rate than the usual one ends after this long, ms. */
const hurryLimit = 120_000
/** Ms between two rounds, and between two totals. */
const round = 10
const totalEvery = 500
/** Unread bytes above which a visitor is left out. */
const highWater = 256 * 1024

export const symbols: readonly string[] = Array.from({ length: 1000 }, (_, n) => `T${String(n).padStart(3, '0')}`)
const known = new Set(symbols)

interface Visitor {
  socket: WebSocket
  say: Say
  /** How many ticks of each topic it has been sent since it asked for it, and of all since it came. */
  readonly sent: Map<string, number>
  topics: readonly string[]
  total: number
  rate: number
  hurriesUntil: number
  /** Ticks that are due; less than one is kept for the next round. */
  due: number
  toldAt: number
}

export class Ticker {
  readonly #visitors = new Set<Visitor>()
  readonly #prices = new Map(symbols.map((symbol, n) => [symbol, 100 + (n % 90)]))
  #timer: NodeJS.Timeout | undefined
  #at = 0

  serve(server: WebSocketServer): void {
    server.on('connection', (socket) => {
      const visitor: Visitor = {
        ...{ socket, say: converse(socket, (message) => this.#hear(visitor, message)), sent: new Map() },
        ...{ topics: [], total: 0, rate: usualRate, hurriesUntil: 0, due: 0, toldAt: 0 },
      }
      this.#visitors.add(visitor)
      socket.on('close', () => {
        this.#visitors.delete(visitor)
        if (!this.#visitors.size) this.close()
      })
      this.#at ||= performance.now()
      this.#timer ||= setInterval(() => this.#round(performance.now()), round)
      this.#tellTotal(visitor)
    })
  }

  /** What each visitor has been sent. */
  counts(): { visitors: { total: number; rate: number; sent: Record<string, number> }[] } {
    const visitors = [...this.#visitors].map(({ total, rate, sent }) => ({
      ...{ total, rate, sent: Object.fromEntries(sent) },
    }))
    return { visitors }
  }

  close(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#at = 0
  }

  #hear(visitor: Visitor, { subscribe, unsubscribe, rate }: Message): void {
    for (const topic of listIn(subscribe)) if (known.has(topic)) visitor.sent.set(topic, visitor.sent.get(topic) ?? 0)
    for (const topic of listIn(unsubscribe)) visitor.sent.delete(topic)
    visitor.topics = [...visitor.sent.keys()]
    if (typeof rate !== 'number' || !(rate >= 0)) return
    visitor.rate = Math.min(rate, highestRate)
    visitor.hurriesUntil = performance.now() + hurryLimit
    this.#tellTotal(visitor)
  }

  #round(now: number): void {
    const passed = now - this.#at
    this.#at = now
    for (const visitor of this.#visitors) {
      if (visitor.rate > usualRate && now > visitor.hurriesUntil) visitor.rate = usualRate
      // Who reads too slowly gets less, and what is not sent is not counted.
      if (visitor.socket.bufferedAmount > highWater) continue
      visitor.due = Math.min(visitor.due + (passed / 1000) * visitor.rate, highestRate)
      for (; visitor.due >= 1; visitor.due--) this.#tick(visitor)
      if (now - visitor.toldAt > totalEvery) this.#tellTotal(visitor)
    }
  }

  #tick(visitor: Visitor): void {
    const topic = visitor.topics[Math.floor(Math.random() * visitor.topics.length)]
    if (topic === undefined) return
    const price = (this.#prices.get(topic) as number) * (1 + (Math.random() - 0.5) / 500)
    const n = (visitor.sent.get(topic) as number) + 1
    this.#prices.set(topic, price)
    visitor.sent.set(topic, n)
    visitor.total++
    visitor.say({ topic, price: Math.round(price * 100) / 100, n })
  }

  #tellTotal(visitor: Visitor): void {
    visitor.toldAt = performance.now()
    visitor.say({ topic: 'total', price: 0, n: visitor.total })
  }
}

const listIn = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string').slice(0, symbols.length) : []
