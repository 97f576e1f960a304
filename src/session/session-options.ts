/**
 * Owns what a session may be asked for. Types. What the engine may be asked for is in options/options.ts.
 */

import type { Codec, WebSocketReconnectOptions } from '../index.ts'
import type { Framing } from './frames.ts'
import type { OutboxStore } from './outbox-store.ts'

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
