'use client'

/**
 * Owns a state that is folded from every message (R31, R37).
 * Must never skip one, however fast they come and however rarely the component renders.
 */

import { defaultContext, type HookContext } from './HookContext.ts'
import { useMessageStore } from './useMessageStore.ts'
import { useObserver } from './useObserver.ts'
import type { TopicOption } from './useSingleMessage.ts'

const same = <State>(state: State): State => state

export const createUseMessageReducer = (context: HookContext) =>
  function useMessageReducer<State>(
    reduce: (state: State, data: any, event: MessageEvent) => State,
    initial: State,
    { client, topic }: TopicOption = {},
  ): State {
    return useMessageStore(useObserver(context, client), { init: () => initial, reduce, select: same }, topic)
  }

/**
 * The state that `reducer` makes of `initial` and every message, or every one of a `topic`, since the component was
 * mounted. The reducer is the latest render's, runs at once for each message, and renders only when its answer is another
 * one; a message it throws at is left out. A changed url or topic starts over with `initial`.
 *
 * @throws Error where there is no provider.
 *
 * @example
 * const total = useMessageReducer((sum, { amount }: Payment) => sum + amount, 0)
 */
export const useMessageReducer = /* @__PURE__ */ createUseMessageReducer(defaultContext) as <State, Data = unknown>(
  reducer: (state: State, data: Data, event: MessageEvent) => State,
  initial: State,
  options?: TopicOption<Data>,
) => State
