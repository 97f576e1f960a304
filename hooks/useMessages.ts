'use client'

/**
 * Owns the view of the messages so far: every one, in order, up to a limit (R31, R37).
 * Must never grow beyond the limit, skip a message within it, or be a new array without a new message.
 */

import { useMemo } from 'react'
import { defaultScope, type Scope } from './scope.ts'
import { useFold } from './useFold.ts'
import { type ClientOption, useHub } from './useHub.ts'

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
export interface MessagesOptions<Data = unknown> extends ClientOption<Data> {
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

export function useMessagesIn(
  scope: Scope,
  { limit = 100, filter, client }: MessagesOptions<any> = {},
): ReadonlyArray<ListedMessage<any>> {
  const hub = useHub(scope, client)
  const all = useFold(
    hub,
    begin,
    (state, data) => {
      if (!(limit > 0) || (filter && !filter(data))) return state
      const id = state.id + 1
      // Cut rarely, so that a long list costs little per message.
      const list = state.list.length < limit * 2 ? state.list : newest(state.list, limit)
      list.push({ id, data, at: (hub.client.options.clock || Date).now() })
      return { list, id }
    },
    copy,
  )
  return useMemo(() => newest(all, limit), [all, limit])
}

const begin = (): State => ({ list: [], id: 0 })
const copy = ({ list }: State): readonly ListedMessage[] => list.slice()

/** The last ones of a list, or the list itself where it is short enough. */
function newest<List extends readonly ListedMessage[]>(list: List, limit: number): List {
  return (list.length > limit ? list.slice(list.length - Math.max(0, limit)) : list) as List
}

/**
 * The last `limit` messages, in order, none skipped: `{ id, data, at }`. The same array as long as none has come. A
 * changed url empties it.
 *
 * @throws Error where there is no provider.
 *
 * @example
 * useMessages<Line>({ limit: 50 }).map(({ id, data }) => <li key={id}>{data.text}</li>)
 */
export const useMessages: <Data = unknown>(options?: MessagesOptions<Data>) => ReadonlyArray<ListedMessage<Data>> =
  /* @__PURE__ */ useMessagesIn.bind(null, defaultScope)
