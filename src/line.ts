/**
 * Owns one attempt: from asking the providers to the socket's last word (R2, R3, R7, R22, R28).
 * Once it is over it is a ghost: it keeps its listeners, so that no platform misses an `error` handler, and says
 * nothing any more. Must never retry, count or judge: it reports what happened as events for the chart.
 */

import type { ErrorCode } from './errors.ts'
import { findWebSocket, ignoresSocketOptions, isSecurePage, newAbortController, pageUrl } from './host.ts'
import {
  type AttemptContext,
  type CloseInfo,
  isAddress,
  isProtocols,
  type Provided,
  type Settings,
  type SocketLike,
} from './options.ts'
import type { ChartEvent, Failure } from './state.ts'
import { webSocketUrl } from './url.ts'
import { warn } from './warnings.ts'

/** How a line reports. */
export interface Ear {
  event(event: ChartEvent, from: Line): void
  message(event: MessageEvent): void
}

/**
 * A protocol that has a handshake of its own on top of the socket's. It listens to the socket and answers with the
 * `addEventListener` that the engine uses in its place: `open` when the protocol is ready, `close` when it has ended,
 * with a `failure` where the code is the protocol's own word and not the network's.
 */
export type Layer = (socket: SocketLike) => SocketLike['addEventListener']

export class Line {
  /** Nothing it says counts any more. */
  over = false
  socket: SocketLike | undefined
  /** The address it dials, secrets and all. */
  url = ''
  readonly #settings: Settings
  readonly #ear: Ear
  readonly #layer: Layer | undefined
  #controller: AbortController | undefined

  constructor(settings: Settings, ear: Ear, layer?: Layer) {
    this.#settings = settings
    this.#ear = ear
    this.#layer = layer
  }

  /** Asks the providers, if there are any, and opens a socket; whatever goes wrong is an event. */
  dial(attempt: number, lastClose: CloseInfo | null): void {
    const { url, protocols } = this.#settings
    if (typeof url === 'function' || typeof protocols === 'function') this.#controller = newAbortController()
    const context: AttemptContext = { attempt, lastClose, signal: this.#controller?.signal }
    const failed = (cause: unknown) => this.#refuse('URL_PROVIDER_FAILED', cause)
    try {
      const answers = [ask(url, context), ask(protocols, context)] as const
      // Without a promise the socket is opened at once: a caller may look for it in the same task.
      if (answers.some(isThenable)) Promise.all(answers).then((both) => this.#open(...both), failed)
      else this.#open(answers[0], answers[1])
    } catch (cause) {
      failed(cause)
    }
  }

  /** Starts the closing handshake; where the platform refuses the code, with 1000 and the same reason (R23). */
  hangUp(code: number, reason: string): void {
    try {
      this.socket?.close(code, reason)
    } catch {
      try {
        this.socket?.close(1000, reason)
      } catch {}
    }
  }

  /** Becomes a ghost. */
  end(): void {
    this.over = true
    this.#controller?.abort()
  }

  /** After its own last word. Some platforms say that and leave the socket CONNECTING, or open it; that one is let go. */
  bury(): void {
    if (this.socket && this.socket.readyState < 2) this.release(1000, '')
    else this.end()
  }

  /** Lets the socket go at once, telling the peer if it still listens (R3). */
  release(code: number, reason: string): void {
    this.end()
    this.hangUp(code, reason)
    try {
      this.socket?.terminate?.()
    } catch {}
  }

  #refuse(code: ErrorCode, cause?: unknown, fatal = false): void {
    this.#tell({ type: 'refused', failure: { code, cause }, fatal })
  }

  #tell(event: ChartEvent): void {
    if (!this.over) this.#ear.event(event, this)
  }

  #open(url: unknown, protocols: unknown): void {
    if (this.over) return
    const { url: given, WebSocket, websocketOptions, binaryType } = this.#settings
    if (!isAddress(url) || typeof url === 'function' || !isProtocols(protocols)) {
      return this.#refuse('URL_PROVIDER_FAILED')
    }
    const address = webSocketUrl(url, pageUrl())
    this.url = address || String(url)
    // What a provider returned may be better next time; what is written in the options will not (R22).
    if (!address) return this.#refuse('INVALID_URL', undefined, typeof given !== 'function')

    const extra = Object.keys(websocketOptions).length > 0
    const Constructor = WebSocket || findWebSocket(extra)
    if (!Constructor) return this.#refuse('WEBSOCKET_UNAVAILABLE', undefined, true)
    try {
      if (process.env.NODE_ENV !== 'production') {
        if (extra && !WebSocket && ignoresSocketOptions()) {
          warn('browsers ignore websocketOptions; pass a token in the url, a subprotocol or the first message instead.')
        }
        if (address.startsWith('ws:') && isSecurePage()) {
          warn('browsers refuse ws:// on a page that came by https. Use wss://.')
        }
      }
    } catch {}
    const names = protocols.length ? protocols : undefined
    try {
      this.socket = extra ? new Constructor(address, names, websocketOptions) : new Constructor(address, names)
      if (binaryType) this.socket.binaryType = binaryType
      this.#listen(this.socket)
    } catch (cause) {
      this.#refuse('SOCKET_THREW', cause, (cause as Error | undefined)?.name === 'SyntaxError')
    }
  }

  /**
   * `close` is the truth, since some platforms skip `error` and none says why (R25). Only before open is `error` the end:
   * Node's own WebSocket before 24 never closes after a failed handshake, nor does Chromium's under a page's policy.
   */
  #listen(socket: SocketLike): void {
    let cause: unknown
    let opened = false
    const listen: SocketLike['addEventListener'] = this.#layer
      ? this.#layer(socket)
      : (type, listener) => socket.addEventListener(type, listener)
    const lost = ({
      code = 1006,
      reason = '',
      wasClean = false,
      failure,
    }: Partial<CloseInfo> & { failure?: Failure }) =>
      this.#tell({ type: 'lost', code, reason, wasClean, verdict: 'retry', cause, failure })
    listen('open', () => {
      opened = true
      this.#tell({ type: 'opened' })
    })
    listen('message', (event: MessageEvent) => {
      if (!this.over) this.#ear.message(event)
    })
    listen('error', (event: { error?: unknown }) => {
      cause = event?.error || event
      if (!opened) lost({})
    })
    listen('close', (event?: Partial<CloseInfo> & { failure?: Failure }) => lost(event || {}))
  }
}

const ask = <T>(value: Provided<T>, context: AttemptContext): T | PromiseLike<T> =>
  typeof value === 'function' ? (value as (context: AttemptContext) => T | PromiseLike<T>)(context) : value

const isThenable = (value: unknown): boolean => typeof (value as PromiseLike<unknown> | null)?.then === 'function'
