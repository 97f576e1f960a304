/**
 * Owns the fake WebSocket that all libraries are measured over: it costs as little as a socket can, has both kinds of
 * listeners, and its events carry a `timeStamp`, as a browser's do.
 * Must never know who listens, and never do anything unasked: `onDial` says what happens to a new one.
 */

type Listener = (event: MessageEvent) => void
type ListenerObject = Listener | { handleEvent: Listener }

/** What listeners receive. */
export interface FakeEvent {
  readonly type: string
  readonly timeStamp: number
  readonly data?: unknown
  readonly code?: number
  readonly reason?: string
  readonly wasClean?: boolean
}

/** Makes an event: the browser's own where there is a browser, as some libraries copy what they are given. */
const makeEvent: (type: string, fields?: Partial<FakeEvent>) => FakeEvent =
  typeof document === 'object'
    ? (type, fields) =>
        type === 'message'
          ? new MessageEvent(type, fields as MessageEventInit)
          : type === 'close'
            ? new CloseEvent(type, fields as CloseEventInit)
            : new Event(type)
    : (type, fields) => ({ type, timeStamp: performance.now(), ...fields })

export const messageEvent = (data: unknown): FakeEvent => makeEvent('message', { data })

export class FakeSocket {
  static readonly CONNECTING = 0
  static readonly OPEN = 1
  static readonly CLOSING = 2
  static readonly CLOSED = 3
  /** What happens to each new socket; by default nothing, until `accept()`. */
  static onDial: (socket: FakeSocket) => void = () => {}

  readonly CONNECTING = 0
  readonly OPEN = 1
  readonly CLOSING = 2
  readonly CLOSED = 3
  readyState = 0
  bufferedAmount = 0
  protocol = ''
  extensions = ''
  binaryType = 'blob'
  onopen: Listener | null = null
  onmessage: Listener | null = null
  onerror: Listener | null = null
  onclose: Listener | null = null
  /** How many messages were sent. */
  sent = 0
  /** What the peer does with a message; by default nothing. */
  onSend: ((data: unknown) => void) | undefined
  readonly url: string
  #open: readonly ListenerObject[] = []
  #message: readonly ListenerObject[] = []
  #error: readonly ListenerObject[] = []
  #close: readonly ListenerObject[] = []

  constructor(url: string) {
    this.url = url
    FakeSocket.onDial(this)
  }

  addEventListener(type: string, listener: ListenerObject): void {
    this.#set(type, [...this.#get(type), listener])
  }

  removeEventListener(type: string, listener: ListenerObject): void {
    this.#set(
      type,
      this.#get(type).filter((other) => other !== listener),
    )
  }

  send(data: unknown): void {
    if (this.readyState === 0) throw new Error('InvalidStateError: still connecting')
    // Closed, it is gone without a word, as in browsers.
    if (this.readyState !== 1) return
    this.sent++
    if (this.onSend) this.onSend(data)
  }

  close(code = 1000, reason = ''): void {
    if (this.readyState > 1) return
    this.readyState = 2
    queueMicrotask(() => this.end(code, reason, true))
  }

  // What the peer does.

  accept(): void {
    if (this.readyState !== 0) return
    this.readyState = 1
    this.#dispatch(this.onopen, this.#open, makeEvent('open'))
  }

  receive(event: FakeEvent): void {
    this.#dispatch(this.onmessage, this.#message, event)
  }

  /** The connection ends, or the dial is refused. */
  end(code = 1006, reason = '', wasClean = false): void {
    if (this.readyState === 3) return
    const wasConnecting = this.readyState === 0
    this.readyState = 3
    if (wasConnecting) this.#dispatch(this.onerror, this.#error, makeEvent('error'))
    this.#dispatch(this.onclose, this.#close, makeEvent('close', { code, reason, wasClean }))
  }

  #dispatch(handler: Listener | null, listeners: readonly ListenerObject[], event: FakeEvent): void {
    if (handler) handler(event as never)
    for (let i = 0; i < listeners.length; i++) {
      const listener = listeners[i] as ListenerObject
      if (typeof listener === 'function') listener(event as never)
      else listener.handleEvent(event as never)
    }
  }

  #get(type: string): readonly ListenerObject[] {
    return type === 'message'
      ? this.#message
      : type === 'open'
        ? this.#open
        : type === 'close'
          ? this.#close
          : this.#error
  }

  #set(type: string, list: readonly ListenerObject[]): void {
    if (type === 'message') this.#message = list
    else if (type === 'open') this.#open = list
    else if (type === 'close') this.#close = list
    else this.#error = list
  }
}

/** Puts the fake in the place of the platform's WebSocket. */
export function installFake(): void {
  ;(globalThis as { WebSocket: unknown }).WebSocket = FakeSocket
}

/** Lets everybody in who has dialled so far and will. Resolves when `count` sockets are open. */
export function acceptAll(count: number): Promise<FakeSocket[]> {
  const sockets: FakeSocket[] = []
  return new Promise((resolve) => {
    FakeSocket.onDial = (socket) => {
      sockets.push(socket)
      // Only after the constructor has returned may anybody listen.
      setTimeout(() => {
        socket.accept()
        if (sockets.length === count && socket === sockets[count - 1]) resolve(sockets)
      }, 0)
    }
  })
}
