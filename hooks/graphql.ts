'use client'

/** The door of `react-websocket-reconnect/graphql/react`: the provider of a client, and the hooks that use it. */

export type { GivenGraphQLProps, GraphQLProviderProps, OwnGraphQLProps } from './GraphQLProvider.tsx'
export { GraphQLProvider } from './GraphQLProvider.tsx'
export { useGraphQLClient } from './useGraphQLClient.ts'
export type { Subscription, SubscriptionOptions } from './useSubscription.ts'
export { useSubscription } from './useSubscription.ts'
