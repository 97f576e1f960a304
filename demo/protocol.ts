/**
 * Owns what the chat's page and server say to each other, and every bound. Pure, and shared by both sides.
 * Must never trust a field it has not looked at.
 */

import type { Position } from '../src/session/index.ts'

/** Numbered by the session, and taken once: a message as it was written. */
export interface Say {
  type: 'say'
  room: string
  /** New for every message. */
  id: string
  /** The writer's tab, so that it knows its own again; and the name it bore. */
  from: string
  nick: string
  text: string
  /** When it was written, epoch ms, however late it is delivered. */
  at: number
}

/** A message as a room's followers hear it. */
export type Heard = Omit<Say, 'type' | 'room'>

/** And with its number: the offset in the room's stream, from 1 and without holes. */
export interface Message extends Heard {
  n: number
}

/** Asked: the latest messages of a room, or the latest before a number; and where its stream goes on. */
export interface Load {
  type: 'load'
  room: string
  before?: number
  /** How many at most; without it, all that are kept. */
  most?: number
}

export interface Loaded {
  position: Position
  messages: Message[]
  /** Whether older ones are kept. */
  more: boolean
}

/** Said in passing: in which room this tab is, and as whom. */
export interface Here {
  type: 'here'
  room: string
  nick: string
}

/** Said in passing, and passed on to the others in the room: somebody is writing. Nobody keeps it. */
export interface Typing {
  type: 'typing'
  room: string
  /** The tab, as in its messages. */
  from: string
  nick: string
}

/** Who is in a room, and in how many tabs. */
export interface Person {
  nick: string
  tabs: number
}

/** Told in passing, whenever it changes. */
export interface People {
  type: 'people'
  room: string
  people: Person[]
}

/** The stream of a room. */
export const topicOf = (room: string) => `room:${room}`

export const bounds = {
  /** UTF-16 code units, as the browser's `maxlength` counts. */
  textLength: 2000,
  nickLength: 24,
  roomLength: 32,
  /** Messages of a room that server and page keep. */
  history: 500,
  /** Messages that a page asks for at once. */
  page: 50,
  /** Messages a browser keeps while they cannot be delivered. */
  outbox: 200,
  rooms: 32,
} as const

const idPattern = /^[A-Za-z0-9_-]{8,64}$/
const roomPattern = /^[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}-]*[\p{L}\p{M}\p{N}])?$/u
const nickPattern = /^[\p{L}\p{N}](?:[\p{L}\p{M}\p{N} ._'-]*[\p{L}\p{M}\p{N}.])?$/u
// Control characters could hide text in a terminal that prints it; half a surrogate pair has no UTF-8 form.
const unprintable = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\p{Cs}]/u

/** A name has one spelling: composed, and in small letters. */
const isRoom = (room: unknown) =>
  typeof room === 'string' &&
  room.length <= bounds.roomLength &&
  room === room.toLowerCase().normalize() &&
  roomPattern.test(room)

const isNick = (nick: unknown) =>
  typeof nick === 'string' && nick.length <= bounds.nickLength && nick === nick.normalize() && nickPattern.test(nick)

const isText = (text: unknown) =>
  typeof text === 'string' && text.length <= bounds.textLength && text.trim() !== '' && !unprintable.test(text)

const isId = (id: unknown) => typeof id === 'string' && idPattern.test(id)

const rule = (is: (value: unknown) => boolean, expected: string) => (value: unknown) => (is(value) ? null : expected)

/** Each answers what was expected of a value that breaks its rule, or null. */
export const roomFault = rule(
  isRoom,
  '"room": 1 to 32 small letters of any script, digits and "-", which is at neither end; composed (NFC)',
)
export const nickFault = rule(
  isNick,
  '"nick": 1 to 24 letters, digits, spaces or . _ \' -, beginning with a letter or digit',
)
export const textFault = rule(
  isText,
  '"text": 1 to 2000 characters, not blank, without control characters other than tab and line feed',
)
const idFault = rule(isId, '"id" and "from": 8 to 64 of A-Z, a-z, 0-9, "_" and "-"')
const atFault = rule((at) => Number.isSafeInteger(at) && (at as number) >= 0, '"at": a time, whole ms since 1970')

/** What was expected of a numbered message that is none, or null. */
export function sayFault(data: unknown): string | null {
  const { type, room, id, from, nick, text, at } = Object(data)
  if (type !== 'say') return '"type": "say"'
  return roomFault(room) || idFault(id) || idFault(from) || nickFault(nick) || textFault(text) || atFault(at)
}

const isCount = (value: unknown, most: number) =>
  value === undefined || (Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= most)

export function isLoad(data: unknown): data is Load {
  const { type, room, before, most } = Object(data)
  return type === 'load' && !roomFault(room) && isCount(before, Infinity) && isCount(most, bounds.history)
}

export function isTyping(data: unknown): data is Typing {
  const { type, room, from, nick } = Object(data)
  return type === 'typing' && !roomFault(room) && !idFault(from) && !nickFault(nick)
}

export const isHere = (data: unknown): data is Here =>
  Object(data).type === 'here' && !roomFault(Object(data).room) && !nickFault(Object(data).nick)

export const isPeople = (data: unknown): data is People => Object(data).type === 'people'
