/**
 * Owns the numbered messages of one connection: which is due, what becomes of it, what is acknowledged (S3–S7).
 * Must never trust its own memory for what is expected: another connection of the same client may have moved the ledger (S4).
 */

import type { RefusalNote } from '../session/frames.ts'
import type { Context, Decision, Line } from './context.ts'
import { atEndOfTurn } from './platform.ts'
import type { Commit, Committed, Publication } from './session-store.ts'
import { Refusal, Wait } from './verdicts.ts'

interface Queued {
  readonly n: number
  readonly data: unknown
  readonly bytes: number
}

/** Ms until a message comes back that a handler or the store failed on: doubled each time, up to the second. */
const FIRST_RETRY = 1000
const LAST_RETRY = 30_000

export class Sends<User> {
  readonly #context: Context<User>
  readonly #line: Line<User>
  #queue: Queued[] = []
  #queuedBytes = 0
  #isTaking = false
  /** Of this connection's, not known to be done yet. */
  #inFlight = 0
  /** What comes next; below it, everything is done or in flight. */
  #expected = 1
  /** Everything up to here is done. */
  #done = 0
  /** What the client has been told or has told itself: a ledger below this has lost its memory. */
  #floor = 0
  /** The refusals up to here are told, or in `untold`. */
  #covered = 0
  #untold: RefusalNote[] = []
  /** Told on this connection, and not confirmed. */
  #told: number[] = []
  /** Where the client was told to go back to, until it has. */
  #awaited: number | undefined
  /** How often that has happened: what was in flight before is then judged anew. */
  #run = 0
  /** Messages that came although the client was told to wait. */
  #strikes = 0
  #failures = 0
  #isAckDue = false
  #isAcking = false

  constructor(context: Context<User>, line: Line<User>) {
    this.#context = context
    this.#line = line
  }

  /** After the welcome, which has told everything up to `last`. */
  start(last: number, refused: readonly RefusalNote[]): void {
    this.#expected = last + 1
    this.#done = this.#floor = this.#covered = last
    this.#told = refused.map(([n]) => n)
  }

  receive(n: number, data: unknown, bytes: number): void {
    const { window, pendingBytes } = this.#context.limits
    if (this.#queue.length + this.#inFlight >= window || this.#queuedBytes + bytes > pendingBytes) {
      this.#overflow(n)
      return
    }
    this.#queue.push({ n, data, bytes })
    this.#queuedBytes += bytes
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

  #take({ n, data }: Queued): void | Promise<void> {
    if (n > this.#expected) return this.#askLedger(n, data)
    if (n < this.#expected) {
      if (n <= this.#done) this.#scheduleAck()
      return
    }
    this.#expected = n + 1
    if (n === this.#awaited) {
      this.#awaited = undefined
      this.#strikes = 0
    }
    const { handlers, store } = this.#context
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

  /** A number above the expected one: a gap, unless another connection has taken what lies between. */
  async #askLedger(n: number, data: unknown): Promise<void> {
    const last = await this.#context.store.last(this.#line.key)
    if (!this.#isPossible(last)) return
    if (last >= this.#expected) {
      this.#expected = last + 1
      this.#moved(last)
      return this.#take({ n, data, bytes: 0 })
    }
    if (this.#awaited === this.#expected) this.#strike()
    else this.#goBack(this.#expected)
  }

  #isPossible(last: number | undefined): last is number {
    if (last !== undefined && last >= this.#floor) return true
    this.#line.memoryLost()
    return false
  }

  /** Once per gap (S7). What is queued will come again. */
  #goBack(n: number, ms?: number): void {
    this.#run++
    this.#queue = []
    this.#queuedBytes = 0
    this.#expected = this.#awaited = n
    this.#line.send(ms === undefined ? { type: 'gap', n } : { type: 'wait', n, ms })
  }

  #thrown(n: number, thrown: unknown): void {
    if (thrown instanceof Refusal) this.#commit({ n, refused: thrown.why })
    else if (thrown instanceof Wait) this.#goBack(n, thrown.ms)
    else this.#fail(n, thrown, 'HANDLER_FAILED', 'onSend threw what is neither Refusal nor Wait.')
  }

  /** Nothing is lost by a failure: the client comes back with it. */
  #fail(n: number, cause: unknown, code: 'HANDLER_FAILED' | 'STORE_FAILED', message: string): void {
    this.#line.trouble(code, message, cause)
    this.#goBack(Math.min(n, this.#expected), Math.min(FIRST_RETRY * 2 ** this.#failures++, LAST_RETRY))
  }

  #decided(n: number, decision: Decision | undefined): void {
    const { publish = [], write } = decision || {}
    const isFine =
      Array.isArray(publish) && publish.every((one: Publication | undefined) => typeof one?.topic === 'string')
    if (!isFine || (write && typeof write !== 'function'))
      this.#fail(n, decision, 'HANDLER_FAILED', 'onSend answers { publish?: [{ topic, data }], write?: function }.')
    else this.#commit({ n, publish }, write)
  }

