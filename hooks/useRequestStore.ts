'use client'

/**
 * Owns what a component asks, whoever carries it: how the latest render would ask, and what it sees of it. Must never ask by
 * itself.
 */

import { useInsertionEffect, useState } from 'react'
import { createRequestStore, type Request } from '../src/observers/request-store.ts'
import type { ViewClock } from '../src/observers/view-clock.ts'
import { useStore } from './useStore.ts'

/** `ask` is the latest render's. */
export function useRequestStore<Out, R>(
  timers: ViewClock['timers'],
  ask: (message: Out, signal: AbortSignal | undefined) => Promise<R>,
): Request<Out, R> {
  const [store] = useState(() => createRequestStore<Out, R>(timers))
  useInsertionEffect(() => store.setAsk(ask))
  return useStore(store)
}
