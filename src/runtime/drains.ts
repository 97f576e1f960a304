/**
 * Owns those who wait for everything to have left (`drain`): when to look again, and what the platform held (R16).
 * Must never send.
 */

import type { Failure } from '../machine/events.ts'
import type { WebSocketReconnectError } from '../policy/errors.ts'
import type { Engine } from './engine.ts'
import { SharedPromise } from './shared-promise.ts'

/** How often to look whether the platform has sent what it holds, ms. */
const DRAIN_POLL = 50

export class Drains extends SharedPromise {
  /** When to look again, monotonic ms. */
  pollAt = Infinity
  /** What the platform held when we last looked, bytes. */
  held = 0
  readonly #engine: Engine

  constructor(engine: Engine) {
    super()
    this.#engine = engine
  }

  /** Looks at what is left: messages in the queue, bytes in the platform's buffer. */
  look(): void {
    if (!this.isWanted) return
    const { state, snapshots, traffic, bufferedAmount } = this.#engine
    const { size } = traffic.sender.queue
    if (state.phase === 'closed' || state.phase === 'failed')
      return this.fail({ code: 'CLOSED_BY_USER' }, snapshots.error)
    this.held = bufferedAmount
    this.pollAt = size || !bufferedAmount ? Infinity : this.#engine.now() + DRAIN_POLL
    if (!size && !bufferedAmount) this.settle()
  }

  /** It will never come to that, for this reason or the one that is known. */
  fail(failure: Failure, known: WebSocketReconnectError | null = null): void {
    if (!this.isWanted) return
    this.held = 0
    this.pollAt = Infinity
    this.settle(known || this.#engine.errors.make(failure))
  }
}
