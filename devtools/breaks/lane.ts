/**
 * Owns one direction of a line: what is on its way arrives after a while, and in its order. Must never reorder, nor lose.
 */

import type { Clock } from '../../src/index.ts'

/** The page's own, where a client has none. */
export const pageClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimeout: (fn, ms) => setTimeout(fn, ms),
  clearTimeout: (timer) => clearTimeout(timer as number),
}

export class Lane {
  readonly #clock: Clock
  readonly #held: { readonly due: number; readonly pass: () => void }[] = []
  #timer: unknown

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Passes at once where nothing is under way and there is no delay. */
  push(delay: number, pass: () => void): void {
    const held = this.#held
    if (!(delay > 0) && !held.length) return pass()
    const last = held[held.length - 1]
    held.push({ due: Math.max(last ? last.due : 0, this.#clock.monotonic() + delay), pass })
    if (held.length === 1) this.#arm()
  }

  /** Everything that is under way arrives now. */
  flush(): void {
    this.#clock.clearTimeout(this.#timer)
    for (const { pass } of this.#held.splice(0)) pass()
  }

  #arm(): void {
    const [next] = this.#held
    if (next)
      this.#timer = this.#clock.setTimeout(() => this.#arrive(), Math.max(0, next.due - this.#clock.monotonic()))
  }

  #arrive(): void {
    const now = this.#clock.monotonic()
    // One at a time: what arrives may flush.
    while (this.#held[0] && this.#held[0].due <= now) this.#held.shift()?.pass()
    this.#arm()
  }
}
