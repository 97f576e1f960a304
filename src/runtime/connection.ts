/**
 * Owns one attempt: from asking the providers to the socket's last word (R2, R3, R7, R22, R28).
 * Once it is stale it keeps its listeners, so that no platform misses an `error` handler, and says nothing any more.
 * Must never retry, count or judge: it reports what happened as events for the machine.
 */

import type { Failure, MachineEvent } from '../machine/events.ts'
import { warnOfSocketOptions } from '../options/dev-warnings.ts'
import type { AttemptContext } from '../options/providers.ts'
import type { Settings } from '../options/settings.ts'
import type { SocketLike } from '../options/world.ts'
import type { CloseInfo } from '../policy/close-policy.ts'
import type { ErrorCode } from '../policy/errors.ts'
import { webSocketUrl } from '../policy/url.ts'
import { isAddress, isBag, isFunction, isNumber, isProtocols, isText } from '../policy/values.ts'
import type { Engine } from './engine.ts'
import {
  findWebSocket,
  ignoresSocketOptions,
  isSecurePage,
  newAbortController,
  pageUrl,
  takesSocketInit,
} from './platform.ts'
import { SelfDialError, within } from './self-dial.ts'

export class Connection {
  /** Nothing it says counts any more. */
  isStale = false
  socket: SocketLike | undefined
  /** The address it dials, secrets and all. */
  url = ''
  readonly #engine: Engine
  /** As they were when it began: later ones are for the next attempt (R27). */
  readonly #settings: Settings
  #controller: AbortController | undefined
  #hasOpened = false
  /** What the socket's `error` said. */
  #cause: unknown

  constructor(engine: Engine) {
    this.#engine = engine
    this.#settings = engine.settings
  }

  /** Asks the providers, if there are any, and opens a socket; whatever goes wrong is an event. */
  dial(attempt: number, lastClose: CloseInfo | null): void {
    const { url, protocols, websocketOptions } = this.#settings
    const options = [url, protocols, websocketOptions] as const
    if (options.some(isFunction)) this.#controller = newAbortController()
    const context: AttemptContext = { attempt, lastClose, signal: this.#controller?.signal }
    const failed = (cause: unknown) => this.#fail('URL_PROVIDER_FAILED', false, cause)
    try {
      const answers = options.map((option: unknown) => (isFunction(option) ? option(context as never) : option))
      // Without a promise the socket is opened at once: a caller may look for it in the same task.
      if (answers.some(isThenable)) Promise.all(answers).then((all) => this.#open(all), failed)
      else this.#open(answers)
    } catch (cause) {
      failed(cause)
    }
  }

  /** Starts the closing handshake; where the platform refuses the code, with 1000 and the same reason (R23). */
  close(code: number, reason: string): void {
    for (const each of [code, 1000]) {
      try {
        return this.socket?.close(each, reason)
      } catch {}
    }
  }

  /** After its own last word. Some platforms say that and leave the socket CONNECTING, or open it; that one is let go. */
  disposeAfterClose(): void {
    if (this.socket && this.socket.readyState < 2) this.abandon(1000, '')
    else this.#end()
  }

  /** Lets the socket go at once, telling the peer if it still listens (R3). */
  abandon(code: number, reason: string): void {
    this.#end()
    this.close(code, reason)
    try {
      this.socket?.terminate?.()
    } catch {}
  }

  #end(): void {
    this.isStale = true
    this.#controller?.abort()
  }

  #fail(code: ErrorCode, fatal = false, cause?: unknown): void {
    this.#report({ type: 'attemptFailed', failure: { code, cause }, fatal })
  }

  #report(event: MachineEvent): void {
    if (!this.isStale) this.#engine.deliver(Object.assign(event, { from: this }))
  }

  #open([url, protocols, extra]: unknown[]): void {
    if (this.isStale) return
    const { url: given, protocols: offered, WebSocket, binaryType } = this.#settings
    const isProvided = isFunction(given)
    if (url === null && isProvided) return this.#fail('NO_URL', true)
    const options = extra || {}
    if (!isProvided && !isAddress(url)) return this.#fail('INVALID_URL', true)
    if (!isAddress(url) || isFunction(url) || !isProtocols(protocols) || !isBag(options)) {
      return this.#fail('URL_PROVIDER_FAILED')
    }
    const address = webSocketUrl(url, pageUrl())
    this.url = address || String(url)
    // What a provider returned may be better next time; what is written in the options will not (R22).
    if (!address) return this.#fail('INVALID_URL', !isProvided)

    const hasOptions = Object.keys(options).length > 0
    const Constructor = WebSocket || findWebSocket(hasOptions)
    if (!Constructor) return this.#fail('WEBSOCKET_UNAVAILABLE', true)
    if (!WebSocket && Constructor === this.#engine.surrounding) {
      return this.#fail('WEBSOCKET_UNAVAILABLE', true, new SelfDialError())
    }
    const isInit = hasOptions && !WebSocket && takesSocketInit(Constructor)
    try {
      if (process.env.NODE_ENV !== 'production') {
        warnOfSocketOptions(
          options,
          isInit,
          hasOptions && !WebSocket && ignoresSocketOptions(),
          address,
          isSecurePage(),
        )
      }
    } catch {}
    const names = protocols.length ? protocols : undefined
    try {
      this.socket = within(WebSocket ? undefined : Constructor, () => {
        if (isInit) return new Constructor(address, { ...options, protocols: names || [] })
        return hasOptions ? new Constructor(address, names, options) : new Constructor(address, names)
      })
      if (binaryType) this.socket.binaryType = binaryType
      this.#listen(this.socket)
    } catch (cause) {
      if (cause instanceof SelfDialError) this.#fail('WEBSOCKET_UNAVAILABLE', true, cause)
      // A syntax error in what a provider answered may be mended by its next answer (R22).
      else
        this.#fail('SOCKET_THREW', !isProvided && !isFunction(offered) && Object(cause).name === 'SyntaxError', cause)
    }
  }

  /**
   * `close` is the truth, since some platforms skip `error` and none says why (R25). Only before open is `error` the end:
   * Node's own WebSocket before 24 never closes after a failed handshake, nor does Chromium's under a page's policy.
   */
  #listen(socket: SocketLike): void {
    const listen: SocketLike['addEventListener'] =
      this.#engine.adapter?.listen(socket) || socket.addEventListener.bind(socket)
    listen('open', this.#onOpen.bind(this))
    listen('message', this.#onMessage.bind(this))
    listen('error', this.#onError.bind(this))
    listen('close', this.#onClose.bind(this))
  }

  #onOpen(): void {
    this.#hasOpened = true
    this.#report({ type: 'opened' })
  }

  #onMessage(event: MessageEvent): void {
    if (!this.isStale) this.#engine.onMessage(event)
  }

  #onError(event?: { error?: unknown }): void {
    this.#cause = event?.error || event
    if (!this.#hasOpened) this.#onClose()
  }

  /** Platforms and mocks leave out what they do not know, or say null. */
  #onClose(event?: Partial<CloseInfo> & { failure?: Failure }): void {
    const { code, reason, wasClean, failure } = event || {}
    this.#report({
      type: 'socketClosed',
      code: isNumber(code) ? code : 1006,
      reason: isText(reason) ? reason : '',
      wasClean: wasClean === true,
      cause: this.#cause,
      failure,
    })
  }
}

const isThenable = (value: unknown): boolean => typeof (value as PromiseLike<unknown> | null)?.then === 'function'
