/**
 * Owns who is in which room, and how a room hears of it. Must never announce more often than once a task.
 */

import type { Person, ServerFrame } from '../protocol.ts'
import { type Connection, write } from './connection.ts'

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
    const frame = JSON.stringify({ type: 'presence', room, people: this.people(room) } satisfies ServerFrame)
    for (const connection of this.#connections)
      if (connection.room === room) write(connection, frame, this.#unreadBytes)
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
}
