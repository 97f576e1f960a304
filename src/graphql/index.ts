/**
 * The door of `react-websocket-reconnect/graphql`: queries, mutations and subscriptions over one connection that comes
 * back (docs/GRAPHQL.md). Owns which operations live and who hears of their results. Must never queue,
 * retry or time anything, which is the engine's; nor import React, or the package graphql.
 */

import {
  type CloseInfo,
  type SendOptions,
  WebSocketReconnect,
  type WebSocketReconnectError,
  type WebSocketReconnectOptions,
} from '../index.ts'
import { handshake } from './handshake.ts'
import { iterateResults } from './iterate.ts'
import { initText, type Message, subscribeText } from './messages.ts'
import type {
  GraphQLDocument,
  GraphQLErrorShape,
  GraphQLRequest,
  GraphQLResult,
  OperationHandlers,
  OperationOptions,
  Uninferred,
} from './operation.ts'
import { withProtocolDefaults } from './protocol.ts'

export type {
  GraphQLDocument,
  GraphQLErrorShape,
  GraphQLRequest,
  GraphQLResult,
  OperationHandlers,
  OperationOptions,
  Uninferred,
}

/** The payload of `connection_init`: credentials and the like. */
export type ConnectionParams = object | null | undefined

/** Every option of the engine but `url`, which is the endpoint; and two of GraphQL's own. */
export interface GraphQLClientOptions extends Omit<WebSocketReconnectOptions, 'url'> {
  /**
   * Sent with `connection_init`; or a (possibly async) function asked afresh on each connection. `lastClose` tells how
   * the one before ended: after code 4401, old credentials will not do. Its time counts towards `connectTimeout`, its
   * throw is a failed attempt.
   */
  connectionParams?:
    | Readonly<Record<string, unknown>>
    | null
    | ((context: { readonly lastClose: CloseInfo | null }) => ConnectionParams | PromiseLike<ConnectionParams>)
    | undefined
  /** Makes text of a document that does not carry its source: `print` of the package graphql. */
  print?: ((query: any) => string) | undefined
}

interface Operation extends OperationHandlers {
  readonly id: string
  /** What asks for it, ready to be sent. */
  readonly message: string
  /** The connection that has had it: the same id a second time would cost us that one (4409). */
  sentOn: number
  /** Why the connection gave up, when it last heard of it. */
  told: unknown
}

/** The engine, and its way to call what a user has given. */
class Engine extends WebSocketReconnect {
  override call(handler: () => void): void {
    super.call(handler)
  }
}

/** Nothing waits in the engine's queue: what a connection did not take is subscribed anew on the next. */
const UNQUEUED: SendOptions = { queue: false }

/**
 * A GraphQL client over one WebSocket that comes back. OPEN means that the server has acknowledged; after every
 * reconnect all live operations are subscribed again. Nothing happens before `connect()`.
 *
 * @throws TypeError for options the engine cannot use.
 *
 * @example
 * const client = new GraphQLSubscriptionClient('wss://api.example.com/graphql', { connectionParams: { token } })
 * client.connect()
 * const stop = client.subscribe('subscription { greetings }', {}, { onData: ({ data }) => console.log(data) })
 */
export class GraphQLSubscriptionClient {
  /** The engine: its events, `state`, `getStats()` and all the rest. */
  readonly ws: WebSocketReconnect
  readonly #engine: Engine
  readonly #operations = new Map<string, Operation>()
  readonly #print: GraphQLClientOptions['print']
  #lastId = 0

