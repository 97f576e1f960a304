/**
 * The client: what a user may call and look at (R13, R16, R23–R29). Owns the options as they were given, and checks what a
 * programmer hands in. Must never act by itself: it asks the engine.
 */

import type { ConnectionState } from './machine/states.ts'
import { breakerOf, isResting } from './machine/states.ts'
import { warn, warnOfOptions } from './options/dev-warnings.ts'
import type { Settings, WebSocketReconnectOptions } from './options/options.ts'
import { mergeOptions, readOptions } from './options/schema.ts'
import type { CircuitState } from './policy/circuit-breaker.ts'
import { isSendable } from './policy/close-policy.ts'
import { misuse } from './policy/errors.ts'
import { byteLength, isWebSocketData, type WebSocketData } from './policy/payload.ts'
import type { ClientEvents } from './runtime/client-events.ts'
import { Engine } from './runtime/engine.ts'
import type { LeaseRights, LeaseState } from './runtime/mount-lease.ts'
import { isAskedToClose, phaseToCome } from './runtime/pending.ts'
import type { ProtocolAdapter } from './runtime/protocol-adapter.ts'
import { isSelfDial } from './runtime/self-dial.ts'
import { initialSnapshot, type Snapshot } from './runtime/snapshot.ts'
import { type Stats, sample } from './runtime/stats.ts'
import { type TapListener, tap } from './runtime/tap.ts'

/** Options of `send`. */
export interface SendOptions {
  /**
   * `false`: never wait; sent now or dropped.
   * @default true
   */
  queue?: boolean | undefined
}

/**
 * A WebSocket that comes back: exponential backoff with jitter, heartbeat, circuit breaker, bounded queue.
 * Nothing happens before `connect()`.
 *
 * @example
 * const ws = new WebSocketReconnect({ url: 'wss://api.example.com/socket' })
 * ws.on('message', (event) => console.log(event.data))
 * ws.connect()
 * ws.send('hello') // waits in the queue until the connection is open
 */
export class WebSocketReconnect {
  #given: WebSocketReconnectOptions
  #settings: Settings
  readonly #engine: Engine
  #lease: LeaseState | undefined

  /** `adapter` is for a protocol with a handshake of its own (`/graphql`): OPEN is then what it calls open. */
  constructor(options: WebSocketReconnectOptions, adapter?: ProtocolAdapter) {
    const { given, settings } = readOptions(options)
    this.#given = given
    this.#settings = settings
    this.#engine = new Engine(settings, adapter)
    try {
      // A page without a bundler has no `process`; a warning must not break it.
      if (process.env.NODE_ENV !== 'production') warnOfOptions(options, settings)
    } catch {}
  }

  // ── what a user asks for ───────────────────────────────────────────────────────────────────────────────────────

