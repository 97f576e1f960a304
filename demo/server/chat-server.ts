/**
 * Owns the connections of the chat and what is broken about them on purpose: silence, a hold, a fall. Must never let in more
 * of them than it may, nor keep one that has long been quiet.
 */

import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type ServerOptions, WebSocketServer } from 'ws'
import type { SessionServer, SessionStore } from '../../src/server/index.ts'
import { topicOf } from '../protocol.ts'
import { everybody } from './breakage.ts'
import { createChat } from './chat.ts'
import { type ChatLimits, chatLimits } from './chat-limits.ts'
import { type Bus, Crowd } from './crowd.ts'
import { type Guest, newGuest, reset, resetSoon } from './guest.ts'
import { pageOf } from './http.ts'
import { Line, openGate } from './line.ts'
import { Rooms } from './rooms.ts'
import type { ChatStatus, Slowness } from './status.ts'

export interface ChatOptions {
  store: SessionStore
  /** Leads to the servers that share the store. */
  bus?: Bus | undefined
  limits?: Partial<ChatLimits> | undefined
  /** Wall clock. */
  now?: () => number
  /** Clock of the rates; tests stop it. */
  monotonic?: () => number
  report?: (text: string) => void
}

export class ChatServer {
  readonly #store: SessionStore
  readonly #limits: ChatLimits
  readonly #now: () => number
  readonly #monotonic: () => number
  readonly #sockets: WebSocketServer
  readonly #sessions: SessionServer<Guest>
  readonly #guests = new Set<Guest>()
  readonly #crowd: Crowd
  readonly #rooms: Rooms
  readonly #sweep: NodeJS.Timeout
  readonly #gate = openGate()
  #gone = false

  private constructor(rooms: Rooms, options: ChatOptions) {
    const { store, bus, now = Date.now, monotonic = () => performance.now(), report = () => {} } = options
    this.#store = store
    this.#rooms = rooms
    this.#limits = { ...chatLimits, ...options.limits }
    this.#now = now
    this.#monotonic = monotonic
    this.#crowd = new Crowd(this.#guests, () => !this.#gone && !this.#isSilent, bus)
    this.#sessions = createChat({
      ...{ store, rooms, now, monotonic, crowd: this.#crowd, limits: this.#limits },
      // What fails in a store that is being closed is no news.
      report: (text) => this.#gone || report(text),
    })
    const sockets: ServerOptions & { closeTimeout: number } = {
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: this.#limits.hardFrameBytes,
      closeTimeout: 2000,
    }
    this.#sockets = new WebSocketServer(sockets)
    this.#sweep = setInterval(() => this.sweep(), 5000)
    this.#sweep.unref()
  }

  static async open(options: ChatOptions): Promise<ChatServer> {
    const { rooms } = { ...chatLimits, ...options.limits }
    return new ChatServer(await Rooms.open(options.store, rooms), options)
  }

  get full(): boolean {
    return this.#guests.size >= this.#limits.connections
  }

  /** Artificial delay of pongs, ms; only a test sets it. */
  set pongDelay(ms: number) {
    this.#gate.pongDelay = ms
  }

  /** Takes over an upgrade request. The caller has looked at its path and origin. `drops`: it is let go at its first word. */
  accept(request: IncomingMessage, raw: Duplex, head: Buffer, { id = pageOf(request), drops = false } = {}): void {
    this.#sockets.handleUpgrade(request, raw, head, (socket) => {
      if (this.#gone) return reset({ raw })
      const guest = newGuest(socket, raw, id, this.#limits, { wall: this.#now(), monotonic: this.#monotonic() })
      const line = new Line(guest, this.#gate, this.#now)
      this.#guests.add(guest)
      socket.on('close', () => {
        this.#guests.delete(guest)
        this.#crowd.changed(guest.room)
      })
      if (drops) resetSoon(guest)
      const connection = this.#sessions.accept(line, guest)
      Object.assign(guest, { line, tell: connection.post })
    })
  }

  /** The connections, rooms and counts as the server sees them; no message. */
  async status(): Promise<ChatStatus> {
    const rooms = [...this.#rooms.names].map(async (name) => {
      const { offset } = await this.#store.position(topicOf(name))
      return { name, last: offset, people: this.#crowd.people(name) }
    })
    return {
      connections: [...this.#guests].map(({ id, nick, room, openedAt, heardAt, pings, pongs }) => {
        return { id, nick, room, openedAt, heardAt, pings, pongs }
      }),
      rooms: await Promise.all(rooms),
      pongDelay: this.#gate.pongDelay,
    }
  }

  /** Reads nothing of these and says nothing to them until called with false; then everything goes on where it stood. */
  silence(silent: boolean, target = everybody): void {
    const { silent: mute } = this.#gate
    if (silent === mute.has(target)) return
    if (silent) mute.add(target)
    else mute.delete(target)
    for (const guest of this.#at(target)) {
      // Nobody could be heard meanwhile, which must not be held against them.
      guest.heardAt = this.#now()
      guest.line?.mute()
    }
    if (silent) return
    for (const room of new Set(this.#at(target).map(({ room }) => room))) this.#crowd.changed(room)
  }

  /** Every frame from and to these takes its time, in its order, until called with null. */
  slow(slowness: Slowness | null, target = everybody): void {
    if (slowness) this.#gate.slow.set(target, slowness)
    else this.#gate.slow.delete(target)
  }

  /** Messages are kept, but neither acknowledged nor passed on: the moment in which a server may die. For tests. */
  hold(held: boolean): void {
    this.#gate.isHeld = held
    if (!held) for (const { line } of this.#guests) line?.mute()
  }

  /** Every connection is reset and nothing more is sent. The store belongs to the caller. */
  destroy(): void {
    this.drop()
    this.#end()
  }

  /** Every connection is told that the server goes away. */
  close(code = 1001, reason = 'the server is stopping'): void {
    this.#end(code, reason)
  }

  /** Lets go of these, as a broken line would, and goes on serving; says of how many. */
  drop(target = everybody): number {
    return this.#at(target).map(reset).length
  }

  /** Says goodbye to these, and goes on serving. */
  dismiss(code: number, reason: string, target = everybody): number {
    return this.#at(target).map(({ line }) => line?.close(code, reason)).length
  }

  /** Lets go of connections that have long been quiet. */
  sweep(): void {
    for (const { socket, heardAt, line } of this.#guests)
      if (!line?.isSilent && this.#now() - heardAt > this.#limits.idleTimeout) socket.terminate()
  }

  get #isSilent(): boolean {
    return this.#gate.silent.has(everybody)
  }

  #at(target: string): Guest[] {
    return [...this.#guests].filter(({ id }) => target === everybody || target === id)
  }

  #end(code?: number, reason?: string): void {
    this.#gone = true
    clearInterval(this.#sweep)
    this.#sessions.close(code, reason)
    this.#crowd.close()
    this.#rooms.close()
    this.#sockets.close()
  }
}
