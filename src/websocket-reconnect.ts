/**
 * The shell around the chart: owns the socket, the one host timer, the queue's gate, the listeners and the snapshot.
 * It stamps each event with the time and a random number, lets the chart decide, carries out the effects, and then
 * tells everyone, one event at a time. Messages take the fast lane past all this. Must never decide by itself what a
 * loss means: that is lifecycle.ts.
 */

import { backoffDelay, LONGEST_TIMER } from './backoff.ts'
import type { CircuitState } from './circuit-breaker.ts'
import { isAuthorization, isFatal, isSendable } from './close-codes.ts'
import { Emitter } from './emitter.ts'
import { explain, WebSocketReconnectError } from './errors.ts'
import { isPongText, pingText } from './heartbeat.ts'
import { browserEnvironment, platformClock, platformRandom, report } from './host.ts'
import { transition, visibleState } from './lifecycle.ts'
import { type Ear, type Layer, Line } from './line.ts'
import { byteLength, isWebSocketData, type WebSocketData } from './message-queue.ts'
import {
  type Clock,
  type CloseInfo,
  clampDelay,
  MANUAL_BREAKER,
  mergeOptions,
  readOptions,
  type Settings,
  type SocketLike,
  type WebSocketReconnectOptions,
  type WorldNews,
} from './options.ts'
import { type DropInfo, Outlet } from './outlet.ts'
import { initialSnapshot, refresh, type Snapshot } from './snapshot.ts'
import {
  type ChartEvent,
  type ConnectionState,
  type Effect,
  type Failure,
  initialState,
  type Limits,
  type State,
  type Verdict,
} from './state.ts'
import { type Counters, payloadSize, type Stats } from './stats.ts'
import { redact } from './url.ts'
import { warn, warnOfOptions } from './warnings.ts'

/** The payload of `retry` (requirement). */
export interface RetryInfo {
  /** Number of the retry, 1 for the first. */
  readonly attempt: number
  /** How long it waits, ms. */
  readonly delay: number
  readonly maxRetries: number
}

/** Options of `send` (R16). */
export interface SendOptions {
  /** `false`: never wait; sent now or dropped. Default true. */
  queue?: boolean | undefined
}

/** Every event and what its listeners receive: the requirement's seven, `drop` and `latency`. */
export interface ClientEvents {
  open: () => void
  /** The native event, pongs included; the second argument says whether it answers a ping. */
  message: (event: MessageEvent, isPong: boolean) => void
  close: (info: CloseInfo) => void
  error: (error: WebSocketReconnectError) => void
  retry: (info: RetryInfo) => void
  stateChange: (state: ConnectionState) => void
  circuitChange: (state: CircuitState) => void
  drop: (info: DropInfo) => void
  /** Round-trip time of a ping, ms. */
  latency: (ms: number) => void
}

/** A wall clock this far ahead of the monotonic one (ms) means that the machine has slept (R15). */
const SLEPT = 5000

interface Deferred {
  readonly promise: Promise<void>
  readonly resolve: () => void
  readonly reject: (error: WebSocketReconnectError) => void
}

