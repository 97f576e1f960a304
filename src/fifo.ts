/**
 * Owns first in, first out, however long the line: taking costs the same for the first of ten and of a million, which
 * `Array.shift` does not promise. Must never know what it holds.
 */

/** Taken places are given back once there are this many of them, and more than places in use. */
const SLACK = 64

export class Fifo<T> {
  #list: Array<T | undefined> = []
  #head = 0

  get size(): number {
    return this.#list.length - this.#head
  }

  /** The oldest, which stays. */
  get first(): T | undefined {
    return this.#list[this.#head]
  }

  push(item: T): void {
    const head = this.#head
    // Here and not in `shift`: what only leaves is given back when the last has left.
    if (head > SLACK && head * 2 > this.#list.length) {
      this.#list = this.#list.slice(head)
      this.#head = 0
    }
    this.#list.push(item)
  }

  /** Removes the oldest. */
  shift(): T | undefined {
    const head = this.#head
    const list = this.#list
    if (head === list.length) return undefined
    const item = list[head]
    list[head] = undefined
    this.#head = head + 1
    if (head + 1 === list.length) list.length = this.#head = 0
    return item
  }

  /** Puts back what `shift` has just taken. */
  unshift(item: T): void {
    if (this.#head) this.#list[--this.#head] = item
    else this.#list.unshift(item)
  }

  some(test: (item: T) => boolean): boolean {
    for (let i = this.#head; i < this.#list.length; i++) if (test(this.#list[i] as T)) return true
    return false
  }
}
