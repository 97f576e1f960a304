/**
 * Owns the fake WebSocket: what the client sees of one connection, and the commands by which a test plays the peer.
 * Must never act by itself: it answers when told to, or as the server behaviour it was given says.
 * Its manners are those of browsers: it throws where they throw, swallows where they swallow, and answers a close later.
 */

import type { SocketLike, WebSocketData } from '../src/index.ts'
import type { VirtualClock } from './virtual-clock.ts'

/** What a listener receives: the fields that exist for its type, in a plain object. */
export interface FakeEvent {
  readonly type: string
  /** Monotonic ms, or undefined as with `ws`. */
  readonly timeStamp?: number
  readonly data?: unknown
  readonly code?: number
  readonly reason?: string
  readonly wasClean?: boolean
}

/**
 * How a server treats a new connection. It runs inside the constructor: what it throws, that throws, and nobody listens
 * yet, so it commands the socket with `socket.later(ms, …)`.
 */
export type Server = (socket: FakeSocket) => void

/** What a socket takes over from its world. */
export interface SocketHost {
  readonly clock: VirtualClock
  readonly server: Server
  readonly strictCloseCodes: boolean
  readonly synchronous: boolean
  readonly terminate: boolean
  readonly timeStamps: boolean
  /** What the peer says to a message; undefined: nothing. */
  readonly answer: (data: WebSocketData) => unknown
  /** Everything that makes a client's listeners run goes through here. */
  readonly act: (body: () => void) => void
}

/** Somebody else's WebSocket, under a test's control. */
export class FakeSocket implements SocketLike {
  readonly url: string
  readonly protocols: string[]
  /** The constructor's arguments, as they came. */
  readonly args: readonly unknown[]
  /** 0 CONNECTING, 1 OPEN, 2 CLOSING, 3 CLOSED. */
  readyState = 0
  protocol = ''
  extensions = ''
  binaryType = 'blob'
  bufferedAmount = 0

  /** What was sent while open, in order. */
  readonly sent: WebSocketData[] = []
  /** What was sent while closing or closed: gone without a word, as in browsers. */
  readonly swallowed: WebSocketData[] = []
  /** The calls of `close()` that were accepted. */
  readonly closeCalls: { code: number | undefined; reason: string | undefined }[] = []
  /** Whether `terminate()` was called. */
  terminated = false

  /** The peer never answers a close. {@link goSilent} is this and more. */
  deaf = false
  /** Closing calls its listeners before `close()` returns, as some mocks do. */
  synchronous: boolean
  /** Whether events carry a `timeStamp`. */
  timeStamps: boolean
  /** Refuse close codes that browsers refuse. */
  strictCloseCodes: boolean
  /** Called with what is about to be sent; may throw, or kill the socket. */
  onSend: ((data: WebSocketData) => void) | undefined
  /** Present only in a world with `terminate: true`, as in `ws`. */
  terminate?: () => void

  readonly #host: SocketHost
  readonly #listeners: { [type: string]: ((event: never) => void)[] } = {}
  #stalled = false
  #silent = false

  /** `admit` is told before the server behaviour runs; what it returns, if that throws and so does the constructor. */
  constructor(host: SocketHost, args: readonly unknown[], admit: (socket: FakeSocket) => () => void) {
    const [url, protocols] = args
    this.args = args
    this.url = String(url)
    this.protocols = protocols === undefined ? [] : typeof protocols === 'string' ? [protocols] : [...(protocols as [])]
    this.#host = host
    this.synchronous = host.synchronous
    this.timeStamps = host.timeStamps
    this.strictCloseCodes = host.strictCloseCodes
    if (host.terminate) this.terminate = () => this.#terminate()
    const retract = admit(this)
    try {
      host.server(this)
    } catch (thrown) {
      this.readyState = 3
      retract()
      throw thrown
    }
  }

  // ---- the side of the client