type Inbound = ChartEvent & { readonly from?: Line }

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
  #limits: Limits
  readonly #clock: Clock
  readonly #random: () => number

  #state: State = initialState
  #snapshot: Snapshot = initialSnapshot
  readonly #inbox: Inbound[] = []
  readonly #outbox: Array<() => void> = []
  #busy = false

  readonly #emitter: Emitter<ClientEvents>
  #subscribers: ReadonlyArray<() => void> = []
  #deferred: Deferred | undefined

  #line: Line | undefined
  readonly #layer: Layer | undefined
  readonly #ear: Ear
  readonly #outlet: Outlet
  #timer: unknown
  #timerAt = Infinity
  #skew = 0
  #unwatch: (() => void) | undefined

  #pingAt = 0
  #pingAwaits = false
  #heardAtPing = 0
  #bufferedAtPing = 0
  #latency: number | null = null

  #error: WebSocketReconnectError | null = null
  #lastError: WebSocketReconnectError | null = null
  #lastClose: CloseInfo | null = null
  #openedAt: number | null = null
  #heardAt = -1
  readonly #counts: Counters = { connections: 0, messagesSent: 0, messagesReceived: 0, bytesSent: 0, bytesReceived: 0 }

  /** `layer` is for a protocol with a handshake of its own (`/graphql`): OPEN is then what it calls open. */
  constructor(options: WebSocketReconnectOptions, layer?: Layer) {
    this.#settings = readOptions(options)
    this.#layer = layer
    this.#given = { ...options }
    this.#limits = this.#readLimits()
    this.#clock = this.#settings.clock || platformClock
    this.#random = this.#settings.random || platformRandom
    this.#emitter = new Emitter((thrown, type) => this.#listenerFailed(thrown, type === 'error'))
    this.#ear = {
      event: (event, from) => this.#deliver({ ...event, from }),
      message: (event) => this.#receive(event),
    }
    this.#outlet = new Outlet({
      clock: this.#clock,
      limits: () => this.#settings.queue,
      socket: () => this.#openSocket(),
      transmit: (socket, data) => this.#transmit(socket, data),
      dropped: (info) => this.#tell('drop', info),
    })
    try {
      // A page without a bundler has no `process`; a warning must not break it.
      if (process.env.NODE_ENV !== 'production') warnOfOptions(options, this.#settings)
    } catch {}
  }

  // ── what a user asks for ───────────────────────────────────────────────────────────────────────────────────────

  /**
   * Connects and stays connected until `close()` (R24). Resolves when OPEN; rejects when closed, FAILED or BLOCKED,
   * though a BLOCKED client goes on by itself. The promise may be ignored. Never throws.
   */
  connect(): Promise<void> {
    if (!this.#deferred) {
      let resolve!: () => void
      let reject!: (error: WebSocketReconnectError) => void
      const promise = new Promise<void>((yes, no) => {
        resolve = yes
        reject = no
      })
      // Most callers listen to events instead; an ignored promise must not end a Node process.
      promise.catch(() => {})
      this.#deferred = { promise, resolve, reject }
    }
    const { promise } = this.#deferred
    this.#deliver({ type: 'connect' })
    return promise
  }

  /**
   * Sends, or queues until it can (R16). `'sent'` means handed to the platform: there is no receipt.
   * Throws a TypeError for anything but a string, Blob, ArrayBuffer or view.
   */
  send(data: WebSocketData, { queue = true }: SendOptions = {}): 'sent' | 'queued' | 'dropped' {
    if (!isWebSocketData(data)) {
      throw new TypeError(
        `WebSocketReconnect: send() takes a string, Blob, ArrayBuffer or view, got a value of type ${typeof data}. Use JSON.stringify for objects.`,
      )
    }
    const { phase } = this.#state
    const isLeaving = phase === 'closing' || phase === 'closed'
    const fate = isLeaving ? this.#outlet.drop(data, 'closed') : this.#outlet.send(data, queue)
    // Only now do listeners hear of drops and errors: what they send must not overtake this message (R16, R17).
    if (fate !== 'sent') this.#settle()
    // Inside a listener nothing is settled yet, and the queue may need a timer all the same.
    if (fate === 'queued') this.#arm()
    return fate
  }

  /**
   * Closes for good, until `connect()` (R20, R23, R24): drops what is queued, shakes hands for at most `closeTimeout`.
   * Throws a RangeError, and changes nothing, for a code no endpoint may send or a reason over 123 bytes.
   */
  close(code = 1000, reason = ''): void {
    if (!isSendable(code)) {
      throw new RangeError(
        `WebSocketReconnect: close() takes a code of 1000–1003, 1007–1014 or 3000–4999, got ${String(code)}.`,
      )
    }
    const text = String(reason)
    const bytes = byteLength(text)
    if (bytes > 123) {
      throw new RangeError(`WebSocketReconnect: close() takes a reason of at most 123 bytes, got ${bytes}.`)
    }
    const deferred = this.#deferred
    this.#deferred = undefined
    if (deferred) deferred.reject(this.#makeError({ code: 'CLOSED_BY_USER' }))
    this.#deliver({ type: 'close', code, reason: text })
  }

  /** Replaces the connection now: skips the backoff, never an open circuit (R24). */
  reconnect(): void {
    this.#deliver({ type: 'reconnect' })
  }

  /** Lets a held queue go; needed once after each `open` with `queue.hold` (R16). */
  flush(): void {
    if (!this.#openSocket()) return
    this.#outlet.flow()
    this.#settle()
    this.#arm()
  }

  /** Adds a listener; returns how to remove it. Listeners run in order, each isolated from the others (R17). */
  on<K extends keyof ClientEvents>(type: K, listener: ClientEvents[K]): () => void {
    return this.#emitter.on(type, listener)
  }

  /** As `on`, for one event. */
  once<K extends keyof ClientEvents>(type: K, listener: ClientEvents[K]): () => void {
    return this.#emitter.once(type, listener)
  }

  /** Removes a listener wherever it was added for this event. */
  off<K extends keyof ClientEvents>(type: K, listener: ClientEvents[K]): void {
    this.#emitter.off(type, listener)
  }

  /** Opens the circuit by hand for `durationMs` (default `resetTimeout`; Infinity holds it): nothing dials (R13). */
  openCircuit(durationMs = this.#limits.resetTimeout): void {
    if (typeof durationMs !== 'number' || !(durationMs >= 0)) {
      throw new TypeError(`WebSocketReconnect: openCircuit() takes a number of ms ≥ 0, got ${String(durationMs)}.`)
    }
    this.#deliver({ type: 'openCircuit', duration: durationMs })
  }

  /** Closes the circuit by hand and forgets the failures; a BLOCKED client dials at once (R13). */
  closeCircuit(): void {
    this.#deliver({ type: 'closeCircuit' })
  }

  /**
   * Changes options (R27). A new url or protocols value reconnects at once; limits apply now; a socket's own options at
   * the next attempt. Throws a TypeError for options it cannot use, and for `clock` and `random`, and then changes nothing.
   * `redial` treats the url as changed although it is the same function: it now leads elsewhere (R33, `urlKey`).
   */
  update(options: Partial<WebSocketReconnectOptions>, redial = false): void {
    for (const name of ['clock', 'random'] as const) {
      if (options[name] !== undefined) {
        throw new TypeError(`WebSocketReconnect: update() cannot change "${name}". Create a new client instead.`)
      }
    }
    const given = mergeOptions(this.#given, options)
    const settings = readOptions(given)
    const old = this.#settings
    this.#given = given
    this.#settings = settings
    this.#limits = this.#readLimits()
    try {
      if (process.env.NODE_ENV !== 'production') warnOfOptions(options, settings)
    } catch {}
    // A queue that is switched off, or no longer held, must not keep anything back for ever.
    if (!settings.queue) this.#outlet.dropAll('no-queue')
    else if (old.queue && old.queue.hold && !settings.queue.hold) this.flush()
    if (options.circuitBreaker === false && this.#state.circuit.state === 'OPEN') this.closeCircuit()
    if (redial || differs(old.url, settings.url) || differs(old.protocols, settings.protocols)) {
      if (this.#line?.over) this.#line = undefined
      this.#deliver({ type: 'redirect' })
    }
    this.#deliver({ type: 'adjust' })
  }

  // ── what a user may look at ────────────────────────────────────────────────────────────────────────────────────

  get state(): ConnectionState {
    return this.#snapshot.state
  }

  /** The address last dialled, secrets and all; before that, the one given. */
  get url(): string {
    const { url } = this.#settings
    return this.#line?.url || (typeof url === 'function' ? '' : String(url))
  }

  /** The subprotocol the server chose, or ''. */
  get protocol(): string {
    return this.#snapshot.protocol || ''
  }

  /** Every option with its default in place; frozen. */
  get options(): Settings {
    return this.#settings
  }

  /** Bytes the platform has not sent yet. */
  get bufferedAmount(): number {
    const line = this.#line
    return (line && !line.over && line.socket?.bufferedAmount) || 0
  }

  getCircuitState(): CircuitState {
    return this.#snapshot.circuitState
  }

  /** A fresh sample of everything measurable (requirement, contract §2). */
  getStats(): Stats {
    const { state, circuitState, retryCount, circuitFailures, retryAt } = this.#snapshot
    const { maxRetries, failureThreshold } = this.#limits
    const now = this.#clock.now()
    const at = this.#state
    const isOpen = at.phase === 'open' || at.phase === 'probing'
    return {
      state,
      circuitState,
      retryCount,
      maxRetries,
      circuitFailures,
      failureThreshold,
      lastActivity: this.#lastActivity(now),
      uptime: isOpen ? Math.round(this.#clock.monotonic() - at.openedAt) : 0,
      latency: this.#latency,
      retryAt,
      openedAt: isOpen ? this.#openedAt : null,
      ...this.#counts,
      queuedMessages: this.#outlet.size,
      bufferedAmount: this.bufferedAmount,
      lastError: this.#lastError,
    }
  }

  /** Calls `listener` whenever `getSnapshot()` has a new answer; returns how to stop (R26). */
  subscribe = (listener: () => void): (() => void) => {
    const call = () => listener()
    this.#subscribers = [...this.#subscribers, call]
    return () => {
      this.#subscribers = this.#subscribers.filter((other) => other !== call)
    }
  }

  /** A frozen object, the same one until a field differs (R26). */
  getSnapshot = (): Snapshot => this.#snapshot

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
    this.#complain({ code: 'INVALID_MESSAGE', cause })
    this.#settle()
  }

  /** For a protocol above: calls a user's handler as a listener is called, isolated (R17). Not for users: it may change. */
  protected call(handler: () => void): void {
    this.#guard(handler)
    this.#settle()
  }

  // ── one event at a time ────────────────────────────────────────────────────────────────────────────────────────

  #deliver(event: Inbound): void {
    this.#inbox.push(event)
    this.#settle()
  }

  /** Works until nothing is left to tell or to decide; a call from inside a listener joins the line. */
  #settle(): void {
    if (this.#busy) return
    this.#busy = true
    try {
      for (;;) {
        const tell = this.#outbox.shift()
        if (tell) {
          tell()
          continue
        }
        const event = this.#inbox.shift()
        if (!event) {
          // Only now: a listener of `open` may have asked to close, and then the queue must stay home.
          if (this.#outlet.gate !== 'express') break
          const { queue } = this.#settings
          if (queue && queue.hold) this.#outlet.shut()
          else this.#outlet.flow()
          continue
        }
        // What a released socket said while it waited in line is a ghost's word.
        if (!event.from?.over) this.#step(event)
      }
    } finally {
      this.#busy = false
    }
    this.#arm()
  }

  #step(event: Inbound): void {
    const before = this.#state
    const stamp = { now: this.#clock.monotonic(), random: this.#random(), answered: this.#isAnswered() }
    if (event.type === 'refused') this.#line?.release(1000, '')
    if (event.type === 'lost') this.#line?.bury()
    // The user is asked only about closes that nobody here has asked for.
    if (event.type === 'lost' && before.phase !== 'closing') {
      event = { ...event, verdict: this.#judge(event, before.phase !== 'connecting') }
    }
    const [after, ...effects] = transition(before, { ...event, ...stamp }, this.#limits)
    this.#state = after
    const wanted = after.phase !== 'idle' && after.phase !== 'closed'
    if (wanted !== !!this.#unwatch) this.#watch(wanted)

    for (const effect of effects) this.#carryOut(effect)
    if (!wanted) this.#error = null
    this.#publish(stamp.now)
    for (const effect of effects) {
      if (effect.do === 'retry') {
        const { attempt, delay } = effect
        this.#tell('retry', { attempt, delay, maxRetries: this.#limits.maxRetries })
      } else if (effect.do === 'open') {
        this.#tell('open')
      }
    }
    // Where a later connect() already waits in line, the promise is its to settle.
    if (!this.#inbox.some(({ type }) => type === 'connect')) this.#settlePromise(after)
  }

  /** The effects that touch the world, in order; listeners hear of them once everything is in place (R17). */
  #carryOut(effect: Effect): void {
    switch (effect.do) {
      case 'dial':
        this.#line = new Line(this.#settings, this.#ear, this.#layer)
        return this.#line.dial(this.#state.retryCount, this.#lastClose)
      case 'ping':
        return this.#ping()
      case 'hangUp':
        return this.#line?.hangUp(effect.code, effect.reason)
      case 'release':
        return this.#line?.release(effect.code, effect.reason)
      case 'drop':
        return this.#outlet.dropAll(effect.reason)
      case 'error':
        this.#error = this.#complain(effect.failure)
        return
      case 'open':
        this.#error = null
        this.#counts.connections++
        this.#openedAt = this.#clock.now()
        this.#heardAt = this.#clock.monotonic()
        this.#pingAwaits = false
        this.#outlet.gate = 'express'
        return
      case 'close': {
        const { code, reason, wasClean, opened } = effect
        this.#lastClose = Object.freeze({ code, reason, wasClean, opened })
        this.#outlet.shut()
        this.#tell('close', this.#lastClose)
      }
    }
  }

  #tell<K extends keyof ClientEvents>(type: K, ...[first, second]: Parameters<ClientEvents[K]>): void {
    this.#outbox.push(() => this.#emitter.emit(type, first, second))
  }

  /** Replaces the snapshot if there is news, and queues the telling of it: circuit first, then state (R25). */
  #publish(now: number): void {
    const old = this.#snapshot
    const { circuit, phase, until, retryCount, reconnecting } = this.#state
    const offset = this.#clock.now() - now
    // The same deadline must stay the same number, though the wall clock drifts against the monotonic one.
    const epoch = (at: number, key: 'retryAt' | 'halfOpenAt') => {
      if (at === Infinity) return null
      const value = Math.round(at + offset)
      const known = old[key]
      return known !== null && Math.abs(known - value) < 2 ? known : value
    }
    this.#snapshot = refresh(old, {
      state: visibleState(this.#state),
      circuitState: circuit.state,
      circuitFailures: circuit.failures,
      isReconnecting: reconnecting,
      retryCount,
      retryAt: epoch(phase === 'waiting' ? until : phase === 'blocked' ? circuit.trialAt : Infinity, 'retryAt'),
      halfOpenAt: epoch(circuit.state === 'OPEN' ? circuit.halfOpenAt : Infinity, 'halfOpenAt'),
      connectionId: this.#counts.connections,
      protocol: phase === 'open' || phase === 'probing' ? this.#line?.socket?.protocol || '' : null,
      error: this.#error,
      lastClose: this.#lastClose,
    })
    const next = this.#snapshot
    if (next === old) return
    if (next.circuitState !== old.circuitState) this.#tell('circuitChange', next.circuitState)
    if (next.state !== old.state) this.#tell('stateChange', next.state)
    this.#outbox.push(() => {
      for (const listener of this.#subscribers) {
        try {
          listener()
        } catch (thrown) {
          this.#listenerFailed(thrown, false)
        }
      }
    })
  }

  #settlePromise({ phase }: State): void {
    const deferred = this.#deferred
    if (!deferred || phase === 'connecting' || phase === 'waiting' || phase === 'closing') return
    this.#deferred = undefined
    if (phase === 'open' || phase === 'probing') deferred.resolve()
    else if (phase === 'blocked') deferred.reject(this.#makeError({ code: 'CIRCUIT_OPEN' }))
    else deferred.reject(this.#error || this.#makeError({ code: 'CLOSED_BY_USER' }))
  }

  // ── the socket ─────────────────────────────────────────────────────────────────────────────────────────────────

  #openSocket(): SocketLike | undefined {
    const { phase } = this.#state
    const socket = this.#line?.socket
    return (phase === 'open' || phase === 'probing') && socket?.readyState === 1 ? socket : undefined
  }

  /** What this close means for the next attempt: the user's word, else the code's (R12). */
  #judge({ code, reason, wasClean, failure }: ChartEvent<'lost'>, opened: boolean): Verdict {
    const { shouldReconnect, url, protocols } = this.#settings
    const info: CloseInfo =
      opened || failure ? { code, reason, wasClean, opened } : { code: 1006, reason: '', wasClean: false, opened }
    if (shouldReconnect) {
      try {
        return shouldReconnect(info, this.#state.retryCount) ? 'retry' : 'fatal'
      } catch (thrown) {
        this.#complain({ code: 'LISTENER_FAILED', cause: thrown })
      }
    }
    if (!isFatal(info.code)) return 'retry'
    const fresh = typeof url === 'function' || typeof protocols === 'function'
    return fresh && isAuthorization(info.code) ? 'pardonable' : 'fatal'
  }

  // ── messages: the fast lane ────────────────────────────────────────────────────────────────────────────────────

  #receive(event: MessageEvent): void {
    this.#counts.messagesReceived++
    this.#counts.bytesReceived += payloadSize(event.data)
    this.#heardAt = event.timeStamp || this.#clock.monotonic()
    const isPong = this.#settings.heartbeatInterval > 0 && this.#isPong(event.data)
    if (this.#busy) this.#tell('message', event, isPong)
    else {
      // Whatever listeners ask for joins the line, so that all of them see this message in the same state.
      this.#busy = true
      this.#emitter.emit('message', event, isPong)
      this.#busy = false
    }
    if (isPong && this.#pingAwaits) {
      this.#pingAwaits = false
      this.#latency = Math.max(0, this.#clock.monotonic() - this.#pingAt)
      this.#tell('latency', this.#latency)
    }
    if (this.#inbox.length || this.#outbox.length) this.#settle()
  }

  #isPong(data: unknown): boolean {
    try {
      return !!(this.#settings.isPong || isPongText)(data)
    } catch {
      return false
    }
  }

  #ping(): void {
    const socket = this.#openSocket()
    this.#heardAtPing = this.#counts.messagesReceived
    // Read before the ping adds to it: a buffer that takes the ping and passes it to a dead line has proved nothing.
    this.#bufferedAtPing = this.bufferedAmount
    this.#pingAt = this.#clock.monotonic()
    try {
      const text = pingText(this.#settings.heartbeatMessage)
      this.#pingAwaits = true
      if (socket) this.#transmit(socket, text)
    } catch (cause) {
      // No ping went out, so its silence must not be held against the line.
      this.#heardAtPing = -1
      this.#complain({ code: 'HEARTBEAT_INVALID', cause })
    }
  }

  #isAnswered(): boolean {
    return this.#counts.messagesReceived !== this.#heardAtPing || this.bufferedAmount < this.#bufferedAtPing
  }

  #lastActivity(now: number): number | null {
    const at = this.#heardAt
    if (at < 0) return null
    // Some mocks stamp events with the wall clock; browsers and Node with the monotonic one.
    return Math.min(now, Math.round(at > 1e12 ? at : now - this.#clock.monotonic() + at))
  }

  /** Hands a message to the platform; false, with an `error`, if that throws. */
  #transmit(socket: SocketLike, data: WebSocketData): boolean {
    // What we add now would hide that the buffer has drained since the ping, which answers it (R14).
    if (socket.bufferedAmount < this.#bufferedAtPing) this.#bufferedAtPing = Infinity
    try {
      socket.send(data as never)
    } catch (cause) {
      this.#complain({ code: 'SOCKET_THREW', cause })
      return false
    }
    this.#counts.messagesSent++
    this.#counts.bytesSent += payloadSize(data)
    return true
  }

  // ── the world ──────────────────────────────────────────────────────────────────────────────────────────────────

  #watch(wanted: boolean): void {
    if (!wanted) {
      const stop = this.#unwatch
      this.#unwatch = undefined
      this.#guard(stop)
      return
    }
    this.#skew = this.#clock.now() - this.#clock.monotonic()
    this.#unwatch = () => {}
    const { environment = browserEnvironment } = this.#settings
    if (environment === false) return
    const notify = (news: WorldNews) => {
      if (!this.#unwatch) return
      // This wake is known: the clocks' gap must not tell of it a second time.
      if (news === 'wake') this.#skew = this.#clock.now() - this.#clock.monotonic()
      this.#deliver({ type: news })
    }
    this.#guard(() => {
      this.#unwatch = environment(notify) || this.#unwatch
    })
  }

  /** One host timer, for whatever is due first (R2). */
  #arm(): void {
    const { phase, until } = this.#state
    const { pollAt } = this.#outlet
    const resting = phase === 'idle' || phase === 'closed' || phase === 'failed'
    const at = resting ? Infinity : Math.min(until, pollAt, this.#outlet.expiresAt())
    if (at === this.#timerAt) return
    if (this.#timerAt < Infinity) this.#clock.clearTimeout(this.#timer)
    this.#timerAt = at
    if (at === Infinity) return
    const wait = Math.ceil(Math.min(Math.max(0, at - this.#clock.monotonic()), LONGEST_TIMER))
    this.#timer = this.#clock.setTimeout(() => this.#onTimer(), wait)
  }

  #onTimer(): void {
    this.#timerAt = Infinity
    const now = this.#clock.monotonic()
    const skew = this.#clock.now() - now
    const slept = skew - this.#skew > SLEPT
    this.#skew = skew
    if (slept) this.#deliver({ type: 'wake' })
    if (this.#state.until <= now) this.#deliver({ type: 'timeout' })
    this.#outlet.expire()
    if (this.#outlet.pollAt <= now) this.#outlet.flow()
    this.#settle()
  }

  // ── settings and errors ────────────────────────────────────────────────────────────────────────────────────────

  #readLimits(): Limits {
    const settings = this.#settings
    return {
      ...settings,
      ...(settings.circuitBreaker || MANUAL_BREAKER),
      backoff: (attempt, random, previous) => backoffDelay(attempt, settings, random, previous),
      adjust: (attempt, delay, lastClose) => {
        const { retryDelay } = settings
        if (!retryDelay) return delay
        try {
          return clampDelay(retryDelay({ attempt, delay, lastClose }))
        } catch (thrown) {
          this.#complain({ code: 'LISTENER_FAILED', cause: thrown })
          return delay
        }
      },
    }
  }

  #makeError({ code, cause }: Failure): WebSocketReconnectError {
    const { heartbeatTimeout, connectTimeout } = this.#settings
    const timeout = code === 'HEARTBEAT_TIMEOUT' ? heartbeatTimeout : connectTimeout
    const earlier = (code === 'RETRIES_EXHAUSTED' || code === 'FATAL_CLOSE') && cause
    const text = explain(code, redact(this.url) || 'the address', timeout)
    return new WebSocketReconnectError(code, text, earlier ? this.#makeError(earlier as Failure) : cause)
  }

  #complain(failure: Failure): WebSocketReconnectError {
    const error = this.#makeError(failure)
    this.#lastError = error
    this.#tell('error', error)
    return error
  }

  #listenerFailed(thrown: unknown, fromErrorListener: boolean): void {
    if (report(thrown)) return
    if (!fromErrorListener && this.#emitter.has('error')) {
      this.#complain({ code: 'LISTENER_FAILED', cause: thrown })
    } else {
      this.#clock.setTimeout(() => {
        throw thrown
      }, 0)
    }
  }

  /** Runs a user's function that has no business throwing. */
  #guard(fn: (() => void) | undefined): void {
    try {
      fn?.()
    } catch (thrown) {
      this.#listenerFailed(thrown, false)
    }
  }
}

/** Whether an option changed by value; a new function is the same question asked again (R27). */
const differs = (before: unknown, after: unknown): boolean =>
  typeof after !== 'function' && String(before) !== String(after)
