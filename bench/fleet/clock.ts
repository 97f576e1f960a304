/**
 * Owns the time that a whole fleet shares: one list of timers for each millisecond, fired in order.
 * Must never look at the real time, and never allocate more than a timer per timer: a million clients live in here.
 */

import type { Clock } from '../../src/index.ts'

interface Timer {
  fn: (() => void) | undefined
}

/** A wall clock far from zero, so that a confusion of clocks shows. */
const EPOCH = 1_709_532_000_000
/** Milliseconds that are skipped as one where nothing is due: a lone client waits for most of its life. */
const SPAN = 64

export class FleetClock implements Clock {
  /** Ms since the beginning. */
  time = 0
  readonly #due: (Timer[] | undefined)[] = []
  readonly #isBusy: (boolean | undefined)[] = []

  now = (): number => EPOCH + this.time

  monotonic = (): number => this.time

  setTimeout = (fn: () => void, ms: number): Timer => {
    const timer: Timer = { fn }
    const at = this.time + Math.max(0, Math.ceil(ms))
    const list = this.#due[at]
    if (list) list.push(timer)
    else {
      this.#due[at] = [timer]
      this.#isBusy[Math.floor(at / SPAN)] = true
    }
    return timer
  }

  clearTimeout = (timer: unknown): void => {
    ;(timer as Timer).fn = undefined
  }

  /** Fires everything that is due before `end`, then stands at `end`. */
  runUntil(end: number): void {
    for (; this.time < end; this.time++) {
      if (this.time % SPAN === 0 && !this.#isBusy[this.time / SPAN]) {
        this.time = Math.min(end, this.time + SPAN) - 1
        continue
      }
      const list = this.#due[this.time]
      if (!list) continue
      // The list may grow while it is being worked on: timers of 0 ms.
      for (let i = 0; i < list.length; i++) {
        const timer = list[i] as Timer
        const { fn } = timer
        timer.fn = undefined
        fn?.()
      }
      this.#due[this.time] = undefined
    }
  }
}
