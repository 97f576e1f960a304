/**
 * Owns the two answers a handler can throw: no, and not now. Everything else it throws counts as a failure of the handler's own.
 */

/**
 * For good: the message counts as done, the sender is told why, and those after it go on. From `onRequest` and `canFollow` it is the
 * answer.
 *
 * @example
 * throw new Refusal('too-long')
 */
export class Refusal extends Error {
  /** What the sender is told. */
  readonly why: string

  constructor(why: string) {
    super(`refused: ${why}`)
    this.name = 'Refusal'
    this.why = String(why)
  }
}

/**
 * Later: the sender comes back with this message after `ms`, and what is behind it waits, so that the order is kept.
 *
 * @example
 * throw new Wait(1000)
 */
export class Wait extends Error {
  readonly ms: number

  constructor(ms: number) {
    super(`not now, again in ${ms} ms`)
    this.name = 'Wait'
    this.ms = ms >= 0 && ms <= LONGEST ? Math.round(ms) : LONGEST
  }
}

/** A wait is no way to say never. */
const LONGEST = 3_600_000
