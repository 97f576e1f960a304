'use client'

/**
 * Owns the tie between a connection and a part of the component tree: it lends a client, its own or a given one, to the
 * hooks below (R30). Must never touch a client it was merely handed, or render its children because the connection has
 * news.
 */

import type { ReactElement, ReactNode } from 'react'
import type { WebSocketReconnect } from '../src/index.ts'
import { defaultScope, type Scope } from './scope.ts'
import { type ConnectionOptions, useOwnedClient } from './useOwnedClient.ts'

/** A connection of the provider's own: every engine option is a prop. Invalid ones throw a TypeError. */
export interface OwnConnectionProps<In = any, Out = any> extends ConnectionOptions<In, Out> {
  client?: undefined
  children?: ReactNode
}

/** A client that is someone else's: never connected, closed or changed from here. */
export type GivenClientProps = { [K in Exclude<keyof OwnConnectionProps, 'client' | 'children'>]?: undefined } & {
  client: WebSocketReconnect
  children?: ReactNode
}

/** Props of `<WebSocketProvider>`. */
export type WebSocketProviderProps<In = any, Out = any> = OwnConnectionProps<In, Out> | GivenClientProps

/**
 * The provider of a scope. It is no component itself, so it uses no hook. An element and not a ReactNode, which older
 * React types or TypeScript do not take for what a component returns.
 */
function provide(scope: Scope, props: WebSocketProviderProps): ReactElement {
  const { Provider } = scope.context
  return props.client ? <Provider value={props.client}>{props.children}</Provider> : <Owner {...props} scope={scope} />
}

function Owner({ scope, client: _none, children, ...props }: OwnConnectionProps & { scope: Scope }): ReactElement {
  const { Provider } = scope.context
  return <Provider value={useOwnedClient(scope.dialect, props)}>{children}</Provider>
}

/** A provider for the hooks that are bound to the same scope. */
export const createProvider = (scope: Scope, displayName: string) =>
  Object.assign(
    provide.bind(null, scope) as <In = unknown, Out = unknown>(props: WebSocketProviderProps<In, Out>) => ReactElement,
    { displayName },
  )

/**
 * Connects while it is mounted, and lends the connection to the hooks below. Give it a `url` and any engine option, or
 * a `client` of your own and nothing else.
 *
 * @throws TypeError at the first render for options it cannot use; later ones never throw for a url.
 *
 * @example
 * <WebSocketProvider url="wss://api.example.com/socket" maxRetries={Infinity}>
 *   <App />
 * </WebSocketProvider>
 */
export const WebSocketProvider = /* @__PURE__ */ createProvider(defaultScope, 'WebSocketProvider')
