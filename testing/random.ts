/**
 * Owns repeatable chance: a seeded generator, and the source of numbers a test world hands to the client.
 * Must never read Math.random: a failure has to come back when its seed comes back.
 */

/** A seeded generator (mulberry32): the same seed gives the same numbers in [0, 1), on every platform. */
export function mulberry32(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

/** The `random` of a world: call it as `Math.random`, steer it through its two fields. */
export interface ScriptedRandom {
  (): number
  /** Numbers to hand out first, one per call. */
  next: number[]
  /** What every further call returns: a number, or a generator. */
  value: number | (() => number)
}

/** Scripted numbers first, then always `value`: 0.5 (the middle of every spread) unless told otherwise. */
export function scriptedRandom(value: number | (() => number) = 0.5): ScriptedRandom {
  const random = (() => {
    const scripted = random.next.shift()
    if (scripted !== undefined) return scripted
    return typeof random.value === 'function' ? random.value() : random.value
  }) as ScriptedRandom
  random.next = []
  random.value = value
  return random
}
