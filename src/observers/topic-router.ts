/**
 * Owns the fan-out of messages by topic: one look-up per message, however many readers wait for theirs (R31, R37).
 * Must never ask a reader whether a message is its own.
 */

import type { ClientObserver } from './client-observer.ts'
import { reportHandlerError } from './handler-error.ts'
import type { MessageSource } from './message-store.ts'
import type { Message } from './message-stream.ts'
import { createTopicSubscriptions } from './topic-subscriptions.ts'

/** Answers whether a message is news to a view; a handler answers nothing. */
type Reader = (message: Message) => unknown

/** A topic that is read. */
interface Topic {
  readonly readers: Set<Reader>
  last: Message | null
  /** The last one that views have shown, as long as they have not been told of a later one. */
  shown: Message | null
  /** When and from where the last one came. */
  published: number
  addressId: number
}

export interface TopicRouter {
  /** Calls `reader` for each message of this topic; returns how to stop. */
  readonly listen: (name: string, reader: Reader) => () => void
  /** The last message of a topic somebody reads, as of the client's last message. */
  readonly last: (name: string, isShown?: boolean) => Message | null
}

const routers = /* @__PURE__ */ new WeakMap<ClientObserver, TopicRouter>()

/** The router of all readers of this observer. */
export function routerOf(observer: ClientObserver): TopicRouter {
  let router = routers.get(observer)
  if (!router) {
    router = createRouter(observer)
    routers.set(observer, router)
  }
  return router
}

/** The messages of one topic, for a view. */
export const topicSource = (observer: ClientObserver, name: string): MessageSource => ({
  listen: (push) => routerOf(observer).listen(name, push),
  last: (isShown) => routerOf(observer).last(name, isShown),
})

function createRouter({ client, format, join, clock, pace }: ClientObserver): TopicRouter {
  const topics = new Map<string, Topic>()
  const subscriptions = createTopicSubscriptions(client, format, clock.timers)
  let leave: () => void

  const topicOf = ({ data }: Message) => {
    try {
      const name = format.topic?.(data)
      return name ? topics.get(name) : undefined
    } catch (thrown) {
      reportHandlerError(thrown)
    }
  }
  const take = (message: Message) => {
    const topic = topicOf(message)
    if (!topic) return false
    if (topic.published !== pace.published) {
      topic.published = pace.published
      topic.shown = topic.last
    }
    topic.last = message
    topic.addressId = client.getSnapshot().addressId
    let isNews = false
    // A copy, because a reader that this message brings in has not been there when it came.
    for (const read of [...topic.readers]) {
      try {
        if (read(message) === true) isNews = true
      } catch (thrown) {
        reportHandlerError(thrown)
      }
    }
    return isNews
  }

  return {
    listen(name, reader) {
      // Not before its effect: a provider's own function is in place as soon as its render is committed.
      if (!format.topic) {
        throw new Error(
          'WebSocketReconnect: useTopic() or { topic } found no topic function. Give one to the provider, to createWebSocketContext() ' +
            'or to useWebSocketConnection(): topic={(message) => message.channel}.',
        )
      }
      if (!topics.size) leave = join({ take })
      let topic = topics.get(name)
      if (!topic) {
        topic = { readers: new Set(), last: null, shown: null, published: -1, addressId: 0 }
        topics.set(name, topic)
      }
      const { readers } = topic
      // A wrapper of its own for every reader: the same function may be there twice.
      const read: Reader = (message) => reader(message)
      readers.add(read)
      const release = subscriptions.acquire(name)
      return () => {
        readers.delete(read)
        release()
        if (!readers.size && topics.get(name) === topic) topics.delete(name)
        if (!topics.size) leave()
      }
    },
    last(name, isShown) {
      const topic = topics.get(name)
      if (!topic || topic.addressId !== client.getSnapshot().addressId) return null
      return isShown && pace.isBehind && topic.published === pace.published ? topic.shown : topic.last
    },
  }
}
