/**
 * Owns what one connection has been told of the ledger: how far everything is done, and the refusals among it.
 * Must never let an ack cover a refusal in silence, whoever has committed it (S6).
 */

import type { RefusalNote } from '../session/frames.ts'
import type { Context, Line } from './context.ts'
import { atEndOfTurn } from './platform.ts'

/** Ms until the store is asked again after it failed. */
const RETRY = 1000

export class Acks<User> {
  readonly #context: Context<User>
  readonly #line: Line<User>
  /** Everything up to here is done. */
  #done = 0
  /** The refusals up to here are told, or in `untold`. */
  #covered = 0
  #untold: RefusalNote[] = []
  /** Told on this connection, and not confirmed. */
  #told: number[] = []
  /** What the client knows to be done. */
  #acked = 0
  #isDue = false
  #isTelling = false

  constructor(context: Context<User>, line: Line<User>) {
    this.#context = context
    this.#line = line
  }

  get done(): number {
    return this.#done
  }

  /** What the client was told, or has told itself: a ledger below this has lost its memory. */
  get acked(): number {
    return this.#acked
  }

  /** After the welcome, which has told everything up to `last`. */
  start(last: number, refused: readonly RefusalNote[]): void {
    this.#done = this.#acked = this.#covered = last
    this.#told = refused.map(([n]) => n)
  }

  /** A message of this connection is done. */
  committed(n: number, refused: string | undefined): void {
    if (n === this.#covered + 1) {
      this.#covered = n
      if (refused !== undefined) this.#untold.push([n, refused])
    }
    this.reached(n)
    // So far ahead, the client has had the acks that told of these.
    const known = n - this.#context.limits.window
    if ((this.#told[0] as number) <= known) {
      this.#told = this.#told.filter((number) => number > known)
      this.#context.store.confirm(this.#line.key, known).catch((cause) => this.#storeFailed(cause))
    }
  }

  /** The ledger stands at `last`, whoever moved it. */
  reached(last: number): void {
    this.#done = Math.max(this.#done, last)
    this.schedule()
  }

  /** One ack for all that is done in a turn. */
  schedule(): undefined {
    if (this.#isDue) return
    this.#isDue = true
    atEndOfTurn(this.#context.clock, () => void this.#tell())
  }

  async #tell(): Promise<void> {
    if (this.#isTelling || !this.#line.isOpen) return
    this.#isTelling = true
    this.#isDue = false
    const n = this.#done
    try {
      if (this.#covered < n) {
        // Another connection of this client has moved the ledger, and may have refused.
        const refused = await this.#context.store.refusals(this.#line.key)
        this.#untold.push(...refused.filter(([number]) => number > this.#covered && number <= n))
        this.#covered = n
      }
      const refused = this.#untold
      this.#untold = []
      for (const [number] of refused) this.#told.push(number)
      this.#acked = n
      this.#line.send({ type: 'ack', n, refused })
    } catch (cause) {
      this.#storeFailed(cause)
      this.#context.clock.setTimeout(() => this.schedule(), RETRY)
    }
    this.#isTelling = false
    // What asked for it meanwhile.
    if (this.#isDue) atEndOfTurn(this.#context.clock, () => void this.#tell())
  }

  #storeFailed(cause: unknown): void {
    this.#line.trouble('STORE_FAILED', 'the store did not answer about refusals.', cause)
  }
}
