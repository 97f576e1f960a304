/**
 * Owns what an operation is: its document, its result, its handlers. Types only. Must never name how it travels.
 */

import type { WebSocketReconnectError } from '../index.ts'

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
