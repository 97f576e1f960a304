'use client'

/**
 * Owns how a hook finds its client: the one it was given, else the provider's (R30).
 * Must never put anything but the client itself into the context: state there would re-render every reader.
 */

import { createContext, useContext } from 'react'
import type { WebSocketReconnect } from '../src/index.ts'

export const ClientContext = /* @__PURE__ */ createContext<WebSocketReconnect | null>(null)

/** The last argument of every hook. */
export interface ClientOption {
  /** Reads this client instead of the provider's (R30). */
  client?: WebSocketReconnect | undefined
}

/** Throws an Error that shows what to wrap when there is no client to be had (R36). */
export function useClient(given: WebSocketReconnect | undefined): WebSocketReconnect {
  const inherited = useContext(ClientContext)
  const client = given || inherited
  if (!client) {
    throw new Error(
      'WebSocketReconnect: this hook found no provider. Wrap its component in ' +
        '<WebSocketProvider url="wss://…">…</WebSocketProvider>, or pass { client }.',
    )
  }
  return client
}
