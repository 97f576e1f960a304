'use client'

/** The door of `react-websocket-reconnect/graphql/react`: the hook, and the provider of its client. */

export type { GivenGraphQLProps, GraphQLProviderProps, OwnGraphQLProps } from './GraphQLProvider.tsx'
export { GraphQLProvider } from './GraphQLProvider.tsx'
export type { Subscription, SubscriptionOptions } from './useSubscription.ts'
export { useSubscription } from './useSubscription.ts'
