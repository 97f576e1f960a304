/**
 * Owns a memory that ends with the process: for tests, for development, and for one server whose clients may be told that it
 * forgot. Must never keep more than it was told to.
 */

import type { Position, RefusalNote } from '../session/frames.ts'
import { eventText } from './event-text.ts'
import { defaultRetention } from './limits.ts'
import { newEpoch, platformClock } from './platform.ts'
import type { Commit, Committed, Publication, Retention, SessionStore, StreamEvent } from './session-store.ts'
import { Watchers } from './watchers.ts'

interface Client {
  last: number
  at: number
  refusals: RefusalNote[]
}

interface Entry extends StreamEvent {
  readonly bytes: number
  readonly at: number
}

interface Topic {
  /** Of the latest event. */
  offset: number
  bytes: number
  entries: Entry[]
}

export interface MemoryStoreOptions {
  /** @default one of its own, so that clients know that this memory is not the one before */
  readonly epoch?: string | undefined
}

/**
 * A store in this process's memory: after a restart every client is told that the server does not know it.
 *
 * @example
 * createSessionServer({ store: memoryStore() })
 */
export function memoryStore(options: MemoryStoreOptions = {}): SessionStore<undefined> {
  return new MemoryStore(options.epoch ?? newEpoch())
}

class MemoryStore implements SessionStore<undefined> {
  readonly epoch: string
  #retention: Retention = defaultRetention
  #now: () => number = platformClock.now
  /** The one not heard of for the longest time comes first. */
  readonly #clients = new Map<string, Client>()
  readonly #topics = new Map<string, Topic>()
  /** Where topics begin to count: above every topic that was let go, so that no offset means two events. */
  #floor = 0
  readonly #watchers = new Watchers()

  constructor(epoch: string) {
    this.epoch = epoch
  }

  keep(retention: Retention, now: () => number): void {
    this.#retention = retention
    this.#now = now
  }

  async last(key: string): Promise<number | undefined> {
    const client = this.#clients.get(key)
    return client && this.#isRemembered(client) ? client.last : undefined
  }

  async commit(commit: Commit<undefined>): Promise<Committed | null> {
    const { key, n } = commit
    const client = this.#clients.get(key)
    if (!client || client.last !== n - 1) return null
    // Everything that can throw comes before anything is changed.
    const texts = commit.refused === undefined ? commit.publish.map(({ data }) => eventText(data)) : []
    const refused = commit.refused ?? commit.write?.(undefined)
    this.#touch(key, client)
    client.last = n
    if (refused !== undefined) {
      client.refusals.push([n, refused])
      return { events: [], refused }
    }
    const events = commit.publish.map((publication, index) => this.#add(publication, texts[index] as string))
    for (const event of events) this.#watchers.tell(event)
    return { events }
  }

  async raise(key: string, n: number): Promise<void> {
    const known = this.#clients.get(key)
    const client = known && this.#isRemembered(known) ? known : { last: 0, at: 0, refusals: [] }
    client.last = Math.max(client.last, n)
    this.#touch(key, client)
    for (const [oldest, { at }] of this.#clients) {
      if (this.#clients.size <= this.#retention.clientsRemembered && at + this.#retention.memory > this.#now()) break
      this.#clients.delete(oldest)
    }
  }

  async refusals(key: string): Promise<readonly RefusalNote[]> {
    return (this.#clients.get(key)?.refusals ?? []).slice()
  }

  async confirm(key: string, n: number): Promise<void> {
    const client = this.#clients.get(key)
    if (client) client.refusals = client.refusals.filter(([number]) => number > n)
  }

  async append(topic: string, data: unknown): Promise<Position> {
    const event = this.#add({ topic, data }, eventText(data))
    this.#watchers.tell(event)
    return { epoch: this.epoch, offset: event.offset }
  }

  async position(topic: string): Promise<Position> {
    return { epoch: this.epoch, offset: this.#topics.get(topic)?.offset ?? this.#floor }
  }

  async since(topic: string, at: Position, limit: number): Promise<readonly StreamEvent[] | null> {
    const { offset, entries } = this.#topics.get(topic) ?? { offset: this.#floor, entries: [] }
    if (at.epoch !== this.epoch || at.offset > offset) return null
    this.#trim(topic)
    const missing = offset - at.offset
    if (missing > entries.length) return null
    const start = entries.length - missing
    return entries.slice(start, start + limit)
  }

  watch(topic: string, listener: (event: StreamEvent) => void): () => void {
    // Once somebody has been told where it stands, it stays there.
    this.#topicOf(topic)
    return this.#watchers.add(topic, listener)
  }

  #isRemembered({ at }: Client): boolean {
    return at + this.#retention.memory > this.#now()
  }

  #touch(key: string, client: Client): void {
    client.at = this.#now()
    this.#clients.delete(key)
    this.#clients.set(key, client)
  }

  #topicOf(name: string): Topic {
    const known = this.#topics.get(name)
    if (known) return known
    this.#letGo()
    const topic = { offset: this.#floor, bytes: 0, entries: [] }
    this.#topics.set(name, topic)
    return topic
  }

  #add({ topic: name }: Publication, text: string): Entry {
    const topic = this.#topicOf(name)
    const event = { topic: name, offset: ++topic.offset, data: JSON.parse(text), bytes: text.length, at: this.#now() }
    topic.entries.push(event)
    topic.bytes += event.bytes
    this.#trim(name)
    return event
  }

  #trim(name: string): void {
    const topic = this.#topics.get(name)
    if (!topic) return
    const { events, bytes, age } = this.#retention.history
    const { entries } = topic
    let gone = 0
    while (gone < entries.length) {
      const oldest = entries[gone] as Entry
      if (entries.length - gone <= events && topic.bytes <= bytes && oldest.at + age > this.#now()) break
      topic.bytes -= oldest.bytes
      gone++
    }
    if (gone) entries.splice(0, gone)
  }

  /** Topics whose every event is too old, looked for where one more is to be remembered. */
  #letGo(): void {
    if (this.#topics.size < this.#nextLook) return
    for (const [name, topic] of this.#topics) {
      this.#trim(name)
      if (topic.entries.length || this.#watchers.has(name)) continue
      this.#floor = Math.max(this.#floor, topic.offset)
      this.#topics.delete(name)
    }
    this.#nextLook = Math.max(1000, this.#topics.size * 2)
  }
  #nextLook = 1000
}
