/**
 * The door of `react-websocket-reconnect/session`: messages that arrive once, requests, and streams that miss nothing, over one
 * connection that comes back (docs/SESSION.md). Owns which part hears which frame. Must never queue in the engine, retry a
 * connection or import React.
 */

import { type Codec, WebSocketReconnect, type WebSocketReconnectOptions } from '../index.ts'
import { jsonText } from '../policy/json-text.ts'
import { byteLength, type WebSocketData } from '../policy/payload.ts'
import { platformClock } from '../runtime/platform.ts'
import type { WebSocketClient } from '../websocket-client.ts'
import { createCourier } from './courier.ts'
import type { Delivery, Outbox } from './delivery.ts'
import { type Framing, type Position, type SessionFrame, SUBPROTOCOL, VERSION } from './frames.ts'
import { handshake } from './handshake.ts'
import { jsonFraming } from './json-framing.ts'
import { memoryOutbox } from './memory-outbox.ts'
import { createOutbox, type OutboxCore } from './outbox.ts'
import { OutboxError } from './outbox-error.ts'
import type { OutboxStore } from './outbox-store.ts'
import { createStreams, type StreamHandlers } from './streams.ts'

export type { Delivery, DeliveryStatus, Outbox, OutboxEntry, OutboxSnapshot } from './delivery.ts'
export type {
  ClientFrame,
  Framing,
  PlainFrame,
  Position,
  RefusalNote,
  ServerFrame,
  SessionFrame,
} from './frames.ts'
export { jsonFraming } from './json-framing.ts'
export { memoryOutbox } from './memory-outbox.ts'
export { OutboxError, type OutboxErrorCode } from './outbox-error.ts'
export type {
  NewMessage,
  OpenOutbox,
  OutboxChange,
  OutboxContents,
  OutboxState,
  OutboxStore,
  StoredMessage,
} from './outbox-store.ts'
export type { StreamHandlers, StreamStatus } from './streams.ts'

/** What keeps messages until they are acknowledged. */
export interface OutboxOptions {
  /** Whose messages these are, for example `chat:${userId}`. They are never sent by a session of another name. */
  name: string
  /**
   * Where they are kept.
   * @default IndexedDB; memory where there is none
   */
  store?: OutboxStore | undefined
  /**
   * Messages that may wait to be acknowledged.
   * @default 1000
   */
  maxMessages?: number | undefined
  /**
   * Bytes of those.
   * @default 5242880
   */
  maxBytes?: number | undefined
  /**
   * Bytes of one message with its frame.
   * @default 65536
   */
  maxMessageBytes?: number | undefined
  /**
   * Ms after which a message is no longer sent. A server that remembers its clients for less time makes it less.
   * @default 604800000, 7 days
   */
  maxAge?: number | undefined
  /**
   * What happens to a message that the server may have done before it lost its memory: it is sent again and may be done twice, or
   * it waits for `retry` or `discard`, and all behind it too.
   * @default 'resend'
   */
  whenUncertain?: 'resend' | 'hold' | undefined
}

/** Every option of the engine, and five of the session's own. */
export interface SessionOptions<Out = unknown, In = unknown> extends WebSocketReconnectOptions {
  /** Without it, and with false, `send` throws; all the rest works. */
  outbox?: OutboxOptions | false | undefined
  /**
   * Messages that may be on their way unacknowledged. No more than the server allows.
   * @default 32
   */
  window?: number | undefined
  /**
   * How an application's data becomes what a frame holds, and back.
   * @default none: what JSON can say
   */
  codec?: Codec<In, Out> | undefined
  /**
   * How frames are written: an envelope of your own.
   * @default the session's JSON
   */
  framing?: Framing | undefined
}

/** Options of one message. */
export interface OutboxSendOptions {
  /** While a message of this key waits to be acknowledged, sending another answers with the first one's delivery. */
  dedupeKey?: string | undefined
}

const DAY = 86_400_000
/** Nothing waits in the engine's queue, which would be a second outbox. */
const UNQUEUED = { queue: false }

