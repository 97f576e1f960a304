'use client'

/**
 * Owns the view of the last message's data (R31, R37).
 * Must never render for a message that the filter refuses, or that belongs to another topic.
 */

import { defaultContext, type HookContext } from './HookContext.ts'
import type { ClientOption } from './useClient.ts'
import { type Filter, type TopicOption, useSingleMessage } from './useSingleMessage.ts'

export const createUseLastMessage = (context: HookContext) =>
  function useLastMessage(filter?: Filter | TopicOption, options?: TopicOption): any {
    return useSingleMessage(context, 'lastMessage', filter, options)
  }

/**
 * The data of the last message that `filter` lets through, or of the last one of a `topic`, or null. A view that skips
 * under load: for every message take `useMessage`, `useMessages` or `useMessageReducer`. It shows what was said and not
 * that it was said: after the same text five times it is the same value, no render, and an effect that depends on it has
 * run once. Where each one counts, depend on `useLastMessageEvent`. The filter is asked once per message, so give the
 * component a `key` where it comes to mean something else; another topic begins with null.
 *
 * @throws Error where there is no provider.
 *
 * @example
 * const alarm = useLastMessage((message: Message) => message.type === 'alarm')
 * const price = useLastMessage<Tick>({ topic: symbol })
 */
export const useLastMessage: UseLastMessage = /* @__PURE__ */ createUseLastMessage(defaultContext)

interface UseLastMessage {
  <Data, Kind extends Data>(filter: (data: Data) => data is Kind, options?: TopicOption<Data>): Kind | null
  <Data = unknown>(options: TopicOption<Data> & { topic: string }): Data | null
  <Data = unknown>(filter?: ((data: Data) => boolean) | null, options?: TopicOption<Data>): Data | null
}

/** The same in a set of hooks that knows its messages. */
export interface TypedUseLastMessage<In, Topics> {
  <Kind extends In>(filter: (data: In) => data is Kind, options?: ClientOption): Kind | null
  <Name extends keyof Topics & string>(options: TopicOption<any, Name> & { topic: Name }): Topics[Name] | null
  (filter?: Filter<In>, options?: TopicOption): In | null
}
