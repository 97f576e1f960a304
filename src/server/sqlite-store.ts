/**
 * Owns a memory in the user's own SQLite: ledger, events and the user's writes in one transaction, and one transaction for all that
 * came in a turn. For one process; several share a Redis.
 * Must never resolve before the transaction is on the disk.
 */

import type { Position, RefusalNote } from '../session/frames.ts'
import { defaultRetention } from './limits.ts'
import { atEndOfTurn, newEpoch, platformClock, type ServerClock } from './platform.ts'
import type { Commit, Committed, Retention, SessionStore, StreamEvent } from './session-store.ts'
import { openTables, type SqliteDatabase, type Statements } from './sqlite-tables.ts'
import { Watchers } from './watchers.ts'

export interface SqliteStoreOptions {
  /**
   * What its tables begin with.
   * @default 'session_'
   */
  readonly prefix?: string | undefined
  /** @default the platform's, with one transaction per turn of the event loop */
  readonly clock?: ServerClock | undefined
}

/**
 * A store in an open SQLite database of yours, from `better-sqlite3`, `libsql` or `node:sqlite`. What `onSend` answers with `write` is
 * done in the transaction that takes the message: exactly once reaches into your own tables.
 *
 * @example
 * createSessionServer({ store: sqliteStore(new Database('./data/chat.db')) })
 *
 * @throws TypeError for what is no such database, or a prefix that is no name
 */
export function sqliteStore<Database extends SqliteDatabase>(
  database: Database,
  options: SqliteStoreOptions = {},
): SessionStore<Database> {
  const { prefix = 'session_', clock = platformClock } = options
  if (typeof database?.exec !== 'function' || typeof database.prepare !== 'function')
    throw new TypeError('sqliteStore: expected an open database with exec() and prepare(), such as new Database(file).')
  if (!/^[A-Za-z_]\w*$/.test(prefix)) throw new TypeError(`sqliteStore: "${prefix}" cannot begin the name of a table.`)
  return new SqliteStore(database, prefix, clock)
}

interface Job {
  readonly run: () => unknown
  readonly resolve: (value: never) => void
  readonly reject: (thrown: unknown) => void
  value?: unknown
  undone?: Undone
}

/** The user's write threw, and what its commit had written is undone; the others of the turn are not concerned. */
class Undone {
  readonly thrown: unknown

  constructor(thrown: unknown) {
    this.thrown = thrown
  }
}

/** Of a topic's events, the surplus that may gather before it is cut. */
const SLACK = 32
/** Ms between looks for what is too old. */
const SWEEP = 3_600_000
/** New clients after which is looked as well. */
const NEWCOMERS = 1000

class SqliteStore<Database extends SqliteDatabase> implements SessionStore<Database> {
  readonly epoch: string
  readonly database: Database
  readonly #sql: Statements
  readonly #clock: ServerClock
  readonly #watchers = new Watchers()
  #retention: Retention = defaultRetention
  #now: () => number
  #jobs: Job[] = []
  /** Of the transaction at hand. */
  #events: StreamEvent[] = []
  #sweptAt = 0
  #newcomers = 0

  constructor(database: Database, prefix: string, clock: ServerClock) {
    const { epoch, statements } = openTables(database, prefix, newEpoch())
    this.database = database
    this.epoch = epoch
    this.#sql = statements
    this.#clock = clock
    this.#now = clock.now
  }

  keep(retention: Retention, now: () => number): void {
    this.#retention = retention
    this.#now = now
  }

  async last(key: string): Promise<number | undefined> {
    const row = this.#sql.client.get(key)
    return row && Number(row.at) + this.#retention.memory > this.#now() ? Number(row.n) : undefined
  }

  async commit(commit: Commit<Database>): Promise<Committed | null> {
    // What cannot be written is found out before anything is.
    const texts = commit.refused === undefined ? commit.publish.map(({ data }) => toText(data)) : []
    return this.#inTransaction(() => this.#commit(commit, texts))
  }

