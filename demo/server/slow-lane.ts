/**
 * Owns what is under way on a slow line: each thing arrives late, and never before what went ahead of it. Must never hold
 * anything while the line is fast and empty.
 */

import type { Slowness } from './status.ts'

export class SlowLane {
  #under: { due: number; pass: () => void }[] = []
  #timer: NodeJS.Timeout | undefined

  /** `slow` is null for a line that is as fast as it can be. */
  push(slow: Slowness | null, pass: () => void): void {
    const last = this.#under.at(-1)
    if (!slow && !last) return pass()
    const late = slow ? Math.max(0, slow.latency + (2 * Math.random() - 1) * slow.jitter) : 0
    this.#under.push({ due: Math.max(last?.due ?? 0, performance.now() + late), pass })
    if (!last) this.#arm()
  }

  /** All of it arrives now. */
  flush(): void {
    for (const { pass } of this.#under.splice(0)) pass()
  }

  #arm(): void {
    clearTimeout(this.#timer)
    const [first] = this.#under
    if (!first) return
    this.#timer = setTimeout(() => this.#arrive(), Math.max(0, first.due - performance.now())).unref()
  }

  #arrive(): void {
    const now = performance.now()
    while (this.#under.length && (this.#under[0] as { due: number }).due <= now) this.#under.shift()?.pass()
    this.#arm()
  }
}
