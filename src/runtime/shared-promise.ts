/**
 * Owns a promise that all who ask share until it settles: of `connect()`, of `close()`, of `drain()` (R24).
 * Must never be settled before the listeners have been told.
 */

import type { WebSocketReconnectError } from '../policy/errors.ts'

interface Deferred {
  readonly promise: Promise<void>
  resolve: () => void
  reject: (error: WebSocketReconnectError) => void
}

export class SharedPromise {
  #deferred: Deferred | undefined

  /** Whether somebody waits for it. */
  get isWanted(): boolean {
    return !!this.#deferred
  }

  get(): Promise<void> {
    let deferred = this.#deferred
    if (!deferred) {
      const settlers = {} as { -readonly [K in keyof Deferred]: Deferred[K] }
      settlers.promise = new Promise((resolve, reject) => {
        settlers.resolve = resolve
        settlers.reject = reject
      })
      this.#deferred = deferred = settlers
      // Most callers listen to events instead; an ignored promise must not end a Node process.
      deferred.promise.catch(() => {})
    }
    return deferred.promise
  }

  /** Resolves it, or rejects it with an error; whoever asks from now on waits for the next. */
  settle(error?: WebSocketReconnectError): void {
    const deferred = this.#deferred
    this.#deferred = undefined
    if (!deferred) return
    if (error) deferred.reject(error)
    else deferred.resolve()
  }
}
