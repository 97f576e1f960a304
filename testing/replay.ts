/**
 * Owns playing a log of transitions again, without the client it came from. Must never ask a clock, chance or the user:
 * everything a transition may use is in the log.
 */

import type { TapEntry, TransitionEntry } from '../src/index.ts'
import { transition } from '../src/machine/transitions.ts'

/** A transition as it was played again. */
export type Replayed = Pick<TransitionEntry, 'after' | 'effects'>

/** One entry of a log, as the tap reports it or as a recorder has kept it. */
export type LogEntry = TapEntry | { readonly type: Exclude<TapEntry['type'], 'transition'> }

/**
 * Plays what `client.tap` has reported, from the first transition's state on, and returns what each one leads to:
 * the same states, deadlines (`after.until`) and effects, `retryDelay` and `shouldReconnect` included. A text is a log in
 * JSON Lines, as the recorder of `/devtools` exports it.
 *
 * @example
 * const log = []
 * client.tap((entry) => log.push(entry))
 * // …
 * replay(log).map(({ after }) => [after.phase, after.until])
 */
export function replay(log: readonly LogEntry[] | string): Replayed[] {
  const all = typeof log === 'string' ? linesOf(log) : log
  const entries = all.filter((entry): entry is TransitionEntry => entry.type === 'transition')
  let state = entries[0]?.before
  return entries.map(({ event, settings }) => {
    const [after, ...effects] = transition(state as TransitionEntry['before'], event, settings)
    state = after
    return { after, effects }
  })
}

const linesOf = (text: string): LogEntry[] =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
