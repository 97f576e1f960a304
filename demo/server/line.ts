/**
 * Owns what passes between one guest and the session: at once, late while the network plays slow, or not until the server stops
 * playing silent. Without faults made on purpose, a server hands its sockets to the session as they are.
 */

import type { ServerSocket } from '../../src/server/index.ts'
import { everybody } from './breakage.ts'
import type { Guest } from './guest.ts'
import { SlowLane } from './slow-lane.ts'
import type { Slowness } from './status.ts'

/** For all lines of a server: what is broken, and for whom. */
export interface Gate {
  /** For these nothing is read, and nothing goes out. */
  readonly silent: Set<string>
  readonly slow: Map<string, Slowness>
  /** Nothing but pongs goes out. */
  isHeld: boolean
  /** Artificial delay of pongs, ms. */
  pongDelay: number
}

export const openGate = (): Gate => ({ silent: new Set(), slow: new Map(), isHeld: false, pongDelay: 0 })

const ping = '{"type":"ping"}'
const pong = '{"type":"pong"}'

export class Line implements ServerSocket {
  readonly #guest: Guest
  readonly #gate: Gate
  readonly #in = new SlowLane()
  readonly #out = new SlowLane()
  #waiting: string[] = []

  constructor(guest: Guest, gate: Gate, now: () => number) {
    this.#guest = guest
    this.#gate = gate
    guest.socket.on('message', (data) => {
      guest.heardAt = now()
      if (String(data) === ping) guest.pings++
    })
    this.mute()
  }

  get readyState(): number {
    return this.#guest.socket.readyState
  }

  get bufferedAmount(): number {
    return this.#guest.socket.bufferedAmount
  }

  get isSilent(): boolean {
    const { silent } = this.#gate
    return silent.has(everybody) || silent.has(this.#guest.id)
  }

  get #slow(): Slowness | null {
    const { slow } = this.#gate
    return slow.get(this.#guest.id) ?? slow.get(everybody) ?? null
  }

  send(data: string): void {
    this.#out.push(this.#slow, () => this.#hand(data))
  }

  /** Reads on or not, as the gate says; what has waited goes out, unless it still must. */
  mute(): void {
    if (this.isSilent) return this.#guest.socket.pause()
    this.#guest.socket.resume()
    for (const data of this.#waiting.splice(0)) this.#hand(data)
  }

  /** What is under way comes before the goodbye. */
  close(code?: number, reason?: string): void {
    this.#out.flush()
    this.#guest.socket.close(code, reason)
  }

  terminate(): void {
    this.#guest.socket.terminate()
  }

  addEventListener(type: string, listener: (event: never) => void): void {
    this.#guest.socket.addEventListener(type as 'message', (event) =>
      this.#in.push(type === 'message' ? this.#slow : null, () => listener(event as never)),
    )
  }

  #hand(data: string): void {
    const { isHeld, pongDelay } = this.#gate
    const { isSilent } = this
    if (this.readyState !== 1) return
    if (isSilent || (isHeld && data !== pong)) return void this.#waiting.push(data)
    if (data === pong) this.#guest.pongs++
    if (data === pong && pongDelay) setTimeout(() => this.#guest.socket.send(data, () => {}), pongDelay)
    else this.#guest.socket.send(data)
  }
}
