/**
 * Owns a WebSocket server for tests that misbehaves on request: raw TCP on a free port of the loopback interface, one
 * behaviour per URL path (fault-behaviours.ts). A test awaits what arrives here instead of waiting for time.
 * Must never listen beyond loopback, and is bounded in everything: heads, frames, visits, lifetimes.
 */

import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { type Behaviour, behaviours } from './fault-behaviours.ts'
import { acceptKey, CLOSE, type ClientFrame, closeFrame, frame, readFrames, TEXT } from './frames.ts'

const MAX_HEAD = 16 * 1024
const MAX_FRAME = 64 * 1024 * 1024
const MAX_KEPT = 20_000
/** No test needs a connection for longer, ms. */
const MAX_LIFE = 180_000

export interface FaultServerOptions {
  /** Speak TLS with this certificate (certificate.ts). */
  tls?: { key: string; cert: string }
  /** Where to listen; a namespace of its own may have another address. Default 127.0.0.1. */
  host?: string
}

/** What to bend in the answer that accepts a handshake. */
export interface Acceptance {
  key?: string
  protocol?: string
  extension?: string
}

/** One connection: what the client said, and what a behaviour or a test may do to it. */
export class Visit {
  readonly socket: Socket
  /** The path asked for, without the query; `(tls)` where TLS knocked at a plain door, `(garbage)` where it was not HTTP. */
  path = ''
  query = ''
  /** Request headers in lower case. */
  headers: Readonly<Record<string, string>> = {}
  /** Data and control frames of the client, in order. */
  readonly frames: ClientFrame[] = []
  /** Bytes read after the head. */
  received = 0
  /** How the client went: its FIN, its RST, or `still here`. */
  gone: 'still here' | 'fin' | 'reset' | 'closed' = 'still here'
  /** Replaces the default manners, which answer a close with a close. */
  onFrame: ((frame: ClientFrame) => void) | undefined
  /** The peer never hangs up by itself, even after the client has. */
  holdsOn = false
  #said: ClientFrame[] = []
  #news: (() => void)[] = []
  #go: () => void = () => {}
  /** Resolves when a test calls `go()`. */
  readonly going: Promise<void>
  closeSent = false

  constructor(socket: Socket) {
    this.socket = socket
    this.going = new Promise((resolve) => {
      this.#go = resolve
    })
  }

  /** Lets a behaviour that waits for the test go on. */
  go(): void {
    this.#go()
  }

  /** The subprotocols asked for. */
  get protocols(): string[] {
    return (this.headers['sec-websocket-protocol'] || '').split(',').flatMap((name) => name.trim() || [])
  }

  /** Completes the handshake, as well or as badly as asked. */
  accept({ key, protocol, extension }: Acceptance = {}): void {
    this.write(this.acceptance({ ...(key && { key }), ...(protocol && { protocol }), ...(extension && { extension }) }))
  }

  /** The bytes that complete the handshake. */
  acceptance({
    key = acceptKey(this.headers['sec-websocket-key'] || ''),
    protocol,
    extension,
  }: Acceptance = {}): string {
    const lines = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade']
    lines.push(`Sec-WebSocket-Accept: ${key}`)
    if (protocol) lines.push(`Sec-WebSocket-Protocol: ${protocol}`)
    if (extension) lines.push(`Sec-WebSocket-Extensions: ${extension}`)
    return `${lines.join('\r\n')}\r\n\r\n`
  }

  write(bytes: Buffer | string): void {
    if (this.socket.writable) this.socket.write(bytes)
  }

  text(data: string): void {
    this.write(frame(TEXT, data))
  }

  closes(code?: number, reason: Buffer | string = ''): void {
    this.closeSent = true
    this.write(closeFrame(code, reason))
  }

  /** Ends the connection without a word in WebSocket. */
  fin(): void {
    this.socket.end()
  }

  /** Breaks the connection off with a reset. */
  reset(): void {
    this.socket.resetAndDestroy()
  }

  /** The next frame of the client that nobody has asked for yet, now or when it comes. */
  async frame(fits: (frame: ClientFrame) => boolean = () => true): Promise<ClientFrame> {
    for (;;) {
      const index = this.#said.findIndex(fits)
      if (index >= 0) return this.#said.splice(index, 1)[0] as ClientFrame
      if (this.gone !== 'still here') throw new Error(`${this.path}: the client has gone (${this.gone})`)
      await this.#next()
    }
  }

  /** Resolves with how the client went. */
  async ended(): Promise<'fin' | 'reset' | 'closed'> {
    for (;;) {
      if (this.gone !== 'still here') return this.gone
      await this.#next()
    }
  }

  hear(heard: ClientFrame): void {
    if (this.frames.length < MAX_KEPT) {
      this.frames.push(heard)
      this.#said.push(heard)
    }
    if (this.onFrame) this.onFrame(heard)
    else this.civil(heard)
    this.tell()
  }

  /** The manners of a good server at the end: a close for a close, then FIN. */
  civil(heard: ClientFrame): void {
    if (heard.opcode !== CLOSE) return
    if (!this.closeSent) this.closes(heard.code, heard.payload.subarray(2))
    this.fin()
  }

