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
import { isAskedToClose, phaseToCome } from './runtime/pending.ts'
import type { ProtocolAdapter } from './runtime/protocol-adapter.ts'
import { isSelfDial } from './runtime/self-dial.ts'
import type { Snapshot } from './runtime/snapshot.ts'
import { type Stats, sample } from './runtime/stats.ts'
import { type TapListener, tap } from './runtime/tap.ts'

/** Options of `send` (R16). */
export interface SendOptions {
  /** `false`: never wait; sent now or dropped. Default true. */
  queue?: boolean | undefined
}

/**
 * A WebSocket that comes back: exponential backoff with jitter, heartbeat, circuit breaker, bounded queue (R1–R28).
 * Nothing happens before `connect()`. Throws a TypeError for options it cannot use.
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
   * Connects and stays connected until `close()` (R24). Resolves when OPEN; rejects when closed, FAILED or BLOCKED,
   * though a BLOCKED client goes on by itself. The promise may be ignored. Throws a TypeError only where
   * `globalThis.WebSocket` is a class that itself stands on this engine.
   */
  connect(): Promise<void> {
    const { connecting, loop, snapshots } = this.#engine
    const promise = connecting.get()
    this.#engine.deliver({ type: 'connect' })
    const { state, error } = snapshots.current
    // A mistake of the programmer, which waiting for a promise would hide (R18).
    if (state === 'FAILED' && !loop.hasEvents && error && isSelfDial(error.cause)) throw error.cause
    return promise
  }

  /**
   * Sends, or queues until it can (R16). `'sent'` means handed to the platform: there is no receipt.
   * Throws a TypeError for anything but a string, Blob, ArrayBuffer or view.
   */
  send(data: WebSocketData, { queue = true }: SendOptions = {}): 'sent' | 'queued' | 'dropped' {
    if (!isWebSocketData(data)) throw new TypeError(misuse('send', typeof data))
    return this.#engine.traffic.send(data, queue)
  }

  /**
   * Closes for good, until `connect()` (R20, R23, R24): what waits for a connection is dropped; what an open one still
   * holds back goes out first, and the closing handshake follows, both within `closeTimeout`. Resolves when CLOSED, and
   * never rejects. Throws a RangeError, and changes nothing, for a code no endpoint may send or a reason over 123 bytes.
   */
  close(code = 1000, reason = ''): Promise<void> {
    if (!isSendable(code)) throw new RangeError(misuse('close', code))
    const text = String(reason)
    const bytes = byteLength(text)
    if (bytes > 123) throw new RangeError(misuse('reason', bytes))
    const { connecting, closing, errors } = this.#engine
    if (connecting.isWanted) connecting.settle(errors.make({ code: 'CLOSED_BY_USER' }))
    const closed = closing.get()
    this.#engine.deliver({ type: 'close', code, reason: text })
    return closed
  }

  /**
   * Resolves when the queue and the platform's own buffer are empty: everything has left, which is no receipt. Rejects
   * when the client is or gets CLOSED by `close()` or FAILED, and when a message is lost on the way (`MESSAGE_DROPPED`).
   * The promise may be ignored.
   */
  drain(): Promise<void> {
    const promise = this.#engine.traffic.drains.get()
    this.#engine.onSettled()
    return promise
  }

  /**
   * For a person's button, right in every state (R29): a waiting client dials now, a BLOCKED one closes the circuit and
   * dials, a CLOSED or FAILED one connects; while CONNECTING or OPEN nothing happens.
   */
  retryNow(): void {
    const { loop, state } = this.#engine
    const phase = phaseToCome(loop, state.phase)
    if (phase === 'blocked' || (phase === 'suspended' && state.circuit.state === 'OPEN')) this.closeCircuit()
    if (phase === 'waiting' || phase === 'suspended') this.reconnect()
    else if (phase === 'closing' || isResting(phase)) this.connect()
  }

  /** Replaces the connection now: skips the backoff, never an open circuit (R24). */
  reconnect(): void {
    this.#engine.deliver({ type: 'reconnect' })
  }

  /** Lets a held queue go; needed once after each `open` with `queue.hold` (R16). */
  flush(): void {
    const { sender } = this.#engine.traffic
    if (!sender.isOpen) return
    this.#engine.traffic.flush()
    this.#engine.loop.run()
    this.#engine.arm()
  }

  /** Adds a listener; returns how to remove it. Listeners run in order, each isolated from the others (R17). */
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

  /** Opens the circuit by hand for `durationMs` (default `resetTimeout`; Infinity holds it): nothing dials (R13). */
  openCircuit(durationMs = breakerOf(this.#settings).resetTimeout): void {
    if (typeof durationMs !== 'number' || !(durationMs >= 0)) throw new TypeError(misuse('openCircuit', durationMs))
    this.#engine.deliver({ type: 'openCircuit', duration: durationMs })
  }

  /** Closes the circuit by hand and forgets the failures; a BLOCKED client dials at once (R13). */
  closeCircuit(): void {
    this.#engine.deliver({ type: 'closeCircuit' })
  }

  /**
   * Changes options (R27). A new url or protocols value reconnects at once; limits apply now; a socket's own options at
   * the next attempt. Throws a TypeError for options it cannot use, and for `clock` and `random`, and then changes nothing.
   * `redial` treats the url as changed although it is the same function: it now leads elsewhere (R33, `urlKey`).
   * `anyUrl` takes a url that nothing could dial, and is FAILED (`INVALID_URL`) when it is to be dialled: a render must
   * not throw for it. Both are for the hooks.
   */
  update(options: Partial<WebSocketReconnectOptions>, redial = false, anyUrl = false): void {
    for (const name of ['clock', 'random'] as const) {
      if (options[name] !== undefined) throw new TypeError(misuse('update', name))
    }
    const engine = this.#engine
    const old = this.#settings
    const { given, settings } = readOptions(mergeOptions(this.#given, options), anyUrl)
    this.#given = given
    this.#settings = settings
    engine.configure(settings)
    try {
      if (process.env.NODE_ENV !== 'production') warnOfOptions(options, settings)
    } catch {}
    // A queue that is no longer held must not keep anything back for ever.
    if (settings.queue && old.queue && old.queue.hold && !settings.queue.hold) this.flush()
    if (options.circuitBreaker === false && engine.state.circuit.state === 'OPEN') this.closeCircuit()
    if (redial || differs(old.url, settings.url) || differs(old.protocols, settings.protocols)) {
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

  getCircuitState(): CircuitState {
    return this.getSnapshot().circuitState
  }

  /** A fresh sample of everything measurable (requirement, contract §2). */
  getStats(): Stats {
    return sample(this.#engine)
  }

  /** Calls `listener` whenever `getSnapshot()` has a new answer; returns how to stop (R26). */
  subscribe = (listener: () => void): (() => void) => this.#engine.snapshots.subscribe(listener)

  /** A frozen object, the same one until a field differs (R26). */
  getSnapshot = (): Snapshot => this.#engine.snapshots.current

  /**
   * For the hooks, which read messages with a codec: one of them could not be read (R35). It is an `error` and nothing
   * else. Not for users: it may change.
   */
  protected refuseMessage(cause: unknown): void {
    try {
      if (process.env.NODE_ENV !== 'production') {
        warn('the codec cannot read a message; the error event (INVALID_MESSAGE) has the reason as its cause.')
      }
    } catch {}
    this.#engine.errors.emit({ code: 'INVALID_MESSAGE', cause })
    this.#engine.loop.run()
  }

  /** For a protocol above: calls a user's handler as a listener is called, isolated (R17). Not for users: it may change. */
  protected call(handler: () => void): void {
    this.#engine.errors.isolate(handler)
    this.#engine.loop.run()
  }

  /**
   * For the owner of a client who has let it go and will connect it in a moment, after others have had their say: until
   * then it is idle, so that what they send waits. Nothing but a closed client is changed. Not for users: it may change.
   */
  protected prepare(): void {
    this.#engine.deliver({ type: 'prepare' })
  }
}

/** Whether an option changed by value; a new function is the same question asked again (R27). */
const differs = (before: unknown, after: unknown): boolean =>
  typeof after !== 'function' && String(before) !== String(after)