  raise(key: string, n: number): Promise<void> {
    return this.#inTransaction(() => {
      this.#sql.know.run(key, n, this.#now())
      this.#newcomers++
    })
  }

  async refusals(key: string): Promise<readonly RefusalNote[]> {
    return this.#sql.refusals.all(key).map(({ n, why }) => [Number(n), String(why)])
  }

  confirm(key: string, n: number): Promise<void> {
    return this.#inTransaction(() => void this.#sql.confirm.run(key, n))
  }

  async append(topic: string, data: unknown): Promise<Position> {
    const text = toText(data)
    const { offset } = await this.#inTransaction(() => this.#add(topic, text))
    return { epoch: this.epoch, offset }
  }

  async position(topic: string): Promise<Position> {
    return { epoch: this.epoch, offset: Number(this.#sql.top.get(topic)?.seq ?? 0) }
  }

  async since(topic: string, at: Position, limit: number): Promise<readonly StreamEvent[] | null> {
    const top = Number(this.#sql.top.get(topic)?.seq ?? 0)
    if (at.epoch !== this.epoch || at.offset > top) return null
    if (at.offset === top) return []
    const rows = this.#sql.since.all(topic, at.offset, limit)
    const [oldest] = rows
    const isWhole = oldest?.seq === at.offset + 1 && Number(oldest.at) + this.#retention.history.age > this.#now()
    return isWhole
      ? rows.map(({ seq, data }) => ({ topic, offset: Number(seq), data: JSON.parse(String(data)) }))
      : null
  }

  watch(topic: string, listener: (event: StreamEvent) => void): () => void {
    return this.#watchers.add(topic, listener)
  }

  #inTransaction<T>(run: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#jobs.push({ run, resolve, reject })
      if (this.#jobs.length === 1) atEndOfTurn(this.#clock, () => this.#flush())
    })
  }

  #flush(): void {
    const jobs = this.#jobs
    this.#jobs = []
    this.#events = []
    try {
      this.database.exec('begin immediate')
      for (const job of jobs) this.#run(job)
      this.#sweep()
      this.database.exec('commit')
    } catch (thrown) {
      try {
        this.database.exec('rollback')
      } catch {
        // SQLite has done so itself, or there was no transaction to begin with.
      }
      for (const { reject } of jobs) reject(thrown)
      return
    }
    for (const { undone, reject, resolve, value } of jobs) {
      if (undone) reject(undone.thrown)
      else resolve(value as never)
    }
    for (const event of this.#events) this.#watchers.tell(event)
  }

  #run(job: Job): void {
    try {
      job.value = job.run()
    } catch (thrown) {
      if (!(thrown instanceof Undone)) throw thrown
      job.undone = thrown
    }
  }

  #commit({ key, n, refused, publish, write }: Commit<Database>, texts: string[]): Committed | null {
    const step = () => Number(this.#sql.step.run(n, this.#now(), key, n - 1).changes) === 1
    let why = refused
    if (why === undefined && write) {
      const { database } = this
      database.exec('savepoint session_write')
      if (!step()) {
        database.exec('release session_write')
        return null
      }
      try {
        why = write(database)
      } catch (thrown) {
        database.exec('rollback to session_write; release session_write')
        throw new Undone(thrown)
      }
      if (why !== undefined) {
        database.exec('rollback to session_write')
        step()
      }
      database.exec('release session_write')
    } else if (!step()) return null
    if (why !== undefined) {
      this.#sql.refuse.run(key, n, why)
      return { events: [], refused: why }
    }
    return { events: publish.map(({ topic }, index) => this.#add(topic, texts[index] as string)) }
  }

  #add(topic: string, text: string): StreamEvent {
    const row = this.#sql.next.get(topic, text, this.#now())
    const offset = Number(row?.seq)
    this.#sql.add.run(topic, offset, this.#now(), text)
    const event = { topic, offset, data: JSON.parse(text) }
    this.#events.push(event)
    const bytes = Number(row?.bytes)
    if (bytes > this.#retention.history.bytes || offset % SLACK === 0) this.#trim(topic, offset, bytes)
    return event
  }

  /** Cuts off the oldest events until the rest is as many, as large and as young as it may be. */
  #trim(topic: string, top: number, bytes: number): void {
    const { events, bytes: most, age } = this.#retention.history
    let left = bytes
    for (;;) {
      let cut = 0
      const rows = this.#sql.oldest.all(topic, SLACK)
      for (const { seq, at, size } of rows) {
        if (top - Number(seq) < events && left <= most && Number(at) + age > this.#now()) break
        cut = Number(seq)
        left -= Number(size)
      }
      if (!cut) break
      this.#sql.cut.run(topic, cut)
      if (cut !== rows[rows.length - 1]?.seq) break
    }
    if (left !== bytes) this.#sql.shrink.run(left, topic)
  }

  #sweep(): void {
    const now = this.#now()
    if (now < this.#sweptAt + SWEEP && this.#newcomers < NEWCOMERS) return
    this.#sweptAt = now
    this.#newcomers = 0
    const { memory, clientsRemembered, history } = this.#retention
    const sql = this.#sql
    for (const { topic, seq, bytes } of sql.silentTopics.all(now - history.age))
      this.#trim(String(topic), Number(seq), Number(bytes))
    const old = sql.forgetOld.run(now - memory).changes
    const many = sql.forgetMany.run(clientsRemembered).changes
    if (old || many) sql.forgetRefusals.run()
  }
}

const toText = (data: unknown): string => JSON.stringify(data === undefined ? null : data)