  tell(): void {
    for (const news of this.#news.splice(0)) news()
  }

  #next(): Promise<void> {
    return new Promise((resolve) => {
      this.#news.push(resolve)
    })
  }
}

export class FaultServer {
  /** Every connection that said something, in order. */
  readonly visits: Visit[] = []
  readonly host: string
  readonly #server: Server
  readonly #scheme: string
  readonly #sockets = new Set<Socket>()
  readonly #unseen: Visit[] = []
  #news: (() => void)[] = []

  private constructor({ tls, host = '127.0.0.1' }: FaultServerOptions) {
    const settings = { allowHalfOpen: true, noDelay: true }
    const greet = (socket: Socket) => this.#greet(socket)
    this.host = host
    this.#scheme = tls ? 'wss' : 'ws'
    this.#server = tls ? createTlsServer({ ...settings, ...tls }, greet) : createServer(settings, greet)
    // A connection whose TLS handshake fails never becomes a visit, but it has to be closed in the end.
    if (tls) this.#server.on('connection', (socket: Socket) => this.#track(socket))
  }

  static async open(options: FaultServerOptions = {}): Promise<FaultServer> {
    const server = new FaultServer(options)
    await new Promise<void>((resolve) => server.#server.listen(0, server.host, resolve))
    return server
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port
  }

  url(path: string): string {
    return `${this.#scheme}://${this.host}:${this.port}${path}`
  }

  /** How many connections asked for a path. */
  count(path: string): number {
    return this.visits.filter((visit) => visit.path === path).length
  }

  /** How many connections are still there. */
  get connections(): number {
    return this.#sockets.size
  }

  /** The next visit of a path that nobody has asked for yet, now or when it comes. */
  async next(path?: string): Promise<Visit> {
    for (;;) {
      const index = this.#unseen.findIndex((visit) => !path || visit.path === path)
      if (index >= 0) return this.#unseen.splice(index, 1)[0] as Visit
      await new Promise<void>((resolve) => {
        this.#news.push(resolve)
      })
    }
  }

  /** Resolves when no connection is left. */
  async empty(): Promise<void> {
    while (this.#sockets.size) {
      await new Promise<void>((resolve) => {
        this.#news.push(resolve)
      })
    }
  }

  /** Forgets what has been seen so far; connections stay. */
  forget(): void {
    this.visits.length = 0
    this.#unseen.length = 0
  }

  /** Resets what is left and stops listening. */
  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }

  #tell(): void {
    for (const news of this.#news.splice(0)) news()
  }

  #track(socket: Socket): void {
    const life = setTimeout(() => socket.destroy(), MAX_LIFE).unref()
    this.#sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => {
      clearTimeout(life)
      this.#sockets.delete(socket)
      this.#tell()
    })
  }

  #greet(socket: Socket): void {
    const visit = new Visit(socket)
    this.#track(socket)
    const leave = (how: Visit['gone']) => {
      if (visit.gone === 'still here') visit.gone = how
      visit.tell()
    }
    socket.on('error', () => leave('reset'))
    socket.on('end', () => {
      leave('fin')
      if (!visit.holdsOn) socket.end()
    })
    socket.on('close', () => leave('closed'))
    let head = Buffer.alloc(0)
    let read: ((chunk: Buffer) => void) | undefined
    socket.on('data', (chunk) => {
      if (read) return read(chunk)
      head = Buffer.concat([head, chunk])
      const end = head.indexOf('\r\n\r\n')
      // 22 is how a TLS record with a handshake begins.
      if (end < 0 && head[0] !== 22 && head.length < MAX_HEAD) return
      const request = end < 0 ? undefined : readHead(head.subarray(0, end).toString('latin1'))
      if (!request) {
        this.#admit(visit, head[0] === 22 ? '(tls)' : '(garbage)')
        return socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n')
      }
      const cut = readFrames((heard) => visit.hear(heard), MAX_FRAME)
      read = (bytes) => {
        visit.received += bytes.length
        try {
          cut(bytes)
        } catch {
          socket.destroy()
        }
      }
      visit.headers = request.headers
      const [path = '', query = ''] = request.target.split('?')
      visit.query = query
      const [, name = '', ...rest] = path.split('/')
      this.#admit(visit, path)
      const behave = find(name)
      if (!behave) socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
      else behave(visit, ...rest)
      const after = head.subarray(end + 4)
      if (after.length) read(after)
    })
  }

  #admit(visit: Visit, path: string): void {
    visit.path = path
    if (this.visits.length < MAX_KEPT) {
      this.visits.push(visit)
      this.#unseen.push(visit)
    }
    this.#tell()
  }
}

/** Any three digits are an HTTP status; everything else has its name in the table. */
function find(name: string): Behaviour | undefined {
  return /^\d{3}$/.test(name) ? (visit) => behaviours.status?.(visit, name) : behaviours[name]
}

function readHead(text: string): { target: string; headers: Record<string, string> } | undefined {
  const [first = '', ...lines] = text.split('\r\n')
  const target = /^GET (\S+) HTTP\/1\.1$/.exec(first)?.[1]
  if (!target) return
  const headers: Record<string, string> = {}
  for (const line of lines) {
    const colon = line.indexOf(':')
    if (colon > 0) headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim()
  }
  return { target, headers }
}
