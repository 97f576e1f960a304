'use client'

/**
 * Owns the view of the last message's event, whose identity tells two equal messages apart (R31, R37).
 * Must never be another object for the same message.
 */

import { defaultContext, type HookContext } from './HookContext.ts'
import { type Filter, type TopicOption, useSingleMessage } from './useSingleMessage.ts'

export const createUseLastMessageEvent = (context: HookContext) =>
  function useLastMessageEvent(filter?: Filter | TopicOption, options?: TopicOption): MessageEvent | null {
    return useSingleMessage(context, 'lastMessageEvent', filter, options)
  }

/**
 * The native event of the message that `useLastMessage` with the same filter or topic shows, or null: another object for
 * each message, also where they say the same. Its `data` is the frame as it came; the filter is asked about the message as
 * the codec reads it. A view that skips under load, too.
 *
 * @throws Error where there is no provider.
 *
 * @example
 * const ring = useLastMessageEvent((message: Message) => message.type === 'ring')
 * useEffect(() => {
 *   if (ring) sound.play()
 * }, [ring])
 */
export const useLastMessageEvent: <Data = unknown>(
  filter?: ((data: Data) => boolean) | null | TopicOption<Data>,
  options?: TopicOption<Data>,
) => MessageEvent | null = /* @__PURE__ */ createUseLastMessageEvent(defaultContext)
