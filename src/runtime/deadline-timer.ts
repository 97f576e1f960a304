/**
 * Owns the one host timer of a client, armed for the earliest deadline (R2), and the time as that timer sees it.
 * Must never decide what is due.
 */
import type { Clock } from '../options/world.ts'

import { LONGEST_TIMER } from '../policy/backoff.ts'

/** Whom the timer wakes. */
export interface TimerOwner {
  onTimer(): void
}

export class DeadlineTimer {
  readonly #clock: Clock
  readonly #owner: TimerOwner
  #handle: unknown
  /** When the timer is to fire, monotonic ms. */
  #armedFor = Infinity
  /** The same by the wall clock. */
  #wallDue = 0
  /** How far the timers are ahead of the clock, ms: some test runners fake the one and not the other. */
  #ahead = 0

  constructor(clock: Clock, owner: TimerOwner) {
    this.#clock = clock
    this.#owner = owner
  }

  /** Monotonic ms as the timers see it. */
  now(): number {
    return this.#clock.monotonic() + this.#ahead
  }

  arm(at: number): void {
    if (at === this.#armedFor) return
    const clock = this.#clock
    if (this.#armedFor < Infinity) clock.clearTimeout(this.#handle)
    this.#armedFor = at
    if (at === Infinity) return
    const now = this.now()
    const wait = Math.ceil(Math.min(Math.max(0, at - now), LONGEST_TIMER))
    this.#armedFor = Math.min(at, now + wait)
    this.#wallDue = clock.now() + wait
    this.#handle = clock.setTimeout(this.#fire.bind(this), wait)
  }

  #fire(): void {
    const early = this.#armedFor - this.now()
    this.#armedFor = Infinity
    // A timer that has fired has fired, whatever the monotonic clock says; unless the wall clock is past its time as well:
    // then the machine has slept, and the timer ran on while the other stood.
    if (early > 0 && this.#clock.now() <= this.#wallDue) this.#ahead += early
    this.#owner.onTimer()
  }
}
