/**
 * Owns how much is caught up in one turn of the event loop: a thousand clients that come back at once must not keep it from hearing
 * the next heartbeat. Must never let anybody wait for ever, nor out of turn.
 */

import { atEndOfTurn, type ServerClock } from './platform.ts'

/** Pages of events per turn: some ten ms of work. */
const PER_TURN = 8

export class Turnstile {
  readonly #clock: ServerClock
  #waiting: (() => void)[] = []

  constructor(clock: ServerClock) {
    this.#clock = clock
  }

  pass(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
      if (this.#waiting.length === 1) this.#arm()
    })
  }

  #arm(): void {
    atEndOfTurn(this.#clock, () => {
      const passing = this.#waiting.slice(0, PER_TURN)
      this.#waiting = this.#waiting.slice(PER_TURN)
      if (this.#waiting.length) this.#arm()
      for (const pass of passing) pass()
    })
  }
}
