/**
 * Owns how the messages of a client are read, written and named (R35): its codec, its topics, and what it says to a
 * server of the topics that are read. Must never let an answer pass that comes later: messages do not wait.
 */

import { type Codec, raw, type WebSocketClient } from '../index.ts'
import type { ClientObserver } from './client-observer.ts'

/**
 * Names the topic of a message; no name, no reader. Written as a method, so that where the codec knows nothing of its
 * messages, the function may say what they are.
 */
export type Topic<In = any> = { name(data: In): string | null | undefined }['name']

/**
 * What is said to the server of topics that gain their first reader, or lose their last. Checked against what goes out, and
 * never a reason to call something else what goes out.
 */
export type TopicMessage<Out = any> = (topics: readonly string[]) => [Out][Out extends unknown ? 0 : never]

export interface MessageFormatOptions {
  readonly codec?: Codec | undefined
  readonly topic?: Topic | undefined
  readonly subscribe?: TopicMessage | undefined
  readonly unsubscribe?: TopicMessage | undefined
}

/** That of a managed client follows the latest render: its fields are read when they are needed. */
export interface MessageFormat {
  codec: Codec
  topic?: Topic | undefined
  subscribe?: TopicMessage | undefined
  unsubscribe?: TopicMessage | undefined
  /** The observer of each client that is read in this format. */
  readonly observers: WeakMap<WebSocketClient, ClientObserver>
}

export const createMessageFormat = (options: MessageFormatOptions = {}): MessageFormat => ({
  ...options,
  codec: options.codec || raw,
  observers: new WeakMap(),
})

export const encode = ({ codec }: MessageFormat, message: unknown) => atOnce(codec.encode(message), 'encode')
export const decode = ({ codec }: MessageFormat, data: unknown): unknown => atOnce(codec.decode(data), 'decode')

/** What a codec has answered, unless that is a promise: nobody would wait for it, nor catch it (R35). */
function atOnce<T>(answer: T, name: 'decode' | 'encode'): T {
  const { then } = Object(answer)
  if (typeof then !== 'function') return answer
  Promise.resolve(answer).then(undefined, () => {})
  throw new TypeError(`WebSocketReconnect: ${name}() of a codec is synchronous, and this one answered with a promise.`)
}
