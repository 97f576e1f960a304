/**
 * Owns the gate before what the server says: shut while it plays silent, or while a test holds messages back.
 */

type Reason = 'silence' | 'hold'

export class Gate {
  readonly #reasons = new Set<Reason>()
  #closed: Promise<void> | null = null
  #open = () => {}

  shut(reason: Reason, isShut: boolean): void {
    if (isShut) this.#reasons.add(reason)
    else this.#reasons.delete(reason)
    if (this.#reasons.size > 0 && !this.#closed) {
      this.#closed = new Promise((open) => {
        this.#open = open
      })
    } else if (this.#reasons.size === 0 && this.#closed) {
      this.#closed = null
      this.#open()
    }
  }

  /** Resolves when it is open; it may be shut again meanwhile, and then it waits again. */
  async passed(): Promise<void> {
    while (this.#closed) await this.#closed
  }
}
