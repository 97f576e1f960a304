'use client'

/**
 * Owns a GraphQL operation that lives as long as a component wants it: one on the server under StrictMode, renewed when
 * what it asks for changes by value, stopped when nobody reads (R31, R32, R36 for GraphQL). Must never subscribe while
 * rendering, or call a handler for what is no longer asked.
 */

import { useInsertionEffect, useState } from 'react'
import type {
  GraphQLDocument,
  GraphQLSubscriptionClient,
  OperationHandlers,
  OperationOptions,
  Uninferred,
} from '../src/graphql/index.ts'
import { asksTheSame, detailsOf } from '../src/observers/graphql-question.ts'
import { createOperationStore, type Subscription } from '../src/observers/operation-store.ts'
import { useGraphQLClient } from './useGraphQLClient.ts'
import { useStore } from './useStore.ts'

export type { Subscription } from '../src/observers/operation-store.ts'

/** Options of `useSubscription`: what the operation is, and who hears of it. */
export interface SubscriptionOptions<Data = any, Variables = any> extends OperationHandlers<Data>, OperationOptions {
  /** The operation's variables: what JSON can say. Compared by value, so they may be written inline. */
  variables?: Uninferred<Variables> | undefined
  /** True: ask for nothing, for now. */
  skip?: boolean | undefined
  /** Uses this client instead of the provider's. */
  client?: GraphQLSubscriptionClient | undefined
}

/**
 * Runs a GraphQL operation while the component is mounted and `skip` is not set. Document and variables are compared
 * by what they say: the order of keys, white space and comments are no news. Handlers are always the latest render's.
 *
 * @throws Error where there is no provider.
 *
 * @example
 * const { data, error } = useSubscription('subscription Price($of: ID!) { price(of: $of) }', { variables: { of } })
 */
export function useSubscription<Data = any, Variables = any>(
  query: string | GraphQLDocument<Data, Variables>,
  options: SubscriptionOptions<Data, Variables> = {},
): Subscription<Data> {
  const { variables, operationName, extensions, skip } = options
  const client = useGraphQLClient(options.client)
  const asked = skip ? null : { query, variables, operationName, extensions }
  const details = detailsOf(asked)
  // In state and not in a memo: the subscription and its data must outlive a Fast Refresh.
  const [kept, keep] = useState(() => createOperationStore(client, details, asked))
  let store = kept
  if (store.client !== client || !asksTheSame(store.details, details)) {
    keep((store = createOperationStore(client, details, asked)))
  }
  useInsertionEffect(() => {
    store.setHandlers(options)
    // In the very commit that removes the component; the subscription itself ends a task later.
    return () => store.setHandlers({})
  })
  return useStore(store)
}
