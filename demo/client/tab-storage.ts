/**
 * Owns what a tab keeps over a reload, in `sessionStorage`: its nickname, unacknowledged messages and drafts.
 *
 * A duplicated tab starts with a copy of all this. That doubles nothing: every message has an id drawn from 128 random
 * bits when it is written, a copy is sent under the same id, and the server keeps one message per id. (A counter per tab
 * would be copied too, and two tabs would then give one id to two messages.)
 */

import { bounds, idPattern, nickFault, roomFault, textFault } from '../protocol.ts'
import type { Kept, Outgoing } from './chat-store.ts'

type Store = Pick<Storage, 'getItem' | 'setItem'>

const keys = { nick: 'chat:nick', outbox: 'chat:outbox', mine: 'chat:mine', drafts: 'chat:drafts' }

/** The tab's own storage, or null where the browser forbids it. */
export function tabStorage(): Store | null {
  try {
    return window.sessionStorage
  } catch {
    return null
  }
}

/** A new message's id. `randomUUID` would be shorter, but browsers have it on secure pages only. */
export function newId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

const names =
  'Ada Alan Anita Barbara Dennis Donald Edsger Frances Grace Hedy Jean Joan John Katherine Ken Lynn Margaret Niklaus Radia Sophie Tim Vint'

/** The nickname of this tab: the one it had, or a new one. */
export function readNick(store: Store | null, random = Math.random): string {
  const nick = read(store, keys.nick)
  if (typeof nick === 'string' && !nickFault(nick)) return nick
  const all = names.split(' ')
  const fresh = all[Math.floor(random() * all.length)] as string
  write(store, keys.nick, fresh)
  return fresh
}

export function keepNick(store: Store | null, nick: string): void {
  write(store, keys.nick, nick)
}

/** What the tab kept. Anything may have written there: what does not look right is left out. */
export function readKept(store: Store | null): Kept {
  const outbox = list(read(store, keys.outbox)).filter(isOutgoing).slice(0, bounds.outbox)
  const mine = list(read(store, keys.mine)).filter((id) => typeof id === 'string' && idPattern.test(id))
  const drafts: Record<string, string> = {}
  for (const [room, text] of Object.entries(Object(read(store, keys.drafts)))) {
    if (!roomFault(room) && typeof text === 'string') drafts[room] = text.slice(0, bounds.textLength)
  }
  return { outbox, mine: (mine as string[]).slice(-bounds.history), drafts }
}

/** Keeps it; false if the browser would not. */
export function writeKept(store: Store | null, { outbox, mine, drafts }: Kept): boolean {
  const kept = [write(store, keys.outbox, outbox), write(store, keys.mine, mine), write(store, keys.drafts, drafts)]
  return kept.every(Boolean)
}

function isOutgoing(value: unknown): value is Outgoing {
  const { id, room, text, at, status } = Object(value)
  return (
    typeof id === 'string' &&
    idPattern.test(id) &&
    !roomFault(room) &&
    !textFault(text) &&
    Number.isFinite(at) &&
    (status === 'waiting' || status === 'sent' || status === 'refused')
  )
}

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])

function read(store: Store | null, key: string): unknown {
  try {
    return JSON.parse(store?.getItem(key) ?? 'null')
  } catch {
    return null
  }
}

function write(store: Store | null, key: string, value: unknown): boolean {
  try {
    store?.setItem(key, JSON.stringify(value))
    return store !== null
  } catch {
    return false
  }
}
