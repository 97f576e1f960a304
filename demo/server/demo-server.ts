/**
 * Owns the life of the chat server: opening, the three switches that break it, upgrades, and the HTTP side door that
 * works while sockets do not. Must never let another site's page in, nor leave a switch on for ever.
 */

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { RateLimiter } from '../rate-limiter.ts'
import type { ChatLimits } from './chat-limits.ts'
import { ChatServer } from './chat-server.ts'
import { answer, pathOf } from './http.ts'
import { type OpenStore, openStore, type StoreOptions } from './open-store.ts'
import { isOurs } from './origin.ts'
import { SideDoor } from './side-door.ts'
import type { AttemptOutcome, DemoServerStatus, Switches } from './status.ts'
import { TimedSwitch } from './timed-switch.ts'

export interface DemoServerOptions {
  store: StoreOptions
  chat?: Partial<ChatLimits>
  /** How long the chat server stays away when it is restarted, ms. Default 2500. */
  downtime?: number
  /** After this long a switch goes back by itself, ms. Default 90000. */
  switchLimit?: number
  /** Whether only this machine may call it, by its own names. */
  local?: boolean
  /** Whether the side door also has what only tests need. */
  testHooks?: boolean
  report?: (text: string) => void
}

const path = '/chat'
const door = '/control/'

export class DemoServer {
  readonly #options: DemoServerOptions
  readonly #report: (text: string) => void
  readonly #upgrades = new RateLimiter(60, 30, performance.now())
  readonly #door: SideDoor
  readonly #attempts: { at: number; outcome: AttemptOutcome }[] = []
  #chat: ChatServer | null = null
  #store: OpenStore | null = null
  #generation = 0
  #restarting: { until: number; done: Promise<void> } | null = null
  readonly #silent: TimedSwitch
  readonly #refusing: TimedSwitch
  #wake: () => void = () => {}
  #closed = false

  private constructor(options: DemoServerOptions) {
    this.#options = options
    this.#report = options.report || (() => {})
    this.#door = new SideDoor(this, { ...options, report: this.#report })
    const { switchLimit = 90_000 } = options
    this.#silent = new TimedSwitch(switchLimit, (on) => {
      this.#chat?.silence(on)
      this.#report(on ? 'chat server silent' : 'chat server answers again')
    })
    this.#refusing = new TimedSwitch(switchLimit, (on) => {
      if (on) this.#chat?.drop()
      this.#report(on ? 'new connections refused' : 'new connections accepted again')
    })
  }

  /** Opens the store and serves what it holds. */
  static async open(options: DemoServerOptions): Promise<DemoServer> {
    const demoServer = new DemoServer(options)
    await demoServer.#begin()
    return demoServer
  }

  switches(): Switches {
    return {
      now: Date.now(),
      restarting: this.#restarting?.until ?? null,
      silent: this.#silent.until,
      refusing: this.#refusing.until,
    }
  }

  /** What the server knows of itself; no message text. */
  async status(): Promise<DemoServerStatus> {
    return {
      switches: this.switches(),
      up: this.#chat !== null,
      generation: this.#generation,
      pid: process.pid,
      store: this.#options.store.redis ? 'redis' : 'sqlite',
      attempts: [...this.#attempts],
      ...((await this.#chat?.status()) ?? { connections: [], rooms: [], pongDelay: 0 }),
    }
  }

  /** Destroys the chat server, memory and all, and begins a new one on the same store after a while. */
  restart(): Promise<void> {
    if (this.#restarting) return this.#restarting.done
    const downtime = this.#options.downtime ?? 2500
    const done = (async () => {
      this.#chat?.destroy()
      await this.#letGo()
      await new Promise<void>((resolve) => {
        // Closed while the store was still closing: nobody would be left to end the wait.
        if (this.#closed) return resolve()
        const timer = setTimeout(resolve, downtime)
        this.#wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
      this.#restarting = null
      if (!this.#closed) await this.#begin()
    })()
    this.#restarting = { until: Date.now() + downtime, done }
    this.#report('chat server destroyed; back in a moment')
    return done
  }

  /** Reads nothing and says nothing, while connections stay open and new ones are still accepted. */
  silence(on: boolean): void {
    this.#silent.set(on)
  }

  /** Lets every connection go and answers new ones with 503. */
  refuse(on: boolean): void {
    this.#refusing.set(on)
  }

  /** For tests: keeps messages, and tells nobody. */
  hold(on: boolean): void {
    this.#chat?.hold(on)
  }

  /** For tests: how late pings are answered, ms. */
  delayPongs(ms: number): void {
    if (this.#chat) this.#chat.pongDelay = ms
  }

  /** Takes an upgrade request: to the chat, or away with it. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // Until `ws` takes over, a reset would be an error without a listener, and the end of the process.
    socket.on('error', () => {})
    if (pathOf(request) !== path) return answer(socket, '404 Not Found')
    if (!isOurs(request.headers, this.#options.local ?? true)) return this.#turnAway(socket, '403 Forbidden', 'foreign')
    if (!this.#chat) {
      // A server that is not there does not answer politely.
      this.#note('down')
      socket.destroy()
      return
    }
    if (this.#refusing.until !== null) return this.#turnAway(socket, '503 Service Unavailable', 'refused')
    if (this.#chat.full || !this.#upgrades.take(performance.now())) {
      return this.#turnAway(socket, '503 Service Unavailable', 'full')
    }
    this.#note('accepted')
    this.#chat.accept(request, socket, head)
  }

  /** The side door; false if the request is not for it. */
  request(request: IncomingMessage, response: ServerResponse): boolean {
    const target = pathOf(request)
    if (!target.startsWith(door)) return false
    this.#door.request(request, response, target.slice(door.length))
    return true
  }

  /** Tells everybody goodbye and closes the store. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.silence(false)
    this.refuse(false)
    this.#wake()
    await this.#restarting?.done
    this.#chat?.close()
    await this.#letGo()
  }

  async #begin(): Promise<void> {
    const { store, chat } = this.#options
    this.#store = await openStore({ ...store, report: this.#report })
    this.#chat = await ChatServer.open({ ...this.#store, limits: chat, report: this.#report })
    this.#generation++
    if (this.#silent.until !== null) this.#chat.silence(true)
  }

  async #letGo(): Promise<void> {
    this.#chat = null
    await this.#store?.close()
    this.#store = null
  }

  #turnAway(socket: Duplex, status: string, outcome: AttemptOutcome): void {
    this.#note(outcome)
    answer(socket, status)
  }

  #note(outcome: AttemptOutcome): void {
    this.#attempts.push({ at: Date.now(), outcome })
    if (this.#attempts.length > 200) this.#attempts.shift()
  }
}
