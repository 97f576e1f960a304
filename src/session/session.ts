/**
 * Owns the session: an engine whose OPEN means welcomed, and which part of the session hears which frame. Must never queue in the
 * engine, retry a connection by itself, or import React.
 */

import { jsonText } from '../policy/json-text.ts'
import { byteLength, type WebSocketData } from '../policy/payload.ts'
import { createPendingRequests, type PendingRequests, type RequestOptions } from '../requests/pending-requests.ts'
import { refused } from '../requests/request-error.ts'
import { platformClock } from '../runtime/platform.ts'
import type { WebSocketClient } from '../websocket-client.ts'
import { randomCount } from './browser.ts'
import { createCourier } from './courier.ts'
import type { Delivery, Outbox } from './delivery.ts'
import { type Position, type SessionFrame, SUBPROTOCOL, VERSION } from './frames.ts'
import { handshake, type Incoming } from './handshake.ts'
import { indexedDbOutbox } from './indexed-db-outbox.ts'
import { clientFraming } from './json-client-framing.ts'
import { memoryOutbox } from './memory-outbox.ts'
import { createOutbox, type OutboxCore } from './outbox.ts'
import { OutboxError } from './outbox-error.ts'
import { Engine } from './session-engine.ts'
import { announceSession } from './session-inside.ts'
import type { OutboxOptions, OutboxSendOptions, SessionOptions } from './session-options.ts'
import { checkSession } from './session-rules.ts'
import { createStreams, type StreamHandlers } from './streams.ts'

/** Nothing waits in the engine's queue, which would be a second outbox. */
const UNQUEUED = { queue: false }

/**
 * A connection that comes back, and what was asked of it with it: messages arrive once and in order, streams go on where they
 * stopped. Nothing is sent before `connect()`.
 *
 * @throws TypeError for options that cannot be used.
 *
 * @example
 * const session = new Session({ url: 'wss://api.example.com/session', outbox: { name: `chat:${userId}` } })
 * session.connect()
 * await session.send({ text: 'hello' }).acked
 */
export class Session<Out = unknown, In = unknown> {
  /** The engine: its state, its events. OPEN means that the server has welcomed us. */
  readonly ws: WebSocketClient
  readonly outbox: Outbox<Out>
  readonly #outbox: OutboxCore<Out>
  readonly #given: OutboxOptions | false | undefined
  readonly #requests: PendingRequests<Out, any>
  readonly #streams: ReturnType<typeof createStreams>
  readonly #watch: () => void
  readonly #post: (data: Out) => 'sent' | 'queued' | 'dropped'

