/**
 * Owns what a tab keeps over a reload: who writes in it, and drafts. Who that is, the next tab of this browser knows as well;
 * a tab opened as a guest is somebody else. Messages are the outbox's. Anything may have written here: it is looked at first.
 */

import { bounds, nickFault, roomFault } from '../../protocol.ts'

type Store = Pick<Storage, 'getItem' | 'setItem'>

/** The tab's own storage and the browser's, or null where they are forbidden. */
export interface Stores {
  tab: Store | null
  browser: Store | null
}

/** `id` stays when the name changes. */
export interface Person {
  readonly id: string
  readonly nick: string
}

export type Drafts = Readonly<Record<string, string>>

const keys = { person: 'chat:person', drafts: 'chat:drafts', read: 'chat:read' }

/** Rooms of which a draft, or how far one has read, is kept. */
const most = 16

/** A guest leaves nothing behind in the browser. */
export function pageStores(isGuest: boolean): Stores {
  try {
    return { tab: window.sessionStorage, browser: isGuest ? null : window.localStorage }
  } catch {
    return { tab: null, browser: null }
  }
}

/** `randomUUID` would be shorter, but browsers have it on secure pages only. */
export function newId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

const names =
  'Ada Alan Anita Barbara Dennis Donald Edsger Frances Grace Hedy Jean Joan John Katherine Ken Lynn Margaret Niklaus Radia Sophie Tim Vint'

/** Who writes in this tab: who did before, else who does in this browser, else somebody new. */
export function readPerson({ tab, browser }: Stores, random = Math.random): Person {
  const known = personIn(tab) || personIn(browser)
  const all = names.split(' ')
  const person = known || { id: newId(), nick: all[Math.floor(random() * all.length)] as string }
  write(tab, keys.person, person)
  write(browser, keys.person, person)
  return person
}

export function keepPerson({ tab, browser }: Stores, person: Person): void {
  write(tab, keys.person, person)
  if (personIn(browser)?.id === person.id) write(browser, keys.person, person)
}

function personIn(store: Store | null): Person | null {
  const { id, nick } = Object(read(store, keys.person))
  return typeof id === 'string' && /^[0-9a-f]{32}$/.test(id) && !nickFault(nick) ? { id, nick } : null
}

export function readDrafts({ tab }: Stores): Drafts {
  const entries = Object.entries(Object(read(tab, keys.drafts))).filter(
    (entry): entry is [string, string] => !roomFault(entry[0]) && typeof entry[1] === 'string',
  )
  return Object.fromEntries(entries.map(([room, text]) => [room, text.slice(0, bounds.textLength)]))
}

/** Keeps a room's draft, and those of the latest rooms. */
export function keepDraft({ tab }: Stores, drafts: Drafts, room: string, text: string): Drafts {
  const { [room]: _, ...others } = drafts
  const next = text === '' ? others : Object.fromEntries([...Object.entries(others).slice(1 - most), [room, text]])
  write(tab, keys.drafts, next)
  return next
}

/** Up to which number a room has been read here, or null. */
export function readUpTo({ tab, browser }: Stores, room: string): number | null {
  const known = [tab, browser].map((store) => Object(read(store, keys.read))[room])
  const numbers = known.filter((n): n is number => Number.isSafeInteger(n) && n >= 0)
  return numbers.length ? Math.max(...numbers) : null
}

export function keepUpTo({ tab, browser }: Stores, room: string, n: number): void {
  for (const store of [tab, browser]) {
    const { [room]: _, ...others } = Object(read(store, keys.read))
    write(store, keys.read, Object.fromEntries([...Object.entries(others).slice(1 - most), [room, n]]))
  }
}

function read(store: Store | null, key: string): unknown {
  try {
    return JSON.parse(store?.getItem(key) ?? 'null')
  } catch {
    return null
  }
}

function write(store: Store | null, key: string, value: unknown): void {
  try {
    store?.setItem(key, JSON.stringify(value))
  } catch {
    // Full, or forbidden: then it does not outlive the tab.
  }
}
