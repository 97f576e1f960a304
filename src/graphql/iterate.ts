/**
 * Owns `for await` over an operation: results wait, in order and without a bound, until they are taken.
 * Must never start before the first turn of the loop, nor go on after it has been left.
 */

import type { WebSocketReconnectError } from '../index.ts'
import type { GraphQLErrorShape, GraphQLResult, OperationHandlers } from './operation.ts'

/** A result that waits to be taken, and the one after it. */
interface Link<Data> {
  readonly result?: GraphQLResult<Data>
  next?: Link<Data>
}

export function iterateResults<Data>(
  subscribe: (handlers: OperationHandlers<Data>) => () => void,
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
    subscribe({
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

/** The server's errors as something that can be thrown. */
const toError = (error: readonly GraphQLErrorShape[] | WebSocketReconnectError): Error =>
  error instanceof Error
    ? error
    : Object.assign(new Error(error.map(({ message }) => message).join('\n')), { errors: error })
