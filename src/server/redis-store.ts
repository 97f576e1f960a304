/**
 * Owns a memory in Redis that several servers share: what is asked goes through scripts, which see one moment each.
 * Must never write into a Redis that has lost its data as if it had not: its epoch is another then.
 */

import type { Position, RefusalNote } from '../session/frames.ts'
import { eventText } from './event-text.ts'
import { defaultRetention } from './limits.ts'
import { newEpoch, platformClock, type ServerClock } from './platform.ts'
import { RedisBells } from './redis-bells.ts'
import { type RedisClient, RedisConnection } from './redis-client.ts'
import type { ScriptName } from './redis-scripts.ts'
import type { Commit, Committed, Retention, SessionStore, StreamEvent } from './session-store.ts'

export interface RedisStoreOptions {
  /** A client of `ioredis` or `redis`, of yours. A second connection, to hear what others publish, is made from it. */
  readonly client: RedisClient
  /**
   * What its keys and channels begin with, as a hash tag: all of them are in one slot of a cluster.
   * @default 'session'
   */
  readonly prefix?: string | undefined
  /** @default the platform's */
  readonly clock?: ServerClock | undefined
}

/**
 * A store in Redis, for any number of servers: a client may come back to another one. An acknowledgement is as durable as your
 * Redis: `appendonly yes` with `appendfsync always` loses nothing, less loses what a crash takes with it. Redis has no
 * transaction to share, so a decision with `write` is an error here.
 *
 * @example
 * createSessionServer({ store: redisStore({ client: new Redis(process.env.REDIS_URL) }) })
 *
 * @throws TypeError for what is no such client, or a prefix with braces
 */
export function redisStore(options: RedisStoreOptions): SessionStore<undefined> {
  const { client, prefix = 'session', clock = platformClock } = options
  if (!prefix || /[{}]/.test(prefix))
    throw new TypeError(`redisStore: "prefix" must be a text without braces, got "${prefix}".`)
  return new RedisStore(new RedisConnection(client), `{${prefix}}:`, clock)
}

class RedisStore implements SessionStore<undefined> {
  readonly #connection: RedisConnection
  /** What every key begins with. */
  readonly #tag: string
  readonly #bells: RedisBells
  readonly #epochListeners = new Set<() => void>()
  #epoch: Promise<string> | undefined
  #known: string | undefined
  #retention: Retention = defaultRetention
  #now: () => number
  /** This process as a publisher, and what it has published. */
  readonly #publisher = newEpoch()
  #published = 0

  constructor(connection: RedisConnection, tag: string, clock: ServerClock) {
    this.#connection = connection
    this.#tag = tag
    this.#now = clock.now
    const streams = {
      position: (topic: string) => this.position(topic),
      since: (topic: string, at: Position, limit: number) => this.since(topic, at, limit),
      wentBack: () => void this.#renew().catch(() => {}),
    }
    this.#bells = new RedisBells(connection, streams, clock, (topic) => `${tag}bell:${topic}`)
  }

