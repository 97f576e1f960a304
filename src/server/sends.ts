/**
 * Owns the numbered messages of one connection: which is due, and what becomes of it (S3, S4, S7).
 * Must never trust its own memory for what is expected: another connection of the same client may have moved the ledger.
 */

import type { RefusalNote } from '../session/frames.ts'
import { Acks } from './acks.ts'
import type { Context, Decision, Line } from './context.ts'
import { guarded, isDecision, isHandlers, WriteError } from './decision.ts'
import { Refusal, Wait } from './verdicts.ts'

interface Queued {
  readonly n: number
  readonly data: unknown
  readonly bytes: number
  /** There is no message of this number any more: nothing is done, and it counts as done. */
  readonly isSkipped: boolean
}

/** Ms until a message comes back that a handler or the store failed on: doubled each time, up to the second. */
const FIRST_RETRY = 1000
const LAST_RETRY = 30_000

export class Sends<User> {
  readonly #context: Context<User>
  readonly #line: Line<User>
  readonly #acks: Acks<User>
  #queue: Queued[] = []
  #queuedBytes = 0
  #isTaking = false
  /** Of this connection's, not known to be done yet. */
  #inFlight = 0
  /** What comes next; below it, everything is done or in flight. */
  #expected = 1
  /** Where the client was told to go back to, until it has. */
  #awaited: number | undefined
  /** How often that has happened: what was in flight before says nothing about what comes after. */
  #run = 0
  /** Messages that came although the client was told to go back, or to wait. */
  #strikes = 0
  #failures = 0

  constructor(context: Context<User>, line: Line<User>) {
    this.#context = context
    this.#line = line
    this.#acks = new Acks(context, line)
  }

  /** After the welcome, which has told everything up to `last`. */
  start(last: number, refused: readonly RefusalNote[]): void {
    this.#expected = last + 1
    this.#acks.start(last, refused)
  }

  receive(queued: Queued): void {
    const { window, pendingBytes } = this.#context.limits
    const isHeavy = this.#queue.length && this.#queuedBytes + queued.bytes > pendingBytes
    if (isHeavy || this.#queue.length + this.#inFlight >= window) {
      this.#overflow(queued.n)
      return
    }
    this.#queue.push(queued)
    this.#queuedBytes += queued.bytes
    if (!this.#isTaking) void this.#takeAll()
  }

  /** The client is ahead of what is worked off: it waits, or it goes. Told once, and again if it comes back too early. */
  #overflow(n: number): void {
    const awaited = this.#awaited
    if (awaited === undefined || awaited < this.#expected || n <= awaited) {
      this.#awaited = n
      this.#line.send({ type: 'wait', n, ms: FIRST_RETRY })
    }
    this.#strike()
  }

  #strike(): void {
    if (++this.#strikes <= this.#context.limits.window) return
    this.#line.trouble('FLOOD', `${this.#strikes} messages came from a client that was told to wait.`)
    this.#line.close(1008, 'too many messages: wait when told to')
  }

  /** Never rejects. */
  async #takeAll(): Promise<void> {
    this.#isTaking = true
    for (let next = this.#queue.shift(); next; next = this.#queue.shift()) {
      this.#queuedBytes -= next.bytes
      if (!this.#line.isOpen) continue
      try {
        // Not awaited where nothing has to be waited for: what came in one turn is then committed in one.
        const taking = this.#take(next)
        if (taking) await taking
      } catch (thrown) {
        this.#fail(next.n, thrown, 'STORE_FAILED', 'the store could not say what a client has had done.')
      }
    }
    this.#isTaking = false
  }

