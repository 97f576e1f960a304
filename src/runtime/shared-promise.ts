/**
 * Owns a promise that all who ask share until it settles: of `connect()`, of `close()`, of `drain()` (R24).
 * Must never be settled before the listeners have been told.
 */

import type { WebSocketReconnectError } from '../policy/errors.ts'

export class SharedPromise {
  #promise: Promise<void> | undefined
  #end: ((error?: WebSocketReconnectError) => void) | undefined

  /** Whether somebody waits for it. */
  get isWanted(): boolean {
    return !!this.#promise
  }

  get(): Promise<void> {
    if (!this.#promise) {
      this.#promise = new Promise((resolve, reject) => {
        this.#end = (error) => (error ? reject(error) : resolve())
      })
      // Most callers listen to events instead; an ignored promise must not end a Node process.
      this.#promise.catch(() => {})
    }
    return this.#promise
  }

  /** Resolves it, or rejects it with an error; whoever asks from now on waits for the next. */
  settle(error?: WebSocketReconnectError): void {
    const end = this.#end
    this.#promise = this.#end = undefined
    end?.(error)
  }
}
