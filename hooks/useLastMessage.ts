'use client'

/**
 * Owns the view of one message: the last, or the last that a filter lets through (R31, R37).
 * Must never render for a message that the filter refuses.
 */

import { useSyncExternalStore } from 'react'
import { defaultScope, type Scope } from './scope.ts'
import { useFold } from './useFold.ts'
import { type ClientOption, useHub } from './useHub.ts'

type Filter = ((data: any) => boolean) | null | undefined
type Step = (last: unknown, data: unknown) => unknown

const same = <Data>(data: Data): Data => data
const nothing = () => null

export function useLastMessageIn(scope: Scope, filter?: Filter, { client }: ClientOption = {}): any {
  const hub = useHub(scope, client)
  const step: Step = (last, data) => (filter && filter(data) ? data : last)
  const filtered = useFold(hub, (last?: unknown) => known(last, step), step, same)
  const last = useSyncExternalStore(hub.subscribe, () => (filter ? null : hub.look().lastMessage), nothing)
  return filter ? filtered : last
}

/** Another reader may have seen one already; two that ask for the same must not differ. */
function known(last: unknown, step: Step): unknown {
  try {
    return last == null ? null : step(null, last)
  } catch {
    return null
  }
}

/**
 * The data of the last message that `filter` lets through, or null. A view that skips under load: for every message take
 * `useMessage`, `useMessages` or `useMessageReducer`. The filter is asked once per message, so give the component a `key`
 * where it comes to mean something else. Throws an Error where there is no provider.
 *
 * @example
 * const alarm = useLastMessage((message: Message) => message.type === 'alarm')
 */
export const useLastMessage: LastMessage = /* @__PURE__ */ useLastMessageIn.bind(null, defaultScope)

interface LastMessage {
  <Data, Kind extends Data>(filter: (data: Data) => data is Kind, options?: ClientOption): Kind | null
  <Data = any>(filter?: ((data: Data) => boolean) | null, options?: ClientOption): Data | null
}