  /** `isQuiet` is for a session that is made while rendering, and may be thrown away: until it is used it hears no bell. */
  constructor(options: SessionOptions<Out, In>, isQuiet = false) {
    checkSession(options)
    const { outbox: given, window: atOnce = 32, codec, framing = clientFraming, ...rest } = options
    const mine = given || ({} as OutboxOptions)
    const { name, store = indexedDbOutbox(), maxMessages = 1000, maxBytes = 5 * 2 ** 20 } = mine
    const { whenUncertain, maxMessageBytes = 65_536, maxAge = 604_800_000 } = mine
    if (given && (typeof name !== 'string' || !name)) {
      throw new TypeError('WebSocketReconnect: outbox.name')
    }
    const clock = rest.clock || platformClock
    const call = (handler: () => void) => engine.call(handler)
    const encode = (data: Out) => (codec ? codec.encode(data) : data)
    const decode = (data: unknown): In => (codec ? codec.decode(data) : (data as In))
    let greetedAs = ''
    const fitting = (frame: SessionFrame, most = engine.frameBytes): [WebSocketData, number] => {
      const text = framing.write(frame)
      const size = byteLength(text)
      if (size > most) throw new OutboxError('TOO_LARGE', `${size} bytes`)
      return [text, size]
    }
    const box = (given ? store : memoryOutbox()).open(name)
    const outbox = createOutbox<Out>({
      ...{ box, maxMessages, maxBytes, call, now: () => clock.now() },
      pack(message) {
        // A copy: what becomes of the original is the application's.
        const data = codec ? codec.encode(message) : JSON.parse(jsonText(message))
        const most = Math.min(maxMessageBytes, engine.frameBytes)
        const [, size] = fitting({ type: 'send', n: 2 ** 53 - 1, data }, most)
        return { data, size }
      },
      unpack: decode as (data: unknown) => any,
      onWork: () => courier.run(),
    })
    const shake = handshake(framing, async () => {
      await outbox.sync()
      const { client, acked, epoch } = outbox.state
      greetedAs = client
      return framing.write({ type: 'hello', version: VERSION, client, next: acked + 1, epoch })
    })
    const engine = new Engine({ protocols: SUBPROTOCOL, ...rest }, shake)
    const report = (error: unknown) =>
      call(() => {
        throw error
      })
    const send = (data: WebSocketData) => engine.send(data, UNQUEUED)
    const courier = createCourier({
      ...{ box, outbox, clock, maxAge, send, report, window: atOnce },
      isHeld: whenUncertain === 'hold',
      write: framing.write,
      fail: shake.fail,
      reconnect: () => engine.reconnect(),
    })
    const streams = createStreams({
      ...{ clock, call, report, unpack: decode },
      isOpen: () => engine.state === 'OPEN',
      send: (frame) => send(framing.write(frame)),
    })
    let lastId = randomCount()
    const requests = createPendingRequests<Out, any>(
      engine,
      {
        tag: (message, id, whenLost) =>
          fitting({ type: 'request', id, data: encode(message), isIdempotent: whenLost === 'resend' })[0],
        cancel: (id) => framing.write({ type: 'cancel', id }),
      },
      () => ++lastId,
      () => () => {},
    )
    const onFrame = (frame: Incoming) => {
      if (frame.type === 'welcome') {
        engine.frameBytes = frame.frameBytes
        // Who follows hears what the outbox sends now.
        streams.open()
        courier.open(greetedAs, frame)
      } else if ('topic' in frame) streams.onFrame(frame)
      else if (frame.type === 'failure') requests.settle(frame.id, refused(frame.reason))
      else if (frame.type === 'reply') {
        requests.settle(frame.id, () => {
          try {
            return decode(frame.data)
          } catch {
            return refused(frame.data)()
          }
        })
      } else if ('n' in frame) courier.onFrame(frame)
    }
    engine.on('message', (event) => {
      const frame = shake.frameOf(event)
      if (frame) onFrame(frame)
    })
    let wasOpen = false
    let unwatch: (() => void) | undefined
    const watch = () => {
      if (!unwatch) unwatch = box.watch(() => outbox.sync().then(courier.run, report))
    }
    engine.subscribe(() => {
      const { state, status } = engine.getSnapshot()
      // Whoever has connected or closed it, a provider for one.
      if (!/^(idle|clos)/.test(status)) watch()
      else if (unwatch) unwatch = void unwatch()
      const isOpen = state === 'OPEN'
      if (wasOpen && !isOpen) {
        courier.close()
        streams.close()
      }
      wasOpen = isOpen
    })
    this.ws = engine
    this.outbox = this.#outbox = outbox
    this.#given = given
    this.#requests = requests
    this.#streams = streams
    this.#watch = watch
    if (!isQuiet) watch()
    this.#post = (data) => send(fitting({ type: 'plain', data: encode(data) })[0])
    outbox.sync().catch(report)
    try {
      if (process.env.NODE_ENV !== 'production') announceSession(engine, name, outbox, call)
    } catch {}
  }

  /** Connects and stays connected. Resolves when the server has welcomed us; rejects as the engine's does. */
  connect(): Promise<void> {
    return this.ws.connect()
  }

  /** Closes until `connect()`. The outbox keeps what it has, and another tab may send it. */
  close(code?: number, reason?: string): Promise<void> {
    return this.ws.close(code, reason)
  }

  /**
   * Sends a message once and in order, however often page, line and server die. `acked` resolves when the server has done it: exactly
   * once, as far as the server's transaction reaches.
   * @throws TypeError for what JSON cannot say, OutboxError where it cannot be kept; nothing is kept then.
   */
  send(data: Out, { dedupeKey }: OutboxSendOptions = {}): Delivery {
    if (!this.#given) throw new OutboxError('NO_NAME', `${this.#given}`)
    this.#watch()
    return this.#outbox.send(data, dedupeKey)
  }

  /** Asks, and resolves with the answer. Rejects with a RequestError, whose `sent` says whether it may have happened. */
  request<R = In>(data: Out, options?: RequestOptions): Promise<R> {
    return this.#requests.ask(data, options)
  }

  /** Follows a topic from a position, what `load` says, or now on; returns how to stop. Readers of a topic share one subscription. */
  follow<T = In>(topic: string, to: StreamHandlers<T>, from?: Position): () => void {
    return this.#streams.follow(topic, to, from)
  }

  /**
   * Sends at most once, and now or not at all: for what is stale in a moment, such as cursors.
   * @throws as `send` does.
   */
  post(data: Out): 'sent' | 'dropped' {
    return this.#post(data) as 'sent' | 'dropped'
  }
}
