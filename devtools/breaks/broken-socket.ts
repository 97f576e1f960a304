/**
 * Owns what the client takes for its socket while things are broken: the real one behind a line that may fail, or none at
 * all, behind an attempt that is refused or never answered. What the engine reads of a socket is the real one's.
 * Must never decide what goes wrong: the line does.
 */

import type { SocketLike } from '../../src/index.ts'

/** The way out. */
export interface Line {
  /** A message, which may get lost. */
  send(pass: () => void): void
  /** A close, which may come late. */
  close(pass: () => void): void
}

// biome-ignore lint/suspicious/noExplicitAny: each platform has events of its own.
type Listener = (event: any) => void

export class BrokenSocket implements SocketLike {
  terminate?: () => void
  readonly #line: Line
  readonly #listeners: [type: string, listener: Listener][] = []
  #real: SocketLike | undefined
  #binaryType = ''
  /** At least this far is it with us, whatever the real one says. */
  #state = 0

  constructor(line: Line, real?: SocketLike) {
    this.#line = line
    if (real) this.attach(real)
  }

  get readyState(): number {
    return Math.max(this.#state, this.#real ? this.#real.readyState : 0)
  }

  get bufferedAmount(): number {
    return (this.#real && this.#real.bufferedAmount) || 0
  }

  get protocol(): string {
    return this.#real ? this.#real.protocol : ''
  }

  get binaryType(): string {
    return this.#real ? this.#real.binaryType : this.#binaryType
  }

  set binaryType(type: string) {
    this.#binaryType = type
    if (this.#real) this.#real.binaryType = type
  }

  send(data: never): void {
    const real = this.#real as SocketLike
    this.#line.send(() => {
      if (real.readyState === 1) real.send(data)
    })
  }

  close(code?: number, reason?: string): void {
    const real = this.#real
    if (!real) {
      if (this.#state === 0) this.fail()
      return
    }
    let isNow = true
    this.#line.close(() => {
      try {
        real.close(code, reason)
      } catch (refused) {
        if (isNow) throw refused
        // Nobody waits for the answer any more.
        real.close(1000, reason)
      }
    })
    isNow = false
    this.#state = 2
  }

  addEventListener(type: string, listener: Listener): void {
    this.#listeners.push([type, listener])
    if (this.#real) this.#real.addEventListener(type, listener)
  }

  /** From now on there is a real one. */
  attach(real: SocketLike): void {
    this.#real = real
    if (this.#binaryType) real.binaryType = this.#binaryType
    if (real.terminate) this.terminate = () => real.terminate?.()
    for (const [type, listener] of this.#listeners) real.addEventListener(type, listener)
  }

  /** The attempt has failed, which is all that any platform tells. */
  fail(): void {
    if (this.#state === 3) return
    this.#state = 3
    this.#dispatch({ type: 'error' })
    this.#dispatch({ type: 'close', code: 1006, reason: '', wasClean: false })
  }

  #dispatch(event: { readonly type: string; readonly [field: string]: unknown }): void {
    for (const [type, listener] of this.#listeners) if (type === event.type) listener(event)
  }
}
