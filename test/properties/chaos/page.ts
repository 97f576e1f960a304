/**
 * Owns what a page is to a chaos run: something that can be frozen, thawed, and killed with all it was about to do. Everything
 * that calls into it comes through `run`. Must never let a dead page act.
 */

import type { Clock } from '../../../src/index.ts'
import type { Time } from './time.ts'

export class Page {
  isDead = false
  isFrozen = false
  #held: (() => void)[] = []
  readonly clock: Clock

  constructor(time: Time) {
    this.clock = {
      now: () => time.now,
      monotonic: () => time.now,
      setTimeout: (fn, ms) => {
        const due = time.later(ms, () => this.run(fn))
        return due
      },
      clearTimeout(timer) {
        if (timer) (timer as { fn: unknown }).fn = undefined
      },
    }
  }

  run(fn: () => void): void {
    if (this.isDead) return
    if (this.isFrozen) this.#held.push(fn)
    else fn()
  }

  thaw(): void {
    this.isFrozen = false
    for (const fn of this.#held.splice(0)) this.run(fn)
  }
}
