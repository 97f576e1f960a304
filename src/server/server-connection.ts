/**
 * Owns one socket: who it is, what it says to which part, what it is sent, how it ends.
 * Must never throw into the socket, whatever a client sends.
 */

import type { WebSocketData } from '../policy/payload.ts'
import { type ClientFrame, type ServerFrame, VERSION } from '../session/frames.ts'
import { Answers, type KeptAnswers } from './answers.ts'
import type { Context, Line, Sender } from './context.ts'
import { Followed } from './followed.ts'
import { hasRoom, type Incoming, readIncoming } from './incoming.ts'
import { Sends } from './sends.ts'
import type { Silence } from './silence.ts'
import { type ServerSocket, SocketLine } from './socket-line.ts'
import type { Topics } from './topics.ts'
import type { TroubleCode } from './trouble.ts'

/** What of the whole server a connection needs. */
export interface Shared {
  readonly topics: Topics
  readonly kept: KeptAnswers
  readonly silence: Silence<ServerConnection<never>>
  readonly onClose: (connection: ServerConnection<never>) => void
  readonly forgotten: (connection: ServerConnection<never>, toldEpoch: string) => Promise<void>
  readonly memoryLost: () => Promise<void>
}

const PING = '{"type":"ping"}'
const PONG = '{"type":"pong"}'
export class ServerConnection<User> implements Line<User> {
  readonly sender: Sender<User>
  key = ''
  readonly #context: Context<User>
  readonly #shared: Shared
  readonly #socket: SocketLine
  readonly #sends: Sends<User>
  readonly #answers: Answers<User>
  readonly #followed: Followed<User>
  #phase: 'silent' | 'greeting' | 'welcomed' | 'over' = 'silent'
  /** What came before the welcome was out. */
  #early: Incoming[] = []
  readonly #deadline: unknown
  #epoch = ''

