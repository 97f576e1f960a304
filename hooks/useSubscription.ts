'use client'

/**
 * Owns a GraphQL operation that lives as long as a component wants it: one on the server under StrictMode, renewed when
 * what it asks for changes by value, stopped when nobody reads (R31, R32, R36 for GraphQL). Must never subscribe while
 * rendering, call a handler for what is no longer asked, or leave anything behind.
 */

import { useInsertionEffect, useState, useSyncExternalStore } from 'react'
import type {
  GraphQLDocument,
  GraphQLErrorShape,
  GraphQLSubscriptionClient,
  OperationHandlers,
  OperationOptions,
  Uninferred,
} from '../src/graphql/index.ts'
import type { ConnectionState, WebSocketReconnectError } from '../src/index.ts'
import { useGraphQLClient } from './useGraphQLClient.ts'

/** Options of `useSubscription`: what the operation is, and who hears of it. */
export interface SubscriptionOptions<Data = any, Variables = any> extends OperationHandlers<Data>, OperationOptions {
  /** The operation's variables: what JSON can say. Compared by value, so they may be written inline. */
  variables?: Uninferred<Variables> | undefined
  /** True: ask for nothing, for now. */
  skip?: boolean | undefined
  /** Uses this client instead of the provider's. */
  client?: GraphQLSubscriptionClient | undefined
}

/** What `useSubscription` returns: a new object when, and only when, something in it has changed. */
export interface Subscription<Data = any> {
  /** The `data` of the last result; undefined before the first. A view that skips under load: `onData` gets each. */
  readonly data: Data | null | undefined
  /** The operation's errors, else why the connection is down, else null. */
  readonly error: readonly GraphQLErrorShape[] | WebSocketReconnectError | null
  /** The server has completed the operation. */
  readonly complete: boolean
  /** The connection's state; OPEN once the server has acknowledged. */
  readonly state: ConnectionState
}

const NOTHING: Subscription = { data: undefined, error: null, complete: false, state: 'CLOSED' }

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
  const asked: Question | null = skip ? null : { query, variables, operationName, extensions }
  // A document may be another object on every render; what counts is its text.
  const details = JSON.stringify(asked && { ...asked, query: (query as any)?.loc?.source?.body || query })
  // In state and not in a memo: the subscription and its data must outlive a Fast Refresh.
  const [kept, keep] = useState(() => createFeed(client, details, asked))
  let feed = kept
  const isAsked = feed.client === client && (feed.details === details || keyOf(feed.details) === keyOf(details))
  if (!isAsked) keep((feed = createFeed(client, details, asked)))
  useInsertionEffect(() => {
    feed.adopt(options)
    // In the very commit that removes the component; the subscription itself ends a task later.
    return () => feed.adopt({})
  })
  return useSyncExternalStore(feed.subscribe, feed.look, () => NOTHING)
}

/** How long further news wait for the first, ms: one frame at 60 Hz. */
const FRAME = 16

/** What is asked for. The client is given that and not its JSON, to say no to what JSON cannot say. */
interface Question extends OperationOptions {
  readonly query: string | GraphQLDocument
  readonly variables: any
}

/**
 * The words of GraphQL: texts, which are kept as they are, names, numbers, signs. What is no word, like white space,
 * commas and comments, says nothing.
 */
const WORD = /"""(?:\\"""|[^])*?"""|"(?:\\.|[^"\\\n])*"|#.*|\w+|[^\s,]/g

/** The same for the same question, however it is spelled. It costs a little, so it is for details that differ. */
function keyOf(details: string): string {
  const { query, operationName, ...rest } =
    JSON.parse(details, (_, value) => (Object(value) === value ? sorted(value) : value)) || {}
  const words = typeof query === 'string' && query.match(WORD)
  const filled = Object.keys(rest).filter((name) => rest[name] && Object.keys(rest[name]).length)
  return JSON.stringify([
    words ? words.filter((word) => word[0] !== '#') : query,
    operationName || null,
    filled.map((name) => [name, rest[name]]),
  ])
}

const sorted = (value: any): unknown =>
  Array.isArray(value)
    ? value
    : Object.fromEntries(
        Object.keys(value)
          .sort()
          .map((key) => [key, value[key]]),
      )

function createFeed(client: GraphQLSubscriptionClient, details: string, asked: Question | null) {
  let handlers: OperationHandlers
  let result = NOTHING
  let shown = NOTHING
  let reader: (() => void) | undefined
  /** Ends what is running. */
  let end: (() => void) | undefined
  let goodbye: ReturnType<typeof setTimeout> | undefined
  let frame: ReturnType<typeof setTimeout> | undefined
  let isBehind: boolean

  /** The same object as long as it says the same. */
  const paint = (): Subscription => {
    const { state, error } = client.ws.getSnapshot()
    const next: Subscription = { ...result, error: result.error || error, state }
    for (const key in next) if (next[key as 'data'] !== shown[key as 'data']) shown = next
    return shown
  }
  /** At once, then at most once a frame: React refuses a burst of renders in one task (R31). */
  const news = () => {
    isBehind = !!frame
    if (frame) return
    frame = setTimeout(() => {
      frame = undefined
      if (isBehind) news()
    }, FRAME)
    reader?.()
  }
  const take = (change: Partial<Subscription>, name: keyof OperationHandlers, payload?: any) => {
    result = { ...result, ...change }
    news()
    handlers[name]?.(payload)
  }
  const start = () => {
    // First what may throw.
    const stop =
      asked &&
      client.subscribe(asked.query, asked.variables, {
        ...asked,
        onData: (next) => take({ data: next.data, error: next.errors as Subscription['error'] }, 'onData', next),
        // The connection's own error is in its snapshot, and goes when it comes back.
        onError: (error) => take(error instanceof Error ? {} : { error }, 'onError', error),
        onComplete: () => take({ complete: true }, 'onComplete'),
      })
    const unwatch = client.ws.subscribe(news)
    return () => {
      if (stop) stop()
      unwatch()
      clearTimeout(frame)
      frame = end = undefined
      result = NOTHING
    }
  }

  return {
    client,
    details,
    adopt(given: OperationHandlers) {
      handlers = given
    },
    look: paint,
    subscribe(read: () => void) {
      clearTimeout(goodbye)
      end = end || start()
      reader = read
      return () => {
        reader = undefined
        // StrictMode and Fast Refresh are back before this task ends, and find the operation still running (R32).
        goodbye = setTimeout(end as () => void)
      }
    },
  }
}
