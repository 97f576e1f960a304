/**
 * Owns what goes out to one guest: at once, or later while the server plays silent or a test holds it back. Without switches
 * that break it, a server hands its sockets to the session as they are.
 */

import type { ServerSocket } from '../../src/server/index.ts'
import type { Guest } from './guest.ts'

/** For all lines of a server. */
export interface Gate {
  /** Nothing goes out. */
  isSilent: boolean
  /** Nothing but pongs goes out. */
  isHeld: boolean
  /** Artificial delay of pongs, ms. */
  pongDelay: number
}

const ping = '{"type":"ping"}'
const pong = '{"type":"pong"}'

export class Line implements ServerSocket {
  readonly #guest: Guest
  readonly #gate: Gate
  #waiting: string[] = []

  constructor(guest: Guest, gate: Gate, now: () => number) {
    this.#guest = guest
    this.#gate = gate
    guest.socket.on('message', (data) => {
      guest.heardAt = now()
      if (String(data) === ping) guest.pings++
    })
  }

  get readyState(): number {
    return this.#guest.socket.readyState
  }

  get bufferedAmount(): number {
    return this.#guest.socket.bufferedAmount
  }

  send(data: string): void {
    const { isSilent, isHeld, pongDelay } = this.#gate
    if (data === pong) this.#guest.pongs++
    if (data === pong && pongDelay && !isSilent) setTimeout(() => this.#guest.socket.send(data, () => {}), pongDelay)
    else if (isSilent || (isHeld && data !== pong)) this.#waiting.push(data)
    else this.#guest.socket.send(data)
  }

  /** What has waited goes out, unless it still must. */
  release(): void {
    for (const data of this.#waiting.splice(0)) if (this.readyState === 1) this.send(data)
  }

  close(code?: number, reason?: string): void {
    this.#guest.socket.close(code, reason)
  }

  terminate(): void {
    this.#guest.socket.terminate()
  }

  addEventListener(type: string, listener: (event: never) => void): void {
    this.#guest.socket.addEventListener(type as 'message', listener as never)
  }
}
