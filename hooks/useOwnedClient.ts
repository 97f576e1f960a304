'use client'

/**
 * Owns the life of a client that belongs to a component: made with it, told what its renders change, connected while it
 * is mounted, let go after it (R30, R32, R33). Must never connect during a render or on a server.
 */

import { useEffect, useImperativeHandle, useInsertionEffect, useRef, useState } from 'react'
import type { Codec } from '../src/index.ts'
import { OwnedClient, type OwnedOptions } from './OwnedClient.ts'
import type { Dialect, Topic } from './scope.ts'

/** A connection of a component's own: every engine option, and what only a component knows. */
export interface ConnectionOptions<In = any, Out = any> extends OwnedOptions {
  /**
   * False closes, true connects, also after the user's own `close()`.
   * @default true
   */
  enabled?: boolean | undefined
  /**
   * How long the connection outlives the component, ms. 0 is one macrotask, enough for StrictMode and Fast
   * Refresh. Only the same component finds it again: raise it for a tree that `<Activity>` hides and shows. A route
   * that is left and entered again has another component, and that has a connection of its own: put the provider above
   * the routes.
   * @default 0
   */
  linger?: number | undefined
  /**
   * Names what a function `url` leads to: when it changes by value, the connection is replaced. A new function alone
   * never does that, because an inline one is new on every render.
   * @default none
   */
  urlKey?: unknown
  /**
   * How messages are read and written: `raw`, `json()`, `json(schema)`, or your own.
   * @default raw
   */
  codec?: Codec<In, Out> | undefined
  /** Names the topic of a message, for `useTopic`. A message without one reaches no topic. */
  topic?: Topic<In> | undefined
}

export function useOwnedClient(fallback: Dialect, props: ConnectionOptions): OwnedClient {
  const { enabled = true, linger = 0, urlKey, codec, topic, ...options } = props
  const wish = { options, urlKey, enabled: !!enabled }
  const [client] = useState(() => new OwnedClient(wish))
  const told = useRef<unknown>(null)
  const hasUrl = !!options.url

  useInsertionEffect(() => {
    client.adopt(wish)
    Object.assign(client.dialect, { codec: codec || fallback.codec, topic: topic || fallback.topic })
  })
  // A layout effect that servers of React 18 do not complain about: it is done before the children's effects run, so
  // what those send belongs to the new url, and what they handle is news.
  useImperativeHandle(told, () => client.follow())
  // After the effects of the children: their handlers must hear of everything this leads to.
  useEffect(() => {
    client.hold()
    return () => client.release(linger)
  }, [client, enabled, hasUrl, linger])

  return client
}
