/**
 * Owns the real `ws` server that the snippets talk to. A test waits for what happens there, never for time to pass.
 */

import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'

/** Things that happen, kept until somebody asks for the next one. */
class Inbox<T> {
  readonly #items: T[] = []
  readonly #askers: ((item: T) => void)[] = []

  push(item: T): void {
    const asker = this.#askers.shift()
    if (asker) asker(item)
    else this.#items.push(item)
  }

  next(): Promise<T> {
    return new Promise((resolve) => {
      if (this.#items.length) resolve(this.#items.shift() as T)
      else this.#askers.push(resolve)
    })
  }
}

/** One client as the server sees it. */
export class Peer {
  readonly socket: WebSocket
  readonly request: IncomingMessage
  readonly #messages = new Inbox<string>()
  /** How the client ended the connection. */
  readonly closed: Promise<{ code: number; reason: string }>

  constructor(socket: WebSocket, request: IncomingMessage) {
    this.socket = socket
    this.request = request
    socket.on('message', (data) => this.#messages.push(String(data)))
    this.closed = new Promise((resolve) =>
      socket.on('close', (code, reason) => resolve({ code, reason: String(reason) })),
    )
  }

  /** The next message it sends. */
  heard(): Promise<string> {
    return this.#messages.next()
  }
}

/** A server on a port of its own that can go away and come back. */
export class TestServer {
  port = 0
  #wss: WebSocketServer | undefined
  #peers = new Inbox<Peer>()
  /** Called with every new connection's socket, before anything else. */
  readonly #onConnection: ((wss: WebSocketServer) => void) | undefined

  constructor(onConnection?: (wss: WebSocketServer) => void) {
    this.#onConnection = onConnection
  }

  get address(): string {
    return `ws://127.0.0.1:${this.port}`
  }

  async open(): Promise<this> {
    const wss = new WebSocketServer({ host: '127.0.0.1', port: this.port })
    this.#wss = wss
    this.#onConnection?.(wss)
    wss.on('connection', (socket, request) => this.#peers.push(new Peer(socket, request)))
    await new Promise((resolve, reject) => wss.once('listening', resolve).once('error', reject))
    this.port = (wss.address() as AddressInfo).port
    return this
  }

  /** The next client that connects. */
  peer(): Promise<Peer> {
    return this.#peers.next()
  }

  /** Destroys every connection and stops listening. */
  async close(): Promise<void> {
    const wss = this.#wss
    this.#wss = undefined
    if (!wss) return
    for (const socket of wss.clients) socket.terminate()
    await new Promise((resolve) => wss.close(resolve))
  }
}
