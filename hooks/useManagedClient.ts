'use client'

/**
 * Owns the tie between a component and a client of its own (R30, R32, R33): which effect takes which step of
 * managed-client.ts. Must never connect during a render or on a server.
 */

import { useEffect, useImperativeHandle, useInsertionEffect, useRef, useState } from 'react'
import type { Codec, WebSocketReconnect } from '../src/index.ts'
import { type Managed, manageClient, type Terms } from '../src/observers/managed-client.ts'
import type { Topic, TopicMessage } from '../src/observers/message-format.ts'
import type { ManagedOptions } from '../src/observers/stable-options.ts'
import type { HookContext } from './HookContext.ts'

/** When a client of a component's own is connected. */
export interface MountOptions {
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
}

/** A connection of a component's own: every engine option, and what only a component knows. */
export interface ConnectionOptions<In = any, Out = any> extends ManagedOptions, MountOptions {
  /**
   * How messages are read and written: `raw`, `json()`, `json(schema)`, or your own.
   * @default raw
   */
  codec?: Codec<In, Out> | undefined
  /** Names the topic of a message, for `useTopic`. A message without one reaches no topic. */
  topic?: Topic<In> | undefined
  /** What to say to the server when topics gain their first reader; all living ones are said after each reconnect. */
  subscribe?: TopicMessage<Out> | undefined
  /** What to say when topics have lost their last reader. */
  unsubscribe?: TopicMessage<Out> | undefined
}

/** A client on these terms, from the first render on, and with the life of the component. */
export function useManaged<Client, T extends Terms>(
  terms: T,
  linger: number,
  make: (terms: T) => Managed<Client, T>,
): Client {
  const [managed] = useState(() => make(terms))
  const followed = useRef<unknown>(null)
  const isWanted = !!terms.options.url

  useInsertionEffect(() => managed.adopt(terms))
  // A layout effect that servers of React 18 do not complain about: it is done before the children's effects run, so
  // what those send belongs to the new url, and what they handle is news.
  useImperativeHandle(followed, () => managed.follow())
  // After the effects of the children: their handlers must hear of everything this leads to.
  useEffect(() => managed.mount(linger), [managed, terms.enabled, isWanted, linger])

  return managed.client
}

export function useManagedClient({ format: common }: HookContext, props: ConnectionOptions): WebSocketReconnect {
  const { enabled = true, linger = 0, urlKey, codec, topic, subscribe, unsubscribe, ...options } = props
  const format = {
    codec: codec || common.codec,
    topic: topic || common.topic,
    subscribe: subscribe || common.subscribe,
    unsubscribe: unsubscribe || common.unsubscribe,
  }
  return useManaged({ options, urlKey, enabled: !!enabled, format }, linger, manageClient)
}
