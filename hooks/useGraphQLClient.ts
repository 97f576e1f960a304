'use client'

/**
 * Owns how a hook finds its GraphQL client: the one it was given, else the provider's (R30).
 * Must never put anything but the client itself into the context: state there would re-render every reader.
 */

import { createContext, useContext } from 'react'
import type { GraphQLSubscriptionClient } from '../src/graphql/index.ts'

export const GraphQLContext = /* @__PURE__ */ createContext<GraphQLSubscriptionClient | null>(null)

/**
 * The provider's client, for what is no subscription: `subscribe` from an event handler, `disconnect`, `ws`.
 * @throws Error that shows what to wrap where there is none.
 */
export function useGraphQLClient(given?: GraphQLSubscriptionClient): GraphQLSubscriptionClient {
  const inherited = useContext(GraphQLContext)
  const client = given || inherited
  if (!client) {
    throw new Error(
      'WebSocketReconnect: wrap this component in <GraphQLProvider endpoint="wss://…">, or pass { client }.',
    )
  }
  return client
}
