/**
 * Owns one attempt: from asking the providers to the socket's last word (R2, R3, R7, R22, R28).
 * Once it is over it is a ghost: it keeps its listeners, so that no platform misses an `error` handler, and says
 * nothing any more. Must never retry, count or judge: it reports what happened as events for the chart.
 */

import type { CloseAction } from './close-codes.ts'
import type { ErrorCode } from './errors.ts'
import {
  findWebSocket,
  ignoresSocketOptions,
  isSecurePage,
  newAbortController,
  pageUrl,
  takesSocketInit,
} from './host.ts'
import {
  type AttemptContext,
  type CloseInfo,
  type Settings,
  type SocketConstructor,
  type SocketLike,
} from './options.ts'
import type { ChartEvent, Failure } from './state.ts'
import { webSocketUrl } from './url.ts'
import { isAddress, isBag, isProtocols } from './values.ts'
import { warn } from './warnings.ts'

/** How a line reports. */
export interface Ear {
  event(event: ChartEvent, from: Line): void
  message(event: MessageEvent): void
}

/** A protocol that has a handshake of its own on top of the socket's. */
export interface Layer {
  /**
   * Listens to the socket, and answers with the `addEventListener` that the engine uses in its place: `open` when the
   * protocol is ready, `close` when it has ended, with a `failure` where the code is the protocol's own word and not the
   * network's.
   */
  readonly listen: (socket: SocketLike) => SocketLike['addEventListener']
  /** What its close codes mean, in the place of the engine's table (R12). */
  readonly closeAction?: (code: number) => CloseAction
  /** It asks for credentials anew on every attempt. */
  readonly hasFreshAuth?: boolean
  /** Whether a message that it lets through is its own talk: proof of life, and nothing for hooks, as a pong is. */
  readonly isControl?: (event: MessageEvent) => boolean
  /** What a message holds for those above, where the protocol wraps it. Default: the event's own `data`. */
  readonly messageData?: (event: MessageEvent) => unknown
}

/** The constructor that is being called at this moment. */
let constructing: SocketConstructor | undefined

/** The platform's constructor within which a client is made: were that client to call it, there would be no end. */
export const surrounding = (): SocketConstructor | undefined => constructing

/** Thrown where a class that stands on this engine has been made the platform's own WebSocket. */
const loops = /* @__PURE__ */ new WeakSet<object>()

/** Whether this error says that the engine would dial itself. */
export const isLoop = (error: unknown): error is TypeError => loops.has(Object(error))

export class Line {
  /** Nothing it says counts any more. */
  over = false
  socket: SocketLike | undefined
  /** The address it dials, secrets and all. */
  url = ''
  readonly #settings: Settings
  readonly #ear: Ear
  readonly #layer: Layer | undefined
  readonly #forbidden: SocketConstructor | undefined
  #controller: AbortController | undefined

  constructor(settings: Settings, ear: Ear, layer?: Layer, forbidden?: SocketConstructor) {
    this.#settings = settings
    this.#ear = ear
    this.#layer = layer
    this.#forbidden = forbidden
  }