/** The engine, and its way to call what a user has given. */
class Engine extends WebSocketReconnect {
  override call(handler: () => void): void {
    super.call(handler)
  }
}

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
  readonly #hasOutbox: OutboxOptions | false | undefined
  readonly #streams: ReturnType<typeof createStreams>
  readonly #write: (frame: SessionFrame) => WebSocketData
  readonly #codec: Codec<In, Out> | undefined

  constructor(options: SessionOptions<Out, In>) {
    const { outbox: given, window = 32, codec, framing = jsonFraming, ...rest } = options
    const {
      name,
      store = memoryOutbox(),
      maxMessages = 1000,
      maxBytes = 5 * 2 ** 20,
      maxAge = 7 * DAY,
    } = given || ({} as OutboxOptions)
    const { maxMessageBytes = 65_536, whenUncertain } = given || ({} as OutboxOptions)
    if (given && (typeof name !== 'string' || !name))
      throw new TypeError('WebSocketReconnect: outbox.name must be a text.')
    const clock = rest.clock || platformClock
    const box = (given ? store : memoryOutbox()).open(name)
    const outbox = createOutbox<Out>({
      ...{ box, maxMessages, maxBytes, now: () => clock.now() },
      pack: (message) => {
        const data = codec ? codec.encode(message) : JSON.parse(jsonText(message))
        const size = byteLength(framing.write({ type: 'send', n: Number.MAX_SAFE_INTEGER, data }))
        if (size > Math.min(maxMessageBytes, frameBytes)) throw new OutboxError('TOO_LARGE', `${size} bytes`)
        return { data, size }
      },
      unpack: (data) => data as never,
      onWork: () => courier.run(),
      call: (listener) => engine.call(listener),
    })
    let frameBytes = Infinity
    const ready = outbox.sync()
    ready.catch(() => {})
    const shake = handshake(framing, async () => {
      await ready
      const { client, acked, epoch } = outbox.state
      return framing.write({ type: 'hello', version: VERSION, client, next: acked + 1, epoch })
    })
    const engine = new Engine({ protocols: SUBPROTOCOL, ...rest }, shake)
    const report = (error: unknown) =>
      engine.call(() => {
        throw error
      })
    const send = (data: WebSocketData) => engine.send(data, UNQUEUED)
    const courier = createCourier({
      ...{ box, outbox, clock, window, maxAge, send, report },
      isHeld: whenUncertain === 'hold',
      write: framing.write,
      fail: shake.fail,
      reconnect: () => engine.reconnect(),
    })
    this.ws = engine
    this.outbox = this.#outbox = outbox
    this.#hasOutbox = given
    this.#write = framing.write
    this.#codec = codec
    this.#streams = createStreams({
      ...{ clock, report },
      isOpen: () => engine.state === 'OPEN',
      send: (frame) => send(framing.write(frame)),
      call: (handler) => engine.call(handler),
      unpack: (data) => this.#read(data),
    })
    engine.on('message', (event) => {
      const frame = shake.frameOf(event)
      if (!frame) return
      switch (frame.type) {
        case 'welcome':
          frameBytes = frame.frameBytes
          courier.open(frame)
          return this.#streams.open()
        case 'ack':
        case 'gap':
        case 'wait':
          return courier.onFrame(frame)
        case 'following':
        case 'notFollowing':
        case 'event':
          return this.#streams.onFrame(frame)
      }
    })
    let wasOpen = false
    engine.subscribe(() => {
      const isOpen = engine.getSnapshot().state === 'OPEN'
      if (wasOpen && !isOpen) {
        courier.close()
        this.#streams.close()
      }
      wasOpen = isOpen
    })
    box.watch(() => {
      outbox.sync().then(() => courier.run(), report)
    })
  }

  /** Connects and stays connected. Resolves when the server has welcomed us; rejects as the engine's does. */
  connect(): Promise<void> {
    return this.ws.connect()
  }

  /** Closes until `connect()`. The outbox keeps what it has. */
  close(code?: number, reason?: string): Promise<void> {
    return this.ws.close(code, reason)
  }

  /**
   * Sends once, however often page, line and server die; exactly once, if the server does with it only what it does in the
   * step in which it remembers its number.
   * @throws TypeError for what cannot be said, OutboxError where it cannot be kept; then nothing is.
   */
  send(data: Out, { dedupeKey }: OutboxSendOptions = {}): Delivery {
    if (!this.#hasOutbox)
      throw new OutboxError('NO_NAME', this.#hasOutbox === false ? 'outbox is false' : 'there is none')
    return this.#outbox.send(data, dedupeKey)
  }

  /**
   * Follows a topic: from a position, from what `load` says, or from now on. Returns how to stop. Who follows the same topic
   * shares one subscription.
   */
  follow<T = In>(topic: string, to: StreamHandlers<T>, from?: Position): () => void {
    return this.#streams.follow(topic, to, from)
  }

  /** Sends at most once, and only now: for what is stale in a moment, as cursors are. */
  post(data: Out): 'sent' | 'dropped' {
    const frame = this.#write({ type: 'plain', data: this.#codec ? this.#codec.encode(data) : data })
    return this.ws.send(frame, UNQUEUED) as 'sent' | 'dropped'
  }

  #read(data: unknown): In {
    return this.#codec ? this.#codec.decode(data) : (data as In)
  }
}
