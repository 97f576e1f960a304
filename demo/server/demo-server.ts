/**
 * Owns the life of the chat server: opening, going down and coming back, what is broken about it on purpose, and what it knows of
 * itself. Must never leave anything broken for ever.
 */

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { Breakage, everybody, slownessOf } from './breakage.ts'
import type { ChatLimits } from './chat-limits.ts'
import { ChatServer } from './chat-server.ts'
import { Entrance } from './entrance.ts'
import { Fleet } from './fleet.ts'
import { pathOf } from './http.ts'
import { type OpenStore, openStore, type StoreOptions } from './open-store.ts'
import { SideDoor } from './side-door.ts'
import type { DemoServerStatus, Fault, Switches } from './status.ts'

export interface DemoServerOptions {
  store: StoreOptions
  chat?: Partial<ChatLimits>
  /** How long the chat server stays away when it is restarted or has crashed, ms. Default 2500. */
  downtime?: number
  /** After this long a fault ends by itself, ms. Default 90000. */
  faultLimit?: number
  /** Whether only this machine may call it, by its own names. */
  local?: boolean
  /** Whether the side door also has what only tests need. */
  testHooks?: boolean
  report?: (text: string) => void
}

const door = '/control/'

export class DemoServer {
  readonly #options: DemoServerOptions
  readonly #report: (text: string) => void
  readonly #door: SideDoor
  readonly #breakage: Breakage
  readonly #fleet = new Fleet()
  readonly #entrance: Entrance
  #chat: ChatServer | null = null
  #store: OpenStore | null = null
  #generation = 0
  #restarting: { until: number; done: Promise<void> } | null = null
  #wake: () => void = () => {}
  #staysAway = false
  #closed = false

  private constructor(options: DemoServerOptions) {
    this.#options = options
    this.#report = options.report || (() => {})
    this.#door = new SideDoor(this, options)
    this.#breakage = new Breakage(options.faultLimit ?? 90_000, (fault, on) => this.#turned(fault, on))
    this.#entrance = new Entrance({
      ...{ local: options.local ?? true, breakage: this.#breakage, fleet: this.#fleet },
      chat: () => this.#chat,
    })
  }

  /** Opens the store and serves what it holds. */
  static async open(options: DemoServerOptions): Promise<DemoServer> {
    const demoServer = new DemoServer(options)
    await demoServer.#begin()
    return demoServer
  }

  switches(): Switches {
    return { now: Date.now(), restarting: this.#restarting?.until ?? null, broken: this.#breakage.list }
  }

  /** What the server knows of itself; no message text. */
  async status(): Promise<DemoServerStatus> {
    return {
      switches: this.switches(),
      up: this.#chat !== null,
      generation: this.#generation,
      pid: process.pid,
      store: this.#options.store.redis ? 'redis' : 'sqlite',
      attempts: [...this.#entrance.attempts],
      fleet: { open: this.#fleet.size, accepted: this.#fleet.accepted },
      ...((await this.#chat?.status()) ?? { connections: [], rooms: [], pongDelay: 0 }),
    }
  }

  /** Resets every connection, loses its memory, and begins anew on the same store after a while. */
  crash(): Promise<void> {
    return this.#goAway('crashed', (chat) => chat.destroy())
  }

  /** The same with a goodbye: close code 1012. */
  restart(): Promise<void> {
    return this.#goAway('restarting', (chat) => chat.close(1012, 'the server restarts'))
  }

  /** Begins something that lasts, or ends it; false if too much is broken already. */
  break(fault: Fault, on: boolean): boolean {
    return this.#breakage.set(fault, on)
  }

  /** Resets the connections of a page, as a crash would; says how many there were. */
  drop(id: string): number {
    return this.#chat?.drop(id) ?? 0
  }

  /** Closes these with a code; says how many there were. */
  dismiss(code: number, reason: string, target: string): number {
    return this.#chat?.dismiss(code, reason, target) ?? 0
  }

  /** Cuts every fleet off, and is away for it so long, ms. */
  crashFleet(away: number): void {
    this.#fleet.crash(away)
  }

  /** For tests: keeps messages, and tells nobody. */
  hold(on: boolean): void {
    this.#chat?.hold(on)
  }

  /** For tests: whoever goes away is back when this ends, and not before. */
  stayAway(on: boolean): void {
    this.#staysAway = on
    if (!on) this.#wake()
  }

  /** For tests: how late pings are answered, ms. */
  delayPongs(ms: number): void {
    if (this.#chat) this.#chat.pongDelay = ms
  }

  /** Takes an upgrade request: to the chat, or away with it. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#entrance.upgrade(request, socket, head)
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
    this.#breakage.clear()
    this.#entrance.close()
    this.#fleet.close()
    this.#wake()
    await this.#restarting?.done
    this.#chat?.close()
    await this.#letGo()
  }

  /** Once, however often it is asked for. */
  #goAway(how: string, end: (chat: ChatServer) => void): Promise<void> {
    if (this.#restarting) return this.#restarting.done
    const downtime = this.#options.downtime ?? 2500
    const done = (async () => {
      if (this.#chat) end(this.#chat)
      this.#fleet.crash(downtime)
      await this.#letGo()
      await new Promise<void>((resolve) => {
        // Closed while the store was still closing: nobody would be left to end the wait.
        if (this.#closed) return resolve()
        const timer = this.#staysAway ? undefined : setTimeout(resolve, downtime)
        this.#wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
      this.#restarting = null
      if (!this.#closed) await this.#begin()
    })()
    this.#restarting = { until: Date.now() + downtime, done }
    this.#report(`chat server ${how}; back in a moment`)
    return done
  }

  #turned(fault: Fault, on: boolean): void {
    const { fault: name, target } = fault
    this.#report(`${name} ${on ? 'on' : 'off'} for ${target === everybody ? 'everybody' : `page ${target}`}`)
    if (name === 'silence') this.#chat?.silence(on, target)
    else if (name === 'slow') this.#chat?.slow(on ? slownessOf(fault) : null, target)
    else if (on) this.#chat?.drop(target)
    else this.#entrance.letIn()
  }

  async #begin(): Promise<void> {
    const { store, chat } = this.#options
    this.#store = await openStore({ ...store, report: this.#report })
    const opened = await ChatServer.open({ ...this.#store, limits: chat, report: this.#report })
    for (const fault of this.#breakage.list) {
      if (fault.fault === 'silence') opened.silence(true, fault.target)
      if (fault.fault === 'slow') opened.slow(slownessOf(fault), fault.target)
    }
    this.#chat = opened
    this.#generation++
  }

  async #letGo(): Promise<void> {
    this.#chat = null
    await this.#store?.close()
    this.#store = null
  }
}
