'use client'

/**
 * Owns the handlers a component gives to a hook: one subscription per kind, always calling the latest render's closure,
 * synchronously and never coalesced (R31, R33). Must never call anything after unmount, nor for what happened before
 * mount; only `onOpen` catches up with a connection that is already there (R36).
 */

import { useEffect, useState } from 'react'
import type {
  CircuitState,
  CloseInfo,
  ConnectionState,
  DropInfo,
  RetryInfo,
  WebSocketClient,
  WebSocketReconnectError,
} from '../src/index.ts'
import type { ClientObserver } from '../src/observers/client-observer.ts'
import { reportHandlerError } from '../src/observers/handler-error.ts'
import { useLatestCallback } from './useLatestCallback.ts'

/** What `useWebSocket` takes: each is called as the engine emits it; one that throws disturbs nobody. */
export interface WebSocketHandlers<Data = unknown> {
  /** Connected: once per connection, on mount too if it is already OPEN. The place to authenticate or subscribe. */
  onOpen?: (() => void) | undefined
  /** Every message once, in order, pongs excepted. */
  onMessage?: ((data: Data, event: MessageEvent) => void) | undefined
  /** An attempt or a connection has ended. */
  onClose?: ((info: CloseInfo) => void) | undefined
  /** Something went wrong; `error.code` says what. */
  onError?: ((error: WebSocketReconnectError) => void) | undefined
  /** A retry has been scheduled. */
  onRetry?: ((info: RetryInfo) => void) | undefined
  /** The state has changed. */
  onStateChange?: ((state: ConnectionState) => void) | undefined
  /** The circuit has changed. */
  onCircuitChange?: ((state: CircuitState) => void) | undefined
  /** A message will not be sent, and why. */
  onDrop?: ((info: DropInfo) => void) | undefined
  /** Round-trip time of a ping, ms. */
  onLatency?: ((ms: number) => void) | undefined
}

type Handlers = { readonly [name: string]: ((...args: unknown[]) => void) | undefined }

export function useHandlers({ client, stream }: ClientObserver, given: WebSocketHandlers<any>): void {
  const handlers = given as Handlers
  const latest = useLatestCallback((): Handlers | undefined => handlers)
  /** The connection of each client that `onOpen` was last called for. */
  const [greeted] = useState(() => new WeakMap<WebSocketClient, number>())
  // Which handlers there are decides what is subscribed; who they are is looked up at each call.
  const names = Object.keys(handlers).filter((name) => typeof handlers[name] === 'function')
  const kinds = names.join()

  useEffect(() => {
    // Effects run twice under StrictMode and again after a hidden tree returns; a connection opens once.
    const greet = () => {
      const { connectionId } = client.getSnapshot()
      if (greeted.get(client) === connectionId) return
      greeted.set(client, connectionId)
      latest()?.onOpen?.()
    }
    // Each kind has a listener of its own: what runs for every message decides nothing twice, and packs no arguments (R21).
    const stops = (kinds.match(/\w+/g) || []).map((name) => {
      if (name === 'onOpen') return client.on('open', greet)
      if (name === 'onMessage') return stream(({ data, event }) => latest()?.onMessage?.(data, event))
      const type = name.charAt(2).toLowerCase() + name.slice(3)
      return client.on(type as 'close', (payload) => latest()?.[name]?.(payload))
    })
    try {
      if (client.state === 'OPEN' && kinds.includes('onOpen')) greet()
    } catch (thrown) {
      // Here no engine stands between the handler and React, which would take the tree down.
      reportHandlerError(thrown)
    }
    return () => {
      for (const stop of stops) stop()
    }
  }, [client, stream, kinds, greeted, latest])
}
