'use client'

/**
 * Owns the view of one message: the last, the last that a filter lets through, the last of a topic (R31, R37, R39); its
 * data for `useLastMessage`, its event for `useLastMessageEvent`. Must never render for a message that the filter refuses.
 */

import type { Store } from '../src/index.ts'
import { type ClientObserver, dataOf, eventOf } from '../src/observers/client-observer.ts'
import { createMessageStore } from '../src/observers/message-store.ts'
import type { Message } from '../src/observers/message-stream.ts'
import { topicSource } from '../src/observers/topic-router.ts'
import type { HookContext } from './HookContext.ts'
import type { ClientOption } from './useClient.ts'
import { useKeptStore } from './useKeptStore.ts'
import { useLatestCallback } from './useLatestCallback.ts'
import { useObserver } from './useObserver.ts'

/** What data it is asked about is the codec's affair. */
export type Filter<Data = any> = ((data: Data) => boolean) | null | undefined

/** The last argument of every hook that can read one topic alone. */
export interface TopicOption<In = any, Name extends string = string> extends ClientOption<In> {
  /** Only the messages of this topic, as the provider's `topic` function names it. */
  topic?: Name | undefined
}

type Field = 'lastMessage' | 'lastMessageEvent'
type Reduce = (last: Message | null, data: unknown, event: MessageEvent) => Message | null

export function useSingleMessage(
  context: HookContext,
  field: Field,
  first: Filter | TopicOption,
  { client, topic }: TopicOption = Object(first),
): any {
  const filter = typeof first === 'function' ? first : undefined
  const observer = useObserver(context, client)
  const reduce: Reduce = (last, data, event) => (!filter || filter(data) ? { data, event } : last)
  const latest = useLatestCallback(reduce)
  const create = (): Store<unknown> =>
    filter || topic !== undefined
      ? createMessageStore<Message | null, unknown>(
          observer,
          { init: (last) => known(last, reduce), reduce: latest, select: field === 'lastMessage' ? dataOf : eventOf },
          topic === undefined ? undefined : topicSource(observer, topic),
        )
      : fieldStore(observer, field)
  const key = `${filter ? 'filtered' : 'each'} ${topic === undefined ? '' : `of ${topic}`}`
  return useKeptStore(observer, key, create)
}

/** The last message of all is a part of the view that everybody shares. */
const fieldStore = ({ subscribe, getSnapshot }: ClientObserver, field: Field): Store<unknown> => ({
  subscribe,
  getSnapshot: () => getSnapshot()[field],
  getServerSnapshot: () => null,
})

/** Another reader may have seen one already; two that ask for the same must not differ. */
function known(last: Message | null | undefined, reduce: Reduce): Message | null {
  try {
    return last ? reduce(null, last.data, last.event) : null
  } catch {
    return null
  }
}
