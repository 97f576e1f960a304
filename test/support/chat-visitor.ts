/**
 * Owns what the chat's tests need on real sockets: a visitor, who does with a session what the page does, and servers on free
 * ports that are gone when the test is. It waits for what happens, never for time.
 */

import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { newId } from '../../demo/client/chat/tab-storage.ts'
import { type Heard, type Loaded, type Message, type People, type Person, topicOf } from '../../demo/protocol.ts'
import { type ChatOptions, ChatServer } from '../../demo/server/chat-server.ts'
import { DemoServer, type DemoServerOptions } from '../../demo/server/demo-server.ts'
import { openStore } from '../../demo/server/open-store.ts'
import type { SessionStore } from '../../src/server/index.ts'
import { type Delivery, Session, type SessionOptions } from '../../src/session/index.ts'

/** A page without a page. */
export class Visitor {
  readonly session: Session<any, any>
  readonly me = newId()
  /** What the server knows its connections by. */
  readonly page = newId()
  nick: string
  room: string
  /** Of the room, as the server tells them: each that comes, however often. */
  readonly log: Message[] = []
  people: Person[] = []
  /** Why the room may not be followed. */
  refusal = ''
  /** The end of its first connection. */
  readonly closed: Promise<{ code: number; reason: string }>
  #leave = () => {}

  constructor(port: number, nick: string, room = 'lobby', options: Partial<SessionOptions> = {}) {
    this.nick = nick
    this.room = room
    this.session = new Session<any, any>({
      ...{
        url: `ws://127.0.0.1:${port}/chat?page=${this.page}`,
        outbox: { name: newId() },
        circuitBreaker: false,
        baseDelay: 10,
      },
      ...{ maxDelay: 10, maxRetries: Infinity },
      ...options,
    })
    const { ws } = this.session
    this.closed = new Promise((resolve) => ws.once('close', ({ code, reason }) => resolve({ code, reason })))
    ws.on('open', () => this.here())
    ws.on('message', (event, isControl) => {
      const news = ws.messageData(event) as People
      if (!isControl && news?.type === 'people' && news.room === this.room) this.people = news.people
    })
    onTestFinished(() => this.session.close())
  }

  /** Connects, and waits until it has the room's messages and knows who is there. */
  static async join(port: number, nick: string, room?: string, options?: Partial<SessionOptions>): Promise<Visitor> {
    const visitor = new Visitor(port, nick, room, options)
    visitor.follow()
    await visitor.session.connect()
    await visitor.joined()
    return visitor
  }

  async joined(): Promise<void> {
    await until(() => this.#isLive && this.people.some(({ nick }) => nick === this.nick))
  }
  #isLive = false

  follow(): void {
    const { room } = this
    this.#leave()
    this.#isLive = false
    this.#leave = this.session.follow<Heard>(topicOf(room), {
      load: async () => {
        const loaded = await this.session.request<Loaded>({ type: 'load', room }, { whenLost: 'resend' })
        this.log.splice(0, Infinity, ...loaded.messages)
        return loaded.position
      },
      onEvent: (heard, { offset }) => void this.log.push({ ...heard, n: offset }),
      onStatus: (status) => {
        this.#isLive = status === 'live'
      },
      onRefused: (why) => {
        this.refusal = why
      },
    })
  }

  /** Says where it is, and as whom. */
  here(nick = this.nick, room = this.room): void {
    Object.assign(this, { nick, room })
    this.session.post({ type: 'here', room, nick })
  }

  say(text: string, change: object = {}): Delivery {
    const { room, nick, me: from } = this
    return this.session.send({ type: 'say', room, id: newId(), from, nick, text, at: Date.now(), ...change })
  }

  texts(): string[] {
    return this.log.map(({ text }) => text)
  }

  /** Until so many messages have come. */
  heard(count: number): Promise<void> {
    return until(() => this.log.length >= count)
  }

  /** Resolves when the server has dealt with everything sent so far: it answers in order. */
  async settled(): Promise<void> {
    await this.session.request({ type: 'load', room: this.room })
  }
}

/** Something that connects by itself and speaks no session. */
export function rawSocket(port: number, headers: Record<string, string> = {}, path = '/chat') {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers })
  socket.on('error', () => {})
  onTestFinished(() => socket.terminate())
  return {
    socket,
    opened: new Promise<void>((resolve) => socket.once('open', () => resolve())),
    closed: new Promise<{ code: number; reason: string }>((resolve) => {
      socket.on('close', (code, reason) => resolve({ code, reason: String(reason) }))
    }),
  }
}

/** Looks between tasks until something is so. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve))
}

/** An empty folder that lasts as long as the test. */
export async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'chat-'))
  onTestFinished(() => rm(path, { recursive: true, force: true }))
  return path
}

/** A chat server alone, on a free port; without a `store` it keeps what it hears in `path`. */
export async function openChat(options: Partial<ChatOptions> & { path?: string; port?: number } = {}) {
  const path = options.path ?? join(await folder(), 'chat.sqlite')
  const opened = options.store ? { store: options.store, close: async () => {} } : await openStore({ path })
  const chat = await ChatServer.open({ ...options, store: opened.store as SessionStore })
  const { port, close } = await serve(
    (server) => server.on('upgrade', (...request) => chat.accept(...request)),
    options.port,
  )
  const end = async () => {
    chat.destroy()
    await opened.close()
    await close()
  }
  onTestFinished(end)
  return { chat, store: opened.store, path, port, end }
}

/** The chat server with its switches and side door, on a free port. */
export async function openDemoServer(options: Partial<DemoServerOptions> = {}) {
  const path = join(await folder(), 'chat.sqlite')
  const demoServer = await DemoServer.open({ store: { path }, downtime: 0, ...options })
  const { port } = await serve((server) => {
    server.on('upgrade', (...request) => demoServer.upgrade(...request))
    server.on('request', (request, response) => {
      if (!demoServer.request(request, response)) response.writeHead(404).end()
    })
  })
  onTestFinished(() => demoServer.close())
  const control = (name: string, body?: object, headers: Record<string, string> = {}) =>
    fetch(`http://127.0.0.1:${port}/control/${name}`, {
      ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
      headers: { 'content-type': 'application/json', ...headers },
    })
  return { demoServer, path, port, control }
}

async function serve(prepare: (server: ReturnType<typeof createServer>) => void, wanted = 0) {
  const server = createServer()
  prepare(server)
  await new Promise<void>((resolve) => server.listen(wanted, '127.0.0.1', resolve))
  const close = () =>
    new Promise<void>((resolve) => {
      server.closeAllConnections()
      server.close(() => resolve())
    })
  onTestFinished(close)
  return { port: (server.address() as AddressInfo).port, close }
}
