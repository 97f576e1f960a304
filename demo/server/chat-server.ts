/**
 * Owns the connections of the chat: who is in which room, what each may send, and the order in which a room hears it.
 * Must never acknowledge a message the journal has not kept, believe a frame it has not read, or grow without bound.
 */

import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws'
import { Allowance } from '../allowance.ts'
import { type Message, type Person, readClientFrame, type ServerFrame } from '../protocol.ts'
import { type Journal, JournalError, type Kept } from './journal.ts'

export interface ChatLimits {
  connections: number
  peoplePerRoom: number
  /** A larger frame is answered with an error. */
  frameBytes: number
  /** A frame larger than this is not even read to its end: the connection closes with 1009. */
  hardFrameBytes: number
  /** Frames of one connection: a burst, then so many per second. */
  burst: number
  perSecond: number
  /** Bad frames of one connection: a burst is answered with errors, more per second than this close it with 1008. */
  faults: number
  faultsPerSecond: number
  /** Bytes a connection may leave unread before it is let go; it will come back and ask for what it missed. */
  unreadBytes: number
  /** One part of the history, bytes. */
  historyBytes: number
  /** Time to join, and time without any frame (hidden tabs ping once a minute), ms. */
  joinTimeout: number
  idleTimeout: number
}

export const chatLimits: ChatLimits = {
  connections: 200,
  peoplePerRoom: 100,
  frameBytes: 16 * 1024,
  hardFrameBytes: 1024 * 1024,
  burst: 20,
  perSecond: 10,
  faults: 10,
  faultsPerSecond: 0.2,
  unreadBytes: 4 * 1024 * 1024,
  historyBytes: 64 * 1024,
  joinTimeout: 10_000,
  idleTimeout: 150_000,
}

export interface ChatOptions {
  journal: Journal
  limits?: Partial<ChatLimits>
  /** Wall clock. */
  now?: () => number
  /** Clock of the rates; tests stop it. */
  monotonic?: () => number
}

interface Connection {
  readonly socket: WebSocket
  readonly raw: Duplex
  readonly frames: Allowance
  readonly faults: Allowance
  readonly openedAt: number
  heardAt: number
  nick: string
  /** Empty until joined. */
  room: string
  pings: number
  pongs: number
  /** Set while too frequent: until then everything is refused, or a later message could overtake a refused one. */
  quietUntil: number
}

/** What the server itself says about a connection, for whoever wants to compare. */
export interface ConnectionStatus {
  nick: string
  room: string
  openedAt: number
  heardAt: number
  pings: number
  pongs: number
}

export interface ChatStatus {
  connections: ConnectionStatus[]
  rooms: { name: string; last: number; kept: number; people: Person[] }[]
  /** Messages that are neither acknowledged nor passed on yet. */
  undelivered: number
  /** How often a message came that was already kept. */
  repeats: number
  pongDelay: number
}

export class ChatServer {
  readonly #journal: Journal
  readonly #limits: ChatLimits
  readonly #now: () => number
  readonly #monotonic: () => number
  readonly #sockets: WebSocketServer
  readonly #connections = new Set<Connection>()
  readonly #crowded = new Set<string>()
  readonly #sweep: NodeJS.Timeout
  /** Deliveries wait for each other, so that every room hears its messages in the order of their numbers. */
  #deliveries: Promise<void> = Promise.resolve()
  #undelivered = 0
  #gate: Promise<void> | null = null
  #openGate = () => {}
  #held = false
  #silent = false
  #gone = false
  /** Artificial delay of pongs, ms; only a test sets it. */
  pongDelay = 0

  constructor({ journal, limits, now = Date.now, monotonic = () => performance.now() }: ChatOptions) {
    this.#journal = journal
    this.#limits = { ...chatLimits, ...limits }
    this.#now = now
    this.#monotonic = monotonic
    const options: ServerOptions & { closeTimeout: number } = {
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: this.#limits.hardFrameBytes,
      closeTimeout: 2000,
    }
    this.#sockets = new WebSocketServer(options)
    this.#sweep = setInterval(() => this.sweep(), 5000)
    this.#sweep.unref()
  }

  get full(): boolean {
    return this.#connections.size >= this.#limits.connections
  }

