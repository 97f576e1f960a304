/**
 * Owns the connections of the chat: who is in which room, what each may send, and the order in which a room hears it.
 * Must never acknowledge a message the journal has not kept, believe a frame it has not read, or grow without bound.
 */

import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type ServerOptions, WebSocketServer } from 'ws'
import type { ClientFrame, ServerFrame } from '../protocol.ts'
import { type ChatLimits, chatLimits } from './chat-limits.ts'
import { type Connection, connectionOf, reset, write } from './connection.ts'
import { Crowd } from './crowd.ts'
import { Deliveries } from './deliveries.ts'
import { hear } from './hearing.ts'
import { parts } from './history.ts'
import type { Journal, Kept } from './journal.ts'
import type { ChatStatus, ConnectionStatus } from './status.ts'

type Frame<T extends ClientFrame['type']> = Extract<ClientFrame, { type: T }>

export interface ChatOptions {
  journal: Journal
  limits?: Partial<ChatLimits>
  /** Wall clock. */
  now?: () => number
  /** Clock of the rates; tests stop it. */
  monotonic?: () => number
}

export class ChatServer {
  readonly #journal: Journal
  readonly #limits: ChatLimits
  readonly #now: () => number
  readonly #monotonic: () => number
  readonly #sockets: WebSocketServer
  readonly #connections = new Set<Connection>()
  readonly #crowd: Crowd
  readonly #sweep: NodeJS.Timeout
  readonly #deliveries = new Deliveries()
  #silent = false
  #gone = false
  /** Artificial delay of pongs, ms; only a test sets it. */
  pongDelay = 0

  constructor({ journal, limits, now = Date.now, monotonic = () => performance.now() }: ChatOptions) {
    this.#journal = journal
    this.#limits = { ...chatLimits, ...limits }
    this.#now = now
    this.#monotonic = monotonic
    this.#crowd = new Crowd(this.#connections, this.#limits.unreadBytes, () => !this.#gone && !this.#silent)
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
      const connection = connectionOf(socket, raw, this.#limits, { wall: this.#now(), monotonic: this.#monotonic() })
      if (this.#gone) return reset(raw)
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
      rooms: this.#journal.rooms().map((room) => ({ ...room, people: this.#crowd.people(room.name) })),
      undelivered: this.#deliveries.waiting,
      repeats: this.#journal.repeats,
      pongDelay: this.pongDelay,
    }
  }

  /** Reads nothing and says nothing until called with false; then everything goes on where it stood. */
  silence(silent: boolean): void {
    if (silent === this.#silent) return
    this.#silent = silent
    this.#deliveries.gate.shut('silence', silent)
    for (const { socket } of this.#connections) {
      if (silent) socket.pause()
      else socket.resume()
    }
    if (!silent) {
      // Nobody could be heard meanwhile, which must not be held against them.
      for (const connection of this.#connections) connection.heardAt = this.#now()
      for (const room of new Set([...this.#connections].map(({ room }) => room))) if (room) this.#crowd.announce(room)
    }
  }

  /** Messages are kept, but neither acknowledged nor passed on: the moment in which a server may die. For tests. */
  hold(held: boolean): void {
    this.#deliveries.gate.shut('hold', held)
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

  #hear(connection: Connection, data: Buffer, isBinary: boolean): void {
    if (this.#gone || connection.socket.readyState !== connection.socket.OPEN) return
    connection.heardAt = this.#now()
    const heard = hear(connection, data, isBinary, this.#limits, this.#monotonic())
    if (heard.type === 'error') this.#fault(connection, heard)
    else if (heard.type === 'ping') {
      connection.pings++
      if (this.pongDelay > 0) setTimeout(() => this.#pong(connection), this.pongDelay)
      else this.#pong(connection)
    } else if (heard.type === 'join') this.#join(connection, heard)
    else this.#say(connection, heard)
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

  #join(connection: Connection, { room, nick, since, epoch }: Frame<'join'>): void {
    const refusal = this.#crowd.refusal(connection, room, this.#journal, this.#limits.peoplePerRoom)
    if (refusal) return this.#send(connection, refusal)
    const before = connection.room
    connection.room = room
    connection.nick = nick
    const { epoch: current } = this.#journal
    const [last, people] = [this.#journal.last(room), this.#crowd.people(room)]
    this.#send(connection, { type: 'welcome', room, nick, epoch: current, last, people })
    // Numbers of another epoch, or from the future, mean nothing here: then everything is news.
    const missed = this.#journal.since(room, epoch !== current || since > last ? 0 : since)
    for (const [messages, more] of parts(missed, this.#limits.historyBytes)) {
      this.#send(connection, { type: 'history', room, messages, more })
    }
    if (before && before !== room) this.#crowd.changed(before)
    this.#crowd.changed(room)
  }

  #say(connection: Connection, { room, id, text, age = 0 }: Frame<'say'>): void {
    if (!connection.room) {
      const expected = 'a "join" before the first "say"'
      return this.#fault(connection, { type: 'error', code: 'not-joined', expected, id })
    }
    this.#deliveries.add(
      this.#journal.keep(room, id, connection.nick, text, age),
      (result) => this.#deliver(connection, result),
      ({ code, message }) => {
        if (!this.#gone) this.#send(connection, { type: 'error', code, expected: message, id, retryAfter: 1000 })
      },
    )
  }

  #deliver(connection: Connection, { room, id, n, nick, at, message, repeat }: Kept): void {
    if (this.#gone) return
    if (message && !repeat) this.#crowd.tell({ type: 'message', room, message }, connection)
    this.#send(connection, { type: 'ack', room, id, n, nick, at })
  }

  #leave(connection: Connection): void {
    this.#connections.delete(connection)
    if (connection.room) this.#crowd.changed(connection.room)
  }

  #send(connection: Connection, frame: ServerFrame): void {
    write(connection, JSON.stringify(frame), this.#limits.unreadBytes)
  }
}
