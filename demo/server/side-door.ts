/**
 * Owns the HTTP side door: the switches and what the server knows of itself, reachable while sockets are not.
 * Must never let another site's page in, show a message, or read a body without end.
 */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { RateLimiter } from '../rate-limiter.ts'
import type { DemoServer } from './demo-server.ts'
import { isOurs } from './origin.ts'

export interface SideDoorOptions {
  /** Whether only this machine may reach the server. */
  local?: boolean
  /** Whether it also has what only tests need. */
  testHooks?: boolean
  report: (text: string) => void
}

export class SideDoor {
  readonly #demoServer: DemoServer
  readonly #options: SideDoorOptions
  readonly #requests = new RateLimiter(120, 120, performance.now())

  constructor(demoServer: DemoServer, options: SideDoorOptions) {
    this.#demoServer = demoServer
    this.#options = options
  }

  request(request: IncomingMessage, response: ServerResponse, name: string): void {
    this.#answer(request, name).then(
      ([code, body]) => {
        response.writeHead(code, { 'content-type': 'application/json', 'cache-control': 'no-store' })
        response.end(JSON.stringify(body))
      },
      () => response.destroy(),
    )
  }

  async #answer(request: IncomingMessage, name: string): Promise<[number, object]> {
    const demoServer = this.#demoServer
    const { local = true, testHooks = false } = this.#options
    if (!isOurs(request.headers, local)) return [403, { expected: "a request from the chat's own page" }]
    if (!this.#requests.take(performance.now())) return [429, { expected: 'at most 120 requests a second' }]
    if (request.method === 'GET' && name === 'switches') return [200, demoServer.switches()]
    if (request.method === 'GET' && name === 'status') return [200, await demoServer.status()]
    if (request.method !== 'POST') return [405, { expected: 'GET switches or status, or POST' }]
    // A form of another site can post, but not with this type.
    if (request.headers['content-type'] !== 'application/json') return [415, { expected: 'application/json' }]
    const body = await readBody(request)
    const on = body?.on
    if (name === 'restart') {
      demoServer.restart().catch((error: unknown) => this.#options.report(`restart failed: ${error}`))
      return [200, demoServer.switches()]
    }
    if (typeof on === 'boolean' && name === 'silence') demoServer.silence(on)
    else if (typeof on === 'boolean' && name === 'refuse') demoServer.refuse(on)
    else if (typeof on === 'boolean' && name === 'hold' && testHooks) demoServer.hold(on)
    else if (name === 'pong-delay' && testHooks && typeof body?.ms === 'number') demoServer.delayPongs(body.ms)
    else return [400, { expected: 'restart, or silence or refuse with {"on": true} or {"on": false}' }]
    return [200, demoServer.switches()]
  }
}

/** A small JSON object, or null for anything else. */
async function readBody(request: IncomingMessage): Promise<{ on?: unknown; ms?: unknown } | null> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length
    if (bytes > 1024) return null
    parts.push(part)
  }
  try {
    const value: unknown = JSON.parse(Buffer.concat(parts).toString())
    return typeof value === 'object' ? value : null
  } catch {
    return null
  }
}
