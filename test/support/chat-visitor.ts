/**
 * Owns what the chat's tests need on real sockets: a visitor that waits for frames, never for time, and servers on free
 * ports that are gone when the test is.
 */

import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import type { ServerFrame } from '../../demo/protocol.ts'
import type { ChatLimits } from '../../demo/server/chat-limits.ts'
import { ChatServer } from '../../demo/server/chat-server.ts'
import { DemoServer, type DemoServerOptions } from '../../demo/server/demo-server.ts'
import { Journal, type JournalOptions } from '../../demo/server/journal.ts'

export type Frame<T extends ServerFrame['type']> = Extract<ServerFrame, { type: T }>

export class Visitor {
  readonly socket: WebSocket
  /** Frames that came and were not asked for yet. */
  readonly frames: ServerFrame[] = []
  readonly closed: Promise<{ code: number; reason: string }>
  #waiting: (() => void)[] = []

  constructor(port: number, headers: Record<string, string> = {}) {
    this.socket = new WebSocket(`ws://127.0.0.1:${port}/chat`, { headers })
    this.socket.on('error', () => {})
    this.socket.on('message', (data) => {
      this.frames.push(JSON.parse(String(data)))
      for (const look of this.#waiting.splice(0)) look()
    })
    this.closed = new Promise((resolve) => {
      this.socket.on('close', (code, reason) => resolve({ code, reason: String(reason) }))
    })
    onTestFinished(() => this.socket.terminate())
  }

  /** Connects, and joins a room. */
  static async join(port: number, nick: string, room = 'lobby', since = 0, epoch = '') {
    const visitor = new Visitor(port)
    await visitor.open()
    const history = await visitor.join(nick, room, since, epoch)
    return { visitor, ...history }
  }

  open(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.socket.once('open', resolve)
      this.socket.once('close', () => reject(new Error('closed before it opened')))
    })
  }

  async join(nick: string, room = 'lobby', since = 0, epoch = '') {
    this.send({ type: 'join', room, nick, since, epoch })
    const welcome = await this.next('welcome')
    const messages: Frame<'history'>['messages'] = []
    for (let more = true; more; ) {
      const part = await this.next('history')
      messages.push(...part.messages)
      more = part.more
    }
    return { welcome, messages }
  }

  send(frame: object | string | Uint8Array): void {
    this.socket.send(typeof frame === 'string' || frame instanceof Uint8Array ? frame : JSON.stringify(frame))
  }

  say(id: string, text: string, room = 'lobby'): void {
    this.send({ type: 'say', room, id, text })
  }

  /** The next frame of a type, now or when it comes; frames of other types stay. */
  async next<T extends ServerFrame['type']>(
    type: T,
    fits: (frame: Frame<T>) => boolean = () => true,
  ): Promise<Frame<T>> {
    for (;;) {
      const index = this.frames.findIndex((frame) => frame.type === type && fits(frame as Frame<T>))
      if (index >= 0) return this.frames.splice(index, 1)[0] as Frame<T>
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve)
      })
    }
  }

  /** Resolves when the server has dealt with everything sent so far: it answers in order. */
  async settled(): Promise<void> {
    this.send({ type: 'ping' })
    await this.next('pong')
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

/** A chat server alone, on a free port. */
export async function openChat(
  options: {
    path?: string
    chat?: Partial<ChatLimits>
    journal?: Partial<JournalOptions>
    now?: () => number
    monotonic?: () => number
  } = {},
) {
  const path = options.path ?? join(await folder(), 'chat.ndjson')
  const journal = await Journal.open({ path, ...options.journal })
  const chat = new ChatServer({
    journal,
    ...(options.chat ? { limits: options.chat } : {}),
    ...(options.now ? { now: options.now } : {}),
    ...(options.monotonic ? { monotonic: options.monotonic } : {}),
  })
  const port = await serve((server) => server.on('upgrade', (...request) => chat.accept(...request)))
  const end = async () => {
    chat.destroy()
    await journal.close()
  }
  onTestFinished(end)
  return { chat, journal, path, port, end }
}

/** The chat server with its switches and side door, on a free port. */
export async function openDemoServer(options: Partial<DemoServerOptions> = {}) {
  const path = join(await folder(), 'chat.ndjson')
  const demoServer = await DemoServer.open({ journal: { path }, downtime: 0, ...options })
  const port = await serve((server) => {
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

async function serve(prepare: (server: ReturnType<typeof createServer>) => void): Promise<number> {
  const server = createServer()
  prepare(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}
