/**
 * Owns the HTTP side door: what can be broken, and what the server knows of itself, reachable while sockets are not.
 * Must never let another site's page in, show a message, or read a body without end.
 */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { RateLimiter } from '../rate-limiter.ts'
import { everybody } from './breakage.ts'
import { type Command, readCommand } from './commands.ts'
import type { DemoServer } from './demo-server.ts'
import { isOurs } from './origin.ts'

export interface SideDoorOptions {
  /** Whether only this machine may reach the server. */
  local?: boolean
  /** Whether it also has what only tests need. */
  testHooks?: boolean
  report?: (text: string) => void
}

type Answer = [number, object]

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

  async #answer(request: IncomingMessage, name: string): Promise<Answer> {
    const demoServer = this.#demoServer
    const { local = true, testHooks = false } = this.#options
    if (!isOurs(request.headers, local)) return [403, { expected: "a request from the chat's own page" }]
    if (!this.#requests.take(performance.now())) return [429, { expected: 'at most 120 requests a second' }]
    if (request.method === 'GET' && name === 'switches') return [200, demoServer.switches()]
    if (request.method === 'GET' && name === 'status') return [200, await demoServer.status()]
    if (request.method !== 'POST') return [405, { expected: 'GET switches or status, or POST' }]
    // A form of another site can post, but not with this type.
    if (request.headers['content-type'] !== 'application/json') return [415, { expected: 'application/json' }]
    const command = readCommand(name, await readBody(request), testHooks)
    return 'expected' in command ? [400, command] : this.#run(command)
  }

  #run(command: Command): Answer {
    const demoServer = this.#demoServer
    let hit = 1
    if (command.do === 'hold') demoServer.hold(command.on)
    else if (command.do === 'stay-away') demoServer.stayAway(command.on)
    else if (command.do === 'pong-delay') demoServer.delayPongs(command.ms)
    else if (command.do === 'fleet') demoServer.crashFleet(command.away)
    else if (command.do === 'break') {
      if (!demoServer.break(command.fault, command.on)) return [409, { expected: 'fewer things broken at once' }]
    } else if (command.do === 'close') hit = demoServer.dismiss(command.code, command.reason, command.target)
    else if (command.target !== everybody) {
      hit =
        command.do === 'crash'
          ? demoServer.drop(command.target)
          : demoServer.dismiss(1012, 'the server restarts', command.target)
    } else {
      const away = command.do === 'crash' ? demoServer.crash() : demoServer.restart()
      away.catch((error: unknown) => this.#options.report?.(`coming back failed: ${error}`))
    }
    return hit > 0
      ? [200, demoServer.switches()]
      : [404, { expected: 'somebody who is connected; the status lists who is' }]
  }
}

/** What JSON says, or null for anything else, and for more than it should be. */
async function readBody(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length
    if (bytes > 1024) return null
    parts.push(part)
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString())
  } catch {
    return null
  }
}