  constructor(context: Context<User>, shared: Shared, socket: ServerSocket, user: User) {
    this.#context = context
    this.#shared = shared
    this.#socket = new SocketLine(socket, context.clock)
    this.sender = { user, client: '' }
    this.#sends = new Sends(context, this)
    this.#answers = new Answers(context, this, shared.kept)
    this.#followed = new Followed(context, this, shared.topics)
    const { helloTimeout } = context.limits
    this.#deadline = context.clock.setTimeout(() => {
      if (this.#phase === 'silent') this.close(4408, `no hello within ${helloTimeout} ms`)
    }, helloTimeout)
    socket.addEventListener('message', (event: { data: unknown }) => this.#hear(event.data))
    // With nobody listening, a broken frame would be an uncaught exception in `ws`.
    socket.addEventListener('error', () => {})
    socket.addEventListener('close', () => this.#end())
  }

  get isOpen(): boolean {
    return this.#phase !== 'over' && this.#socket.isOpen
  }

  get isBusy(): boolean {
    return this.#socket.isBusy
  }

  /** Something that is told once, if it arrives. */
  post(data: unknown): void {
    if (this.#phase === 'welcomed') this.sendText(this.#context.framing.write({ type: 'plain', data }))
  }

  send(frame: ServerFrame): void {
    this.sendText(this.#context.framing.write(frame))
  }

  sendText(text: WebSocketData): void {
    if (!this.isOpen) return
    const { unread } = this.#socket
    if (unread <= this.#context.limits.unreadBytes) return this.#socket.send(text)
    this.trouble('UNREAD', `${unread} bytes wait for a client that does not read them.`)
    this.close(1008, 'read what you are sent')
    // The words wait behind what is not read.
    this.#socket.terminate()
  }

  drained(): Promise<void> {
    return this.#socket.drained()
  }

  close(code: number, reason: string): void {
    this.#end()
    this.#socket.close(code, reason)
  }

  run(work: Promise<void>): void {
    work.catch((cause) => {
      this.trouble('HANDLER_FAILED', 'something failed that must not; the connection ends.', cause)
      this.close(1011, 'internal error')
    })
  }

  trouble(code: TroubleCode, message: string, cause?: unknown): void {
    const { user, client } = this.sender
    this.#context.report({ code, message, user, client: client || undefined, cause })
  }

  memoryLost(isForgotten: boolean): void {
    this.run(isForgotten ? this.#shared.forgotten(this as never, this.#epoch) : this.#shared.memoryLost())
  }

  #end(): void {
    if (this.#phase === 'over') return
    this.#phase = 'over'
    this.#early = []
    this.#context.clock.clearTimeout(this.#deadline)
    this.#answers.close()
    this.#followed.close()
    this.#shared.silence.gone(this as never)
    this.#shared.onClose(this as never)
  }

  #breakWire(text: string): void {
    this.trouble('WIRE_BROKEN', text)
    this.close(4400, text)
  }

  #hear(data: unknown): void {
    if (this.#phase === 'over') return
    this.#shared.silence.heard(this as never)
    if (data === PING) return this.sendText(PONG)
    let incoming: Incoming
    try {
      incoming = readIncoming(this.#context.framing, data, this.#context.limits.frameBytes)
    } catch (thrown) {
      return this.#breakWire((thrown as Error | undefined)?.message || 'not a frame')
    }
    this.#take(incoming)
  }

  #take(incoming: Incoming): void {
    const { frame } = incoming
    if (this.#phase === 'silent') {
      if (frame.type !== 'hello') return this.#breakWire('the first frame must be hello')
      this.#phase = 'greeting'
      this.run(this.#greet(frame))
    } else if (frame.type === 'hello') this.#breakWire('hello is said once')
    else if (this.#phase === 'welcomed') this.#dispatch(incoming)
    else if (hasRoom(this.#early, this.#context.limits)) this.#early.push(incoming)
    else {
      this.trouble('FLOOD', 'too many frames before the welcome.')
      this.close(1008, 'too many frames before the welcome')
    }
  }

  async #greet(hello: ClientFrame & { type: 'hello' }): Promise<void> {
    const { store, userKey, limits } = this.#context
    if (hello.version !== VERSION) {
      const text = `this server speaks session version ${VERSION}, the client ${hello.version}`
      this.trouble('WRONG_VERSION', text)
      return this.close(4406, text)
    }
    if (!/^[\w-]{1,64}$/.test(hello.client)) return this.#breakWire('a client id is 1 to 64 of A–Z a–z 0–9 _ -')
    if (hello.next < 1) return this.#breakWire('numbers start at 1')
    ;(this.sender as { client: string }).client = hello.client
    // No slash in a client id, so no two pairs make one key.
    const key = `${userKey(this.sender.user)}/${hello.client}`
    this.key = key
    const proven = hello.next - 1
    try {
      const isForgotten = (await store.last(key)) === undefined
      await Promise.all([store.raise(key, proven), store.confirm(key, proven)])
      const acked = (await store.last(key)) ?? proven
      const [refused, epoch] = await Promise.all([store.refusals(key), store.epoch])
      if (!this.isOpen) return
      this.#epoch = epoch
      const told = refused.filter(([n]) => n > proven && n <= acked)
      this.#sends.start(acked, told)
      const { frameBytes, memory } = limits
      this.send({ type: 'welcome', version: VERSION, epoch, acked, refused: told, isForgotten, frameBytes, memory })
    } catch (cause) {
      this.trouble('STORE_FAILED', 'the store could not say who a client is.', cause)
      return this.close(1011, 'the store failed')
    }
    this.#phase = 'welcomed'
    const early = this.#early
    this.#early = []
    for (const incoming of early) if (this.isOpen) this.#dispatch(incoming)
  }

  #dispatch({ frame, bytes }: Incoming): void {
    switch (frame.type) {
      case 'send':
        return this.#sends.receive({ n: frame.n, data: frame.data, bytes, isSkipped: false })
      case 'skip':
        return this.#sends.receive({ n: frame.n, data: undefined, bytes, isSkipped: true })
      case 'request':
        return this.#answers.ask(frame.id, frame.data, !!frame.isIdempotent)
      case 'cancel':
        return this.#answers.cancel(frame.id)
      case 'follow':
        return this.run(this.#followed.follow(frame.topic, frame.from))
      case 'unfollow':
        return this.#followed.unfollow(frame.topic)
      case 'plain':
        return this.run(this.#plain(frame.data))
    }
  }

  async #plain(data: unknown): Promise<void> {
    try {
      await this.#context.handlers.onPlain?.({ ...this.sender, data })
    } catch (thrown) {
      this.trouble('HANDLER_FAILED', 'onPlain threw.', thrown)
    }
  }
}
