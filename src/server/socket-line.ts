/**
 * Owns what goes out over one socket, and how much of it waits there. A socket that is closed, or that nobody reads, must never be
 * anybody else's trouble.
 */

import { byteLength, type WebSocketData } from '../policy/payload.ts'
import type { ServerClock } from './platform.ts'

/** The part of a WebSocket that is used: sockets of `ws` fit. */
export interface ServerSocket {
  /** 1 is open. */
  readonly readyState: number
  /** Bytes it has taken and not sent yet. */
  readonly bufferedAmount: number
  send(data: never): void
  close(code?: number, reason?: string): void
  terminate?(): void
  // biome-ignore lint/suspicious/noExplicitAny: the events of `ws` and of browsers differ.
  addEventListener(type: string, listener: (event: any) => void): void
}

/** Bytes on their way above which events wait. */
const HIGH_WATER = 65_536
/** Ms between looks at a busy socket. */
const POLL = 20

export class SocketLine {
  readonly #socket: ServerSocket
  readonly #clock: ServerClock
  #draining: Promise<void> | undefined

  constructor(socket: ServerSocket, clock: ServerClock) {
    this.#socket = socket
    this.#clock = clock
  }

  get isOpen(): boolean {
    return this.#socket.readyState === 1
  }

  get unread(): number {
    return this.#socket.bufferedAmount
  }

  get isBusy(): boolean {
    return this.#socket.bufferedAmount > HIGH_WATER
  }

  send(text: WebSocketData): void {
    if (!this.isOpen) return
    try {
      this.#socket.send(text as never)
    } catch {
      // It has closed, and will say so.
    }
  }

  /** Resolves once what waits is little, or will not be sent any more. */
  drained(): Promise<void> {
    this.#draining = this.#draining || new Promise((resolve) => this.#look(resolve))
    return this.#draining
  }

  close(code: number, reason: string): void {
    if (!this.isOpen) return
    try {
      this.#socket.close(code, words(reason))
    } catch {
      this.terminate()
    }
  }

  terminate(): void {
    this.#socket.terminate?.()
  }

  #look(resolve: () => void): void {
    if (this.isBusy && this.isOpen) this.#clock.setTimeout(() => this.#look(resolve), POLL)
    else {
      this.#draining = undefined
      resolve()
    }
  }
}

/** As much as a close frame holds: 123 bytes (RFC 6455 §5.5). */
function words(reason: string): string {
  let text = reason.slice(0, 123)
  while (byteLength(text) > 123) text = text.slice(0, -1)
  return text
}