  /** Asks the providers, if there are any, and opens a socket; whatever goes wrong is an event. */
  dial(attempt: number, lastClose: CloseInfo | null): void {
    const { url, protocols, websocketOptions } = this.#settings
    const asked = [url, protocols, websocketOptions] as const
    if (asked.some((option) => typeof option === 'function')) this.#controller = newAbortController()
    const context: AttemptContext = { attempt, lastClose, signal: this.#controller?.signal }
    const failed = (cause: unknown) => this.#refuse('URL_PROVIDER_FAILED', cause)
    try {
      const answers = [ask(url, context), ask(protocols, context), ask(websocketOptions, context)] as const
      // Without a promise the socket is opened at once: a caller may look for it in the same task.
      if (answers.some(isThenable)) Promise.all(answers).then(([a, b, c]) => this.#open(a, b, c), failed)
      else this.#open(...answers)
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

  #open(url: unknown, protocols: unknown, extra: unknown): void {
    if (this.over) return
    const { url: given, protocols: offered, WebSocket, binaryType } = this.#settings
    const isProvided = typeof given === 'function'
    if (url === null && isProvided) return this.#refuse('NO_URL', undefined, true)
    const options = extra || {}
    if (!isProvided && !isAddress(url)) return this.#refuse('INVALID_URL', undefined, true)
    if (!isAddress(url) || typeof url === 'function' || !isProtocols(protocols) || !isBag(options)) {
      return this.#refuse('URL_PROVIDER_FAILED')
    }
    const address = webSocketUrl(url, pageUrl())
    this.url = address || String(url)
    // What a provider returned may be better next time; what is written in the options will not (R22).
    if (!address) return this.#refuse('INVALID_URL', undefined, !isProvided)

    const hasOptions = Object.keys(options).length > 0
    const Constructor = WebSocket || findWebSocket(hasOptions)
    if (!Constructor) return this.#refuse('WEBSOCKET_UNAVAILABLE', undefined, true)
    if (!WebSocket && Constructor === this.#forbidden) return this.#refuse('WEBSOCKET_UNAVAILABLE', loop(), true)
    const isInit = hasOptions && !WebSocket && takesSocketInit(Constructor)
    try {
      if (process.env.NODE_ENV !== 'production') {
        if (hasOptions && !WebSocket && ignoresSocketOptions()) {
          warn('browsers ignore websocketOptions; pass a token in the url, a subprotocol or the first message instead.')
        }
        const odd = Object.keys(options).filter((name) => name !== 'headers' && name !== 'dispatcher')
        if (isInit && odd.length) {
          warn(
            `this platform's own WebSocket takes headers and dispatcher only, not ${odd.join(', ')}. Run "npm install ws".`,
          )
        }
        if (address.startsWith('ws:') && isSecurePage()) {
          warn('browsers refuse ws:// on a page that came by https. Use wss://.')
        }
      }
    } catch {}
    const names = protocols.length ? protocols : undefined
    const before = constructing
    try {
      if (!WebSocket) constructing = Constructor
      if (isInit) this.socket = new Constructor(address, { ...options, protocols: names || [] })
      else this.socket = hasOptions ? new Constructor(address, names, options) : new Constructor(address, names)
      if (binaryType) this.socket.binaryType = binaryType
      this.#listen(this.socket)
    } catch (cause) {
      if (isLoop(cause)) this.#refuse('WEBSOCKET_UNAVAILABLE', cause, true)
      // A syntax error in what a provider answered may be mended by its next answer (R22).
      else this.#refuse('SOCKET_THREW', cause, !isProvided && typeof offered !== 'function' && isSyntaxError(cause))
    } finally {
      constructing = before
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
      ? this.#layer.listen(socket)
      : (type, listener) => socket.addEventListener(type, listener)
    // Platforms and mocks leave out what they do not know, or say null.
    const lost = ({ code, reason, wasClean, failure }: Partial<CloseInfo> & { failure?: Failure }) =>
      this.#tell({
        type: 'lost',
        code: typeof code === 'number' ? code : 1006,
        reason: typeof reason === 'string' ? reason : '',
        wasClean: wasClean === true,
        cause,
        failure,
      })
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

const ask = (value: unknown, context: AttemptContext): unknown => (typeof value === 'function' ? value(context) : value)

const isThenable = (value: unknown): boolean => typeof (value as PromiseLike<unknown> | null)?.then === 'function'

const isSyntaxError = (error: unknown): boolean => Object(error).name === 'SyntaxError'

function loop(): TypeError {
  const error = new TypeError(
    'WebSocketReconnect: globalThis.WebSocket is a class that stands on WebSocketReconnect, which would dial itself ' +
      "without end. Keep the platform's own WebSocket and pass it as the WebSocket option.",
  )
  loops.add(error)
  return error
}
