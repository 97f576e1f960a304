/**
 * Owns how trouble is told: as an error of our class, on the console of a developer, or to the platform (R17–R19).
 * Must never quote a url's secrets, nor decide what follows from trouble.
 */

import type { Failure } from '../machine/events.ts'
import { warnOfProvider, warnOfSilence } from '../options/dev-warnings.ts'
import type { Settings } from '../options/options.ts'
import { sentenceOf, WebSocketReconnectError } from '../policy/errors.ts'
import { pingText } from '../policy/ping-pong.ts'
import { redact } from '../policy/url.ts'
import { reportToPlatform } from './platform.ts'

/** Whose trouble it is. */
export interface TroubledClient {
  readonly settings: Settings
  readonly url: string
  /** Tells listeners of `error`, in their turn. */
  onError(error: WebSocketReconnectError): void
  readonly hasErrorListener: boolean
  throwLater(thrown: unknown): void
}

export class ErrorReporter {
  readonly #client: TroubledClient
  /** The last error that was emitted. */
  last: WebSocketReconnectError | null = null

  constructor(client: TroubledClient) {
    this.#client = client
  }

  make({ code, cause }: Failure): WebSocketReconnectError {
    const { url, settings } = this.#client
    const timeout = code === 'HEARTBEAT_TIMEOUT' ? settings.heartbeatTimeout : settings.connectTimeout
    const earlier = (code === 'RETRIES_EXHAUSTED' || code === 'FATAL_CLOSE') && cause
    const text = sentenceOf(code, redact(url) || 'the address', timeout)
    return new WebSocketReconnectError(code, text, earlier ? this.make(earlier as Failure) : cause)
  }

  emit(failure: Failure): WebSocketReconnectError {
    this.last = this.make(failure)
    this.#client.onError(this.last)
    return this.last
  }

  /** Trouble that looks like nothing at all to whoever has no listener for `error` yet. */
  explainOnConsole({ code, cause }: Failure, hasEverHeard: boolean): void {
    try {
      if (process.env.NODE_ENV !== 'production') {
        const { url, settings } = this.#client
        if (code === 'URL_PROVIDER_FAILED' && cause) warnOfProvider(cause)
        if (code === 'HEARTBEAT_TIMEOUT' && !hasEverHeard) {
          warnOfSilence(redact(url), pingText(settings.heartbeatMessage))
        }
      }
    } catch {}
  }

  /** A user's function has thrown, or answered what it must not. */
  listenerFailed(thrown: unknown, isErrorListener = false): void {
    if (reportToPlatform(thrown)) return
    if (!isErrorListener && this.#client.hasErrorListener) this.emit({ code: 'LISTENER_FAILED', cause: thrown })
    else this.#client.throwLater(thrown)
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
