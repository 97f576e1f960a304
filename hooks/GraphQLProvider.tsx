'use client'

/**
 * Owns the tie between a GraphQL client and a part of the component tree (R30, R32–R34 for GraphQL): lends a client that
 * is someone else's, or creates, connects and closes one of its own. Must never connect during a render or on a server.
 */

import { type ReactElement, type ReactNode, useEffect, useInsertionEffect, useState } from 'react'
import { type GraphQLClientOptions, GraphQLSubscriptionClient } from '../src/graphql/index.ts'
import type { WebSocketReconnectOptions } from '../src/index.ts'
import { GraphQLContext } from './useGraphQLClient.ts'

/** A client of the provider's own: every option of `GraphQLSubscriptionClient` is a prop. */
export interface OwnGraphQLProps extends GraphQLClientOptions {
  /** Where to connect; null, undefined or '' means closed. Another value replaces the connection. */
  endpoint: WebSocketReconnectOptions['url'] | null | undefined
  client?: undefined
  children?: ReactNode
}

/** A client that is someone else's: never connected, closed or changed from here. */
export type GivenGraphQLProps = { [K in Exclude<keyof OwnGraphQLProps, 'client' | 'children'>]?: undefined } & {
  client: GraphQLSubscriptionClient
  children?: ReactNode
}

/** Props of `<GraphQLProvider>`. */
export type GraphQLProviderProps = OwnGraphQLProps | GivenGraphQLProps

/**
 * Connects while it is mounted, and lends its client to `useSubscription` below. Give it an `endpoint` and any option of
 * `GraphQLSubscriptionClient`, or a `client` of your own and nothing else. Of an own client, `endpoint` and
 * `connectionParams` follow each render; every other option is read once, so give the provider a `key` to change it.
 *
 * @example
 * <GraphQLProvider endpoint="wss://api.example.com/graphql" connectionParams={() => ({ token: session.token })}>
 *   <App />
 * </GraphQLProvider>
 */
export function GraphQLProvider(props: GraphQLProviderProps): ReactElement {
  return props.client ? (
    <GraphQLContext.Provider value={props.client}>{props.children}</GraphQLContext.Provider>
  ) : (
    <Owner {...props} />
  )
}

function Owner({ children, client: _none, endpoint, ...options }: OwnGraphQLProps): ReactElement {
  const [{ client, adopt, follow }] = useState(() => own(options))
  // Before the effects of the children: whoever connects there leads to this render's endpoint.
  useInsertionEffect(() => adopt({ ...options, endpoint }))
  // After the effects of the children: what they ask for goes out with the first connection.
  useEffect(() => follow())
  return <GraphQLContext.Provider value={client}>{children}</GraphQLContext.Provider>
}

/** A client that lives in a component. */
function own(options: GraphQLClientOptions) {
  /** The latest committed render's. */
  let latest: OwnGraphQLProps
  let address: string | boolean = ''
  let goodbye: ReturnType<typeof setTimeout> | undefined
  let isClosedByUser = false

  const ask =
    (name: 'endpoint' | 'connectionParams') =>
    (context: any): any => {
      const value = latest[name]
      return typeof value === 'function' ? value(context) : value
    }
  const client = new GraphQLSubscriptionClient(ask('endpoint'), {
    ...options,
    connectionParams: ask('connectionParams'),
  })
  const { ws } = client
  // What the provider does by itself goes to the engine, past these.
  client.connect = () => {
    isClosedByUser = false
    return ws.connect()
  }
  client.disconnect = () => {
    isClosedByUser = true
    ws.close()
  }
  const letGo = () => {
    address = ''
    ws.close()
  }
  return {
    client,
    adopt(props: OwnGraphQLProps) {
      latest = props
    },
    /** Takes over a render's endpoint; returns how to let go. Only the user ends the user's own `disconnect()` (R30). */
    follow() {
      clearTimeout(goodbye)
      const { endpoint } = latest
      // A function is new on every render, and only that it is one says something about the endpoint (R33).
      const next = typeof endpoint === 'function' || String(endpoint || '')
      if (next !== address) {
        if (!next) letGo()
        // The engine sees the same function as before, but it leads elsewhere.
        else if (address) ws.update({}, true)
        else if (!isClosedByUser) ws.connect()
        address = next
      }
      return () => {
        // The next render, StrictMode and Fast Refresh are here before this task ends (R32).
        goodbye = setTimeout(letGo)
      }
    },
  }
}
