/**
 * Owns the line between a client's fake socket and a session server in one virtual world: every frame takes its time, order is
 * kept, and either end can die. Must never look into a frame.
 */

import type { ServerSocket } from '../../src/server/index.ts'
import type { FakeSocket, Server } from './index.ts'

/** The server's end of a connection. */
export class Line implements ServerSocket {
  readyState = 1
  readonly bufferedAmount = 0
  readonly #socket: FakeSocket
  readonly #latency: () => number
  readonly #listeners: Record<string, ((event: never) => void)[]> = {}
  /** Frames do not overtake each other. */
  #up = 0
  #down = 0

  constructor(socket: FakeSocket, latency: () => number, now: () => number) {
    this.#socket = socket
    this.#latency = latency
    socket.onSend = (data) => {
      this.#up = Math.max(this.#up, now() + latency())
      socket.later(this.#up - now(), () => this.readyState === 1 && this.#tell('message', { data }))
    }
    this.send = (data: never) => {
      if (this.readyState !== 1) return
      this.#down = Math.max(this.#down, now() + latency())
      socket.later(this.#down - now(), () => socket.readyState === 1 && socket.receive(data))
    }
  }

  readonly send: (data: never) => void

  close(code = 1005, reason = ''): void {
    if (this.readyState === 3) return
    this.readyState = 3
    this.#socket.later(this.#latency(), () => this.#socket.readyState < 3 && this.#socket.die(code, reason))
    this.#tell('close', { code, reason })
  }

  terminate(): void {
    this.cut()
  }

  /** The line breaks: nobody hears what was on its way. */
  cut(code = 1006): void {
    if (this.readyState === 3) return
    this.readyState = 3
    this.#tell('close', { code, reason: '' })
    if (this.#socket.readyState < 3) this.#socket.die(code)
  }

  /** The client has gone, and the server hears of it. */
  hangUp(): void {
    if (this.readyState === 3) return
    this.readyState = 3
    this.#tell('close', { code: 1001, reason: '' })
  }

  addEventListener(type: string, listener: (event: never) => void): void {
    this.#listeners[type] = [...(this.#listeners[type] ?? []), listener]
  }

  #tell(type: string, event: object): void {
    for (const listener of this.#listeners[type] ?? []) listener(event as never)
  }
}

/** A server for a world: `accept` is given the server's end of each connection. */
export const plugInto =
  (accept: (line: Line) => void, latency: () => number, now: () => number): Server =>
  (socket) =>
    socket.later(latency(), () => {
      if (socket.readyState !== 0) return
      const line = new Line(socket, latency, now)
      socket.accept()
      accept(line)
    })
