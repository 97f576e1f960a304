/**
 * Owns first in, first out, however long the line: taking costs the same for the first of ten and of a million, which
 * `Array.shift` does not promise. Must never know what it holds.
 */

/** The list of every line in which nothing stands: each client has two, and they are hardly ever anything else. */
const EMPTY: never[] = []

export class Fifo<T> {
  #list: Array<T | undefined> = EMPTY
  #head = 0

  get size(): number {
    return this.#list.length - this.#head
  }

  /** The oldest, which stays. */
  get first(): T | undefined {
    return this.#list[this.#head]
  }

  push(item: T): void {
    if (this.#list === EMPTY) this.#list = [item]
    else {
      // Places that have been left are given back once they are half of all. Here and not in `shift`: what only leaves is
      // given back when the last has left.
      if (this.#head * 2 > this.#list.length) {
        this.#list = this.#list.slice(this.#head)
        this.#head = 0
      }
      this.#list.push(item)
    }
  }

  /** Removes the oldest. */
  shift(): T | undefined {
    const item = this.first
    if (this.size > 1) this.#list[this.#head++] = undefined
    else {
      this.#list = EMPTY
      this.#head = 0
    }
    return item
  }

  /** Puts back what `shift` has just taken; costs a step for each that waits. */
  unshift(item: T): void {
    this.#list = [item, ...this.#list.slice(this.#head)]
    this.#head = 0
  }

  some(test: (item: T) => boolean): boolean {
    return this.#list.slice(this.#head).some((item) => test(item as T))
  }
}
