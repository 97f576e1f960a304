/**
 * Owns what the chat does with what it is sent: what it takes and refuses, what it keeps, what it tells whom. Numbers,
 * acknowledgements, order, repeats and history are the session's. Must never believe a field it has not looked at.
 */

import { createSessionServer, Refusal, type SessionServer, type SessionStore, Wait } from '../../src/server/index.ts'
import { bounds, type Heard, isHere, isLoad, type Loaded, roomFault, type Say, sayFault, topicOf } from '../protocol.ts'
import type { ChatLimits } from './chat-limits.ts'
import type { Crowd } from './crowd.ts'
import type { Guest } from './guest.ts'
import type { Rooms } from './rooms.ts'

export interface Chat {
  store: SessionStore
  rooms: Rooms
  crowd: Crowd
  limits: ChatLimits
  /** Wall clock, and the clock of the rates. */
  now: () => number
  monotonic: () => number
  report: (text: string) => void
}

const year = 365 * 86_400_000

export function createChat({ store, rooms, crowd, limits, now, monotonic, report }: Chat): SessionServer<Guest> {
  const whyNot = (guest: Guest, room: string) => {
    const most = limits.peoplePerRoom
    if (crowd.count(room, guest) >= most) return `a room with fewer than ${most} people in it`
    return rooms.fault(room, crowd.rooms(guest))
  }
  return createSessionServer<Guest, unknown>({
    store,
    // A message is told apart by its writer's browser and its number; there is no login that could add to that.
    userKey: () => 'guest',
    limits: {
      ...{ frameBytes: limits.frameBytes, unreadBytes: limits.unreadBytes, requests: 16, followed: 8, window: 64 },
      history: { events: bounds.history, bytes: 2 * 1024 * 1024, age: 10 * year },
    },

    onSend({ user: guest, data }) {
      if (!guest.pace.take(monotonic())) throw new Wait(1000)
      const fault = sayFault(data) || rooms.fault((data as Say).room)
      if (fault) throw new Refusal(fault)
      const { room, id, from, nick, text, at } = data as Say
      // The time it was written; a clock that is fast does not put it above what comes later.
      const heard: Heard = { id, from, nick, text, at: Math.min(at, now()) }
      return { publish: [...rooms.news(room), { topic: topicOf(room), data: heard }] }
    },

    onRequest({ user: guest, data }) {
      if (!guest.questions.take(monotonic())) throw new Refusal('fewer questions')
      if (isLoad(data)) return load(store, data.room)
      throw new Refusal('"type": "load", and "room"')
    },

    onPlain({ user: guest, data }) {
      if (!isHere(data) || !guest.questions.take(monotonic()) || whyNot(guest, data.room)) return
      crowd.move(guest, data.room, data.nick)
    },

    canFollow({ user: guest, topic }) {
      const room = topic.replace(/^room:/, '')
      const why = topic !== topicOf(room) ? 'the stream of a room' : roomFault(room) || whyNot(guest, room)
      if (why) throw new Refusal(why)
      return true
    },

    onError({ code, message, cause }) {
      if (code === 'HANDLER_FAILED' || code === 'STORE_FAILED') report(`chat: ${message} ${cause}`)
    },
  })
}

/** The latest messages of a room, as many as are kept, and where its stream goes on. */
async function load(store: SessionStore, room: string): Promise<Loaded> {
  const topic = topicOf(room)
  // First the position, then the messages: what comes between is told twice at most, and then left out by its number.
  const { epoch, offset } = await store.position(topic)
  for (let most = bounds.history; most > 0; most >>= 1) {
    const events = await store.since(topic, { epoch, offset: Math.max(0, offset - most) }, most)
    // The oldest of them are no longer kept: then fewer.
    if (!events) continue
    const messages = events.map((event) => ({ ...(event.data as Heard), n: event.offset }))
    return { position: { epoch, offset: messages.at(-1)?.n ?? offset }, messages }
  }
  return { position: { epoch, offset }, messages: [] }
}
