'use client'

/**
 * Owns the tie between a connection and a part of the component tree: who creates, connects, changes and closes it
 * (R30, R32–R34). Must never connect during a render or on a server, touch a client it was merely handed, or render
 * its children because the connection has news.
 */

import { type ReactNode, useEffect, useInsertionEffect, useState } from 'react'
import type { WebSocketReconnect } from '../src/index.ts'
import { OwnedClient, type OwnedOptions } from './OwnedClient.ts'
import { ClientContext } from './useClient.ts'

/** A connection of the provider's own: every engine option is a prop. Invalid ones throw a TypeError. */
export interface OwnConnectionProps extends OwnedOptions {
  /** False closes, true connects, also after the user's own `close()`. Default true (R30). */
  enabled?: boolean | undefined
  /**
   * How long the connection outlives the component, ms. Default 0: one macrotask, enough for StrictMode and Fast
   * Refresh. Raise it where routes unmount the provider only to mount it again (R30, R32).
   */
  linger?: number | undefined
  /**
   * Names what a function `url` leads to: when it changes by value, the connection is replaced. A new function alone
   * never does that, because an inline one is new on every render (R33).
   */
  urlKey?: unknown
  client?: undefined
  children?: ReactNode
}

/** A client that is someone else's: never connected, closed or changed from here (R30). */
export type GivenClientProps = { [K in Exclude<keyof OwnConnectionProps, 'client' | 'children'>]?: undefined } & {
  client: WebSocketReconnect
  children?: ReactNode
}

export type WebSocketProviderProps = OwnConnectionProps | GivenClientProps

/**
 * Connects while it is mounted, and lends the connection to the hooks below. Give it a `url` and any engine option, or
 * a `client` of your own and nothing else.
 *
 * @example
 * <WebSocketProvider url="wss://api.example.com/socket" maxRetries={Infinity}>
 *   <App />
 * </WebSocketProvider>
 */
export function WebSocketProvider(props: WebSocketProviderProps): ReactNode {
  return props.client ? (
    <ClientContext.Provider value={props.client}>{props.children}</ClientContext.Provider>
  ) : (
    <Owner {...props} />
  )
}

function Owner({
  children,
  client: _none,
  enabled = true,
  linger = 0,
  urlKey,
  ...options
}: OwnConnectionProps): ReactNode {
  const [client] = useState(() => new OwnedClient(options, urlKey))
  const hasUrl = !!options.url

  useInsertionEffect(() => {
    client.adopt(options)
  })
  // After the effects of the children: their handlers must hear of everything this leads to.
  useEffect(() => {
    client.hold(enabled, hasUrl)
    return () => client.release(linger)
  }, [client, enabled, hasUrl, linger])

  return (
    <ClientContext.Provider value={client}>
      <Changes client={client} options={options} urlKey={urlKey} />
      {children}
    </ClientContext.Provider>
  )
}

/** The first child, so that its effect runs before its siblings': what those send belongs to the new url. */
function Changes({ client, options, urlKey }: { client: OwnedClient; options: OwnedOptions; urlKey: unknown }): null {
  useEffect(() => client.tell(options, urlKey))
  return null
}
