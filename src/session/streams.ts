/**
 * Owns numbered streams: who follows which topic and from where, so that after a drop nothing is missing and nothing comes twice,
 * or it is said aloud (S7, S10). Must never hand on an event out of turn, nor ask twice about the same hole.
 */

import type { Clock } from '../options/world.ts'
import type { ClientFrame, Position, ServerFrame } from './frames.ts'
import { showTopics } from './session-inside.ts'
import { checkFollow, checkPosition } from './session-rules.ts'

/** `catching-up`: what was missed is on its way. `reset`: continuity is lost, and `load` is at work or was not given. */
export type StreamStatus = 'catching-up' | 'live' | 'reset'

export interface StreamHandlers<T = unknown> {
  /** In order, each once. `position` is where to go on from, another time. */
  onEvent: (data: T, position: Position) => void
  /** Something is missing (the server lost it, or it is too old): load the state; events go on from `position`. */
  onReset?: ((position: Position) => void) | undefined
  /**
   * Loads the state, at first and after each reset, and answers with the position it stands for: read the position first,
   * then the data. Events after it follow. When it fails it is tried again, with growing pauses.
   */
  load?: (() => PromiseLike<Position>) | undefined
  onStatus?: ((status: StreamStatus) => void) | undefined
  /** The server does not let this client follow; it is asked again on the next connection. */
  onRefused?: ((why: string) => void) | undefined
}

interface Reader {
  readonly handlers: StreamHandlers<any>
  /** It has everything up to here. Undefined: whatever comes next is news. */
  at: Position | undefined
  isLoading: boolean
  failures: number
  status?: StreamStatus
}

interface Topic {
  readonly readers: Set<Reader>
  /** The last event of this connection; from where it was asked, while the server has not answered. */
  at: Position | undefined
  /** How often asked and not answered yet: events until then belong to what was asked before (S7). */
  asked: number
}

export interface StreamsSettings {
  readonly clock: Clock
  isOpen(): boolean
  send(frame: ClientFrame): void
  /** A user's handler, isolated. */
  call(handler: () => void): void
  report(error: unknown): void
  /** What an event holds, for the application; throws where it cannot be read. */
  unpack(data: unknown): unknown
}

const isBehind = (a: Position, b: Position) => a.epoch !== b.epoch || a.offset < b.offset

export function createStreams({ clock, isOpen, send, call, report, unpack }: StreamsSettings) {
  const topics = new Map<string, Topic>()

  const show = (reader: Reader, status: StreamStatus) => {
    if (reader.status === status) return
    reader.status = status
    call(() => reader.handlers.onStatus?.(status))
  }

  /** Asks for everything that somebody here has not got, once. */
  const ask = (name: string, topic: Topic) => {
    if (!isOpen()) return
    const ready = [...topic.readers].filter(({ isLoading }) => !isLoading)
    if (!ready.length) return
    let from: Position | undefined
    // Positions of another epoch are an older counting: the answer tells whose.
    for (const { at } of ready) if (at && (!from || isBehind(at, from))) from = at
    topic.at = from
    topic.asked++
    for (const reader of ready) if (reader.status !== 'reset') show(reader, 'catching-up')
    send({ type: 'follow', topic: name, from })
  }

  const load = async (name: string, topic: Topic, reader: Reader) => {
    reader.isLoading = true
    let at: Position
    try {
      at = await (reader.handlers.load as () => PromiseLike<Position>)()
      checkPosition(at)
    } catch (error) {
      report(error)
      const pause = Math.min(1000 * 2 ** reader.failures++, 30_000)
      if (topic.readers.has(reader))
        clock.setTimeout(() => topic.readers.has(reader) && load(name, topic, reader), pause)
      return
    }
    reader.failures = 0
    reader.isLoading = false
    reader.at = at
    if (!topic.readers.has(reader)) return
    join(name, topic, reader)
  }

  /** A reader that knows where it stands. */
  const join = (name: string, topic: Topic, reader: Reader) => {
    const { at } = topic
    if (at && !topic.asked) {
      if (!reader.at) reader.at = at
      if (!isBehind(reader.at, at)) return show(reader, 'live')
    }
    // Whoever has asked did not ask for this one; without a position it takes what comes.
    if (!topic.asked || reader.at) ask(name, topic)
  }

  try {
    if (process.env.NODE_ENV !== 'production') showTopics(call, topics)
  } catch {}
  return {
    follow(name: string, handlers: StreamHandlers<any>, from?: Position): () => void {
      checkFollow(name, handlers, from)
      const topic: Topic = topics.get(name) || { readers: new Set(), at: undefined, asked: 0 }
      topics.set(name, topic)
      const reader: Reader = { handlers, at: from, isLoading: false, failures: 0 }
      topic.readers.add(reader)
      if (handlers.load && !from) load(name, topic, reader)
      else join(name, topic, reader)
      return () => {
        if (!topic.readers.delete(reader)) return
        // One macrotask later: who comes back meanwhile has never left.
        clock.setTimeout(() => {
          if (topic.readers.size || topics.get(name) !== topic) return
          topics.delete(name)
          if (isOpen() && (topic.at || topic.asked)) send({ type: 'unfollow', topic: name })
        }, 0)
      }
    },
    open() {
      topics.forEach((topic, name) => ask(name, topic))
    },
    close() {
      topics.forEach((topic) => {
        topic.asked = 0
        topic.at = undefined
        for (const reader of topic.readers) if (reader.status === 'live') show(reader, 'catching-up')
      })
    },
    onFrame(frame: Extract<ServerFrame, { topic: string }>) {
      const { topic: name } = frame
      const topic = topics.get(name)
      // It has crossed our `unfollow` on its way.
      if (!topic) return
      const readers = [...topic.readers]
      if (frame.type === 'notFollowing') {
        topic.asked = 0
        topic.at = undefined
        for (const { handlers } of readers) call(() => handlers.onRefused?.(frame.why))
      } else if (frame.type === 'following') {
        if (topic.asked && --topic.asked) return
        const from = topic.at
        const at = (topic.at = frame.position)
        let isOver = true
        for (const reader of readers) {
          if (reader.isLoading) continue
          const stands = reader.at || at
          const isAnswered = from && !isBehind(stands, from) && !isBehind(from, stands)
          if (stands.epoch !== at.epoch || (!frame.isContinued && (isAnswered || stands.offset > at.offset))) {
            reader.at = at
            show(reader, 'reset')
            call(() => reader.handlers.onReset?.(at))
            if (reader.handlers.load) load(name, topic, reader)
          } else if (isAnswered || !isBehind(stands, at)) {
            reader.at = stands
            show(reader, 'live')
          } else isOver = false
        }
        // What was asked for says nothing of those who stand elsewhere.
        if (!isOver) ask(name, topic)
      } else if (topic.at && !topic.asked) {
        const { epoch, offset } = topic.at
        if (frame.offset <= offset) return
        if (frame.offset > offset + 1) return ask(name, topic)
        const position = (topic.at = { epoch, offset: frame.offset })
        let tell = (_reader: Reader) => {}
        try {
          const data = unpack(frame.data)
          tell = ({ handlers }) => call(() => handlers.onEvent(data, position))
        } catch (error) {
          report(error)
        }
        for (const reader of readers) {
          if (reader.isLoading || !topic.readers.has(reader) || !reader.at || !isBehind(reader.at, position)) continue
          reader.at = position
          tell(reader)
          show(reader, 'live')
        }
      }
    },
  }
}
