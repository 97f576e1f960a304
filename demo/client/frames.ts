/**
 * Owns what a frame of the server's does to what a tab knows of the chat. Pure; a part of the store.
 * Must never show a message twice, nor drop one of the outbox that has no number yet.
 */

import { bounds, type ErrorCode, type Message, type ServerFrame } from '../protocol.ts'
import type { Chat, Outgoing } from './chat-store.ts'

/** The server could not take a message now, but will take it later. */
export const isPassing = (code: ErrorCode) =>
  code === 'too-frequent' || code === 'busy' || code === 'storage-failed' || code === 'not-joined'

export function hear(chat: Chat, frame: ServerFrame): Chat {
  if ('room' in frame && frame.room !== chat.room) {
    // News of a room that has been left; but an acknowledgement counts wherever one is.
    return frame.type === 'ack' ? { ...chat, outbox: chat.outbox.filter(({ id }) => id !== frame.id) } : chat
  }
  switch (frame.type) {
    case 'pong':
      return chat
    case 'welcome': {
      // The server counts from elsewhere than this tab does: what is shown has other numbers, and goes.
      const anew = frame.epoch !== chat.epoch || frame.last < chat.last
      return {
        ...chat,
        log: anew ? [] : chat.log,
        last: anew ? 0 : chat.last,
        reaches: frame.last,
        epoch: frame.epoch,
        people: frame.people,
        problem: null,
        behind: false,
      }
    }
    case 'history': {
      const next = frame.messages.reduce(add, chat)
      return frame.more ? next : { ...next, joined: true, last: Math.max(next.last, chat.reaches) }
    }
    case 'message':
      return count(add(chat, frame.message), frame.message.n)
    case 'ack': {
      const message = chat.outbox.find(({ id }) => id === frame.id)
      if (!message) return chat
      const { n, id, nick, at } = frame
      return count(add({ ...chat, problem: null }, { n, id, nick, text: message.text, at }), n)
    }
    case 'presence':
      return { ...chat, people: frame.people }
    case 'error':
      return refuse(chat, frame)
  }
}

function refuse(chat: Chat, { code, expected, id }: Extract<ServerFrame, { type: 'error' }>): Chat {
  if (id === undefined) {
    if (code === 'too-many-rooms' || code === 'room-full') {
      return { ...chat, joined: false, problem: `This room cannot be joined. The server expected ${expected}.` }
    }
    return chat
  }
  if (!isPassing(code)) return edit(chat, id, (message) => ({ ...message, status: 'refused', why: expected }))
  // Whatever was sent after it waits again too, so that nothing overtakes it.
  const index = chat.outbox.findIndex((message) => message.id === id)
  if (index < 0) return chat
  const outbox = chat.outbox.map((message, at) => (at < index ? message : wait(message)))
  const problem = code === 'storage-failed' ? 'The server cannot store messages at the moment. Yours wait here.' : null
  return { ...chat, outbox, joined: chat.joined && code !== 'not-joined', problem }
}

/** Puts a message in its place, unless it is there; one's own leaves the outbox and keeps the date it had there. */
function add(chat: Chat, news: Message): Chat {
  const own = chat.outbox.find(({ id }) => id === news.id)
  const outbox = own ? chat.outbox.filter((message) => message !== own) : chat.outbox
  const message = own ? { ...news, at: own.at } : news
  const known = chat.log.some(({ n, id }) => n === message.n || id === message.id)
  const tooOld = chat.log.length >= bounds.history && message.n < (chat.log[0]?.n ?? 0)
  if (known || tooOld) return outbox === chat.outbox ? chat : { ...chat, outbox }
  let place = chat.log.length
  while (place > 0 && (chat.log[place - 1] as Message).n > message.n) place--
  const log = [...chat.log.slice(0, place), message, ...chat.log.slice(place)].slice(-bounds.history)
  return { ...chat, log, outbox }
}

/** Notes that a number was seen; one that skips others says that something is missing. */
function count(chat: Chat, n: number): Chat {
  if (n === chat.last + 1) return { ...chat, last: n }
  return n > chat.last && !chat.behind ? { ...chat, behind: true } : chat
}

export function edit(chat: Chat, id: string, change: (message: Outgoing) => Outgoing): Chat {
  return chat.outbox.some((message) => message.id === id)
    ? { ...chat, outbox: chat.outbox.map((message) => (message.id === id ? change(message) : message)) }
    : chat
}

/** Whatever was under way belongs to a socket that is gone. */
export const wait = (message: Outgoing): Outgoing =>
  message.status === 'sent' ? { ...message, status: 'waiting' } : message
