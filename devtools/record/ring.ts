/**
 * Owns keeping the newest of what comes, within two limits: how many, and how heavy. Each entry keeps the number it came
 * with, and what had to go is counted. Must never grow beyond its limits, nor move what it holds.
 */

export class Ring<T> {
  readonly #limit: number
  readonly #weightLimit: number
  readonly #slots: T[] = []
  readonly #weights: number[] = []
  #weight = 0
  /** The number of the oldest entry that is still here: how many older ones were dropped. */
  first = 0
  /** The number that the next entry will have. */
  end = 0

  constructor(limit: number, weightLimit: number) {
    this.#limit = Math.max(1, limit)
    this.#weightLimit = weightLimit
  }

  push(entry: T, weight: number): void {
    const slot = this.end % this.#limit
    if (this.end - this.first === this.#limit) this.#drop()
    this.#slots[slot] = entry
    this.#weights[slot] = weight
    this.#weight += weight
    this.end++
    while (this.#weight > this.#weightLimit && this.first < this.end - 1) this.#drop()
  }

  /** The entry of this number, if it is still here. */
  get(number: number): T | undefined {
    return number >= this.first && number < this.end ? this.#slots[number % this.#limit] : undefined
  }

  /** All that is here, from this number on, oldest first. */
  since(number = 0): T[] {
    const found: T[] = []
    for (let n = Math.max(number, this.first); n < this.end; n++) found.push(this.#slots[n % this.#limit] as T)
    return found
  }

  clear(): void {
    while (this.first < this.end) this.#drop()
  }

  #drop(): void {
    const slot = this.first++ % this.#limit
    this.#weight -= this.#weights[slot] as number
    // What is dropped must not stay alive in its slot.
    this.#slots[slot] = undefined as never
  }
}
