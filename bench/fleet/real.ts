/**
 * `npm run simulate:real`: 2,000 clients with real sockets on loopback lose their server, and come back to an accept
 * loop that takes so many a second. The fleet of simulate.ts at a tenth of its time, to see that the world agrees.
 * Must never hang: it ends after a minute, with an error if somebody is still out.
 */

import { createServer } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net'
import { setTimeout as pass } from 'node:timers/promises'
import { WebSocket, WebSocketServer } from 'ws'
import { WebSocketReconnect } from '../../src/index.ts'

const CLIENTS = 2000
const RATE = 400
const OUTAGE = 6000
const DEADLINE = 60_000
/** The defaults, ten times as fast. */
const options = {
  baseDelay: 100,
  maxDelay: 3000,
  connectTimeout: 1000,
  minUptime: 500,
  heartbeatInterval: 3000,
  heartbeatTimeout: 500,
  circuitBreaker: { resetTimeout: 6000 },
}
const TICK = 10

/** An HTTP server behind an accept loop: connections wait their turn, and who hangs up has had it. */
class Doorman {
  port = 0
  /** Connections a second. */
  rate = Infinity
  readonly #http = createServer()
  readonly #wss = new WebSocketServer({ server: this.#http, perMessageDeflate: false })
  readonly #sockets = new Set<Socket>()
  readonly #waiting: Socket[] = []
  #tcp = createTcpServer()
  #due = 0

  constructor() {
    this.#wss.on('connection', (peer) => {
      peer.on('message', () => peer.send('pong'))
      peer.on('error', () => {})
    })
    setInterval(() => this.#admit(), TICK).unref()
  }

  async open(): Promise<void> {
    this.#tcp = createTcpServer({ pauseOnConnect: true }, (socket) => {
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket))
      socket.on('error', () => {})
      this.#waiting.push(socket)
      this.#admit(0)
    })
    await new Promise<void>((resolve) => this.#tcp.listen(this.port, '127.0.0.1', 4096, resolve))
    this.port = (this.#tcp.address() as AddressInfo).port
  }

  /** As a process that dies: every connection is reset, and the port refuses. */
  async crash(): Promise<void> {
    const closed = new Promise((resolve) => this.#tcp.close(resolve))
    for (const socket of this.#sockets) socket.resetAndDestroy()
    this.#waiting.length = 0
    await closed
  }

  #admit(share = TICK / 1000): void {
    this.#due = this.rate === Infinity ? Infinity : Math.min(this.rate / 10, this.#due + this.rate * share)
    while (this.#due >= 1 && this.#waiting.length > 0) {
      const socket = this.#waiting.shift() as Socket
      if (socket.destroyed) continue
      this.#due--
      this.#http.emit('connection', socket)
      socket.resume()
    }
  }
}

const doorman = new Doorman()
await doorman.open()
const address = `ws://127.0.0.1:${doorman.port}/`

const fleet: WebSocketReconnect[] = []
const attempts: number[] = Array(CLIENTS).fill(0)
const arrivals: number[] = []
let crashedAt = Infinity
let dialsWhileOpen = 0
let open = 0

class CountedSocket extends WebSocket {
  constructor(url: string, protocols?: string[]) {
    super(url, protocols, { perMessageDeflate: false })
    const now = performance.now()
    if (now < crashedAt) return
    const id = Number(url.slice(address.length))
    attempts[id] = (attempts[id] as number) + 1
    const second = Math.floor((now - crashedAt) / 1000)
    arrivals[second] = (arrivals[second] || 0) + 1
    const { circuitState, halfOpenAt } = (fleet[id] as WebSocketReconnect).getSnapshot()
    // In the very step that half-opens the circuit, the snapshot is the one before.
    if (circuitState === 'OPEN' && (halfOpenAt === null || Date.now() < halfOpenAt - 2)) dialsWhileOpen++
  }
}

for (let id = 0; id < CLIENTS; id++) {
  const client = new WebSocketReconnect({ ...options, url: address + id, WebSocket: CountedSocket })
  client.on('stateChange', (state) => {
    if (state === 'OPEN') open++
  })
  client.on('close', ({ opened }) => {
    if (opened) open--
  })
  fleet.push(client)
}

const until = async (done: () => boolean, what: string): Promise<void> => {
  const end = performance.now() + DEADLINE
  while (!done()) {
    if (performance.now() > end) throw new Error(`simulate:real: ${what} did not happen within ${DEADLINE / 1000} s`)
    await pass(TICK)
  }
}

for (const client of fleet) client.connect()
await until(() => open === CLIENTS, 'the first connection of everyone')
await pass(options.minUptime + 500)

crashedAt = performance.now()
await doorman.crash()
await until(() => open === 0, 'losing everyone')
await pass(Math.max(0, crashedAt + OUTAGE - performance.now()))
doorman.rate = RATE
await doorman.open()
const recovered = performance.now()
await until(() => open >= CLIENTS * 0.99, 'the return of 99 %')
const t99 = (performance.now() - recovered) / 1000
await until(() => open === CLIENTS, 'the return of everyone')
const t100 = (performance.now() - recovered) / 1000

const mean = attempts.reduce((sum, count) => sum + count, 0) / CLIENTS
const perSecond = Array.from(arrivals, (count = 0) => count)
const outageSeconds = OUTAGE / 1000
console.log(`${CLIENTS} clients of the engine with ws on loopback, the defaults at a tenth of their time; server down for
${outageSeconds} s, every connection reset, then an accept loop that takes ${RATE} a second.
back: 99 % after ${t99.toFixed(1)} s, all ${open} after ${t100.toFixed(1)} s
attempts: ${mean.toFixed(1)} per client, at most ${Math.max(...attempts)}
dials in each second since the crash: ${perSecond.join(' ')}
peak: ${Math.max(...perSecond)} dials/s, ${Math.max(...perSecond.slice(outageSeconds))} after recovery
dials while the circuit was open: ${dialsWhileOpen}`)

for (const client of fleet) client.close()
await until(() => fleet.every(({ state }) => state === 'CLOSED'), 'the end')
process.exit(dialsWhileOpen ? 1 : 0)
