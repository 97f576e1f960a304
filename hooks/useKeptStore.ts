'use client'

/**
 * Owns a store that a component makes for each client it reads, and keeps (R31): what it has taken in outlives a Fast
 * Refresh. Must never be kept where `key` says that it is about something else now.
 */

import { useState } from 'react'
import type { Store } from '../src/index.ts'
import type { ClientObserver } from '../src/observers/client-observer.ts'
import { useStore } from './useStore.ts'

interface Kept<T> {
  readonly key: string | undefined
  readonly store: Store<T>
}

export function useKeptStore<T>(observer: ClientObserver, key: string | undefined, create: () => Store<T>): T {
  // In state and not in a memo, which a Fast Refresh empties.
  const [stores] = useState(() => new WeakMap<ClientObserver, Kept<T>>())
  return useStore(keptIn(stores, observer, key, create))
}

function keptIn<T>(
  stores: WeakMap<ClientObserver, Kept<T>>,
  observer: ClientObserver,
  key: string | undefined,
  create: () => Store<T>,
): Store<T> {
  let kept = stores.get(observer)
  if (!kept || kept.key !== key) {
    kept = { key, store: create() }
    stores.set(observer, kept)
  }
  return kept.store
}
