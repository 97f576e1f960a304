/**
 * Owns what the chat does with what it is sent: what it takes and refuses, what it keeps, what it tells whom. Numbers,
 * acknowledgements, order, repeats and history are the session's. Must never believe a field it has not looked at.
 */

import { createSessionServer, Refusal, type SessionServer, type SessionStore, Wait } from '../../src/server/index.ts'
import { bounds, type Heard, isHere, isLoad, isTyping, roomFault, type Say, sayFault, topicOf } from '../protocol.ts'
import type { ChatLimits } from './chat-limits.ts'
import type { Crowd } from './crowd.ts'
import type { Guest } from './guest.ts'
import { load } from './load.ts'
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
      if (isLoad(data)) return load(store, data)
      throw new Refusal('"type": "load", "room", and perhaps "before" and "most"')
    },

    onPlain({ user: guest, data }) {
      if (isTyping(data)) {
        if (data.room === guest.room && guest.questions.take(monotonic())) crowd.typing(guest, data.from)
        return
      }
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
