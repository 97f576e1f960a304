/**
 * Owns the tables that a session's memory has in somebody's SQLite, and the sentences that are spoken to them.
 * Must never touch another table, nor import a database: any whose statements have `run`, `get` and `all` will do.
 */

export interface SqliteStatement {
  run(...values: never[]): unknown
  get(...values: never[]): unknown
  all(...values: never[]): unknown[]
}

/** What `better-sqlite3`, `libsql` and Node's own `DatabaseSync` have in common. */
export interface SqliteDatabase {
  exec(sql: string): unknown
  prepare(sql: string): SqliteStatement
}

type Value = string | number
interface Prepared {
  run(...values: Value[]): { readonly changes: number | bigint }
  get(...values: Value[]): Record<string, Value> | undefined | null
  all(...values: Value[]): Record<string, Value>[]
}

export interface Statements {
  readonly client: Prepared
  readonly know: Prepared
  readonly step: Prepared
  readonly refuse: Prepared
  readonly refusals: Prepared
  readonly confirm: Prepared
  readonly top: Prepared
  readonly next: Prepared
  readonly add: Prepared
  readonly since: Prepared
  readonly oldest: Prepared
  readonly cut: Prepared
  readonly shrink: Prepared
  readonly silentTopics: Prepared
  readonly forgetOld: Prepared
  readonly forgetMany: Prepared
  readonly forgetRefusals: Prepared
}

/** Makes the tables where they are missing; returns the sentences, and the epoch that is kept beside them. */
export function openTables(database: SqliteDatabase, p: string, newEpoch: string) {
  // FULL: an ack is told when the disk has it, not when the system has.
  database.exec('pragma journal_mode = WAL; pragma synchronous = FULL')
  database.exec(`
    create table if not exists ${p}meta (name text primary key, value text not null) without rowid;
    create table if not exists ${p}clients (client text primary key, n integer not null, at integer not null) without rowid;
    create table if not exists ${p}refusals (client text, n integer, why text not null, primary key (client, n)) without rowid;
    create table if not exists ${p}topics (topic text primary key, seq integer not null, bytes integer not null, at integer not null)
      without rowid;
    create table if not exists ${p}events (topic text, seq integer, at integer not null, data text not null,
      primary key (topic, seq)) without rowid`)
  const prepare = (sql: string) => database.prepare(sql) as unknown as Prepared
  prepare(`insert into ${p}meta values ('epoch', ?) on conflict do nothing`).run(newEpoch)
  const epoch = String(prepare(`select value from ${p}meta where name = 'epoch'`).get()?.value)
  const statements: Statements = {
    client: prepare(`select n, at from ${p}clients where client = ?`),
    know: prepare(`insert into ${p}clients values (?, ?, ?)
      on conflict do update set n = max(n, excluded.n), at = excluded.at`),
    step: prepare(`update ${p}clients set n = ?, at = ? where client = ? and n = ?`),
    refuse: prepare(`insert into ${p}refusals values (?, ?, ?)`),
    refusals: prepare(`select n, why from ${p}refusals where client = ? order by n`),
    confirm: prepare(`delete from ${p}refusals where client = ? and n <= ?`),
    top: prepare(`select seq, bytes from ${p}topics where topic = ?`),
    next: prepare(`insert into ${p}topics values (?, 1, length(?), ?)
      on conflict do update set seq = seq + 1, bytes = bytes + excluded.bytes, at = excluded.at returning seq, bytes`),
    add: prepare(`insert into ${p}events values (?, ?, ?, ?)`),
    since: prepare(`select seq, at, data from ${p}events where topic = ? and seq > ? order by seq limit ?`),
    oldest: prepare(`select seq, at, length(data) as size from ${p}events where topic = ? order by seq limit ?`),
    cut: prepare(`delete from ${p}events where topic = ? and seq <= ?`),
    shrink: prepare(`update ${p}topics set bytes = ? where topic = ?`),
    silentTopics: prepare(`select topic, seq, bytes from ${p}topics where bytes > 0 and at <= ? limit 1000`),
    forgetOld: prepare(`delete from ${p}clients where at <= ?`),
    forgetMany: prepare(`delete from ${p}clients where client in
      (select client from ${p}clients order by at desc limit -1 offset ?)`),
    forgetRefusals: prepare(`delete from ${p}refusals where client not in (select client from ${p}clients)`),
  }
  return { epoch, statements }
}
