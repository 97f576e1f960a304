/**
 * Owns who is in which room, who may come in, and how a room hears of it. Must never announce more often than once a task.
 */

import type { Person, ServerFrame } from '../protocol.ts'
import { type Connection, write } from './connection.ts'
import type { Journal } from './journal.ts'

export class Crowd {
  readonly #connections: ReadonlySet<Connection>
  readonly #unreadBytes: number
  /** Whether the server says anything just now. */
  readonly #speaks: () => boolean
  readonly #due = new Set<string>()

  constructor(connections: ReadonlySet<Connection>, unreadBytes: number, speaks: () => boolean) {
    this.#connections = connections
    this.#unreadBytes = unreadBytes
    this.#speaks = speaks
  }

  /** Tells a room who is in it, once for all comings and goings of a task. */
  changed(room: string): void {
    if (!this.#speaks() || this.#due.has(room)) return
    this.#due.add(room)
    setImmediate(() => {
      this.#due.delete(room)
      if (this.#speaks()) this.announce(room)
    })
  }

  announce(room: string): void {
    this.tell({ type: 'presence', room, people: this.people(room) })
  }

  /** Everybody in the frame's room hears it, but for one who knows. */
  tell(frame: Extract<ServerFrame, { type: 'presence' | 'message' }>, except?: Connection): void {
    const text = JSON.stringify(frame)
    for (const connection of this.#connections)
      if (connection.room === frame.room && connection !== except) write(connection, text, this.#unreadBytes)
  }

  people(room: string): Person[] {
    const tabs = new Map<string, number>()
    for (const other of this.#connections) {
      if (other.room === room && other.socket.readyState === other.socket.OPEN) {
        tabs.set(other.nick, (tabs.get(other.nick) ?? 0) + 1)
      }
    }
    return [...tabs].map(([nick, count]) => ({ nick, tabs: count })).sort((a, b) => (a.nick < b.nick ? -1 : 1))
  }

  /** What a connection is told that may not join a room: there are too many of them, or too many people in it. */
  refusal(
    connection: Connection,
    room: string,
    journal: Pick<Journal, 'rooms' | 'limits'>,
    peoplePerRoom: number,
  ): (ServerFrame & { type: 'error' }) | undefined {
    const others = [...this.#connections]
    const rooms = new Set(others.map((other) => other.room).filter((name) => name !== ''))
    for (const { name } of journal.rooms()) rooms.add(name)
    if (!rooms.has(room) && rooms.size >= journal.limits.rooms) {
      const expected = `one of the ${rooms.size} rooms there are; more are not kept`
      return { type: 'error', code: 'too-many-rooms', expected }
    }
    const inside = others.filter((other) => other !== connection && other.room === room)
    if (inside.length < peoplePerRoom) return
    return { type: 'error', code: 'room-full', expected: `a room with fewer than ${peoplePerRoom} people in it` }
  }
}