  #commit(what: { n: number; refused?: string; publish?: readonly Publication[] }, write?: Decision['write']): void {
    const { n, refused, publish = [] } = what
    const run = this.#run
    let isHandlers = false
    const guarded: Commit['write'] =
      write &&
      ((database) => {
        try {
          const answer = write(database) as unknown
          if (typeof (answer as Promise<unknown> | undefined)?.then !== 'function') return undefined
          ;(answer as Promise<unknown>).then(undefined, () => {})
          throw new TypeError('write() must be synchronous: a transaction cannot wait.')
        } catch (thrown) {
          if (thrown instanceof Refusal) return thrown.why
          isHandlers = true
          throw thrown
        }
      })
    this.#inFlight++
    let committing: Promise<Committed | null>
    try {
      committing = this.#context.store.commit({ key: this.#line.key, n, refused, publish, write: guarded })
    } catch (thrown) {
      committing = Promise.reject(thrown)
    }
    committing
      .then(
        (done) => {
          this.#inFlight--
          if (done) this.#committed(n, done.refused)
          else if (run === this.#run) return this.#notNext(n)
        },
        (thrown) => {
          this.#inFlight--
          if (run !== this.#run) return
          if (thrown instanceof Wait) this.#goBack(n, thrown.ms)
          else if (isHandlers) this.#fail(n, thrown, 'HANDLER_FAILED', 'write threw what is neither Refusal nor Wait.')
          else this.#fail(n, thrown, 'STORE_FAILED', 'the store could not commit a message.')
        },
      )
      .catch((thrown) => this.#fail(n, thrown, 'STORE_FAILED', 'the store could not say what a client has had done.'))
  }

  #committed(n: number, refused: string | undefined): void {
    this.#failures = 0
    if (n === this.#covered + 1) {
      this.#covered = n
      if (refused !== undefined) this.#untold.push([n, refused])
    }
    this.#moved(n)
    // So far ahead, the client has had the acks that told of these (S6).
    const known = n - this.#context.limits.window
    if ((this.#told[0] as number) <= known) {
      this.#told = this.#told.filter((number) => number > known)
      this.#context.store.confirm(this.#line.key, known).catch((cause) => this.#storeFailed(cause))
    }
  }

  /** The ledger does not stand at `n - 1`. */
  async #notNext(n: number): Promise<void> {
    const run = this.#run
    const last = await this.#context.store.last(this.#line.key)
    if (run !== this.#run || !this.#isPossible(last)) return
    if (last >= n) {
      this.#expected = Math.max(this.#expected, last + 1)
      this.#moved(last)
    } else this.#goBack(last + 1)
  }

  #moved(last: number): void {
    this.#done = Math.max(this.#done, last)
    this.#scheduleAck()
  }

  #scheduleAck(): void {
    if (this.#isAckDue) return
    this.#isAckDue = true
    atEndOfTurn(this.#context.clock, () => void this.#ack())
  }

  /** Tells how far everything is done, and never without the refusals among it, whoever has committed them (S6). */
  async #ack(): Promise<void> {
    if (this.#isAcking || !this.#line.isOpen) return
    this.#isAcking = true
    this.#isAckDue = false
    const n = this.#done
    try {
      if (this.#covered < n) {
        const refused = await this.#context.store.refusals(this.#line.key)
        this.#untold.push(...refused.filter(([number]) => number > this.#covered && number <= n))
        this.#covered = n
      }
      const refused = this.#untold
      this.#untold = []
      for (const [number] of refused) this.#told.push(number)
      this.#floor = n
      this.#line.send({ type: 'ack', n, refused })
    } catch (cause) {
      this.#storeFailed(cause)
      this.#context.clock.setTimeout(() => this.#scheduleAck(), FIRST_RETRY)
    }
    this.#isAcking = false
    // What was done meanwhile, and what asked for it meanwhile.
    if (this.#isAckDue) atEndOfTurn(this.#context.clock, () => void this.#ack())
  }

  #storeFailed(cause: unknown): void {
    this.#line.trouble('STORE_FAILED', 'the store did not answer about refusals.', cause)
  }
}
