/**
 * Owns asking the machine, and the user about an ending that nobody has asked for (R4, R12). The machine is pure, so it may
 * be asked again with an answer. Must never change anything, nor let a user's throw through.
 */

import type { Effect, Input, Transition } from '../machine/events.ts'
import type { MachineSettings, State } from '../machine/states.ts'
import { transition } from '../machine/transitions.ts'
import type { Settings } from '../options/settings.ts'
import { LONGEST_TIMER } from '../policy/backoff.ts'
import { misuse } from '../policy/errors.ts'

/** The next state and the effects. `input` is the caller's own: the user's answers are added to it. */
export function decide(
  state: Readonly<State>,
  input: Input,
  settings: Settings & MachineSettings,
  onThrow: (thrown: unknown) => void,
): Transition {
  const { shouldReconnect, retryDelay } = settings
  const { type } = input
  let result = transition(state, input, settings)
  const isEnding = type === 'socketClosed' || type === 'timeout' || type === 'attemptFailed'
  const close = isEnding && state.phase !== 'closing' && find(result, 'close')
  if (!close) return result
  const ask = (question: () => Partial<Input>) => {
    try {
      result = transition(state, Object.assign(input, question()), settings)
    } catch (thrown) {
      onThrow(thrown)
    }
  }
  if (shouldReconnect && !(type === 'attemptFailed' && input.fatal)) {
    ask(() => {
      const answer: unknown = shouldReconnect(close, state.retryCount)
      if (typeof answer === 'boolean' || (typeof answer === 'number' && answer >= 0)) return { shouldReconnect: answer }
      throw new TypeError(misuse('shouldReconnect', typeof answer === 'string' ? 'string' : answer))
    })
  }
  const retry = find(result, 'retry')
  if (retryDelay && retry && typeof input.shouldReconnect !== 'number') {
    const { attempt, delay } = retry
    ask(() => {
      const answer: unknown = retryDelay({ attempt, delay, lastClose: close })
      // What is no number would be the shortest wait of all, again and again.
      if (typeof answer === 'number' && answer > -Infinity) {
        return { retryDelay: Math.min(Math.max(Math.round(answer), 100), LONGEST_TIMER) }
      }
      throw new TypeError(misuse('retryDelay', typeof answer === 'string' ? 'string' : answer))
    })
  }
  return result
}

/** The payload of the effect of this name. */
function find<K extends 'close' | 'retry'>(
  result: Transition,
  name: K,
): Extract<Effect, readonly [K, unknown]>[1] | undefined {
  // The state at the head has no name.
  const effect = (result as readonly unknown[] as readonly Effect[]).find((each) => each[0] === name)
  return effect && (effect[1] as never)
}
