/**
 * The door of `react-websocket-reconnect/requests`: ask and get an answer, over any server that repeats an id. Owns where
 * the id stands in a message, as its user says. Must never keep a request: that is pending-requests.ts.
 */

import type { WebSocketData } from '../policy/payload.ts'
import type { WebSocketClient } from '../websocket-client.ts'
import { createPendingRequests, type RequestOptions } from './pending-requests.ts'
import { RequestError } from './request-error.ts'
import { checkFormat } from './request-rules.ts'

export type { RequestOptions } from './pending-requests.ts'
export { RequestError, type RequestErrorCode } from './request-error.ts'

/** Where the id stands, and what an answer looks like. */
export interface RequestFormat<Out, In, Read = any> {
  /** Puts the id into a message, and writes it. */
  tag: (message: Out, id: string) => WebSocketData
  /** The id of the request that a message answers; null or undefined for one that answers none. */
  idOf: (message: Read) => string | number | null | undefined
  /** The failure in an answer: the request rejects with it as `reply`. Undefined or null: it is none. */
  failureOf?: ((message: Read) => unknown) | undefined
  /**
   * What the request resolves with.
   * @default the message
   */
  resultOf?: ((message: Read) => In) | undefined
  /**
   * Reads a message once for the three above, for example `JSON.parse`.
   * @default none: they get the data as it came
   */
  decode?: ((data: any) => Read) | undefined
  /** What tells the server that nobody waits any more: after an abort or a timeout of what it has received. */
  cancel?: ((id: string) => WebSocketData) | undefined
}

/** What `createRequests` returns. */
export interface Requests<Out = unknown, In = unknown> {
  /**
   * Sends a message once there is a connection, and resolves with its answer. Rejects with a `RequestError`, or with what
   * `tag` threw; never throws.
   */
  readonly ask: (message: Out, options?: RequestOptions) => Promise<In>
  /** How many wait for an answer. */
  readonly pending: number
}

/** The last id: two sets of requests over one connection must not take each other's answers. */
let lastId = 0

/**
 * Request and response over a connection whose server repeats an id. It listens to the client only while something is
 * pending, so there is nothing to dispose of.
 *
 * @throws TypeError for what is no client, or where a function is missing.
 *
 * @example
 * const rpc = createRequests<Call, Result>(client, {
 *   tag: (call, id) => JSON.stringify({ jsonrpc: '2.0', id, ...call }),
 *   decode: JSON.parse,
 *   idOf: ({ id }) => id,
 *   failureOf: ({ error }) => error,
 *   resultOf: ({ result }) => result,
 * })
 * const user = await rpc.ask({ method: 'user.get', params: { name: 'ada' } })
 */
export function createRequests<Out = unknown, In = unknown>(
  client: WebSocketClient,
  how: RequestFormat<Out, In>,
): Requests<Out, In> {
  try {
    // Thrown to where a page without `process` goes as well; production bundles have neither.
    if (process.env.NODE_ENV !== 'production') throw 0
  } catch {
    checkFormat(client, how)
  }
  const read = (event: MessageEvent, isControl: boolean) => {
    if (isControl) return
    try {
      const data = client.messageData(event)
      const message = how.decode ? how.decode(data) : data
      requests.settle(`${how.idOf(message)}`, () => {
        const failure = how.failureOf?.(message)
        if (failure !== undefined && failure !== null) throw new RequestError('REFUSED', true, failure)
        return how.resultOf ? how.resultOf(message) : (message as In)
      })
    } catch (cause) {
      // Whose it is, nobody can say.
      client.reportDecodeError(cause)
    }
  }
  const requests = createPendingRequests<Out, In, string>(
    client,
    how,
    () => `${++lastId}`,
    () => client.on('message', read),
  )
  return requests
}
