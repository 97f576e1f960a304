/**
 * Owns a memory in the user's own SQLite: ledger, events and the user's writes in one transaction, and one transaction for all that
 * came in a turn. For one process; several share a Redis.
 * Must never resolve before the transaction is on the disk.
 */

import type { Position, RefusalNote } from '../session/frames.ts'
import { eventText } from './event-text.ts'
import { newEpoch, platformClock, type ServerClock } from './platform.ts'
import type { Commit, Committed, Retention, SessionStore, StreamEvent } from './session-store.ts'
import { SqliteHistory } from './sqlite-history.ts'
import { openTables, type SqliteDatabase, type Statements } from './sqlite-tables.ts'
import { SqliteTurns, Undone } from './sqlite-turns.ts'
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

class SqliteStore<Database extends SqliteDatabase> implements SessionStore<Database> {
  readonly epoch: string
  readonly database: Database
  readonly #sql: Statements
  readonly #history: SqliteHistory
  readonly #turns: SqliteTurns
  readonly #watchers = new Watchers()
  /** Of the transaction at hand. */
  #events: StreamEvent[] = []

  constructor(database: Database, prefix: string, clock: ServerClock) {
    const { epoch, statements } = openTables(database, prefix, newEpoch())
    this.database = database
    this.epoch = epoch
    this.#sql = statements
    this.#history = new SqliteHistory(statements)
    this.#history.now = clock.now
    this.#turns = new SqliteTurns(database, clock, {
      onEnd: () => this.#history.sweep(),
      onKept: () => {
        for (const event of this.#events.splice(0)) this.#watchers.tell(event)
      },
      onLost: () => void this.#events.splice(0),
    })
  }

  keep(retention: Retention, now: () => number): void {
    this.#history.retention = retention
    this.#history.now = now
  }

  async last(key: string): Promise<number | undefined> {
    const row = this.#sql.client.get(key)
    const { retention, now } = this.#history
    return row && Number(row.at) + retention.memory > now() ? Number(row.n) : undefined
  }

  async commit(commit: Commit<Database>): Promise<Committed | null> {
    // What cannot be written is found out before anything is.
    const texts = commit.refused === undefined ? commit.publish.map(({ data }) => eventText(data)) : []
    return this.#turns.do(() => this.#commit(commit, texts))
  }

  raise(key: string, n: number): Promise<void> {
    return this.#turns.do(() => {
      this.#sql.know.run(key, n, this.#history.now())
      this.#history.newcomers++
    })
  }

  async refusals(key: string): Promise<readonly RefusalNote[]> {
    return this.#sql.refusals.all(key).map(({ n, why }) => [Number(n), String(why)])
  }

  confirm(key: string, n: number): Promise<void> {
    return this.#turns.do(() => void this.#sql.confirm.run(key, n))
  }

  async append(topic: string, data: unknown): Promise<Position> {
    const text = eventText(data)
    const { offset } = await this.#turns.do(() => this.#add(topic, text))
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
    const { retention, now } = this.#history
    if (oldest?.seq !== at.offset + 1 || Number(oldest.at) + retention.history.age <= now()) return null
    return rows.map(({ seq, data }) => ({ topic, offset: Number(seq), data: JSON.parse(String(data)) }))
  }

  watch(topic: string, listener: (event: StreamEvent) => void): () => void {
    return this.#watchers.add(topic, listener)
  }

  #commit({ key, n, refused, publish, write }: Commit<Database>, texts: string[]): Committed | null {
    const step = () => Number(this.#sql.step.run(n, this.#history.now(), key, n - 1).changes) === 1
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
    const event = this.#history.add(topic, text)
    this.#events.push(event)
    return event
  }
}