  /** Takes over an upgrade request. The caller has looked at its path and origin. */
  accept(request: IncomingMessage, raw: Duplex, head: Buffer): void {
    this.#sockets.handleUpgrade(request, raw, head, (socket) => {
      const now = this.#monotonic()
      const connection: Connection = {
        socket,
        raw,
        frames: new Allowance(this.#limits.burst, this.#limits.perSecond, now),
        faults: new Allowance(this.#limits.faults, this.#limits.faultsPerSecond, now),
        openedAt: this.#now(),
        heardAt: this.#now(),
        nick: '',
        room: '',
        pings: 0,
        pongs: 0,
        quietUntil: 0,
      }
      if (this.#gone) {
        reset(raw)
        return
      }
      this.#connections.add(connection)
      socket.on('message', (data, isBinary) => this.#hear(connection, data as Buffer, isBinary))
      // What it is does not matter: `close` follows, and without a listener the process would end.
      socket.on('error', () => {})
      socket.on('close', () => this.#leave(connection))
      if (this.#silent) socket.pause()
    })
  }

  /** The connections, rooms and counts as the server sees them. */
  status(): ChatStatus {
    const connections: ConnectionStatus[] = []
    for (const { nick, room, openedAt, heardAt, pings, pongs } of this.#connections) {
      connections.push({ nick, room, openedAt, heardAt, pings, pongs })
    }
    return {
      connections,
      rooms: this.#journal.rooms().map((room) => ({ ...room, people: this.#people(room.name) })),
      undelivered: this.#undelivered,
      repeats: this.#journal.repeats,
      pongDelay: this.pongDelay,
    }
  }

  /** Reads nothing and says nothing until called with false; then everything goes on where it stood. */
  silence(silent: boolean): void {
    if (silent === this.#silent) return
    this.#silent = silent
    this.#setGate()
    for (const { socket } of this.#connections) {
      if (silent) socket.pause()
      else socket.resume()
    }
    if (!silent) {
      // Nobody could be heard meanwhile, which must not be held against them.
      for (const connection of this.#connections) connection.heardAt = this.#now()
      for (const room of new Set([...this.#connections].map(({ room }) => room))) if (room) this.#announce(room)
    }
  }

  /** Messages are kept, but neither acknowledged nor passed on: the moment in which a server may die. For tests. */
  hold(held: boolean): void {
    this.#held = held
    this.#setGate()
  }

  /** Every connection is reset and nothing more is sent. The journal belongs to the caller. */
  destroy(): void {
    this.#end()
    for (const { raw } of this.#connections) reset(raw)
  }

  /** Every connection is told that the server goes away. */
  close(): void {
    this.#end()
    for (const { socket } of this.#connections) socket.close(1001, 'the server is stopping')
  }

  /** Lets go of every connection, as a broken line would, and goes on serving. */
  drop(): void {
    for (const { raw } of this.#connections) reset(raw)
  }

  /** Lets go of connections that never joined or have long been quiet. */
  sweep(): void {
    if (this.#silent) return
    const now = this.#now()
    for (const { socket, room, openedAt, heardAt } of this.#connections) {
      if (!room && now - openedAt > this.#limits.joinTimeout) socket.close(4408, 'join within 10 s')
      else if (now - heardAt > this.#limits.idleTimeout) socket.terminate()
    }
  }

  #end(): void {
    this.#gone = true
    clearInterval(this.#sweep)
    this.#sockets.close()
  }

  #setGate(): void {
    const shut = this.#held || this.#silent
    if (shut && !this.#gate) {
      this.#gate = new Promise((open) => {
        this.#openGate = open
      })
    } else if (!shut && this.#gate) {
      this.#gate = null
      this.#openGate()
    }
  }

  #hear(connection: Connection, data: Buffer, isBinary: boolean): void {
    if (this.#gone || connection.socket.readyState !== connection.socket.OPEN) return
    connection.heardAt = this.#now()
    const now = this.#monotonic()
    const { frameBytes, burst, perSecond } = this.#limits
    // A frame that is refused for its size or frequency is read no further, but a message in it can still be named.
    const reading = !isBinary && data.length <= frameBytes ? readClientFrame(data.toString()) : null
    const id = reading ? ('frame' in reading ? idOf(reading.frame) : reading.fault.id) : undefined
    if (!connection.frames.take(now) || now < connection.quietUntil) {
      const retryAfter = Math.max(1000, connection.frames.wait(now))
      connection.quietUntil = now + retryAfter
      const expected = `at most ${burst} frames at once and ${perSecond} a second`
      this.#fault(connection, { type: 'error', code: 'too-frequent', expected, retryAfter, ...(id ? { id } : {}) })
      return
    }
    if (isBinary) {
      this.#fault(connection, { type: 'error', code: 'binary', expected: 'text frames with one JSON object each' })
    } else if (!reading) {
      this.#fault(connection, { type: 'error', code: 'too-large', expected: `at most ${frameBytes} bytes per frame` })
    } else if ('fault' in reading) {
      this.#fault(connection, { type: 'error', ...reading.fault })
    } else if (reading.frame.type === 'ping') {
      connection.pings++
      if (this.pongDelay > 0) setTimeout(() => this.#pong(connection), this.pongDelay)
      else this.#pong(connection)
    } else if (reading.frame.type === 'join') {
      this.#join(connection, reading.frame)
    } else {
      this.#say(connection, reading.frame)
    }
  }

  #pong(connection: Connection): void {
    connection.pongs++
    this.#send(connection, { type: 'pong' })
  }

  /** Says what was expected; who keeps on is shown the door. */
  #fault(connection: Connection, frame: ServerFrame & { type: 'error' }): void {
    this.#send(connection, frame)
    if (!connection.faults.take(this.#monotonic())) connection.socket.close(1008, `abuse: ${frame.code}`)
  }

  #join(
    connection: Connection,
    { room, nick, since, epoch }: { room: string; nick: string; since: number; epoch: string },
  ) {
    const people = new Set([...this.#connections].map((other) => other.room).filter((name) => name !== ''))
    const rooms = new Set([...people, ...this.#journal.rooms().map(({ name }) => name)])
    if (!rooms.has(room) && rooms.size >= this.#journal.limits.rooms) {
      const expected = `one of the ${rooms.size} rooms there are; more are not kept`
      this.#send(connection, { type: 'error', code: 'too-many-rooms', expected })
      return
    }
    const inside = [...this.#connections].filter((other) => other !== connection && other.room === room)
    if (inside.length >= this.#limits.peoplePerRoom) {
      const expected = `a room with fewer than ${this.#limits.peoplePerRoom} people in it`
      this.#send(connection, { type: 'error', code: 'room-full', expected })
      return
    }
    const before = connection.room
    connection.room = room
    connection.nick = nick
    const last = this.#journal.last(room)
    // Numbers of another epoch, or from the future, mean nothing here: then everything is news.
    const anew = epoch !== this.#journal.epoch || since > last
    this.#send(connection, {
      type: 'welcome',
      room,
      nick,
      epoch: this.#journal.epoch,
      last,
      people: this.#people(room),
    })
    const missed = this.#journal.since(room, anew ? 0 : since)
    for (let begin = 0; begin === 0 || begin < missed.length; ) {
      const end = this.#part(missed, begin)
      this.#send(connection, { type: 'history', room, messages: missed.slice(begin, end), more: end < missed.length })
      begin = Math.max(end, 1)
    }
    if (before && before !== room) this.#crowd(before)
    this.#crowd(room)
  }

  /** Where the part of the history that begins here ends. */
  #part(messages: Message[], begin: number): number {
    let bytes = 0
    let end = begin
    while (end < messages.length && (end === begin || bytes < this.#limits.historyBytes)) {
      bytes += Buffer.byteLength(messages[end]?.text ?? '') + 120
      end++
    }
    return end
  }

  #say(
    connection: Connection,
    { room, id, text, age = 0 }: { room: string; id: string; text: string; age?: number },
  ): void {
    if (!connection.room) {
      this.#fault(connection, { type: 'error', code: 'not-joined', expected: 'a "join" before the first "say"', id })
      return
    }
    const kept = this.#journal.keep(room, id, connection.nick, text, age)
    // It is awaited only after those before it: a refusal must not count as unheard meanwhile, which ends the process.
    kept.catch(() => {})
    this.#undelivered++
    this.#deliveries = this.#deliveries.then(async () => {
      try {
        const result = await kept
        while (this.#gate) await this.#gate
        this.#deliver(connection, result)
      } catch (error) {
        if (!(error instanceof JournalError)) throw error
        if (!this.#gone)
          this.#send(connection, { type: 'error', code: error.code, expected: error.message, id, retryAfter: 1000 })
      } finally {
        this.#undelivered--
      }
    })
  }

  #deliver(connection: Connection, { room, id, n, nick, at, message, repeat }: Kept): void {
    if (this.#gone) return
    if (message && !repeat) {
      const frame = JSON.stringify({ type: 'message', room, message } satisfies ServerFrame)
      for (const other of this.#connections) if (other.room === room && other !== connection) this.#write(other, frame)
    }
    this.#send(connection, { type: 'ack', room, id, n, nick, at })
  }

  #leave(connection: Connection): void {
    this.#connections.delete(connection)
    if (connection.room) this.#crowd(connection.room)
  }

  /** Tells a room who is in it, once for all comings and goings of a task. */
  #crowd(room: string): void {
    if (this.#gone || this.#silent || this.#crowded.has(room)) return
    this.#crowded.add(room)
    setImmediate(() => {
      this.#crowded.delete(room)
      if (!this.#gone && !this.#silent) this.#announce(room)
    })
  }

  #announce(room: string): void {
    const frame = JSON.stringify({ type: 'presence', room, people: this.#people(room) } satisfies ServerFrame)
    for (const connection of this.#connections) if (connection.room === room) this.#write(connection, frame)
  }

  #people(room: string): Person[] {
    const tabs = new Map<string, number>()
    for (const other of this.#connections) {
      if (other.room === room && other.socket.readyState === other.socket.OPEN) {
        tabs.set(other.nick, (tabs.get(other.nick) ?? 0) + 1)
      }
    }
    return [...tabs].map(([nick, count]) => ({ nick, tabs: count })).sort((a, b) => (a.nick < b.nick ? -1 : 1))
  }

  #send(connection: Connection, frame: ServerFrame): void {
    this.#write(connection, JSON.stringify(frame))
  }

  #write({ socket }: Connection, frame: string): void {
    if (socket.readyState !== socket.OPEN) return
    if (socket.bufferedAmount > this.#limits.unreadBytes) socket.terminate()
    else socket.send(frame)
  }
}

const idOf = (frame: { type: string; id?: string }) => frame.id

function reset(raw: Duplex): void {
  const socket = raw as Socket
  if (typeof socket.resetAndDestroy === 'function') socket.resetAndDestroy()
  else socket.destroy()
}
