/**
 * Owns what a tab knows of the chat: the numbered messages of its room, and those of its own that are still on their way.
 * Pure: every event gives the next state, the same object if it was no news. Must never lose a message of the outbox
 * before the server has numbered it, nor show one twice, whatever arrives in whatever order.
 */

import { bounds, type Message, type Person, type ServerFrame } from '../protocol.ts'
import { edit, hear, wait } from './frames.ts'

/**
 * A message of one's own that has no number yet.
 * - `waiting`: kept here only; goes out when the room is joined.
 * - `sent`: handed to an open socket, not acknowledged; waits again when that socket is lost.
 * - `refused`: the server will never take it as it is; `why` says what it expected.
 */
export interface Outgoing {
  readonly id: string
  readonly room: string
  readonly text: string
  /** When it was written, by this machine's clock. */
  readonly at: number
  readonly status: 'waiting' | 'sent' | 'refused'
  readonly why?: string
}

export interface Chat {
  readonly room: string
  readonly nick: string
  /** Names the journal whose numbers these are; empty before the first welcome. */
  readonly epoch: string
  /** By number, each once, at most `bounds.history`. */
  readonly log: readonly Message[]
  /** Everything up to here has been seen. */
  readonly last: number
  /** What the history being received will reach. */
  readonly reaches: number
  /** Whether this connection has joined this room and has its history. */
  readonly joined: boolean
  readonly people: readonly Person[]
  /** In the order written, over all rooms. */
  readonly outbox: readonly Outgoing[]
  /** Ids of messages written in this tab, the latest `bounds.history`. */
  readonly mine: readonly string[]
  readonly drafts: Readonly<Record<string, string>>
  /** What the server said against joining, or null. */
  readonly problem: string | null
  /** A number was skipped: the room has to be asked again. */
  readonly behind: boolean
}

export type ChatEvent =
  | { type: 'opened' }
  | { type: 'closed' }
  | { type: 'entered'; room: string }
  | { type: 'renamed'; nick: string }
  | { type: 'drafted'; text: string }
  | { type: 'written'; id: string; text: string; at: number }
  | { type: 'handed'; id: string }
  | { type: 'retried'; id: string }
  | { type: 'discarded'; id: string }
  | { type: 'frame'; frame: ServerFrame }

/** What a tab has kept from before. */
export type Kept = Pick<Chat, 'outbox' | 'mine' | 'drafts'>

export function initialChat(room: string, nick: string, kept?: Partial<Kept>): Chat {
  return {
    room,
    nick,
    epoch: '',
    log: [],
    last: 0,
    reaches: 0,
    joined: false,
    people: [],
    // Whatever was under way belongs to a socket that is gone.
    outbox: (kept?.outbox ?? []).map(wait),
    mine: kept?.mine ?? [],
    drafts: kept?.drafts ?? {},
    problem: null,
    behind: false,
  }
}

export function reduce(chat: Chat, event: ChatEvent): Chat {
  switch (event.type) {
    case 'opened':
    case 'closed':
      return { ...chat, joined: false, behind: false, people: [], outbox: chat.outbox.map(wait) }
    case 'entered':
      return event.room === chat.room ? chat : { ...leave(chat), room: event.room }
    case 'renamed':
      return event.nick === chat.nick ? chat : { ...chat, nick: event.nick, problem: null }
    case 'drafted':
      return event.text === draftOf(chat) ? chat : { ...chat, drafts: draft(chat, event.text) }
    case 'written': {
      if (isFull(chat)) return chat
      const { id, text, at } = event
      const outbox = [...chat.outbox, { id, room: chat.room, text, at, status: 'waiting' as const }]
      const mine = [...chat.mine, id].slice(-bounds.history)
      return { ...chat, outbox, mine, drafts: draft(chat, '') }
    }
    case 'handed':
      return edit(chat, event.id, (message) => ({ ...message, status: 'sent' }))
    case 'retried':
      return edit(chat, event.id, ({ why: _, ...message }) => ({ ...message, status: 'waiting' }))
    case 'discarded':
      return { ...chat, outbox: chat.outbox.filter(({ id }) => id !== event.id) }
    case 'frame':
      return hear(chat, event.frame)
  }
}

/** The next message that may be handed to the socket, or null. */
export function due(chat: Chat): Outgoing | null {
  return (chat.joined && chat.outbox.find(({ status }) => status === 'waiting')) || null
}

/** How many messages would be lost with this tab: those that no server has acknowledged. */
export const undelivered = (chat: Chat) => chat.outbox.filter(({ status }) => status !== 'refused').length

/** How many messages after this number others have written: one's own is no news. */
export function newsSince({ log, mine }: Chat, n: number): number {
  const own = new Set(mine)
  return log.filter((message) => message.n > n && !own.has(message.id)).length
}

export const isFull = (chat: Chat) => chat.outbox.length >= bounds.outbox
export const draftOf = (chat: Chat) => chat.drafts[chat.room] ?? ''

function draft(chat: Chat, text: string): Record<string, string> {
  const { [chat.room]: _, ...others } = chat.drafts
  // A tab that walks through many rooms keeps the drafts of the latest ones.
  return text === '' ? others : Object.fromEntries([...Object.entries(others).slice(-15), [chat.room, text]])
}

const leave = (chat: Chat): Chat => ({
  ...chat,
  epoch: '',
  log: [],
  last: 0,
  reaches: 0,
  joined: false,
  people: [],
  problem: null,
  behind: false,
})
