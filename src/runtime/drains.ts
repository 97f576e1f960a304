/**
 * Owns those who wait for everything to have left (`drain`): when to look again, and what the platform held (R16).
 * Must never send.
 */

import type { WebSocketReconnectError } from '../policy/errors.ts'
import type { DeadlineTimer } from './deadline-timer.ts'
import { SharedPromise } from './shared-promise.ts'

/** How often to look whether the platform has sent what it holds, ms. */
const DRAIN_POLL = 50

export class Drains extends SharedPromise {
  /** When to look again, monotonic ms. */
  pollAt = Infinity
  /** What the platform held when we last looked, bytes. */
  held = 0

  /** Looks at what is left: messages in the queue, bytes in the platform's buffer. */
  look(queued: number, buffered: number, timer: DeadlineTimer): void {
    this.held = buffered
    this.pollAt = queued || !buffered ? Infinity : timer.now() + DRAIN_POLL
    if (!queued && !buffered) this.settle()
  }

  /** It will never come to that. */
  fail(error: WebSocketReconnectError): void {
    this.held = 0
    this.pollAt = Infinity
    this.settle(error)
  }
}
