/**
 * Owns the time of a chaos run: a heap of what is to happen, and everything that follows from each of it before the next.
 * Must never look at the real clock.
 */

interface Due {
  readonly at: number
  readonly order: number
  fn: (() => void) | undefined
}

export class Time {
  now = 1_700_000_000_000
  #order = 0
  readonly #heap: Due[] = []

  later(ms: number, fn: () => void): Due {
    const due: Due = { at: this.now + Math.max(0, ms), order: ++this.#order, fn }
    const heap = this.#heap
    let i = heap.push(due) - 1
    while (i > 0) {
      const up = (i - 1) >> 1
      if (!isBefore(due, heap[up] as Due)) break
      heap[i] = heap[up] as Due
      i = up
    }
    heap[i] = due
    return due
  }

  /** Runs what is due by then, each with all that follows from it. */
  async advance(ms: number): Promise<void> {
    const end = this.now + ms
    await turn()
    for (;;) {
      const first = this.#heap[0]
      if (!first || first.at > end) break
      this.#pop()
      this.now = Math.max(this.now, first.at)
      if (!first.fn) continue
      first.fn()
      await turn()
    }
    this.now = end
  }

  #pop(): void {
    const heap = this.#heap
    const last = heap.pop() as Due
    if (!heap.length) return
    let i = 0
    for (;;) {
      let down = 2 * i + 1
      if (down >= heap.length) break
      if (down + 1 < heap.length && isBefore(heap[down + 1] as Due, heap[down] as Due)) down++
      if (!isBefore(heap[down] as Due, last)) break
      heap[i] = heap[down] as Due
      i = down
    }
    heap[i] = last
  }
}

const isBefore = (a: Due, b: Due) => a.at < b.at || (a.at === b.at && a.order < b.order)

/** Every promise that can settle does. */
const turn = () => new Promise<void>((resolve) => setImmediate(resolve))
