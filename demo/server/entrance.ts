/**
 * Owns what becomes of an upgrade request: the chat, a fleet, no answer, or away with it. Must never let in the page of another
 * site, nor more in a second than a server can take.
 */

import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { RateLimiter } from '../rate-limiter.ts'
import type { Breakage } from './breakage.ts'
import type { ChatServer } from './chat-server.ts'
import type { Fleet } from './fleet.ts'
import { answer, pageOf, pathOf } from './http.ts'
import { isOurs } from './origin.ts'
import type { AttemptOutcome } from './status.ts'
import { WaitingRoom } from './waiting-room.ts'

export interface EntranceOptions {
  /** Whether only this machine may call, by its own names. */
  local: boolean
  breakage: Breakage
  fleet: Fleet
  /** The chat server; null while there is none. */
  chat: () => ChatServer | null
}

export class Entrance {
  readonly #options: EntranceOptions
  readonly #upgrades = new RateLimiter(60, 30, performance.now())
  readonly #hung = new WaitingRoom()
  /** The latest for the chat, oldest first. */
  readonly attempts: { at: number; outcome: AttemptOutcome }[] = []

  constructor(options: EntranceOptions) {
    this.#options = options
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // Until `ws` takes over, a reset would be an error without a listener, and the end of the process.
    socket.on('error', () => {})
    const { local, chat, fleet } = this.#options
    const path = pathOf(request)
    if (path !== '/chat' && path !== '/fleet') return answer(socket, '404 Not Found')
    const isFleet = path === '/fleet'
    if (!isOurs(request.headers, local)) {
      if (!isFleet) this.#note('foreign')
      return answer(socket, '403 Forbidden')
    }
    if (!isFleet) this.#enter(pageOf(request), request, socket, head)
    else if (chat()) fleet.accept(request, socket, head)
    else socket.destroy()
  }

  /** Whoever waits for an answer tries once more. */
  letIn(): void {
    this.#hung.letIn()
  }

  close(): void {
    this.#hung.clear()
  }

  #enter(id: string, request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { breakage } = this.#options
    const chat = this.#options.chat()
    if (!chat) {
      // A server that is not there does not answer politely.
      this.#note('down')
      socket.destroy()
    } else if (breakage.has('refuse', id)) this.#turnAway(socket, 'refused')
    else if (breakage.has('hang', id)) {
      if (this.#hung.add(socket, () => this.#enter(id, request, socket, head))) this.#note('hung')
      else this.#turnAway(socket, 'full')
    } else if (chat.full || !this.#upgrades.take(performance.now())) this.#turnAway(socket, 'full')
    else {
      const drops = breakage.has('flap', id)
      this.#note(drops ? 'dropped' : 'accepted')
      chat.accept(request, socket, head, { id, drops })
    }
  }

  #turnAway(socket: Duplex, outcome: AttemptOutcome): void {
    this.#note(outcome)
    answer(socket, '503 Service Unavailable')
  }

  #note(outcome: AttemptOutcome): void {
    this.attempts.push({ at: Date.now(), outcome })
    if (this.attempts.length > 200) this.attempts.shift()
  }
}
