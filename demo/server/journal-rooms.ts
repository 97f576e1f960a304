/**
 * Owns what the journal holds in memory: the latest messages of every room, its last number and the ids it has seen, and
 * how they are read from the file's lines and written to them. Must never outgrow its limits.
 */

import { idPattern, type Message, nickFault, roomFault, textFault } from '../protocol.ts'
import { parse } from './journal-file.ts'
import type { JournalLimits } from './journal-limits.ts'

interface Room {
  last: number
  messages: { message: Message; size: number }[]
  bytes: number
  /** id → number and time, oldest first. */
  ids: Map<string, { n: number; at: number }>
}

export class JournalRooms {
  readonly #limits: JournalLimits
  readonly #map = new Map<string, Room>()

  constructor(limits: JournalLimits) {
    this.#limits = limits
  }

  list(): { name: string; last: number; kept: number }[] {
    return [...this.#map].map(([name, room]) => ({ name, last: room.last, kept: room.messages.length }))
  }

  last(room: string): number {
    return this.#map.get(room)?.last ?? 0
  }

  /** Whether a message to this room could be kept: it exists, or there is space for one more. */
  admits(room: string): boolean {
    return this.#map.has(room) || this.#map.size < this.#limits.rooms
  }

  /** The kept messages of a room after a number, oldest first. */
  since(room: string, n: number): Message[] {
    const messages = this.#map.get(room)?.messages ?? []
    return messages.filter(({ message }) => message.n > n).map(({ message }) => message)
  }

  /** What is known of a message by its id; `message` only while the room still keeps it. */
  find(room: string, id: string): { n: number; at: number; message: Message | undefined } | null {
    const known = this.#map.get(room)?.ids.get(id)
    if (!known) return null
    return { ...known, message: this.#map.get(room)?.messages.find(({ message }) => message.id === id)?.message }
  }

  /** Whether there is room for this one beside those that are about to be made. */
  admitsBeside(room: string, made: Iterable<string>): boolean {
    if (this.#map.has(room)) return true
    const fresh = new Set(made)
    if (fresh.has(room)) return true
    let count = this.#map.size
    for (const name of fresh) if (!this.#map.has(name)) count++
    return count < this.#limits.rooms
  }

  /** Everything that is kept, as lines of a file. */
  *lines(): Generator<string> {
    for (const [name, room] of this.#map) {
      const ids = [...room.ids].map(([id, { n, at }]) => [id, n, at])
      yield `${JSON.stringify({ room: name, last: room.last, ids })}\n`
      for (const { message } of room.messages) yield `${JSON.stringify({ room: name, ...message })}\n`
    }
  }

  #room(name: string): Room {
    let room = this.#map.get(name)
    if (!room) {
      room = { last: 0, messages: [], bytes: 0, ids: new Map() }
      this.#map.set(name, room)
    }
    return room
  }

  add(name: string, message: Message, size: number): void {
    const room = this.#room(name)
    room.last = message.n
    room.messages.push({ message, size })
    room.bytes += size
    this.#remember(room, message.id, message.n, message.at)
    while (room.messages.length > this.#limits.messages || (room.bytes > this.#limits.roomBytes && room.messages[1])) {
      room.bytes -= room.messages.shift()?.size ?? 0
    }
  }

  #remember(room: Room, id: string, n: number, at: number): void {
    room.ids.set(id, { n, at })
    for (const oldest of room.ids.keys()) {
      if (room.ids.size <= this.#limits.ids) break
      room.ids.delete(oldest)
    }
  }

  /** Takes a line of the file into memory; false if it is none of ours. */
  readLine(line: string): boolean {
    const value = parse(line)
    const { room: name, last, ids, n, id, nick, text, at } = value
    if (typeof name !== 'string' || roomFault(name) || !this.admits(name)) return false
    if (Array.isArray(ids)) {
      if (!isCount(last)) return false
      const room = this.#room(name)
      room.last = Math.max(room.last, last)
      for (const entry of ids) {
        const [oldId, oldN, oldAt] = Array.isArray(entry) ? entry : []
        if (typeof oldId === 'string' && idPattern.test(oldId) && isCount(oldN) && isCount(oldAt)) {
          this.#remember(room, oldId, oldN, oldAt)
        }
      }
      return true
    }
    if (!isCount(n) || !isCount(at) || typeof id !== 'string' || !idPattern.test(id)) return false
    if (nickFault(nick) || textFault(text)) return false
    // After a compaction the room's own line has come first, so its messages may be at or below the last number.
    const kept = this.#map.get(name)?.messages.at(-1)?.message.n ?? 0
    if (n <= kept) return false
    const before = this.last(name)
    const message: Message = { n, id, nick: nick as string, text: text as string, at }
    this.add(name, message, Buffer.byteLength(line) + 1)
    this.#room(name).last = Math.max(before, n)
    return true
  }
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0
