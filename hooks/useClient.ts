'use client'

/**
 * Owns how a hook finds its client: the one it was given, else the provider's (R30).
 * Must never guess: without a client there is nothing to show.
 */

import { useContext } from 'react'
import type { WebSocketClient, WebSocketData } from '../src/index.ts'
import type { HookContext } from './HookContext.ts'

declare const messages: unique symbol

/**
 * A client whose codec is known to the compiler: hooks that are given it read `In` and send `Out`. Nothing but a
 * `WebSocketClient` when it runs.
 */
export interface TypedClient<In = unknown, Out = WebSocketData> extends WebSocketClient {
  /** A method, so that a client about which nothing is known can be read as whatever its reader says. */
  [messages]?(incoming: In, outgoing: Out): void
}

/** The last argument of every hook. */
export interface ClientOption<In = any, Out = any> {
  /** Reads this client instead of the provider's. */
  client?: TypedClient<In, Out> | undefined
}

/** Throws an Error that shows what to wrap when there is no client to be had (R36). */
export function useClient({ context }: HookContext, given: WebSocketClient | undefined): WebSocketClient {
  const inherited = useContext(context)
  const client = given || inherited
  if (!client) {
    throw new Error(
      'WebSocketReconnect: this hook found no provider. Wrap its component in ' +
        '<WebSocketProvider url="wss://…">…</WebSocketProvider>, or pass { client }.',
    )
  }
  return client
}
