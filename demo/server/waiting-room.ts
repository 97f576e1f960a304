/**
 * Owns handshakes that nobody answers: the line is there, and no word comes. Must never keep one whose page has given up, nor more
 * than a few.
 */

import type { Duplex } from 'node:stream'

const most = 200

export class WaitingRoom {
  readonly #waiting = new Map<Duplex, { enter: () => void; leave: () => void }>()

  /** Leaves it without an answer until `letIn` calls `enter`; false if there are too many. */
  add(socket: Duplex, enter: () => void): boolean {
    if (this.#waiting.size >= most) return false
    const leave = () => {
      this.#forget(socket)
      socket.destroy()
    }
    this.#waiting.set(socket, { enter, leave })
    socket.on('close', leave).on('end', leave)
    // Nothing comes before the answer; without reading, nobody would hear that the page has hung up.
    socket.resume()
    return true
  }

  /** Each tries again, and may be left without an answer again. */
  letIn(): void {
    for (const [socket, { enter }] of [...this.#waiting]) {
      this.#forget(socket)
      enter()
    }
  }

  clear(): void {
    for (const { leave } of [...this.#waiting.values()]) leave()
  }

  #forget(socket: Duplex): void {
    const leave = this.#waiting.get(socket)?.leave
    if (!leave) return
    this.#waiting.delete(socket)
    socket.off('close', leave).off('end', leave).pause()
  }
}
