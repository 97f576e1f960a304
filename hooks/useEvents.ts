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
  WebSocketReconnect,
  WebSocketReconnectError,
} from '../src/index.ts'
import type { Hub } from './hubOf.ts'
import { report } from './report.ts'
import { useLatest } from './useLatest.ts'

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

export function useEvents<Data>({ client, read }: Hub, given: WebSocketHandlers<Data>): void {
  const handlers = given as Handlers
  const latest = useLatest((): Handlers | undefined => handlers)
  /** The connection of each client that `onOpen` was last called for. */
  const [greeted] = useState(() => new WeakMap<WebSocketReconnect, number>())
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
    const stops = (kinds.match(/\w+/g) || []).map((name) => {
      const type = name.charAt(2).toLowerCase() + name.slice(3)
      // Each kind has a listener of its own: what runs for every message decides nothing twice, and packs no arguments (R21).
      const listener =
        name === 'onOpen'
          ? greet
          : name === 'onMessage'
            ? (event: MessageEvent, isPong: boolean) => {
                const frame = isPong ? undefined : read(event)
                if (frame) latest()?.onMessage?.(frame.data, event)
              }
            : (payload: unknown) => latest()?.[name]?.(payload)
      return client.on(type as 'message', listener)
    })
    try {
      if (client.state === 'OPEN' && kinds.includes('onOpen')) greet()
    } catch (thrown) {
      // Here no engine stands between the handler and React, which would take the tree down.
      report(thrown)
    }
    return () => {
      for (const stop of stops) stop()
    }
  }, [client, read, kinds, greeted, latest])
}
