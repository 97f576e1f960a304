/**
 * Owns what a component sees of what it asks: the newest question wins, and a task after its last reader the one that waits is
 * aborted (R31, R32). Must never show the answer to a question that is no longer asked.
 */

import type { Store } from '../index.ts'
import type { RequestError } from '../requests/index.ts'
import { newAbortController } from '../runtime/platform.ts'
import type { ViewClock } from './view-clock.ts'

/** What `useRequest` returns: a new object when, and only when, something in it has changed. The functions stay. */
export interface Request<Out = unknown, R = unknown> {
  /**
   * Asks, and aborts what was asked before and has no answer yet. The promise may be ignored: `error` has what it rejects
   * with.
   */
  readonly ask: (message: Out) => Promise<R>
  /** The last answer, which stays while the next one is awaited. */
  readonly data: R | undefined
  /** Why the last question has none; undefined while one is awaited. Or what a function of yours has thrown. */
  readonly error: RequestError | undefined
  readonly isPending: boolean
  /** Forgets data and error, and aborts what waits. */
  readonly reset: () => void
}

export interface RequestStore<Out, R> extends Store<Request<Out, R>> {
  /** How to ask, as the latest render says. */
  readonly setAsk: (ask: (message: Out, signal: AbortSignal | undefined) => Promise<R>) => void
}

export function createRequestStore<Out, R>(timers: ViewClock['timers']): RequestStore<Out, R> {
  let send: Parameters<RequestStore<Out, R>['setAsk']>[0]
  let listener: (() => void) | undefined
  /** Of the newest question, while it waits. */
  let newest: { controller: AbortController | undefined } | undefined
  let endTimer: unknown

  const show = (change: Partial<Request<Out, R>>) => {
    shown = { ...shown, ...change }
    listener?.()
  }
  const abort = () => {
    const old = newest
    newest = undefined
    old?.controller?.abort()
  }
  const nothing: Request<Out, R> = {
    data: undefined,
    error: undefined,
    isPending: false,
    ask(message) {
      abort()
      const mine = (newest = { controller: newAbortController() })
      const answer = send(message, mine.controller?.signal)
      const end = (outcome: 'data' | 'error') => (value: unknown) => {
        if (newest !== mine) return
        newest = undefined
        show({ [outcome]: value, isPending: false })
      }
      answer.then(end('data'), end('error'))
      show({ isPending: true, error: undefined })
      return answer
    },
    reset() {
      abort()
      show(nothing)
    },
  }
  let shown = nothing

  return {
    setAsk(ask) {
      send = ask
    },
    getSnapshot: () => shown,
    getServerSnapshot: () => nothing,
    subscribe(read) {
      timers.clearTimeout(endTimer)
      listener = read
      return () => {
        listener = undefined
        // StrictMode and Fast Refresh are back before this task ends.
        endTimer = timers.setTimeout(() => {
          abort()
          show({ isPending: false })
        }, 0)
      }
    },
  }
}
