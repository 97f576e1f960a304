/**
 * Owns how often something may happen: a burst, then so many per second. Pure arithmetic on a clock that is handed in.
 * Must never arm a timer.
 */

export class RateLimiter {
  readonly #burst: number
  readonly #perSecond: number
  #left: number
  #at: number

  constructor(burst: number, perSecond: number, now: number) {
    this.#burst = burst
    this.#perSecond = perSecond
    this.#left = burst
    this.#at = now
  }

  /** Takes one, if there is one. */
  take(now: number): boolean {
    this.#left = Math.min(this.#burst, this.#left + (Math.max(0, now - this.#at) / 1000) * this.#perSecond)
    this.#at = now
    if (this.#left < 1) return false
    this.#left--
    return true
  }

  /** Ms until `take` would succeed again. */
  wait(now: number): number {
    const left = this.#left + (Math.max(0, now - this.#at) / 1000) * this.#perSecond
    return left >= 1 ? 0 : Math.ceil(((1 - left) / this.#perSecond) * 1000)
  }
}
