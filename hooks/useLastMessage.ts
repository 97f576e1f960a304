'use client'

/**
 * Owns the view of the last message's data (R31, R37).
 * Must never render for a message that the filter refuses.
 */

import { defaultScope, type Scope } from './scope.ts'
import type { ClientOption } from './useHub.ts'
import { type Filter, useLastFrame } from './useLastFrame.ts'

export function useLastMessageIn(scope: Scope, filter?: Filter, options?: ClientOption): any {
  return useLastFrame(scope, 'lastMessage', filter, options)
}

/**
 * The data of the last message that `filter` lets through, or null. A view that skips under load: for every message
 * take `useMessage`, `useMessages` or `useMessageReducer`. It shows what was said and not that it was said: after the
 * same text five times it is the same value, no render, and an effect that depends on it has run once. Where each one
 * counts, depend on `useLastMessageEvent`. The filter is asked once per message, so give the component a `key` where
 * it comes to mean something else.
 *
 * @throws Error where there is no provider.
 *
 * @example
 * const alarm = useLastMessage((message: Message) => message.type === 'alarm')
 */
export const useLastMessage: LastMessage = /* @__PURE__ */ useLastMessageIn.bind(null, defaultScope)

interface LastMessage {
  <Data, Kind extends Data>(filter: (data: Data) => data is Kind, options?: ClientOption<Data>): Kind | null
  <Data = unknown>(filter?: ((data: Data) => boolean) | null, options?: ClientOption<Data>): Data | null
}
