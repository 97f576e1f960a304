/**
 * Owns how trouble is told: as an error of our class, on the console of a developer, or to the platform (R17–R19).
 * Must never quote a url's secrets, nor decide what follows from trouble.
 */

import type { Failure } from '../machine/events.ts'
import { explainOnConsole, warn } from '../options/dev-warnings.ts'
import { sentenceOf, WebSocketReconnectError } from '../policy/errors.ts'
import type { Engine } from './engine.ts'
import { reportToPlatform } from './platform.ts'

export class ErrorReporter {
  readonly #engine: Engine
  /** The last error that was emitted. */
  last: WebSocketReconnectError | null = null

  constructor(engine: Engine) {
    this.#engine = engine
  }

  make({ code, cause }: Failure): WebSocketReconnectError {
    const { url, settings } = this.#engine
    const earlier = (code === 'RETRIES_EXHAUSTED' || code === 'FATAL_CLOSE') && cause
    return new WebSocketReconnectError(
      code,
      sentenceOf(code, url, settings),
      earlier ? this.make(earlier as Failure) : cause,
    )
  }

  emit(failure: Failure): WebSocketReconnectError {
    this.last = this.make(failure)
    this.#engine.emit('error', this.last)
    try {
      if (process.env.NODE_ENV !== 'production') {
        const { settings, url, traffic } = this.#engine
        explainOnConsole(failure, settings, url, traffic.ping.hasEverHeard)
      }
    } catch {}
    return this.last
  }

  /** A message could not be read by a codec (R35). */
  reportDecodeError(cause: unknown): void {
    try {
      if (process.env.NODE_ENV !== 'production') {
        warn('the codec cannot read a message; the error event (INVALID_MESSAGE) has the reason as its cause.')
      }
    } catch {}
    this.emit({ code: 'INVALID_MESSAGE', cause })
  }

  /** A user's function has thrown, or answered what it must not. */
  listenerFailed(thrown: unknown, isErrorListener = false): void {
    if (reportToPlatform(thrown)) return
    if (!isErrorListener && this.#engine.emitter.has('error')) this.emit({ code: 'LISTENER_FAILED', cause: thrown })
    else this.throwLater(thrown)
  }

  /** Where nobody else has a place for it. */
  throwLater(thrown: unknown): void {
    this.#engine.clock.setTimeout(() => {
      throw thrown
    }, 0)
  }

  /** Runs a user's function that has no business throwing. */
  isolate(call: () => void): void {
    try {
      call()
    } catch (thrown) {
      this.listenerFailed(thrown)
    }
  }
}
