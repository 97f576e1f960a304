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
import { handshake, initText, type Message, speaking, subscribeText } from './protocol.ts'

/** A type to be checked and never inferred from: what NoInfer is from TypeScript 5.4 on. */
export type Uninferred<T> = [T][T extends unknown ? 0 : never]

/**
 * A document that knows the types of its result and its variables, as code generators write them
 * (`TypedDocumentString`, `TypedDocumentNode`), or any plain one; then both types are `any`.
 */
export interface GraphQLDocument<Data = any, Variables = any> {
  /** What a parsed document says of itself. */
  readonly kind?: unknown
  /** Never there at run time: generators declare it to carry the types. */
  __apiType?: (variables: Variables) => Data
}

/** An error as the GraphQL specification formats it. */
export interface GraphQLErrorShape {
  /** What went wrong, in the server's words. */
  readonly message: string
  /** Where in the document. */
  readonly locations?: ReadonlyArray<{ readonly line: number; readonly column: number }>
  /** Which field of the result. */
  readonly path?: ReadonlyArray<string | number>
  /** What the server adds of its own. */
  readonly extensions?: Readonly<Record<string, unknown>>
}

/** The payload of a `next` message. `errors` is there only where there are some. */
export interface GraphQLResult<Data = any> {
  /** What was asked for; null where nothing of it could be had. */
  readonly data?: Data | null
  /** What could not be had, and why. */
  readonly errors?: readonly GraphQLErrorShape[]
  /** What the server adds of its own. */
  readonly extensions?: Readonly<Record<string, unknown>>
}

/** What may belong to an operation besides its text and its variables. */
export interface OperationOptions {
  /** Which operation to run, where a document holds several. */
  operationName?: string | undefined
  /** Passed to the server as it is. */
  extensions?: Readonly<Record<string, unknown>> | undefined
}

/** What `subscribe` calls. A handler that throws disturbs neither the others nor the connection. */
export interface OperationHandlers<Data = any> {
  /** A result; errors of single fields are in its `errors`. */
  onData?: ((result: GraphQLResult<Data>) => void) | undefined
  /**
   * The server's errors, never none: the operation is over. Or a `WebSocketReconnectError`: the connection has given up
   * (FAILED), perhaps before this was asked for, and the operation goes on if it ever comes back.
   */
  onError?: ((error: readonly GraphQLErrorShape[] | WebSocketReconnectError) => void) | undefined
  /** The operation is over. */
  onComplete?: (() => void) | undefined
}

/** What `iterate` takes. */
export interface GraphQLRequest<Data = any, Variables = any> extends OperationOptions {
  /** The document: a text, a typed document, or with `print` any other. */
  query: string | GraphQLDocument<Data, Variables>
  /** The operation's variables: what JSON can say. */
  variables?: Uninferred<Variables> | undefined
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

/** A result that waits to be taken, and the one after it. */
interface Link<Data> {
  readonly result?: GraphQLResult<Data>
  next?: Link<Data>
}

/** Nothing waits in the engine's queue: what a connection did not take is subscribed anew on the next. */
const NOW: SendOptions = { queue: false }

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
    const heard = new WeakMap<object, Message>()
    const engine = new Engine(
      { ...rest, ...speaking(rest), url: endpoint },
      handshake(
        () => (typeof params === 'function' ? params({ lastClose: engine.getSnapshot().lastClose }) : params),
        heard,
      ),
    )
    this.ws = this.#engine = engine
    // One listener for all of them: a listener each would make the tenth thousand wait for the others.
    engine.on('open', () => this.#operations.forEach((operation) => this.#start(operation)))
    engine.on('stateChange', () => this.#tell(this.#operations.values()))
    engine.on('message', (event) => {
      const { id, type, payload, isUnread } = heard.get(event) || ({} as Message)
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
    // A chain and not an array: taking the first of a hundred thousand moves none of the others, and lets go of it.
    let last: Link<Data> = {}
    let taken = last
    let isOver = false
    let error: unknown
    let wake = () => {}
    let stop = () => {}
    /** Only the first end counts, and nothing that comes after it is for this loop. */
    const end = (why?: unknown) => {
      if (isOver) return
      isOver = true
      error = why
      stop()
      wake()
    }
    const start = () =>
      this.subscribe(request.query, request.variables, {
        ...request,
        onData: (result) => {
          last = last.next = { result }
          wake()
        },
        onError: (errors) => end(toError(errors)),
        onComplete: end,
      })
    const iterator = (async function* (): AsyncGenerator<GraphQLResult<Data>, void, void> {
      stop = start()
      for (;;) {
        while (taken.next) {
          taken = taken.next
          yield taken.result as GraphQLResult<Data>
        }
        if (error) throw error
        if (isOver) return
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    })()
    // A generator would let whoever leaves wait for the very result that somebody is waiting for.
    for (const name of ['return', 'throw'] as const) {
      const leave = iterator[name]
      iterator[name] = (value) => {
        end()
        last = taken = {}
        return leave.call(iterator, value)
      }
    }
    return iterator
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
    this.ws.send(operation.message, NOW)
  }

  #stop({ id, sentOn }: Operation): void {
    // The server has never heard of what was not sent, and has forgotten what is over.
    if (this.#operations.delete(id) && sentOn === this.#connection()) {
      this.ws.send(JSON.stringify({ id, type: 'complete' }), NOW)
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

/** The server's errors as something that can be thrown. */
const toError = (error: readonly GraphQLErrorShape[] | WebSocketReconnectError): Error =>
  error instanceof Error
    ? error
    : Object.assign(new Error(error.map(({ message }) => message).join('\n')), { errors: error })
