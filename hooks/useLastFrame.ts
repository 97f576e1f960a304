'use client'

/**
 * Owns the view of one message, the last, or the last that a filter lets through (R31, R37): its data for
 * `useLastMessage`, its event for `useLastMessageEvent`. Must never render for a message that the filter refuses.
 */

import { useSyncExternalStore } from 'react'
import { dataOf, eventOf, type Frame } from './hubOf.ts'
import type { Scope } from './scope.ts'
import { useFold } from './useFold.ts'
import { type ClientOption, useHub } from './useHub.ts'

/** What data it is asked about is the codec's affair. */
export type Filter = ((data: any) => boolean) | null | undefined
type Step = (last: Frame | null, data: unknown, event: MessageEvent) => Frame | null

const nothing = () => null

export function useLastFrame(
  scope: Scope,
  key: 'lastMessage' | 'lastMessageEvent',
  filter: Filter,
  { client }: ClientOption = {},
): any {
  const hub = useHub(scope, client)
  const step: Step = (last, data, event) => (filter && filter(data) ? { data, event } : last)
  const show = key === 'lastMessage' ? dataOf : eventOf
  const filtered = useFold(hub, (last?: Frame | null) => known(last, step), step, show)
  const last = useSyncExternalStore(hub.subscribe, () => (filter ? null : hub.look()[key]), nothing)
  return filter ? filtered : last
}

/** Another reader may have seen one already; two that ask for the same must not differ. */
function known(last: Frame | null | undefined, step: Step): Frame | null {
  try {
    return last ? step(null, last.data, last.event) : null
  } catch {
    return null
  }
}
