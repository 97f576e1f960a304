/**
 * Owns a GraphQL client that belongs to a part of a page (R30, R32–R34 for GraphQL): as managed-client.ts, and every option
 * follows each render as the protocol needs it. Must never ask for credentials before a connection needs them.
 */

import { type GraphQLClientOptions, GraphQLSubscriptionClient } from '../graphql/index.ts'
import { withProtocolDefaults } from '../graphql/protocol.ts'
import type { WebSocketReconnectOptions } from '../index.ts'
import { type Managed, manage, type Terms } from './managed-client.ts'
import type { ManagedOptions } from './stable-options.ts'

/** What a render gives: the engine's options, and GraphQL's own two. */
export type ManagedGraphQLOptions = GraphQLClientOptions & { url: ManagedOptions['url'] }

/** The two as functions, which are always asked for the latest render's. */
export const graphqlTerms = (
  { connectionParams, print, ...options }: ManagedGraphQLOptions,
  urlKey: unknown,
  enabled: boolean,
): Terms => ({
  options: {
    ...options,
    connectionParams: (context: any) =>
      typeof connectionParams === 'function' ? connectionParams(context) : connectionParams,
    print: (query: any) => print?.(query),
  } as ManagedOptions,
  urlKey,
  enabled,
})

export const manageGraphQLClient = (first: Terms): Managed<GraphQLSubscriptionClient> =>
  manage(first, ({ url, ...options }) => {
    const client = new GraphQLSubscriptionClient(url, options)
    return { client, engine: client.ws, translate }
  })

/** What has changed, put as the protocol needs it. */
function translate(changed: Partial<WebSocketReconnectOptions>): Partial<WebSocketReconnectOptions> {
  const spoken: Partial<WebSocketReconnectOptions> = { ...changed }
  const said = withProtocolDefaults(changed)
  if ('protocols' in changed) spoken.protocols = said.protocols
  if ('heartbeatMessage' in changed) spoken.heartbeatMessage = said.heartbeatMessage
  return spoken
}