  constructor(endpoint: WebSocketReconnectOptions['url'], options: GraphQLClientOptions = {}) {
    const { connectionParams: params, print, ...rest } = options
    this.#print = print
    if (typeof params !== 'function') initText(params)
    const parsedMessages = new WeakMap<object, Message>()
    const engine = new Engine(
      { ...rest, ...withProtocolDefaults(rest), url: endpoint },
      handshake(
        () => (typeof params === 'function' ? params({ lastClose: engine.getSnapshot().lastClose }) : params),
        parsedMessages,
      ),
    )
    this.ws = this.#engine = engine
    // One listener for all of them: a listener each would make the tenth thousand wait for the others.
    engine.on('open', () => this.#operations.forEach((operation) => this.#start(operation)))
    engine.on('stateChange', () => this.#tell(this.#operations.values()))
    engine.on('message', (event) => {
      const { id, type, payload, isUnread } = parsedMessages.get(event) || ({} as Message)
      // What belongs to no operation of ours has crossed our `complete` on its way: late, not wrong.
      const operation = this.#operations.get(id)
      if (type === 'next') operation?.onData?.(payload)
      else if (operation) {
        if (isUnread) this.#stop(operation)
        else this.#operations.delete(id)
        if (type === 'error') operation.onError?.(payload)
        else operation.onComplete?.()
      }
    })
  }

  /**
   * Runs an operation: now if the server has acknowledged, else as soon as it has. Returns how to stop it. What it is
   * given is read now. Where the connection has given up (FAILED), `onError` hears so a microtask later; before
   * `connect()` and after `disconnect()` it waits.
   * @throws TypeError for a document that needs `print`, and for variables that JSON cannot say.
   */
  subscribe<Data = any, Variables = any>(
    query: string | GraphQLDocument<Data, Variables>,
    variables?: Uninferred<Variables>,
    { onData, onError, onComplete, operationName, extensions }: OperationHandlers<Data> & OperationOptions = {},
  ): () => void {
    const id = String(++this.#lastId)
    const message = subscribeText(id, operationName, this.#textOf(query), variables, extensions)
    const operation: Operation = { id, message, sentOn: 0, told: null, onData, onError, onComplete }
    this.#operations.set(id, operation)
    this.#start(operation)
    // The caller does not know yet how to stop it.
    if (this.ws.state === 'FAILED') Promise.resolve().then(() => this.#tell([operation]))
    return () => this.#stop(operation)
  }

  /**
   * As `subscribe`, for `for await`: it starts with the first turn of the loop and stops when the loop is left. Throws
   * the server's errors as one Error with `errors`, or the connection's when it gives up. Results wait, in order and
   * without a bound, until they are taken.
   *
   * @example
   * for await (const { data } of client.iterate({ query: 'subscription { greetings }' })) console.log(data)
   */
  iterate<Data = any, Variables = any>(
    request: GraphQLRequest<Data, Variables>,
  ): AsyncGenerator<GraphQLResult<Data>, void, void> {
    return iterateResults((handlers) => this.subscribe(request.query, request.variables, { ...request, ...handlers }))
  }

  /** Connects and stays connected. Resolves when the server has acknowledged; rejects as the engine's does. */
  connect(): Promise<void> {
    return this.ws.connect()
  }

  /** Closes until `connect()`, which brings every operation back that nobody has stopped. */
  disconnect(): void {
    this.ws.close()
  }

  #start(operation: Operation): void {
    const connection = this.#connection()
    if (connection < 0 || connection === operation.sentOn) return
    operation.sentOn = connection
    this.ws.send(operation.message, UNQUEUED)
  }

  #stop({ id, sentOn }: Operation): void {
    // The server has never heard of what was not sent, and has forgotten what is over.
    if (this.#operations.delete(id) && sentOn === this.#connection()) {
      this.ws.send(JSON.stringify({ id, type: 'complete' }), UNQUEUED)
    }
  }

  /** Why the connection has given up, if it has; to each operation that still lives, and once. */
  #tell(operations: Iterable<Operation>): void {
    const { state, error } = this.ws.getSnapshot()
    if (state !== 'FAILED') return
    // A list of its own: what a handler asks for now is told later.
    for (const operation of [...operations]) {
      if (operation.told === error || !this.#operations.has(operation.id)) continue
      operation.told = error
      this.#engine.call(() => operation.onError?.(error as WebSocketReconnectError))
    }
  }

  /** The number of the open connection, or -1. */
  #connection(): number {
    return this.ws.state === 'OPEN' ? this.ws.getSnapshot().connectionId : -1
  }

  #textOf(query: any): string {
    const text = typeof query?.valueOf() === 'string' ? `${query}` : query?.loc?.source?.body || this.#print?.(query)
    if (typeof text !== 'string') {
      throw new TypeError(
        'GraphQLSubscriptionClient: "query" must be a string or have loc.source.body; else pass { print } of graphql.',
      )
    }
    return text
  }
}
