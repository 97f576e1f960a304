/**
 * Owns the model of a server that many clients dial, and the sockets between them.
 * Up, it accepts `rate` connections a second and has no place to wait in: whoever comes too many hears nothing and runs
 * into its own connect timeout. Down, it refuses at once, or swallows what is sent to it (a black hole).
 * Must never know who dials, or by which strategy.
 */

import type { SocketConstructor } from '../../src/index.ts'
import type { FleetClock } from './clock.ts'

export type ServerState = 'generous' | 'up' | 'refusing' | 'black hole'

/** The most that may be accepted at one moment after a quiet one: a tenth of a second's worth. */
const BURST = 0.1
/** Round-trip times in ms; each handshake draws one. */
export const RTT = { min: 20, max: 200 }
const PONG = { data: 'pong' }

type Listener = (event: object) => void

export class FleetServer {
  state: ServerState = 'generous'
  /** Dials that reached the network, by the second they started in. */
  readonly arrivals: number[] = []
  accepted = 0
  readonly #clock: FleetClock
  readonly #random: () => number
  readonly #rate: number
  readonly #live = new Set<FleetSocket>()
  #tokens = 0
  #filledAt = 0

  constructor(clock: FleetClock, random: () => number, rate: number) {
    this.#clock = clock
    this.#random = random
    this.#rate = rate
  }

  /** The constructor for every client of this server; `onDial` hears each url. */
  socketClass(onDial: (url: string) => void): SocketConstructor {
    const server = this
    return class extends FleetSocket {
      constructor(url: string) {
        super(server)
        onDial(url)
        server.arrive(this)
      }
    } as unknown as SocketConstructor
  }

  /** Everybody loses the connection. */
  crash(state: ServerState): void {
    this.state = state
    for (const socket of this.#live) this.later(this.#rtt() / 2, () => socket.lose())
    this.#live.clear()
  }

  later(ms: number, fn: () => void): void {
    this.#clock.setTimeout(fn, ms)
  }

  answer(socket: FleetSocket): void {
    if (this.#live.has(socket)) this.later(this.#rtt(), () => socket.hear())
  }

  leave(socket: FleetSocket): void {
    this.#live.delete(socket)
  }

  #rtt(): number {
    return RTT.min + this.#random() * (RTT.max - RTT.min)
  }

  /** A dial reaches the network. */
  arrive(socket: FleetSocket): void {
    const second = Math.floor(this.#clock.time / 1000)
    this.arrivals[second] = (this.arrivals[second] || 0) + 1
    const rtt = this.#rtt()
    if (this.state === 'black hole') return
    if (this.state === 'refusing') return this.later(rtt, () => socket.lose())
    this.later(rtt / 2, () => {
      if (!this.#admits()) return
      this.accepted++
      this.#live.add(socket)
      this.later(rtt / 2, () => socket.open())
    })
  }

  #admits(): boolean {
    if (this.state !== 'up') return this.state === 'generous'
    const { time } = this.#clock
    this.#tokens = Math.min(this.#rate * BURST, this.#tokens + ((time - this.#filledAt) * this.#rate) / 1000)
    this.#filledAt = time
    if (this.#tokens < 1) return false
    this.#tokens--
    return true
  }
}

/** The client's end; as light as a socket can be. */
class FleetSocket {
  readyState = 0
  bufferedAmount = 0
  protocol = ''
  binaryType = 'blob'
  readonly #server: FleetServer
  readonly #listeners: { [type: string]: Listener } = {}

  constructor(server: FleetServer) {
    this.#server = server
  }

  addEventListener(type: string, listener: Listener): void {
    this.#listeners[type] = listener
  }

  send(): void {
    this.#server.answer(this)
  }

  close(): void {
    if (this.readyState > 1) return
    this.readyState = 3
    this.#server.leave(this)
  }

  open(): void {
    if (this.readyState !== 0) return this.#server.leave(this)
    this.readyState = 1
    this.#listeners.open?.({})
  }

  hear(): void {
    if (this.readyState === 1) this.#listeners.message?.(PONG)
  }

  lose(): void {
    if (this.readyState > 1) return
    this.readyState = 3
    this.#listeners.close?.({ code: 1006, reason: '', wasClean: false })
  }
}
