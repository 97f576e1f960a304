/** Owns a switch that goes back by itself. Must never stay on for ever, nor keep the process alive. */

export class TimedSwitch {
  readonly #limit: number
  readonly #turn: (on: boolean) => void
  #timer: NodeJS.Timeout | undefined
  /** When it goes back by itself, epoch ms; null while it is off. */
  until: number | null = null

  /** After `limit` ms it goes back; `turn` hears of every change. */
  constructor(limit: number, turn: (on: boolean) => void) {
    this.#limit = limit
    this.#turn = turn
  }

  set(on: boolean): void {
    if (!on && this.until === null) return
    clearTimeout(this.#timer)
    this.until = on ? Date.now() + this.#limit : null
    if (on) this.#timer = setTimeout(() => this.set(false), this.#limit).unref()
    this.#turn(on)
  }
}