  /**
   * Connects and stays connected until `close()`. Resolves when OPEN; rejects when closed, FAILED or BLOCKED,
   * though a BLOCKED client goes on by itself. The promise may be ignored.
   * @throws TypeError only where `globalThis.WebSocket` is a class that itself stands on this engine.
   */
  connect(): Promise<void> {
    if (this.#lease) this.#lease.isClosedByUser = false
    const { connecting, loop, snapshots } = this.#engine
    const promise = connecting.get()
    this.#engine.deliver({ type: 'connect' })
    const { state, error } = snapshots.current
    // A mistake of the programmer, which waiting for a promise would hide (R18).
    if (state === 'FAILED' && !loop.hasEvents && error && isSelfDial(error.cause)) throw error.cause
    return promise
  }

  /**
   * Sends, or queues until it can. `'sent'` means handed to the platform: there is no receipt.
   * @throws TypeError for anything but a string, Blob, ArrayBuffer or view.
   * @see docs/guide/recipes.md#did-my-message-arrive
   */
  send(data: WebSocketData, { queue = true }: SendOptions = {}): 'sent' | 'queued' | 'dropped' {
    if (!isWebSocketData(data)) throw new TypeError(misuse('send', typeof data))
    this.#lease?.beforeSend()
    return this.#engine.traffic.send(data, queue)
  }

  /**
   * Closes for good, until `connect()`: what waits for a connection is dropped; what an open one still
   * holds back goes out first, and the closing handshake follows, both within `closeTimeout`. Resolves when CLOSED, and
   * never rejects.
   * @throws RangeError, and changes nothing, for a code no endpoint may send or a reason over 123 bytes.
   */
  close(code = 1000, reason = ''): Promise<void> {
    if (!isSendable(code)) throw new RangeError(misuse('close', code))
    const text = String(reason)
    const bytes = byteLength(text)
    if (bytes > 123) throw new RangeError(misuse('reason', bytes))
    // Before the closing, because a listener of it may already ask to connect again.
    if (this.#lease) this.#lease.isClosedByUser = true
    return this.#close(code, text)
  }

  #close(code: number, reason: string): Promise<void> {
    const { connecting, closing, errors } = this.#engine
    if (connecting.isWanted) connecting.settle(errors.make({ code: 'CLOSED_BY_USER' }))
    const closed = closing.get()
    this.#engine.deliver({ type: 'close', code, reason })
    return closed
  }

  /**
   * Resolves when the queue and the platform's own buffer are empty: everything has left, which is no receipt. Rejects
   * when the client is or gets CLOSED by `close()` or FAILED, and when a message is lost on the way
   * (`MESSAGE_DROPPED`). The promise may be ignored.
   */
  drain(): Promise<void> {
    const promise = this.#engine.traffic.drains.get()
    this.#engine.onSettled()
    return promise
  }

  /**
   * For a person's button, right in every state: a waiting client dials now, a BLOCKED one closes the circuit and
   * dials, a CLOSED or FAILED one connects; while CONNECTING or OPEN nothing happens.
   */
  retryNow(): void {
    const { loop, state } = this.#engine
    const phase = phaseToCome(loop, state.phase)
    if (phase === 'blocked' || (phase === 'suspended' && state.circuit.state === 'OPEN')) this.closeCircuit()
    if (phase === 'waiting' || phase === 'suspended') this.reconnect()
    else if (phase === 'closing' || isResting(phase)) this.connect()
  }

  /** Replaces the connection now: skips the backoff, never an open circuit. */
  reconnect(): void {
    if (this.#lease) this.#lease.isClosedByUser = false
    this.#engine.deliver({ type: 'reconnect' })
  }

  /** Lets a held queue go; needed once after each `open` with `queue.hold`. */
  flush(): void {
    const { sender } = this.#engine.traffic
    if (!sender.isOpen) return
    this.#engine.traffic.flush()
    this.#engine.loop.run()
    this.#engine.arm()
  }

  /** Adds a listener; returns how to remove it. Listeners run in order, each isolated from the others. */
  on<K extends keyof ClientEvents>(type: K, listener: ClientEvents[K]): () => void {
    return this.#engine.emitter.on(type, listener)
  }

  /** As `on`, for one event. */
  once<K extends keyof ClientEvents>(type: K, listener: ClientEvents[K]): () => void {
    return this.#engine.emitter.once(type, listener)
  }

  /** Removes a listener wherever it was added for this event. */
  off<K extends keyof ClientEvents>(type: K, listener: ClientEvents[K]): void {
    this.#engine.emitter.off(type, listener)
  }

  /**
   * In development, reports each transition (its event, the states before and after, the effects), each frame, each change
   * of the queue and each error, as it happens; `replay` of `/testing` plays the transitions again. Returns how to stop.
   * Production builds report nothing.
   */
  tap(listener: TapListener): () => void {
    try {
      if (process.env.NODE_ENV !== 'production') return tap(this.#engine, listener)
    } catch {}
    return () => {}
  }

  /**
   * Opens the circuit by hand for `durationMs` (default `resetTimeout`; Infinity holds it): nothing dials.
   * @throws TypeError for what is no duration.
   */
  openCircuit(durationMs = breakerOf(this.#settings).resetTimeout): void {
    if (typeof durationMs !== 'number' || !(durationMs >= 0)) throw new TypeError(misuse('openCircuit', durationMs))
    this.#engine.deliver({ type: 'openCircuit', duration: durationMs })
  }

  /** Closes the circuit by hand and forgets the failures; a BLOCKED client dials at once. */
  closeCircuit(): void {
    this.#engine.deliver({ type: 'closeCircuit' })
  }

  /**
   * Changes options. A new url or protocols value reconnects at once; limits apply now; a socket's own options at
   * the next attempt.
   * @throws TypeError for options it cannot use, and for `clock` and `random`, and then changes nothing.
   */
  update(options: Partial<WebSocketReconnectOptions>): void {
    this.#update(options)
  }

  /** With `address`, for the holder of a lease: see `LeaseRights`. */
  #update(options: Partial<WebSocketReconnectOptions>, address?: 'same' | 'other' | 'none'): void {
    for (const name of ['clock', 'random'] as const) {
      if (options[name] !== undefined) throw new TypeError(misuse('update', name))
    }
    const engine = this.#engine
    const old = this.#settings
    const { given, settings } = readOptions(mergeOptions(this.#given, options), !!address)
    this.#given = given
    this.#settings = settings
    engine.configure(settings)
    try {
      if (process.env.NODE_ENV !== 'production') warnOfOptions(options, settings)
    } catch {}
    // A queue that is no longer held must not keep anything back for ever.
    if (settings.queue && old.queue && old.queue.hold && !settings.queue.hold) this.flush()
    if (options.circuitBreaker === false && engine.state.circuit.state === 'OPEN') this.closeCircuit()
    if (address === 'none') engine.snapshots.addressId++
    if (address === 'other' || differs(old.url, settings.url) || differs(old.protocols, settings.protocols)) {
      engine.snapshots.addressId++
      if (engine.connection?.isStale) engine.connection = undefined
      engine.deliver({ type: 'urlChanged' })
    }
    engine.deliver({ type: 'optionsChanged' })
  }

  // ── what a user may look at ────────────────────────────────────────────────────────────────────────────────────

  /** As in the snapshot; inside a listener that has called `close()` it is true already. */
  get state(): ConnectionState {
    const { state } = this.getSnapshot()
    if (!isAskedToClose(this.#engine.loop)) return state
    return state === 'OPEN' || state === 'CLOSING' ? 'CLOSING' : 'CLOSED'
  }

  /** The address last dialled, secrets and all; before that, the one given. */
  get url(): string {
    return this.#engine.url
  }

  /** The subprotocol the server chose, or ''. */
  get protocol(): string {
    return this.getSnapshot().protocol || ''
  }

  /** Every option with its default in place; frozen. */
  get options(): Settings {
    return this.#settings
  }

  /** Bytes the platform has not sent yet. */
  get bufferedAmount(): number {
    return this.#engine.bufferedAmount
  }

  /** The circuit breaker's state. */
  getCircuitState(): CircuitState {
    return this.getSnapshot().circuitState
  }

  /** A fresh sample of everything measurable. */
  getStats(): Stats {
    return sample(this.#engine)
  }

  /** Calls `listener` whenever `getSnapshot()` has a new answer; returns how to stop. */
  subscribe = (listener: () => void): (() => void) => this.#engine.snapshots.subscribe(listener)

  /** A frozen object, the same one until a field differs. */
  getSnapshot = (): Snapshot => this.#engine.snapshots.current

  /** What there is before anything has happened: on a server, and for the first render over its HTML. */
  getServerSnapshot(): Snapshot {
    return initialSnapshot
  }

  /** What a message holds: the event's `data`, or what the protocol between socket and engine wraps in it. */
  messageData(event: MessageEvent): unknown {
    const { adapter } = this.#engine
    return adapter?.messageData ? adapter.messageData(event) : event.data
  }

  /** For who reads messages with a codec: one of them could not be read. An `error` event and nothing else. */
  reportDecodeError(cause: unknown): void {
    try {
      if (process.env.NODE_ENV !== 'production') {
        warn('the codec cannot read a message; the error event (INVALID_MESSAGE) has the reason as its cause.')
      }
    } catch {}
    this.#engine.errors.emit({ code: 'INVALID_MESSAGE', cause })
    this.#engine.loop.run()
  }

  /** For a protocol above: calls a user's handler as a listener is called, isolated. Not for users: it may change. */
  protected call(handler: () => void): void {
    this.#engine.errors.isolate(handler)
    this.#engine.loop.run()
  }

  /**
   * For the lease of a client that lives in a part of a page (mount-lease.ts): from now on the engine tells it of the
   * user's own words, and shows what it shows. Not for users: it may change.
   */
  grant(lease: LeaseState): LeaseRights {
    const engine = this.#engine
    this.#lease = lease
    this.getSnapshot = () => lease.show(engine.snapshots.current)
    this.getServerSnapshot = () => lease.serverSnapshot
    return {
      close: () => void this.#close(1000, ''),
      prepare: () => engine.deliver({ type: 'prepare' }),
      update: (options, address) => this.#update(options, address),
    }
  }
}

/** Whether an option changed by value; a new function is the same question asked again (R27). */
const differs = (before: unknown, after: unknown): boolean =>
  typeof after !== 'function' && String(before) !== String(after)
