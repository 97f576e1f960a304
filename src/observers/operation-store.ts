/**
 * Owns a GraphQL operation that is read (R31, R32 for GraphQL): runs it from its first reader until a task after its last,
 * and paces what it says. Must never run before it is read, call a handler that nobody has given, or leave anything behind.
 */

import type { GraphQLErrorShape, GraphQLSubscriptionClient, OperationHandlers } from '../graphql/index.ts'
import type { ConnectionState, Store, WebSocketReconnectError } from '../index.ts'
import type { Question } from './graphql-question.ts'
import type { Notifiable } from './notify-scheduler.ts'
import { viewClock } from './view-clock.ts'

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

export interface OperationStore extends Store<Subscription> {
  readonly client: GraphQLSubscriptionClient
  readonly details: string
  /** The handlers of the latest render; none once its component has gone. */
  readonly setHandlers: (handlers: OperationHandlers) => void
}

const NOTHING: Subscription = { data: undefined, error: null, complete: false, state: 'CLOSED' }

/** `details` is the question as text; null asks nothing. */
export function createOperationStore(
  client: GraphQLSubscriptionClient,
  details: string,
  asked: Question | null,
): OperationStore {
  const { timers, scheduler } = viewClock(client.ws.options.clock)
  let handlers: OperationHandlers
  let result = NOTHING
  let shown = NOTHING
  let listener: (() => void) | undefined
  /** Ends what is running. */
  let end: (() => void) | undefined
  let endTimer: unknown

  const member: Notifiable = { publish: () => listener?.() }
  const notify = () => {
    if (listener) scheduler.notify(member)
  }
  const take = (change: Partial<Subscription>, name: keyof OperationHandlers, payload?: any) => {
    result = { ...result, ...change }
    notify()
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
    const unwatch = client.ws.subscribe(notify)
    return () => {
      if (stop) stop()
      unwatch()
      end = undefined
      result = NOTHING
    }
  }

  return {
    client,
    details,
    setHandlers(given) {
      handlers = given
    },
    /** The same object as long as it says the same. */
    getSnapshot() {
      const { state, error } = client.ws.getSnapshot()
      const next: Subscription = { ...result, error: result.error || error, state }
      for (const key in next) if (next[key as 'data'] !== shown[key as 'data']) shown = next
      return shown
    },
    getServerSnapshot: () => NOTHING,
    subscribe(read) {
      timers.clearTimeout(endTimer)
      end = end || start()
      listener = read
      scheduler.join(member)
      return () => {
        listener = undefined
        scheduler.leave(member)
        // StrictMode and Fast Refresh are back before this task ends, and find the operation still running (R32).
        endTimer = timers.setTimeout(end as () => void, 0)
      }
    },
  }
}
