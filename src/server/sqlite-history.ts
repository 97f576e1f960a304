/**
 * Owns the streams in SQLite: adding to them, and letting go of what is too much or too old. Within somebody's transaction.
 * Must never use an offset twice.
 */

import { defaultRetention } from './limits.ts'
import { platformClock } from './platform.ts'
import type { Retention, StreamEvent } from './session-store.ts'
import type { Statements } from './sqlite-tables.ts'

/** Of a topic's events, the surplus that may gather before it is cut. */
const SLACK = 32
/** Ms between looks for what is too old. */
const SWEEP = 3_600_000
/** New clients after which is looked as well. */
const NEWCOMERS = 1000

export class SqliteHistory {
  retention: Retention = defaultRetention
  now: () => number = platformClock.now
  /** Clients that came since the last look. */
  newcomers = 0
  readonly #sql: Statements
  #sweptAt = 0

  constructor(sql: Statements) {
    this.#sql = sql
  }

  add(topic: string, text: string): StreamEvent {
    const row = this.#sql.next.get(topic, text, this.now())
    const offset = Number(row?.seq)
    this.#sql.add.run(topic, offset, this.now(), text)
    const bytes = Number(row?.bytes)
    if (bytes > this.retention.history.bytes || offset % SLACK === 0) this.#trim(topic, offset, bytes)
    return { topic, offset, data: JSON.parse(text) }
  }

  /** Looks, now and then, for what nobody touches any more. */
  sweep(): void {
    const now = this.now()
    if (now < this.#sweptAt + SWEEP && this.newcomers < NEWCOMERS) return
    this.#sweptAt = now
    this.newcomers = 0
    const { memory, clientsRemembered, history } = this.retention
    const sql = this.#sql
    for (const { topic, seq, bytes } of sql.silentTopics.all(now - history.age))
      this.#trim(String(topic), Number(seq), Number(bytes))
    const old = sql.forgetOld.run(now - memory).changes
    const many = sql.forgetMany.run(clientsRemembered).changes
    if (old || many) sql.forgetRefusals.run()
  }

  /** Cuts off the oldest events until the rest is as many, as large and as young as it may be. */
  #trim(topic: string, top: number, bytes: number): void {
    const { events, bytes: most, age } = this.retention.history
    let left = bytes
    for (;;) {
      let cut = 0
      const rows = this.#sql.oldest.all(topic, SLACK)
      for (const { seq, at, size } of rows) {
        if (top - Number(seq) < events && left <= most && Number(at) + age > this.now()) break
        cut = Number(seq)
        left -= Number(size)
      }
      if (!cut) break
      this.#sql.cut.run(topic, cut)
      if (cut !== rows[rows.length - 1]?.seq) break
    }
    if (left !== bytes) this.#sql.shrink.run(left, topic)
  }
}
