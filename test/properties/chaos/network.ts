/**
 * Owns the lines of a chaos run: frames take their time, keep their order, and die with their line, which one end may notice before
 * the other. Must never lose a frame of a line that lives.
 */

import type { SocketConstructor } from '../../../src/index.ts'
import type { ServerSocket } from '../../../src/server/index.ts'
import type { Page } from './page.ts'
import type { Time } from './time.ts'

type Listener = (event: any) => void
type Listeners = Record<string, Listener[]>

/** One connection, with both its ends. */
export class Wire {
  readonly #network: Network
  readonly page: Page
  readonly user: string
  /** Frames pass. */
  isWhole = true
  readonly client: { readyState: number; listeners: Listeners; queue: unknown[] }
  readonly server: ServerSocket & { readyState: number; listeners: Listeners; queue: unknown[] }

  constructor(network: Network, page: Page, user: string) {
    this.#network = network
    this.page = page
    this.user = user
    const wire = this
    this.client = { readyState: 0, listeners: {}, queue: [] }
    this.server = {
      ...{ readyState: 1, bufferedAmount: 0, listeners: {}, queue: [] },
      addEventListener: (type, listener) => void (this.server.listeners[type] ||= []).push(listener as Listener),
      send(data: never) {
        if (this.readyState === 1) network.pass(wire, this.queue, data, (all) => wire.toClient(all))
      },
      close(code = 1005, reason = '') {
        if (this.readyState !== 1) return
        this.readyState = 3
        tell(this.listeners, 'close', { code, reason })
        network.time.later(network.latency(), () => wire.closeClient(code, reason))
      },
    }
  }

  toClient(all: unknown[]): void {
    if (!this.isWhole) return
    for (const data of all)
      this.page.run(() => this.client.readyState === 1 && tell(this.client.listeners, 'message', { data }))
  }

  toServer(all: unknown[]): void {
    if (!this.isWhole) return
    for (const data of all) if (this.server.readyState === 1) tell(this.server.listeners, 'message', { data })
  }

  closeClient(code = 1006, reason = ''): void {
    this.isWhole = false
    this.page.run(() => {
      if (this.client.readyState === 3) return
      this.client.readyState = 3
      tell(this.client.listeners, 'close', { code, reason, wasClean: code !== 1006 })
    })
  }

  closeServer(): void {
    this.isWhole = false
    if (this.server.readyState === 3) return
    this.server.readyState = 3
    tell(this.server.listeners, 'close', { code: 1006, reason: '' })
  }

  /** The line breaks; each end notices after so many ms. */
  cut(clientAfter: number, serverAfter: number): void {
    this.isWhole = false
    this.#network.time.later(clientAfter, () => this.closeClient())
    this.#network.time.later(serverAfter, () => this.closeServer())
  }

  /** The server's process is gone: it will never hear or say a word. */
  orphan(): void {
    this.server.readyState = 3
    this.server.listeners = {}
    this.closeClient()
  }
}

export class Network {
  readonly time: Time
  readonly latency: () => number
  wires: Wire[] = []
  /** Undefined while there is no server. */
  accept: ((wire: Wire) => void) | undefined

  constructor(time: Time, latency: () => number) {
    this.time = time
    this.latency = latency
  }

  /** What is sent in one task arrives in one. */
  pass(wire: Wire, queue: unknown[], data: unknown, deliver: (all: unknown[]) => void): void {
    if (queue.push(data) > 1 || !wire.isWhole) return
    this.time.later(this.latency(), () => deliver(queue.splice(0)))
  }

  /** The WebSocket of a page. */
  socketOf(page: Page, user: string): SocketConstructor {
    const network = this
    return class {
      readonly #wire = new Wire(network, page, user)
      readonly bufferedAmount = 0
      readonly protocol = ''
      binaryType = 'blob'

      constructor() {
        const wire = this.#wire
        network.wires = network.wires.filter(({ client, server }) => client.readyState < 3 || server.readyState < 3)
        network.time.later(network.latency(), () => {
          if (wire.client.readyState !== 0) return
          const { accept } = network
          if (!accept || page.isDead) return wire.closeClient()
          network.wires.push(wire)
          page.run(() => {
            if (wire.client.readyState !== 0 || !wire.isWhole) return
            wire.client.readyState = 1
            accept(wire)
            tell(wire.client.listeners, 'open', {})
          })
        })
      }

      get readyState() {
        return this.#wire.client.readyState
      }

      addEventListener(type: string, listener: Listener) {
        ;(this.#wire.client.listeners[type] ||= []).push(listener)
      }

      send(data: unknown) {
        const wire = this.#wire
        if (wire.client.readyState === 1) network.pass(wire, wire.client.queue, data, (all) => wire.toServer(all))
      }

      close() {
        const wire = this.#wire
        if (wire.client.readyState > 1) return
        wire.client.readyState = 2
        network.time.later(network.latency(), () => {
          wire.closeServer()
          wire.closeClient(1000)
        })
      }
    } as unknown as SocketConstructor
  }
}

function tell(listeners: Listeners, type: string, event: object): void {
  for (const listener of listeners[type] || []) listener(event)
}
