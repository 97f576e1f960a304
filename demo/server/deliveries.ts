/**
 * Owns the order in which a room hears its messages: deliveries wait for each other, so that numbers arrive in turn, and
 * for the gate. Must never pass on a message the journal has not kept.
 */

import { Gate } from './gate.ts'
import { JournalError, type Kept } from './journal.ts'

export class Deliveries {
  readonly gate = new Gate()
  /** Said and not yet passed on or refused. */
  waiting = 0
  #last: Promise<void> = Promise.resolve()

  /** Delivers a message when it is kept and all before it are delivered, or tells why it was not kept. */
  add(kept: Promise<Kept>, deliver: (kept: Kept) => void, refuse: (error: JournalError) => void): void {
    // It is awaited only after those before it: a refusal must not count as unheard meanwhile, which ends the process.
    kept.catch(() => {})
    this.waiting++
    this.#last = this.#last.then(async () => {
      try {
        const result = await kept
        await this.gate.passed()
        deliver(result)
      } catch (error) {
        if (!(error instanceof JournalError)) throw error
        refuse(error)
      } finally {
        this.waiting--
      }
    })
  }
}
