'use client'

/**
 * Owns the tie between a GraphQL client and a part of the component tree (R30, R32–R34 for GraphQL): lends a client that
 * is someone else's, or has one of its own. Must never connect during a render or on a server.
 */

import type { ReactElement, ReactNode } from 'react'
import type { GraphQLClientOptions, GraphQLSubscriptionClient } from '../src/graphql/index.ts'
import type { WebSocketReconnectOptions } from '../src/index.ts'
import { graphqlTerms, manageGraphQLClient } from '../src/observers/managed-graphql-client.ts'
import { GraphQLContext } from './useGraphQLClient.ts'
import { type MountOptions, useManaged } from './useManagedClient.ts'

/** A client of the provider's own: every option of `GraphQLSubscriptionClient` is a prop. */
export interface OwnGraphQLProps extends GraphQLClientOptions, MountOptions {
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
 * `GraphQLSubscriptionClient`, or a `client` of your own and nothing else. Of an own client, every option follows each
 * render, as those of `<WebSocketProvider>` do.
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

function Owner({ children, client: _none, endpoint, enabled = true, linger = 0, urlKey, ...options }: OwnGraphQLProps) {
  const client = useManaged(graphqlTerms({ ...options, url: endpoint }, urlKey, enabled), linger, manageGraphQLClient)
  return <GraphQLContext.Provider value={client}>{children}</GraphQLContext.Provider>
}
