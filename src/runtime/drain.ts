/**
 * Owns the wait of those who want everything to have left (`drain`): when to look again, and what the platform held (R16).
 * Must never send.
 */

import type { Engine } from './engine.ts'
import { SharedPromise } from './shared-promise.ts'

/** How often to look whether the platform has sent what it holds, ms (R2). */
export const DRAIN_POLL = 50

export class Drain extends SharedPromise<'drain'> {
  /** When to look again, monotonic ms. */
  pollAt = Infinity
  /** What the platform held when we last looked, bytes. */
  held = 0
  readonly #engine: Engine

  constructor(engine: Engine) {
    super(engine.traffic, 'drain')
    this.#engine = engine
  }

  /** Looks at what is left: messages in the queue, bytes in the platform's buffer. */
  look(): void {
    const { bufferedAmount, errors, snapshots, state, traffic } = this.#engine
    const size = traffic.sender.queue.size
    if (state.phase === 'closed' || state.phase === 'failed') {
      return this.settle(snapshots.error || errors.make({ code: 'CLOSED_BY_USER' }))
    }
    this.held = bufferedAmount
    this.pollAt = size ? Infinity : this.#engine.now() + DRAIN_POLL
    if (!size && !bufferedAmount) this.settle()
  }

  /** A message is lost, and this is how: it will never come to that. */
  fail(cause: unknown): void {
    this.settle(this.#engine.errors.make({ code: 'MESSAGE_DROPPED', cause }))
  }
}
