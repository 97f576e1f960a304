'use client'

/**
 * Owns a state that is folded from every message (R31, R37).
 * Must never skip one, however fast they come and however rarely the component renders.
 */

import { defaultScope, type Scope } from './scope.ts'
import { useFold } from './useFold.ts'
import { type ClientOption, useHub } from './useHub.ts'

const same = <State>(state: State): State => state

export function useMessageReducerIn<State>(
  scope: Scope,
  reducer: (state: State, data: any, event: MessageEvent) => State,
  initial: State,
  { client }: ClientOption = {},
): State {
  return useFold(useHub(scope, client), () => initial, reducer, same)
}

/**
 * The state that `reducer` makes of `initial` and every message since the component was mounted. The reducer is the
 * latest render's, runs at once for each message, and renders only when its answer is another one; a message it throws
 * at is left out. A changed url starts over with the first `initial`.
 *
 * @throws Error where there is no provider.
 *
 * @example
 * const total = useMessageReducer((sum, { amount }: Payment) => sum + amount, 0)
 */
export const useMessageReducer = /* @__PURE__ */ useMessageReducerIn.bind(null, defaultScope) as <
  State,
  Data = unknown,
>(
  reducer: (state: State, data: Data, event: MessageEvent) => State,
  initial: State,
  options?: ClientOption<Data>,
) => State
