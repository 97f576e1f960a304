/**
 * Owns playing a log of transitions again, without the client it came from. Must never ask a clock, chance or the user:
 * everything a transition may use is in the log.
 */

import type { TapEntry, TransitionEntry } from '../src/index.ts'
import { transition } from '../src/machine/transitions.ts'

/** A transition as it was played again. */
export type Replayed = Pick<TransitionEntry, 'after' | 'effects'>

/**
 * Plays what `client.tap` has reported, from the first transition's state on, and returns what each one leads to:
 * the same states, deadlines (`after.until`) and effects, `retryDelay` and `shouldReconnect` included.
 *
 * @example
 * const log = []
 * client.tap((entry) => log.push(entry))
 * // …
 * replay(log).map(({ after }) => [after.phase, after.until])
 */
export function replay(log: readonly TapEntry[]): Replayed[] {
  const entries = log.filter((entry): entry is TransitionEntry => entry.type === 'transition')
  let state = entries[0]?.before
  return entries.map(({ event, settings }) => {
    const [after, ...effects] = transition(state as TransitionEntry['before'], event, settings)
    state = after
    return { after, effects }
  })
}