  #take(queued: Queued): undefined | Promise<void> {
    const { n, data, isSkipped } = queued
    if (n > this.#expected) return this.#askLedger(queued)
    // What is in flight is acknowledged when it is done.
    if (n < this.#expected) return n <= this.#acks.done ? this.#acks.schedule() : undefined
    this.#expected = n + 1
    if (n === this.#awaited) {
      this.#awaited = undefined
      this.#strikes = 0
    }
    const { handlers, store } = this.#context
    if (isSkipped) return this.#commit({ n })
    if (!handlers.onSend) return this.#commit({ n, refused: 'not-supported' })
    let decision: ReturnType<NonNullable<typeof handlers.onSend>>
    try {
      decision = handlers.onSend({ ...this.#line.sender, data, n, database: store.database })
    } catch (thrown) {
      return this.#thrown(n, thrown)
    }
    if (typeof (decision as Promise<unknown> | undefined)?.then !== 'function')
      return this.#decided(n, decision as Decision | undefined)
    const run = this.#run
    return (decision as Promise<Decision | undefined>).then(
      (answer) => (run === this.#run ? this.#decided(n, answer) : undefined),
      (thrown) => (run === this.#run ? this.#thrown(n, thrown) : undefined),
    )
  }

  /** A number above the expected one: a gap, unless another connection has taken what lies between (S4). */
  async #askLedger(queued: Queued): Promise<void> {
    const run = this.#run
    const last = await this.#context.store.last(this.#line.key)
    if (run !== this.#run || !this.#isPossible(last)) return
    if (last >= this.#expected) {
      this.#expected = last + 1
      this.#acks.reached(last)
      await this.#take(queued)
    } else if (this.#awaited === this.#expected) this.#strike()
    else this.#goBack(this.#expected)
  }

  #isPossible(last: number | undefined): last is number {
    if (last !== undefined && last >= this.#acks.acked) return true
    this.#line.memoryLost(last === undefined)
    return false
  }

  /** Once per gap (S7). What is queued will come again. */
  #goBack(n: number, ms?: number): undefined {
    this.#run++
    this.#queue = []
    this.#queuedBytes = 0
    this.#expected = this.#awaited = n
    this.#line.send(ms === undefined ? { type: 'gap', n } : { type: 'wait', n, ms })
  }

  #thrown(n: number, thrown: unknown): undefined {
    if (thrown instanceof Refusal) return this.#commit({ n, refused: thrown.why })
    if (thrown instanceof Wait) return this.#goBack(n, thrown.ms)
    const isWrite = thrown instanceof WriteError
    const message = `${isWrite ? 'write' : 'onSend'} threw what is neither Refusal nor Wait, or publishes what JSON cannot say.`
    return this.#fail(n, isWrite ? thrown.thrown : thrown, 'HANDLER_FAILED', message)
  }

  /** Nothing is lost by a failure: the client comes back with it. */
  #fail(n: number, cause: unknown, code: 'HANDLER_FAILED' | 'STORE_FAILED', message: string): undefined {
    this.#line.trouble(code, message, cause)
    return this.#goBack(Math.min(n, this.#expected), Math.min(FIRST_RETRY * 2 ** this.#failures++, LAST_RETRY))
  }

  #decided(n: number, decision: Decision | undefined): undefined {
    if (isDecision(decision)) return this.#commit({ n, ...decision })
    return this.#fail(
      n,
      decision,
      'HANDLER_FAILED',
      'onSend answers { publish?: [{ topic, data }], write?: function }.',
    )
  }

  #commit({ n, refused, publish = [], write }: Decision & { n: number; refused?: string }): undefined {
    const run = this.#run
    const failed = (thrown: unknown) => {
      this.#inFlight--
      if (run !== this.#run) return
      if (isHandlers(thrown)) this.#thrown(n, thrown)
      else this.#fail(n, thrown, 'STORE_FAILED', 'the store could not commit a message.')
    }
    this.#inFlight++
    try {
      const commit = { key: this.#line.key, n, refused, publish, write: guarded(write) }
      this.#context.store.commit(commit).then((done) => {
        this.#inFlight--
        if (done) {
          this.#failures = 0
          this.#acks.committed(n, done.refused)
        } else if (run === this.#run) this.#line.run(this.#notNext(n))
      }, failed)
    } catch (thrown) {
      failed(thrown)
    }
  }

  /** The ledger does not stand at `n - 1`. */
  async #notNext(n: number): Promise<void> {
    const run = this.#run
    let last: number | undefined
    try {
      last = await this.#context.store.last(this.#line.key)
    } catch (thrown) {
      if (run === this.#run)
        this.#fail(n, thrown, 'STORE_FAILED', 'the store could not say what a client has had done.')
      return
    }
    if (run !== this.#run || !this.#isPossible(last)) return
    if (last >= n) {
      this.#expected = Math.max(this.#expected, last + 1)
      this.#acks.reached(last)
    } else this.#goBack(last + 1)
  }
}
