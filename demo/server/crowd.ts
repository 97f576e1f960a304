/**
 * Owns who is in which room, on this server and on those that share its rooms, and how a room hears of it. Nothing of this is
 * kept: it is told in passing, and again. Must never announce more often than once a task, nor show for long who has gone.
 */

import { randomUUID } from 'node:crypto'
import type { People, Person, Typing } from '../protocol.ts'
import type { Guest } from './guest.ts'

/** What servers tell each other in passing. */
export interface Bus {
  tell(text: string): void
  /** Returns how to stop. */
  listen(listener: (text: string) => void): () => void
}

/** Room → the name of each tab in it. */
type Tabs = Record<string, string[]>

/** Ms between two words of a server, and how long its last one counts. */
const period = 3000
const patience = 8000

export class Crowd {
  readonly #guests: ReadonlySet<Guest>
  /** Whether the server says anything just now. */
  readonly #speaks: () => boolean
  readonly #bus: Bus | undefined
  readonly #server = randomUUID()
  readonly #others = new Map<string, { tabs: Tabs; at: number }>()
  readonly #due = new Set<string>()
  readonly #stop: () => void

  constructor(guests: ReadonlySet<Guest>, speaks: () => boolean, bus?: Bus) {
    this.#guests = guests
    this.#speaks = speaks
    this.#bus = bus
    const stopListening = bus?.listen((text) => this.#hear(text))
    const timer = bus && setInterval(() => this.#tick(), period).unref()
    this.#stop = () => {
      clearInterval(timer)
      stopListening?.()
    }
  }

  people(room: string): Person[] {
    const tabs = new Map<string, number>()
    for (const nick of this.#nicks(room)) tabs.set(nick, (tabs.get(nick) ?? 0) + 1)
    return [...tabs].map(([nick, count]) => ({ nick, tabs: count })).sort((a, b) => (a.nick < b.nick ? -1 : 1))
  }

  /** How many tabs are in a room, but for one. */
  count(room: string, except: Guest): number {
    return this.#nicks(room, except).length
  }

  /** The rooms that somebody is in, but for one. */
  rooms(except: Guest): string[] {
    const here = [...this.#guests].flatMap((guest) => (guest === except || !guest.room ? [] : guest.room))
    return [...here, ...[...this.#others.values()].flatMap(({ tabs }) => Object.keys(tabs))]
  }

  /** A guest is in a room from now on, under a name. */
  move(guest: Guest, room: string, nick: string): void {
    const before = guest.room
    Object.assign(guest, { room, nick })
    if (before && before !== room) this.changed(before)
    this.changed(room)
  }

  /** Tells a room who is in it, once for all comings and goings of a task. */
  changed(room: string): void {
    if (!room || !this.#speaks() || this.#due.has(room)) return
    this.#due.add(room)
    setImmediate(() => {
      this.#due.delete(room)
      if (!this.#speaks()) return
      this.announce(room)
      this.#share()
    })
  }

  announce(room: string): void {
    const news: People = { type: 'people', room, people: this.people(room) }
    for (const guest of this.#guests) if (guest.room === room) guest.tell?.(news)
  }

  /** Somebody is writing: the others in the room hear of it, now or not at all. */
  typing(guest: Guest, from: string): void {
    const { room, nick } = guest
    const news: Typing = { type: 'typing', room, from, nick }
    this.#pass(news, guest)
    this.#bus?.tell(JSON.stringify({ server: this.#server, typing: news }))
  }

  #pass(news: Typing, except?: Guest): void {
    if (!this.#speaks()) return
    for (const guest of this.#guests) if (guest !== except && guest.room === news.room) guest.tell?.(news)
  }

  /** Nobody is here any more. */
  close(): void {
    this.#stop()
    this.#bus?.tell(JSON.stringify({ server: this.#server, tabs: {} }))
  }

  #nicks(room: string, except?: Guest): string[] {
    const here = [...this.#guests].filter(
      (guest) => guest !== except && guest.room === room && guest.socket.readyState === guest.socket.OPEN,
    )
    return [...here.map(({ nick }) => nick), ...[...this.#others.values()].flatMap(({ tabs }) => tabs[room] ?? [])]
  }

  /** Tells the other servers who is on this one. */
  #share(): void {
    if (!this.#bus) return
    const tabs: Tabs = {}
    for (const { room, nick } of this.#guests) if (room) tabs[room] = [...(tabs[room] ?? []), nick]
    this.#bus.tell(JSON.stringify({ server: this.#server, tabs }))
  }

  #hear(text: string): void {
    const { server, tabs, typing } = JSON.parse(text) as { server: string; tabs: Tabs; typing?: Typing }
    if (server === this.#server) return
    if (typing) return this.#pass(typing)
    const before = this.#others.get(server)?.tabs
    this.#others.set(server, { tabs, at: performance.now() })
    // A server that has just come knows nobody yet.
    if (!before) this.#share()
    if (JSON.stringify(before) !== JSON.stringify(tabs)) this.#tellAll([before ?? {}, tabs])
  }

  #tick(): void {
    this.#share()
    for (const [server, { tabs, at }] of this.#others) {
      if (performance.now() - at < patience) continue
      this.#others.delete(server)
      this.#tellAll([tabs])
    }
  }

  #tellAll(changed: Tabs[]): void {
    if (!this.#speaks()) return
    for (const room of new Set(changed.flatMap((tabs) => Object.keys(tabs)))) this.announce(room)
  }
}
