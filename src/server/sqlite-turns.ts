/**
 * Owns the transactions: one for all that came in a turn of the event loop, for a disk is slow to say that it has something.
 * Must never settle anybody's work before that.
 */

import { atEndOfTurn, type ServerClock } from './platform.ts'
import type { SqliteDatabase } from './sqlite-tables.ts'

/** One piece of work has been undone, by itself; the others of its turn are not concerned. */
export class Undone {
  readonly thrown: unknown

  constructor(thrown: unknown) {
    this.thrown = thrown
  }
}

interface Job {
  readonly run: () => unknown
  readonly resolve: (value: never) => void
  readonly reject: (thrown: unknown) => void
  value?: unknown
  undone?: Undone
}

export interface TurnListener {
  /** The last words of a transaction. */
  onEnd(): void
  /** It is on the disk. */
  onKept(): void
  /** It never was. */
  onLost(): void
}

export class SqliteTurns {
  readonly #database: SqliteDatabase
  readonly #clock: ServerClock
  readonly #listener: TurnListener
  #jobs: Job[] = []

  constructor(database: SqliteDatabase, clock: ServerClock, listener: TurnListener) {
    this.#database = database
    this.#clock = clock
    this.#listener = listener
  }

  /** Does it in this turn's transaction. What throws {@link Undone} rejects alone, anything else takes the whole turn with it. */
  do<T>(run: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#jobs.push({ run, resolve, reject })
      if (this.#jobs.length === 1) atEndOfTurn(this.#clock, () => this.#end())
    })
  }

  #end(): void {
    const jobs = this.#jobs
    this.#jobs = []
    try {
      this.#database.exec('begin immediate')
      for (const job of jobs) this.#run(job)
      this.#listener.onEnd()
      this.#database.exec('commit')
    } catch (thrown) {
      this.#rollBack()
      this.#listener.onLost()
      for (const { reject } of jobs) reject(thrown)
      return
    }
    for (const { undone, reject, resolve, value } of jobs) {
      if (undone) reject(undone.thrown)
      else resolve(value as never)
    }
    this.#listener.onKept()
  }

  #run(job: Job): void {
    try {
      job.value = job.run()
    } catch (thrown) {
      if (!(thrown instanceof Undone)) throw thrown
      job.undone = thrown
    }
  }

  #rollBack(): void {
    try {
      this.#database.exec('rollback')
    } catch {
      // SQLite has done so itself, or there was no transaction to begin with.
    }
  }
}
