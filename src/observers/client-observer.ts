/**
 * Owns what all readers of one client see (R31): one view of it, told to all of them at one pace, and the last message.
 * Must never let two readers see different views, start a timer for a message nobody reads, or outlive its last reader.
 */

import type { SendOptions, Snapshot, Store, WebSocketClient } from '../index.ts'
import { encode, type MessageFormat } from './message-format.ts'
import { createMessageStream, type Message, type MessageStream } from './message-stream.ts'
import { type ViewClock, viewClock } from './view-clock.ts'

/** Everything that a view can show of a client. */
export interface ClientView extends Snapshot {
  readonly failureThreshold: number
  /** The data of the last message that was no pong (R37). */
  readonly lastMessage: unknown
  /** Its event: another one for each message, also where the data are the same. */
  readonly lastMessageEvent: MessageEvent | null
}

/** Readers of messages that a client's observer brings to its pace, as one. */
export interface MessageReaders {
  /** Takes a message in; whether that is news to a view. Never throws. */
  readonly take: (message: Message) => boolean
  /** What has been taken in may be seen now; then whose news it is hears so. */
  readonly commit?: () => void
  readonly tell?: () => void
  /** All messages so far came from an address that is no longer ours (R35). */
  readonly reset?: () => void
}

export interface ClientObserver extends Store<ClientView> {
  readonly client: WebSocketClient
  readonly format: MessageFormat
  readonly clock: ViewClock
  readonly stream: MessageStream
  /** Writes a message in the client's format and sends it; throws what the codec throws. */
  readonly send: (message: any, options?: SendOptions) => 'sent' | 'queued' | 'dropped'
  /** Lets these readers take part in every message; returns how to stop. */
  readonly join: (readers: MessageReaders) => () => void
  /** The last message, or with `isShown` the one that readers see while later ones wait for their turn. */
  readonly last: (isShown?: boolean) => Message | null
  /** How often it has told its readers, and whether there is news that it has not told yet. */
  readonly pace: { readonly published: number; readonly isBehind?: boolean }
  /** Looks again after an option has changed, which no snapshot shows. */
  readonly refresh: () => void
  /** Shows what a commit has changed before it is painted, beside the pace: there is one per commit. */
  readonly show: () => void
}

/** The format of each client that has one of its own, whichever set its reader belongs to (R35). */
const ownFormats = /* @__PURE__ */ new WeakMap<WebSocketClient, MessageFormat>()

export const setFormat = (client: WebSocketClient, format: MessageFormat): void => void ownFormats.set(client, format)

/** The observer of a client: the same one for every reader that speaks its format. */
export function observe(client: WebSocketClient, fallback: MessageFormat): ClientObserver {
  const format = ownFormats.get(client) || fallback
  let observer = format.observers.get(client)
  if (!observer) {
    observer = createObserver(client, format)
    format.observers.set(client, observer)
  }
  return observer
}

export const dataOf = (message: Message | null): unknown => message && message.data
export const eventOf = (message: Message | null): MessageEvent | null => message && message.event

function createObserver(client: WebSocketClient, format: MessageFormat): ClientObserver {
  const listeners = new Set<() => void>()
  const readers = new Set<MessageReaders>()
  const stream = createMessageStream(client, format)
  const clock = viewClock(client.options.clock)
  const { scheduler } = clock
  let addressId = client.getSnapshot().addressId
  let view: ClientView
  let last: Message | null = null
  let shown: Message | null = null
  let areMessagesRead = false
  let stops: ReadonlyArray<() => void>

  const createView = (): ClientView => {
    let mine = last
    const message = () => {
      // Messages that nobody read have made no new view, so the first to read gets the latest.
      if (!areMessagesRead) {
        areMessagesRead = true
        mine = last
      }
      return mine
    }
    return {
      ...client.getSnapshot(),
      failureThreshold: failureThreshold(client),
      get lastMessage() {
        return dataOf(message())
      },
      get lastMessageEvent() {
        return eventOf(message())
      },
    }
  }
  const member = {
    published: 0,
    isBehind: false,
    publish() {
      member.published++
      shown = last
      view = createView()
      // Whoever reads messages does so again while being told, so the last to read them needs no goodbye.
      areMessagesRead = false
      for (const { commit } of readers) commit?.()
      for (const listener of listeners) listener()
      for (const { tell } of readers) tell?.()
    },
  }
  const isRead = () => listeners.size + readers.size > 0
  /** Whether the client has left the address that all messages came from; then there are none. */
  const hasMoved = () => {
    const before = addressId
    addressId = client.getSnapshot().addressId
    if (addressId === before) return false
    last = null
    for (const { reset } of readers) reset?.()
    return true
  }
  const onChange = () => {
    const isUrgent = hasMoved()
    // No frame shows the old address's messages under the new one, unless it changes again and again.
    if (isRead()) scheduler.notify(member, isUrgent)
  }
  const onMessage = (message: Message) => {
    last = message
    let isNews = areMessagesRead
    for (const { take } of readers) if (take(message)) isNews = true
    if (isNews) scheduler.notify(member)
  }
  const enter = <T>(set: Set<T>, reader: T) => {
    if (!isRead()) {
      hasMoved()
      view = createView()
      scheduler.join(member)
      stops = [client.subscribe(onChange), stream(onMessage)]
    }
    set.add(reader)
    return () => {
      if (!set.delete(reader) || isRead()) return
      for (const stop of stops) stop()
      scheduler.leave(member)
      // Messages now pass unheard, so none could be called the last one.
      last = null
      areMessagesRead = false
    }
  }
  const initial: ClientView = {
    ...client.getServerSnapshot(),
    failureThreshold: failureThreshold(client),
    lastMessage: null,
    lastMessageEvent: null,
  }

  return {
    client,
    format,
    clock,
    stream,
    send: (message, options) => client.send(encode(format, message), options),
    getSnapshot: () => (isRead() ? view : createView()),
    getServerSnapshot: () => initial,
    // A wrapper of its own for every subscription: the same function may be there twice.
    subscribe: (listener) => enter(listeners, () => listener()),
    join: (joining) => enter(readers, joining),
    last: (isShown) => (isShown && member.isBehind ? shown : last),
    pace: member,
    refresh: onChange,
    show() {
      if (!isRead()) return
      member.isBehind = false
      member.publish()
    },
  }
}

const failureThreshold = ({ options: { circuitBreaker } }: WebSocketClient): number =>
  circuitBreaker ? circuitBreaker.failureThreshold : Infinity