  send(data: WebSocketData): void {
    if (this.readyState === 0) throw named('InvalidStateError', 'Still in CONNECTING state.')
    if (this.readyState !== 1) {
      this.swallowed.push(data)
      this.bufferedAmount += byteLength(data)
      return
    }
    this.onSend?.(data)
    this.sent.push(data)
    if (this.#stalled) this.bufferedAmount += byteLength(data)
    const answer = this.#silent ? undefined : this.#host.answer(data)
    if (answer !== undefined) this.later(0, () => this.readyState === 1 && this.receive(answer))
  }

  close(code?: number, reason?: string): void {
    if (this.strictCloseCodes && code !== undefined && code !== 1000 && !(code >= 3000 && code <= 4999))
      throw named('InvalidAccessError', `The close code must be 1000, or between 3000 and 4999. ${code} is neither.`)
    if (reason !== undefined && byteLength(reason) > 123)
      throw named('SyntaxError', 'The close reason must not be greater than 123 UTF-8 bytes.')
    this.closeCalls.push({ code, reason })
    if (this.readyState > 1) return
    const wasOpen = this.readyState === 1
    this.readyState = 2
    if (this.deaf) return
    this.#soon(() => {
      if (this.readyState === 2) {
        if (wasOpen) this.die(code ?? 1005, reason ?? '', true)
        else this.refuse()
      }
    })
  }

  addEventListener(type: string, listener: (event: never) => void): void {
    const list = this.listeners(type)
    if (!list.includes(listener)) this.#listeners[type] = [...list, listener]
  }

  removeEventListener(type: string, listener: (event: never) => void): void {
    this.#listeners[type] = this.listeners(type).filter((other) => other !== listener)
  }

  // ---- the side of the test

  /** Completes the handshake. The subprotocol is the first one offered unless given. */
  accept({ protocol = this.protocols[0] ?? '' }: { protocol?: string | undefined } = {}): void {
    if (this.readyState !== 0)
      throw new Error(
        `accept() needs a socket in CONNECTING, this one is in ${this.readyState}; for a stale event dispatch('open')`,
      )
    this.readyState = 1
    this.protocol = protocol
    this.dispatch('open')
  }

  /** The handshake fails: `error`, then `close` 1006, which is all that any platform tells. */
  refuse(): void {
    this.readyState = 3
    this.dispatch('error')
    this.dispatch('close', { code: 1006, reason: '', wasClean: false })
  }

  /** The client receives a message from the peer. Over a line that went silent it is lost. */
  receive(data: unknown): void {
    if (!this.#silent) this.dispatch('message', { data })
  }

  /**
   * The line is dead and nobody tells: what is sent goes nowhere, nothing arrives, a close is never answered. Only the
   * heartbeat can find out.
   */
  goSilent(): void {
    this.#silent = true
    this.deaf = true
  }

  /** The connection ends: the line breaks (1006), or the peer closes it with a code of its own. */
  die(code = 1006, reason = '', wasClean = code !== 1006): void {
    this.readyState = 3
    // No `error` event: platforms do not promise one.
    this.dispatch('close', { code, reason, wasClean })
  }

  /** The line stops moving: what is sent from now on stays in `bufferedAmount`, on top of `bytes`. */
  stall(bytes = 0): void {
    this.#stalled = true
    this.bufferedAmount += bytes
  }

  /** The line moves again: by `bytes`, or for good. */
  drain(bytes?: number): void {
    if (bytes === undefined) this.#stalled = false
    this.bufferedAmount = bytes === undefined ? 0 : Math.max(0, this.bufferedAmount - bytes)
  }

  /** Calls the listeners of an event, whatever the state: for events that come late, twice or out of order. */
  dispatch(type: string, fields: Omit<FakeEvent, 'type'> = {}): void {
    this.#host.act(() => this.#dispatch(type, fields))
  }

  /** The listeners of an event. */
  listeners(type: string): readonly ((event: never) => void)[] {
    return this.#listeners[type] || []
  }

  /** Something the peer does in `ms`. */
  later(ms: number, fn: () => void): void {
    this.#host.clock.later(ms, fn)
  }

  #dispatch(type: string, fields: Omit<FakeEvent, 'type'>): void {
    const stamp = this.timeStamps ? { timeStamp: this.#host.clock.stamp } : {}
    const event: FakeEvent = { type, ...stamp, ...fields }
    let thrown: unknown[] | undefined
    for (const listener of this.listeners(type)) {
      try {
        listener(event as never)
      } catch (error) {
        thrown = [...(thrown || []), error]
      }
    }
    // A platform would report it; a test must not overlook it.
    if (thrown) throw thrown[0]
  }

  #terminate(): void {
    this.terminated = true
    if (this.readyState === 3) return
    this.readyState = 2
    this.#soon(() => this.refuse())
  }

  #soon(fn: () => void): void {
    if (this.synchronous) fn()
    else this.later(0, fn)
  }
}

/** A server that lets everyone in, after `ms`. */
export function accept(ms = 0, options: { protocol?: string } = {}): Server {
  return (socket) =>
    socket.later(ms, () => {
      if (socket.readyState === 0) socket.accept(options)
    })
}

/** A server, or a network, that turns everyone away, after `ms`. */
export function refuse(ms = 0): Server {
  return (socket) =>
    socket.later(ms, () => {
      if (socket.readyState === 0) socket.refuse()
    })
}

/** A server that says nothing; the test says it: `world.socket.accept()`. */
export function hang(): Server {
  return () => {}
}

/** A constructor that throws. */
export function throwing(error: unknown): Server {
  return () => {
    throw error
  }
}

/** A server that accepts after `ms` and hangs up `lifetime` ms later. */
export function flap(lifetime = 0, { ms = 0, code = 1006, reason = '' } = {}): Server {
  return (socket) =>
    socket.later(ms, () => {
      if (socket.readyState !== 0) return
      socket.accept()
      socket.later(lifetime, () => {
        if (socket.readyState === 1) socket.die(code, reason)
      })
    })
}

/** One behaviour for each connection in turn; the last one stays. */
export function inTurn(...servers: Server[]): Server {
  let dial = 0
  return (socket) => servers[Math.min(dial++, servers.length - 1)]?.(socket)
}

/** Bytes on the wire. */
export function byteLength(data: WebSocketData): number {
  if (typeof data === 'string') return new TextEncoder().encode(data).length
  return 'size' in data ? data.size : data.byteLength
}

function named(name: string, text: string): Error {
  return Object.assign(new Error(text), { name })
}
