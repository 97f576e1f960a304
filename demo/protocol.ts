/**
 * Owns what the chat's page and server say to each other: every frame, every bound, and the reading of what a page sent.
 * Pure, and shared by both sides. Must never trust a field it has not looked at, nor echo one back.
 */

/** A message as the server keeps it. `n` counts from 1 in each room, without holes. */
export interface Message {
  n: number
  /** Made by the page that wrote it; the server stores one message per id, however often it arrives. */
  id: string
  nick: string
  text: string
  /** When it was written, not when it was delivered: by the server's wall clock, epoch ms. */
  at: number
}

/** Who is in a room, and in how many tabs. */
export interface Person {
  nick: string
  tabs: number
}

export type ClientFrame =
  | { type: 'ping' }
  /** `since`: the last number the page has seen of this `epoch`'s room; everything after it is sent. */
  | { type: 'join'; room: string; nick: string; since: number; epoch: string }
  /** `age`: how long ago it was written, ms, so that nobody's clock has to be believed; left out for 0. */
  | { type: 'say'; room: string; id: string; text: string; age?: number }

export type ErrorCode =
  | 'not-json'
  | 'binary'
  | 'too-large'
  | 'too-frequent'
  | 'unknown-type'
  | 'invalid-field'
  | 'not-joined'
  | 'too-many-rooms'
  | 'room-full'
  | 'busy'
  | 'storage-failed'

export type ServerFrame =
  | { type: 'pong' }
  /**
   * First word after a join. `epoch` names the journal that numbers, `last` its last number for this room. The history
   * that follows begins after the page's `since`, or from the start if that number means nothing here.
   */
  | { type: 'welcome'; room: string; nick: string; epoch: string; last: number; people: Person[] }
  /** A part of what was missed, oldest first; `more` until the last part. Always at least one part follows a welcome. */
  | { type: 'history'; room: string; messages: Message[]; more: boolean }
  | { type: 'message'; room: string; message: Message }
  /** The message is in the journal under this number. A repeat gets the number of the original. */
  | { type: 'ack'; room: string; id: string; n: number; nick: string; at: number }
  | { type: 'presence'; room: string; people: Person[] }
  /** `expected` says what would have been right; `id` names the message concerned, `retryAfter` is ms. */
  | { type: 'error'; code: ErrorCode; expected: string; id?: string; retryAfter?: number }

/** Bounds that the page needs to know, so that it never runs into them. */
export const bounds = {
  /** UTF-16 code units, as the browser's `maxlength` counts. */
  textLength: 2000,
  nickLength: 24,
  roomLength: 32,
  /** Messages of a room that server and page keep. */
  history: 500,
  /** Messages a tab keeps while they cannot be delivered. */
  outbox: 200,
  /** A message is dated back by as much as this, ms: a week. */
  age: 604_800_000,
  /** What a page sends at most: this many at once, then this many per second. The server allows about twice that. */
  pageBurst: 8,
  pagePerSecond: 5,
} as const

export const idPattern = /^[A-Za-z0-9_-]{8,64}$/
export const roomPattern = /^[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}-]*[\p{L}\p{M}\p{N}])?$/u
export const nickPattern = /^[\p{L}\p{N}](?:[\p{L}\p{M}\p{N} ._'-]*[\p{L}\p{M}\p{N}.])?$/u

const expectations = {
  room: '"room": 1 to 32 small letters of any script, digits and "-", which is at neither end; composed (NFC)',
  nick: '"nick": 1 to 24 letters, digits, spaces or . _ \' -, beginning with a letter or digit',
  since: '"since": a whole number, 0 or more',
  epoch: '"epoch": a text of at most 64 characters, empty if unknown',
  id: '"id": 8 to 64 of A-Z, a-z, 0-9, "_" and "-", new for every message',
  age: `"age": a whole number of ms, 0 to ${bounds.age}, or none`,
  text: '"text": 1 to 2000 characters, not blank, without control characters other than tab and line feed',
}

/** The rule a room name breaks, or null. A name has one spelling: composed, and in small letters. */
export const roomFault = (room: unknown) =>
  typeof room === 'string' &&
  room.length <= bounds.roomLength &&
  room === room.toLowerCase().normalize() &&
  roomPattern.test(room)
    ? null
    : expectations.room

/** The rule a nickname breaks, or null. */
export const nickFault = (nick: unknown) =>
  typeof nick === 'string' && nick.length <= bounds.nickLength && nick === nick.normalize() && nickPattern.test(nick)
    ? null
    : expectations.nick

// Control characters could hide text in a terminal that prints the journal; half a surrogate pair has no UTF-8 form.
const unprintable = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\p{Cs}]/u

/** The rule a message text breaks, or null. */
export const textFault = (text: unknown) =>
  typeof text === 'string' && text.length <= bounds.textLength && text.trim() !== '' && !unprintable.test(text)
    ? null
    : expectations.text

const ageFault = (age: unknown) =>
  Number.isSafeInteger(age) && (age as number) >= 0 && (age as number) <= bounds.age ? null : expectations.age

/** What came of reading a frame: the frame, or why it is none. `id` is set where the sender can be told which message. */
export type Reading =
  | { frame: ClientFrame }
  | { fault: { code: 'not-json' | 'unknown-type' | 'invalid-field'; expected: string; id?: string } }

/** Reads what a page sent. Fields it does not know are left behind. */
export function readClientFrame(text: string): Reading {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { fault: { code: 'not-json', expected: 'one JSON object per frame' } }
  }
  const type = field(value, 'type')
  if (type === 'ping') return { frame: { type } }
  if (type === 'join') {
    const [room, nick, since, epoch] = ['room', 'nick', 'since', 'epoch'].map((name) => field(value, name))
    const fault =
      roomFault(room) ||
      nickFault(nick) ||
      (Number.isSafeInteger(since) && (since as number) >= 0 ? null : expectations.since) ||
      (typeof epoch === 'string' && epoch.length <= 64 ? null : expectations.epoch)
    if (fault) return { fault: { code: 'invalid-field', expected: fault } }
    return { frame: { type, room, nick, since, epoch } as ClientFrame }
  }
  if (type === 'say') {
    const [room, id, message, age = 0] = ['room', 'id', 'text', 'age'].map((name) => field(value, name))
    if (typeof id !== 'string' || !idPattern.test(id)) {
      return { fault: { code: 'invalid-field', expected: expectations.id } }
    }
    const fault = roomFault(room) || textFault(message) || ageFault(age)
    if (fault) return { fault: { code: 'invalid-field', expected: fault, id } }
    return { frame: { type, room, id, text: message, age } as ClientFrame }
  }
  return { fault: { code: 'unknown-type', expected: '"type": "ping", "join" or "say"' } }
}

/** A field of the object itself, never of its prototype; undefined for anything that is no object. */
function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined
}
