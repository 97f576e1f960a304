/**
 * Owns asking the machine, and the user about an ending that nobody has asked for (R4, R12). The machine is pure, so it may
 * be asked again with an answer. Must never change anything, nor let a user's throw through.
 */

import type { Effect, Input, Transition } from '../machine/events.ts'
import type { MachineSettings, State } from '../machine/states.ts'
import { transition } from '../machine/transitions.ts'
import type { Settings } from '../options/settings.ts'
import { clampDelay } from '../policy/backoff.ts'
import { misuse } from '../policy/errors.ts'

/** The input with the user's answers in it, and what the machine makes of it. */
export interface Decision {
  input: Input
  result: Transition
}

export function decide(
  state: Readonly<State>,
  input: Input,
  settings: Settings & MachineSettings,
  onThrow: (thrown: unknown) => void,
): Decision {
  const { shouldReconnect, retryDelay } = settings
  const decision = { input, result: transition(state, input, settings) }
  const { type } = input
  const isEnding = type === 'socketClosed' || type === 'timeout' || type === 'attemptFailed'
  const close = find(decision.result, 'close')
  if (!isEnding || !close || state.phase === 'closing') return decision
  const ask = (question: () => Partial<Input>) => {
    try {
      decision.input = { ...decision.input, ...question() } as Input
      decision.result = transition(state, decision.input, settings)
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
  const retry = find(decision.result, 'retry')
  if (retryDelay && retry && typeof decision.input.shouldReconnect !== 'number') {
    const { attempt, delay } = retry
    ask(() => ({ retryDelay: clampDelay(retryDelay({ attempt, delay, lastClose: close })) }))
  }
  return decision
}

/** The payload of the effect of this name. */
function find<K extends 'close' | 'retry'>(
  [, ...effects]: Transition,
  name: K,
): Extract<Effect, readonly [K, unknown]>[1] | undefined {
  const effect = effects.find(([each]) => each === name)
  return effect && (effect[1] as never)
}
