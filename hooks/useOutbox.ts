'use client'

/**
 * Owns reading the outbox in a component (R31). Must never render for what the component has not read.
 */

import { useMemo, useState } from 'react'
import { createOutboxView, type OutboxView, outboxStore } from '../src/observers/outbox-view.ts'
import { createSelector } from '../src/observers/selector.ts'
import type { OutboxSnapshot } from '../src/session/index.ts'
import { type SessionOption, useSession } from './useSession.ts'
import { useStore } from './useStore.ts'

/**
 * The outbox of the session: what waits to be acknowledged, what was refused, and `send`. The component renders for the fields
 * it reads, at most once a frame; with `select` for what that returns. The functions keep their identity.
 *
 * @throws Error where there is no provider.
 *
 * @example
 * const { send, entries } = useOutbox<ChatMessage>()
 * const refused = useOutbox((outbox) => outbox.entries.filter(({ status }) => status === 'refused'))
 */
export function useOutbox<T = unknown>(select?: null, options?: SessionOption): OutboxView<T>
/**
 * What `select` picks out of the outbox. The component renders when that is another value: lists and plain objects are
 * compared one level deep.
 *
 * @throws Error where there is no provider.
 */
export function useOutbox<T, R>(select: (outbox: OutboxSnapshot<T>) => R, options?: SessionOption): R
export function useOutbox(
  select?: ((outbox: OutboxSnapshot<any>) => unknown) | null,
  { session: given }: SessionOption = {},
): unknown {
  const session = useSession(given)
  const [pick] = useState(createSelector<OutboxSnapshot<any>, unknown>)
  const isSelecting = !!select
  const store = useMemo(() => (isSelecting ? outboxStore(session) : createOutboxView(session)), [session, isSelecting])
  return useStore<unknown>(
    select
      ? {
          ...store,
          getSnapshot: () => pick(store.getSnapshot(), select),
          getServerSnapshot: () => pick(store.getServerSnapshot(), select),
        }
      : store,
  )
}
