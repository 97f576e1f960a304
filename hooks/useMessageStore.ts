'use client'

/**
 * Owns a view that a component folds from every message, of its client or of one topic (R31, R39).
 * Must never call a reducer of a component that has gone.
 */

import type { ClientObserver } from '../src/observers/client-observer.ts'
import { createMessageStore, type MessageStoreOptions } from '../src/observers/message-store.ts'
import { topicSource } from '../src/observers/topic-router.ts'
import { useKeptStore } from './useKeptStore.ts'
import { useLatestCallback } from './useLatestCallback.ts'

/** The latest render's `reduce` counts, of the others the first render's. */
export function useMessageStore<State, View>(
  observer: ClientObserver,
  options: MessageStoreOptions<State, View>,
  topic?: string,
): View {
  const reduce = useLatestCallback(options.reduce)
  return useKeptStore(observer, topic, () =>
    createMessageStore(
      observer,
      { ...options, reduce },
      topic === undefined ? undefined : topicSource(observer, topic),
    ),
  )
}
