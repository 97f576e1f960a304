/**
 * Owns the fleets of the laboratory: plain connections on a path of their own, which answer pings and say nothing else, and how
 * they are cut off. No limit of rates: whether all of them come at once is what one wants to see.
 */

import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { reset } from './guest.ts'
import { TimedSwitch } from './timed-switch.ts'

/** Connections, of all pages together. */
const most = 200
/** How long one may last, ms: no run of a fleet is longer. */
const lifetime = 600_000

const ping = '{"type":"ping"}'
const pong = '{"type":"pong"}'

export class Fleet {
  readonly #sockets = new WebSocketServer({ noServer: true, clientTracking: false, maxPayload: 1024 })
  readonly #members = new Set<Duplex>()
  #away: TimedSwitch | null = null
  /** How many were ever let in. */
  accepted = 0

  get size(): number {
    return this.#members.size
  }

  /** Takes an upgrade request over; whoever comes while it is away finds nobody. */
  accept(request: IncomingMessage, raw: Duplex, head: Buffer): void {
    if (this.#away || this.#members.size >= most) return void raw.destroy()
    this.#members.add(raw)
    this.accepted++
    const life = setTimeout(() => raw.destroy(), lifetime).unref()
    raw.on('close', () => {
      this.#members.delete(raw)
      clearTimeout(life)
    })
    this.#sockets.handleUpgrade(request, raw, head, (socket) => {
      socket.on('error', () => {})
      socket.on('message', (data) => String(data) === ping && socket.send(pong))
    })
  }

  /** Resets every connection, and is not there for a while. */
  crash(away: number): void {
    for (const raw of [...this.#members]) reset({ raw })
    this.#away?.set(false)
    const gone = new TimedSwitch(away, (on) => {
      this.#away = on ? gone : null
    })
    gone.set(true)
  }

  close(): void {
    this.#away?.set(false)
    for (const raw of [...this.#members]) reset({ raw })
    this.#sockets.close()
  }
}
