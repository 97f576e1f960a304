/**
 * Owns a promise that all who ask share until it settles: of `connect()`, of `close()`, of `drain()` (R24). It is there only
 * while somebody waits for it. Must never be settled before the listeners have been told.
 */

import type { WebSocketReconnectError } from '../policy/errors.ts'
import { nothing } from './platform.ts'

export class SharedPromise<Name extends string = string> {
  readonly promise: Promise<void>
  /** Resolves it, or rejects it with an error; whoever asks from now on waits for the next. */
  settle!: (error?: WebSocketReconnectError) => void

  /** `holder` has it under this name for as long as it is not settled. */
  constructor(holder: { [N in Name]: SharedPromise<N> | undefined }, name: Name) {
    this.promise = new Promise((resolve, reject) => {
      this.settle = (error) => {
        holder[name] = undefined
        if (error) reject(error)
        else resolve()
      }
    })
    // Most callers listen to events instead; an ignored promise must not end a Node process.
    this.promise.catch(nothing)
  }
}
