/**
 * Owns the sockets behind the page of examples: which path leads to which, whom they let in, and the button that cuts them
 * all. Must never let another site's page in, nor more visitors than it can serve.
 */

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { GRAPHQL_TRANSPORT_WS_PROTOCOL } from 'graphql-ws'
import { type WebSocket, WebSocketServer } from 'ws'
import { RateLimiter } from '../../rate-limiter.ts'
import { answer, pathOf } from '../http.ts'
import { isOurs } from '../origin.ts'
import { serveEcho } from './echo.ts'
import { serveFactors } from './factors.ts'
import { serveList } from './list.ts'
import { serveLoad } from './load.ts'
import { Ticker } from './ticker.ts'
import { serveVotes } from './votes.ts'

export interface ExamplesOptions {
  /** Whether only this machine may call it, by its own names. */
  local: boolean
}

const folder = '/sockets/'
/** Of all examples together. */
const mostVisitors = 200
/** Ms between looks at who is still there. */
const lookEvery = 30_000

export class Examples {
  readonly #options: ExamplesOptions
  readonly #upgrades = new RateLimiter(120, 60, performance.now())
  readonly #requests = new RateLimiter(60, 30, performance.now())
  readonly #ticker = new Ticker()
  readonly #servers = new Map<string, WebSocketServer>()
  readonly #silent = new WeakSet<WebSocket>()
  readonly #look: NodeJS.Timeout

  constructor(options: ExamplesOptions) {
    this.#options = options
    const serve = (name: string, prepare: (server: WebSocketServer) => void, protocol?: string) => {
      const server = new WebSocketServer({
        ...{ noServer: true, perMessageDeflate: false, maxPayload: 64 * 1024 },
        ...(protocol ? { handleProtocols: (offered: Set<string>) => offered.has(protocol) && protocol } : {}),
      })
      // With nobody listening, a broken frame would end the process.
      server.on('connection', (socket) => socket.on('error', () => {}).on('pong', () => this.#silent.delete(socket)))
      prepare(server)
      this.#servers.set(folder + name, server)
    }
    serve('ticker', (server) => this.#ticker.serve(server))
    serve('load', serveLoad)
    serve('echo', serveEcho)
    serve('factors', serveFactors)
    serve('list', serveList)
    serve('votes', serveVotes, GRAPHQL_TRANSPORT_WS_PROTOCOL)
    this.#look = setInterval(() => this.#leaveTheDead(), lookEvery)
    this.#look.unref()
  }

  /** False if the request is not for an example. */
  upgrade(request: IncomingMessage, raw: Duplex, head: Buffer): boolean {
    const server = this.#servers.get(pathOf(request))
    if (!server) return false
    raw.on('error', () => {})
    if (!isOurs(request.headers, this.#options.local)) answer(raw, '403 Forbidden')
    else if (this.#sockets().length >= mostVisitors || !this.#upgrades.take(performance.now())) {
      answer(raw, '503 Service Unavailable')
    } else server.handleUpgrade(request, raw, head, (socket) => server.emit('connection', socket, request))
    return true
  }

  /** What is reachable while sockets are not; false if the request is not for it. */
  request(request: IncomingMessage, response: ServerResponse): boolean {
    const path = pathOf(request)
    if (!path.startsWith(folder)) return false
    const say = (code: number, body: object) => {
      response.writeHead(code, { 'content-type': 'application/json', 'cache-control': 'no-store' })
      response.end(JSON.stringify(body))
    }
    if (!isOurs(request.headers, this.#options.local)) say(403, { expected: "a request from the demo's own page" })
    else if (!this.#requests.take(performance.now())) say(429, { expected: 'at most 30 requests a second' })
    else if (request.method === 'GET' && path === `${folder}ticker`) say(200, this.#ticker.counts())
    else if (request.method !== 'POST' || path !== `${folder}cut`) say(404, { expected: 'POST cut, or GET ticker' })
    // A form of another site can post, but not with this type.
    else if (request.headers['content-type'] !== 'application/json') say(415, { expected: 'application/json' })
    else say(200, { cut: this.#cut() })
    return true
  }

  /** Tells everybody goodbye. */
  close(): void {
    clearInterval(this.#look)
    this.#ticker.close()
    for (const socket of this.#sockets()) socket.close(1001, 'the server is stopping')
    for (const server of this.#servers.values()) server.close()
  }

  #sockets(): WebSocket[] {
    return [...this.#servers.values()].flatMap((server) => [...server.clients])
  }

  /** Every connection breaks off, without a word. */
  #cut(): number {
    const sockets = this.#sockets()
    for (const socket of sockets) socket.terminate()
    return sockets.length
  }

  #leaveTheDead(): void {
    for (const socket of this.#sockets()) {
      if (this.#silent.has(socket)) socket.terminate()
      this.#silent.add(socket)
      socket.ping()
    }
  }
}
