'use client'

/**
 * Owns the view of the messages so far: every one, in order, up to a limit (R31, R37).
 * Must never grow beyond the limit, skip a message within it, or be a new array without a new message.
 */

import { useMemo } from 'react'
import { defaultContext, type HookContext } from './HookContext.ts'
import { useMessageStore } from './useMessageStore.ts'
import { useObserver } from './useObserver.ts'
import type { TopicOption } from './useSingleMessage.ts'

/** A message in the list of `useMessages`. */
export interface ListedMessage<Data = unknown> {
  /** 1 for the first, then one more for each: the `key` in a list. */
  readonly id: number
  /** What it says, as the codec reads it. */
  readonly data: Data
  /** When it came, epoch ms. */
  readonly at: number
}

/** Options of `useMessages`. */
export interface MessagesOptions<Data = unknown, Name extends string = string> extends TopicOption<Data, Name> {
  /**
   * How many to keep, the newest.
   * @default 100
   */
  limit?: number | undefined
  /**
   * Which to keep; asked once per message, as it comes.
   * @default all
   */
  filter?: ((data: Data) => boolean) | undefined
}

/** A new one for each message around a list that is pushed to: copying is for what is shown. */
interface State {
  readonly list: ListedMessage[]
  readonly id: number
}

export const createUseMessages = (context: HookContext) =>
  function useMessages({
    limit = 100,
    filter,
    client,
    topic,
  }: MessagesOptions<any> = {}): ReadonlyArray<ListedMessage<any>> {
    const observer = useObserver(context, client)
    const reduce = (state: State, data: unknown): State => {
      if (!(limit > 0) || (filter && !filter(data))) return state
      const id = state.id + 1
      // Cut rarely, so that a long list costs little per message.
      const list = state.list.length < limit * 2 ? state.list : newest(state.list, limit)
      list.push({ id, data, at: (observer.client.options.clock || Date).now() })
      return { list, id }
    }
    const all = useMessageStore(observer, { init, reduce, select }, topic)
    return useMemo(() => newest(all, limit), [all, limit])
  }

const init = (): State => ({ list: [], id: 0 })
const select = ({ list }: State): readonly ListedMessage[] => list.slice()

/** The last ones of a list, or the list itself where it is short enough. */
function newest<List extends readonly ListedMessage[]>(list: List, limit: number): List {
  return (list.length > limit ? list.slice(list.length - Math.max(0, limit)) : list) as List
}

/**
 * The last `limit` messages, or those of a `topic`, in order, none skipped: `{ id, data, at }`. The same array as long as
 * none has come. A changed url or topic empties it.
 *
 * @throws Error where there is no provider.
 *
 * @example
 * useMessages<Line>({ limit: 50 }).map(({ id, data }) => <li key={id}>{data.text}</li>)
 */
export const useMessages: <Data = unknown>(options?: MessagesOptions<Data>) => ReadonlyArray<ListedMessage<Data>> =
  /* @__PURE__ */ createUseMessages(defaultContext)
