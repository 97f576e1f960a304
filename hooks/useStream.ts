'use client'

/**
 * Owns following a topic for as long as a component wants it: once on the server under StrictMode, from where it stood after
 * every reconnect (R31, R32, R36). Must never follow while rendering, or call a handler for what is no longer followed.
 */

import { useInsertionEffect, useState } from 'react'
import { createStreamStore, type Stream } from '../src/observers/stream-store.ts'
import type { Position, StreamHandlers } from '../src/session/index.ts'
import { type SessionOption, useSession } from './useSession.ts'
import { useStore } from './useStore.ts'

/** Handlers of `useStream`, always the latest render's, and where to begin. */
export interface StreamOptions<T = unknown> extends Partial<StreamHandlers<T>>, SessionOption {
  /** The position to go on from, read when the topic is first followed; without it and without `load`: from now on. */
  from?: Position | undefined
}

/**
 * Follows a topic while the component is mounted; null follows nothing. Events come in order and each once, also across
 * reconnects; where the server can no longer tell what was missed, `onReset` and `load` are called. All components that
 * follow one topic share one subscription. Renders for `status` alone.
 *
 * @throws Error where there is no provider.
 *
 * @example
 * const { status } = useStream<Message>(room && `room:${room}`, { onEvent: (message) => add(message), load })
 */
export function useStream<T = unknown>(topic: string | null, options: StreamOptions<T> = {}): Stream {
  const session = useSession(options.session)
  // In state and not in a memo: the stream and where it stands must outlive a Fast Refresh.
  const [kept, keep] = useState(() => createStreamStore(session, topic, options.from))
  let store = kept
  if (store.session !== session || store.topic !== topic) {
    keep((store = createStreamStore(session, topic, options.from)))
  }
  useInsertionEffect(() => {
    store.setHandlers(options)
    // In the very commit that removes the component; the stream itself ends a task later.
    return () => store.setHandlers({})
  })
  return useStore(store)
}
