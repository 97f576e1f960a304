/**
 * Owns which connections have said nothing for long: a line that broke without a word looks like a client that is content. One timer
 * for all of them, and no look at a clock: a machine that slept has not been left by everybody.
 */

import type { ServerClock } from './platform.ts'

export class Silence<Connection> {
  readonly #clock: ServerClock
  readonly #ms: number
  readonly #onSilent: (connection: Connection) => void
  /** Who is there, and has not been heard of since the last look. */
  #quiet = new Set<Connection>()
  #heard = new Set<Connection>()
  #timer: unknown

  constructor(clock: ServerClock, ms: number, onSilent: (connection: Connection) => void) {
    this.#clock = clock
    this.#ms = ms
    this.#onSilent = onSilent
  }

  heard(connection: Connection): void {
    this.#heard.add(connection)
    if (this.#timer === undefined) this.#arm()
  }

  gone(connection: Connection): void {
    this.#heard.delete(connection)
    this.#quiet.delete(connection)
    if (this.#heard.size || this.#quiet.size) return
    this.#clock.clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #arm(): void {
    this.#timer = this.#clock.setTimeout(() => {
      this.#arm()
      const silent = [...this.#quiet].filter((connection) => !this.#heard.has(connection))
      this.#quiet = this.#heard
      this.#heard = new Set()
      for (const connection of silent) this.#onSilent(connection)
    }, this.#ms)
  }
}
