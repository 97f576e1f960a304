/**
 * Owns what the server is told of the topics that components read (R39): `subscribe` for the first reader of a topic,
 * `unsubscribe` one macrotask after its last, and after every reconnect all living topics in one message. Whatever happens
 * within a task is one message of each kind. Must never count on what an earlier connection was told.
 */

import type { WebSocketClient } from '../index.ts'
import { reportHandlerError } from './handler-error.ts'
import { encode, type MessageFormat, type TopicMessage } from './message-format.ts'
import type { ViewClock } from './view-clock.ts'

export interface TopicSubscriptions {
  /** One more reader of this topic; returns how to say that it has gone, which may be said once. */
  readonly acquire: (name: string) => () => void
}

export function createTopicSubscriptions(
  client: WebSocketClient,
  format: MessageFormat,
  timers: ViewClock['timers'],
): TopicSubscriptions {
  const readers = new Map<string, number>()
  /** What the server has been told on this connection. */
  let told = new Set<string>()
  let timer: unknown
  let stops: ReadonlyArray<() => void> | undefined

  const say = (message: TopicMessage | undefined, topics: readonly string[], isLasting: boolean) => {
    // Where a queue is held, a subscription waits in it; to unsubscribe is of no use to any other connection.
    if (message && topics.length) client.send(encode(format, message(topics)), { queue: isLasting })
  }
  /** Brings what the server has been told up to what is read. */
  const update = () => {
    const topics = [...readers.keys()]
    const gained = topics.filter((name) => !told.has(name))
    const lost = [...told].filter((name) => !readers.has(name))
    told = new Set(topics)
    try {
      say(format.subscribe, gained, true)
      say(format.unsubscribe, lost, false)
    } catch (thrown) {
      reportHandlerError(thrown)
    }
  }
  const onTimer = () => {
    timer = undefined
    // A connection that is not there yet is told everything as soon as it is.
    if (client.state === 'OPEN') update()
    if (readers.size || !stops) return
    for (const stop of stops) stop()
    stops = undefined
    told.clear()
  }
  const schedule = () => {
    if (timer === undefined) timer = timers.setTimeout(onTimer, 0)
  }
  const start = () => [
    client.on('open', () => {
      told = new Set()
      // After all listeners of `open`: a login that one of them sends goes first.
      Promise.resolve().then(() => {
        if (stops && client.state === 'OPEN') update()
      })
    }),
    client.on('close', () => told.clear()),
  ]

  return {
    acquire(name) {
      if (!format.subscribe) return () => {}
      stops = stops || start()
      readers.set(name, (readers.get(name) || 0) + 1)
      schedule()
      return () => {
        const left = (readers.get(name) || 0) - 1
        if (left > 0) readers.set(name, left)
        else readers.delete(name)
        schedule()
      }
    },
  }
}
