/**
 * Owns what a process hears of the streams in Redis: a bell says that there is something, reading says what, and a look at the top
 * now and then finds what no bell told.
 * Must never tell an event twice, out of order, or believe a bell.
 */

import type { Position } from '../session/frames.ts'
import type { ServerClock } from './platform.ts'
import type { RedisConnection, RedisEar } from './redis-client.ts'
import type { StreamEvent } from './session-store.ts'
import { Watchers } from './watchers.ts'

/** Ms between looks at the tops: a lost bell costs as much. */
const LOOK = 25_000
/** Events read at a time. */
const PAGE = 100

/** How far a topic is read. */
interface Reader {
  /** Undefined until the first look. */
  at: Position | undefined
  isReading: boolean
  isRung: boolean
}

/** What is read from. */
export interface Streams {
  position(topic: string): Promise<Position>
  since(topic: string, at: Position, limit: number): Promise<readonly StreamEvent[] | null>
  /** Redis stands before what has been read of it. */
  wentBack(): void
}

export class RedisBells {
  readonly #connection: RedisConnection
  readonly #streams: Streams
  readonly #clock: ServerClock
  readonly #channelOf: (topic: string) => string
  readonly #watchers = new Watchers()
  readonly #readers = new Map<string, Reader>()
  readonly #topics = new Map<string, string>()
  #ear: RedisEar | undefined
  #timer: unknown

  constructor(connection: RedisConnection, streams: Streams, clock: ServerClock, channelOf: (topic: string) => string) {
    this.#connection = connection
    this.#streams = streams
    this.#clock = clock
    this.#channelOf = channelOf
  }

  watch(topic: string, listener: (event: StreamEvent) => void): () => void {
    const stop = this.#watchers.add(topic, listener)
    if (!this.#readers.has(topic)) {
      this.#readers.set(topic, { at: undefined, isReading: false, isRung: false })
      const channel = this.#channelOf(topic)
      this.#topics.set(channel, topic)
      // At once: who watches and then asks where the topic stands must not have an event between the two.
      this.#ring(topic)
      this.#ear = this.#ear ?? this.#listen()
      this.#ear.subscribe(channel)
      if (this.#timer === undefined) this.#arm()
    }
    return () => {
      stop()
      if (this.#watchers.has(topic) || !this.#readers.delete(topic)) return
      this.#topics.delete(this.#channelOf(topic))
      this.#ear?.unsubscribe(this.#channelOf(topic))
    }
  }

  /** What this process has added itself it need not read. */
  added(event: StreamEvent): void {
    const reader = this.#readers.get(event.topic)
    if (!reader) return
    if (reader.at && !reader.isReading && reader.at.offset === event.offset - 1) this.#tell(reader, event)
    else this.#ring(event.topic)
  }

  /** The counting is another: everything is read from where it stands now. */
  forget(): void {
    for (const reader of this.#readers.values()) reader.at = undefined
  }

  ringAll(): void {
    for (const topic of [...this.#readers.keys()]) this.#ring(topic)
  }

  close(): void {
    this.#ear?.close()
    this.#ear = undefined
    this.#readers.clear()
    this.#topics.clear()
    this.#clock.clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #listen(): RedisEar {
    const ring = (channel: string) => {
      const topic = this.#topics.get(channel)
      if (topic !== undefined) this.#ring(topic)
    }
    return this.#connection.listen(ring, () => this.ringAll())
  }

  #arm(): void {
    this.#timer = this.#clock.setTimeout(() => {
      this.#timer = undefined
      if (!this.#readers.size) return
      this.ringAll()
      this.#arm()
    }, LOOK)
  }

  #ring(topic: string): void {
    const reader = this.#readers.get(topic)
    if (!reader) return
    reader.isRung = true
    if (!reader.isReading) void this.#readAll(topic, reader)
  }

  /** Never rejects: what cannot be read now is read at the next bell, or the next look. */
  async #readAll(topic: string, reader: Reader): Promise<void> {
    reader.isReading = true
    try {
      while (reader.isRung && this.#readers.get(topic) === reader) {
        reader.isRung = false
        if (reader.at) await this.#read(topic, reader, reader.at)
        else await this.#begin(topic, reader)
      }
    } catch {
      // The store's own users hear what is wrong from what they ask themselves.
    }
    reader.isReading = false
  }

  async #begin(topic: string, reader: Reader): Promise<void> {
    const top = await this.#streams.position(topic)
    // Whoever has asked before this was answered may stand before it, and sees so by its offset.
    await this.#tellLast(topic, reader, top)
    reader.at = top
  }

  async #read(topic: string, reader: Reader, at: Position): Promise<void> {
    const page = await this.#streams.since(topic, at, PAGE)
    if (reader.at !== at) return
    if (page) {
      for (const event of page) this.#tell(reader, event)
      if (page.length === PAGE) reader.isRung = true
      return
    }
    const top = await this.#streams.position(topic)
    if (top.epoch === at.epoch && top.offset < at.offset) this.#streams.wentBack()
    // Too much has happened: with the last of it, everybody sees for himself what he has missed.
    else await this.#tellLast(topic, reader, top)
    reader.at = top
  }

  async #tellLast(topic: string, reader: Reader, top: Position): Promise<void> {
    if (!top.offset) return
    const [event] = (await this.#streams.since(topic, { ...top, offset: top.offset - 1 }, 1)) ?? []
    if (event && this.#readers.get(topic) === reader) this.#watchers.tell(event)
  }

  #tell(reader: Reader, event: StreamEvent): void {
    if (reader.at) reader.at = { epoch: reader.at.epoch, offset: event.offset }
    this.#watchers.tell(event)
  }
}