  get epoch(): Promise<string> {
    if (!this.#epoch) {
      const epoch = this.#connection
        .run('found', [this.#key('epoch')], [newEpoch()])
        .then((found) => this.#learn(found))
      this.#epoch = epoch
      // The next one asks again.
      epoch.catch(() => {
        if (this.#epoch === epoch) this.#epoch = undefined
      })
    }
    return this.#epoch
  }

  keep(retention: Retention, now: () => number): void {
    this.#retention = retention
    this.#now = now
  }

  async last(key: string): Promise<number | undefined> {
    const last = await this.#ask('last', [this.#client(key)], [this.#now(), this.#memory])
    return last === null ? undefined : Number(last)
  }

  async commit({ key, n, refused, publish, write }: Commit<undefined>): Promise<Committed | null> {
    if (write)
      throw new TypeError('redisStore has no transaction to share: answer without "write", or use sqliteStore.')
    const events = refused === undefined ? publish : []
    const texts = events.map(({ data }) => eventText(data))
    const about = [this.#now(), this.#memory, n, key, refused === undefined ? 0 : 1, refused ?? '', ...this.#limits()]
    const keys = [this.#client(key), this.#key('clients'), ...events.flatMap(({ topic }) => this.#topic(topic))]
    const values = events.flatMap(({ topic }, index) => [this.#key(`bell:${topic}`), texts[index] as string])
    const offsets = await this.#ask('commit', keys, [...about, ...values])
    if (offsets === null) return null
    const committed = events.map(({ topic }, index) => ({
      ...{ topic, offset: Number((offsets as unknown[])[index]) },
      data: JSON.parse(texts[index] as string) as unknown,
    }))
    for (const event of committed) this.#bells.added(event)
    return refused === undefined ? { events: committed } : { events: committed, refused }
  }

  async raise(key: string, n: number): Promise<void> {
    const values = [this.#now(), this.#memory, n, key, Math.floor(this.#retention.clientsRemembered), this.#client('')]
    await this.#ask('raise', [this.#client(key), this.#key('clients')], values)
  }

  async refusals(key: string): Promise<readonly RefusalNote[]> {
    const flat = (await this.#ask('refusals', [this.#client(key)], [])) as unknown[]
    const notes: RefusalNote[] = []
    for (let i = 0; i < flat.length; i += 2) notes.push([Number(flat[i]), String(flat[i + 1])])
    return notes.sort(([one], [other]) => one - other)
  }

  async confirm(key: string, n: number): Promise<void> {
    await this.#ask('confirm', [this.#client(key)], [n])
  }

  async append(topic: string, data: unknown): Promise<Position> {
    const text = eventText(data)
    const keys = [this.#key(`publisher:${this.#publisher}`), ...this.#topic(topic)]
    const values = [this.#now(), this.#memory, ++this.#published, this.#key(`bell:${topic}`), text, ...this.#limits()]
    const epoch = await this.epoch
    const offset = Number(await this.#ask('append', keys, values))
    this.#bells.added({ topic, offset, data: JSON.parse(text) })
    return { epoch, offset }
  }

  async position(topic: string): Promise<Position> {
    const epoch = await this.epoch
    return { epoch, offset: Number(await this.#ask('position', this.#topic(topic).slice(0, 1), [])) }
  }

  async since(topic: string, at: Position, limit: number): Promise<readonly StreamEvent[] | null> {
    if ((await this.epoch) !== at.epoch) return null
    const values = [this.#now(), at.offset, limit, Math.ceil(this.#retention.history.age)]
    const data = await this.#ask('since', this.#topic(topic), values)
    if (data === null) return null
    return (data as unknown[]).map((text, index) => ({
      ...{ topic, offset: at.offset + 1 + index },
      data: JSON.parse(String(text)) as unknown,
    }))
  }

  watch(topic: string, listener: (event: StreamEvent) => void): () => void {
    return this.#bells.watch(topic, listener)
  }

  watchEpoch(listener: () => void): () => void {
    const entry = () => listener()
    this.#epochListeners.add(entry)
    return () => this.#epochListeners.delete(entry)
  }

  async close(): Promise<void> {
    this.#bells.close()
  }

  get #memory(): number {
    return Math.ceil(this.#retention.memory)
  }

  #key(name: string): string {
    return this.#tag + name
  }

  #client(key: string): string {
    return this.#key(`client:${key}`)
  }

  #topic(topic: string): [topic: string, stream: string] {
    return [this.#key(`topic:${topic}`), this.#key(`stream:${topic}`)]
  }

  #limits(): [events: number, bytes: number, age: number] {
    const { events, bytes, age } = this.#retention.history
    return [Math.floor(events), Math.floor(bytes), Math.ceil(age)]
  }

  async #ask(name: ScriptName, keys: string[], values: (string | number)[]): Promise<unknown> {
    const epoch = await this.epoch
    const answer = await this.#connection.run(name, [this.#key('epoch'), ...keys], [epoch, ...values])
    if (answer !== 'EPOCH') return answer ?? null
    if (this.#known === epoch) this.#epoch = undefined
    throw new Error(`Redis has lost its data: epoch ${epoch} became ${await this.epoch}.`)
  }

  /** Redis came back with less than it had: what was counted since must not be counted again under the same name. */
  async #renew(): Promise<void> {
    const old = await this.epoch
    const found = await this.#connection.run('renew', [this.#key('epoch')], [old, newEpoch()])
    this.#epoch = Promise.resolve(this.#learn(found))
  }

  #learn(found: unknown): string {
    const epoch = String(found)
    const isAnother = this.#known !== undefined && this.#known !== epoch
    this.#known = epoch
    if (isAnother) {
      this.#bells.forget()
      for (const listener of [...this.#epochListeners]) listener()
    }
    return epoch
  }
}
