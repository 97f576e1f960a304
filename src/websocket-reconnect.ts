/**
 * The shell around the chart: owns the socket, the one host timer, the queue's gate, the listeners and the snapshot.
 * It stamps each event with the time and a random number, lets the chart decide, carries out the effects, and then
 * tells everyone, one event at a time. Messages take the fast lane past all this. Must never decide by itself what a
 * loss means: that is lifecycle.ts.
 */

import { endingOf } from './attempt.ts'
import { backoffDelay, LONGEST_TIMER } from './backoff.ts'
import type { CircuitState } from './circuit-breaker.ts'
import { closeAction, isSendable } from './close-codes.ts'
import { Emitter } from './emitter.ts'
import { sentenceOf, WebSocketReconnectError } from './errors.ts'
import { Fifo } from './fifo.ts'
import { isPongText, pingText } from './heartbeat.ts'
import { browserEnvironment, platformClock, platformRandom, report } from './host.ts'
import { transition, visibleState, visibleStatus } from './lifecycle.ts'
import { type Ear, isLoop, type Layer, Line, surrounding } from './line.ts'
import { byteLength, isWebSocketData, type WebSocketData } from './message-queue.ts'
import type { LeaseRights, LeaseState } from './mount-lease.ts'
import {
  type Clock,
  type CloseInfo,
  clampDelay,
  copyOptions,
  MANUAL_BREAKER,
  mergeOptions,
  readOptions,
  type Settings,
  type SocketLike,
  type WebSocketReconnectOptions,
  type WorldNews,
} from './options.ts'
import { type DropInfo, Sender } from './sender.ts'
import { initialSnapshot, refresh, type Snapshot } from './snapshot.ts'
import {
  type ChartEvent,
  type ConnectionState,
  type Effect,
  type Failure,
  initialState,
  type Limits,
  type Phase,
  type Stamp,
  type State,
} from './state.ts'
import { type Counters, payloadSize, type Stats } from './stats.ts'
import { redact } from './url.ts'
import { warn, warnOfOptions, warnOfProvider, warnOfSilence } from './warnings.ts'

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
  /**
   * The native event, pongs included; the second argument says whether it answers a ping, or is otherwise nothing but
   * the protocol's own talk.
   */
  message: (event: MessageEvent, isControl: boolean) => void
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

/** How often a `drain()` looks whether the platform has sent what it holds, ms. */
const DRAIN_POLL = 50

interface Deferred {
  readonly promise: Promise<void>
  readonly resolve: () => void
  readonly reject: (error: WebSocketReconnectError) => void
}

function defer(): Deferred {
  let resolve!: () => void
  let reject!: (error: WebSocketReconnectError) => void
  const promise = new Promise<void>((yes, no) => {
    resolve = yes
    reject = no
  })
  // Most callers listen to events instead; an ignored promise must not end a Node process.
  promise.catch(() => {})
  return { promise, resolve, reject }
}

/** `mark`: what had been sent when it was asked for; a message that was sent later is not its business. */
type Inbound = ChartEvent & { readonly from?: Line; readonly mark?: number }

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
  readonly #inbox = new Fifo<Inbound>()
  readonly #outbox = new Fifo<() => void>()
  #busy = false

  readonly #emitter: Emitter<ClientEvents>
  #subscribers: Set<() => void> | undefined
  #deferred: Deferred | undefined
  /** Those who wait for CLOSED. */
  #closers: Array<() => void> = []
  /** Those who wait for an empty queue, and what the platform held when they last looked. */
  #drains: Deferred[] = []
  #held = 0
  #drainPollAt = Infinity

  #line: Line | undefined
  readonly #layer: Layer | undefined
  readonly #surrounding = surrounding()
  readonly #ear: Ear
  readonly #sender: Sender
  /** Said to the peer once what was accepted before it has gone out; what came later is not for this peer (R16). */
  #parting: { readonly code: number; readonly reason: string; readonly mark: number | undefined } | undefined
  #timer: unknown
  #timerAt = Infinity
  /** How far the timers are ahead of the clock: some test runners fake the one and not the other. */
  #ahead = 0
  /** The verdict that waits until what has arrived has been read. */
  #verdictAt = -1
  #skew = 0
  #unwatch: (() => void) | undefined
  /** Since when nobody has seen the page, monotonic ms. */
  #hiddenSince = Infinity

  #pingAt = 0
  #pingAwaits = false
  /** Something was said while a ping waited for its answer. */
  #isPingHeard = false
  #heardAtPing = 0
  #latency: number | null = null

  #error: WebSocketReconnectError | null = null
  #lastError: WebSocketReconnectError | null = null
  #lastClose: CloseInfo | null = null
  #openedAt: number | null = null
  #addressId = 0
  #lease: LeaseState | undefined
  #heardAt = -1
  readonly #counts: Counters = { connections: 0, messagesSent: 0, messagesReceived: 0, bytesSent: 0, bytesReceived: 0 }

  /** `layer` is for a protocol with a handshake of its own (`/graphql`): OPEN is then what it calls open. */
  constructor(options: WebSocketReconnectOptions, layer?: Layer) {
    this.#settings = readOptions(options)
    this.#layer = layer
    this.#given = copyOptions(options)
    this.#limits = this.#readLimits()
    this.#clock = this.#settings.clock || platformClock
    this.#random = this.#settings.random || platformRandom
    this.#emitter = new Emitter((thrown, type) => this.#listenerFailed(thrown, type === 'error'))
    this.#ear = {
      event: (event, from) => this.#deliver({ ...event, from }),
      message: (event) => this.#receive(event),
    }
    this.#sender = new Sender(this.#settings.queue, this.#counts, {
      now: () => this.#now(),
      dropped: (info, isLoss) => {
        this.#tell('drop', info)
        if (isLoss) this.#rejectDrains({ code: 'MESSAGE_DROPPED', cause: info })
      },
      threw: (cause) => this.#complain({ code: 'SOCKET_THREW', cause }),
    })
    try {
      // A page without a bundler has no `process`; a warning must not break it.
      if (process.env.NODE_ENV !== 'production') warnOfOptions(options, this.#settings)
    } catch {}
  }

  // ── what a user asks for ───────────────────────────────────────────────────────────────────────────────────────

  /**
   * Connects and stays connected until `close()` (R24). Resolves when OPEN; rejects when closed, FAILED or BLOCKED,
   * though a BLOCKED client goes on by itself. The promise may be ignored. Throws a TypeError only where
   * `globalThis.WebSocket` is a class that itself stands on this engine.
   */
  connect(): Promise<void> {
    if (this.#lease) this.#lease.isClosedByUser = false
    const { promise } = (this.#deferred = this.#deferred || defer())
    this.#deliver({ type: 'connect' })
    const { state, error } = this.#snapshot
    // A mistake of the programmer, which waiting for a promise would hide (R18).
    if (state === 'FAILED' && !this.#inbox.size && error && isLoop(error.cause)) throw error.cause
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
    this.#lease?.beforeSend()
    const { phase } = this.#state
    let isLeaving = phase === 'closing' || phase === 'closed'
    let isDirect = true
    // What a listener has asked for is not done yet, and yet this message comes after it.
    if (this.#inbox.size) {
      this.#inbox.some(({ type }) => {
        if (type === 'close') isLeaving = true
        else if (type === 'connect' || type === 'reconnect' || type === 'prepare') isLeaving = false
        if (type === 'reconnect' || type === 'redirect' || type === 'openCircuit') isDirect = false
        if (isLeaving) isDirect = false
        return false
      })
    }
    const fate = isLeaving ? this.#sender.drop(data, 'closed') : this.#sender.send(data, queue, isDirect)
    // Only now do listeners hear of drops and errors: what they send must not overtake this message (R16, R17).
    if (this.#outbox.size) this.#settle()
    // Inside a listener nothing is settled yet, and the queue may need a timer all the same.
    if (fate === 'queued' && this.#sender.isTimed) this.#arm()
    return fate
  }

  /**
   * Closes for good, until `connect()` (R20, R23, R24): what waits for a connection is dropped; what an open one still
   * holds back goes out first, and the closing handshake follows, both within `closeTimeout`. Resolves when CLOSED, and
   * never rejects. Throws a RangeError, and changes nothing, for a code no endpoint may send or a reason over 123 bytes.
   */
  close(code = 1000, reason = ''): Promise<void> {
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
    // Before the closing, because a listener of it may already ask to connect again.
    if (this.#lease) this.#lease.isClosedByUser = true
    return this.#close(code, text)
  }

  #close(code: number, reason: string): Promise<void> {
    const deferred = this.#deferred
    this.#deferred = undefined
    if (deferred) deferred.reject(this.#makeError({ code: 'CLOSED_BY_USER' }))
    const closed = new Promise<void>((resolve) => {
      this.#closers.push(resolve)
    })
    this.#deliver({ type: 'close', code, reason })
    return closed
  }

  /**
   * Resolves when the queue and the platform's own buffer are empty: everything has left, which is no receipt. Rejects
   * when the client is or gets CLOSED by `close()` or FAILED, and when a message is lost on the way (`MESSAGE_DROPPED`).
   * The promise may be ignored.
   */
  drain(): Promise<void> {
    const deferred = defer()
    this.#drains.push(deferred)
    this.#settleDrains()
    this.#arm()
    return deferred.promise
  }

  /**
   * For a person's button, right in every state (R29): a waiting client dials now, a BLOCKED one closes the circuit and
   * dials, a CLOSED or FAILED one connects; while CONNECTING or OPEN nothing happens.
   */
  retryNow(): void {
    let { phase } = this.#state
    // What a listener has asked for is not done yet, and yet this comes after it.
    this.#inbox.some(({ type }) => {
      if (type === 'close') phase = 'closed'
      else if (type === 'connect' || type === 'reconnect') phase = 'connecting'
      else if (type === 'openCircuit' && phase !== 'closing' && !isResting(phase)) phase = 'blocked'
      else if (type === 'closeCircuit' && phase === 'blocked') phase = 'connecting'
      return false
    })
    if (phase === 'blocked' || (phase === 'suspended' && this.#state.circuit.state === 'OPEN')) this.closeCircuit()
    if (phase === 'blocked') return
    if (phase === 'waiting' || phase === 'suspended') this.reconnect()
    else if (phase !== 'open' && phase !== 'probing' && phase !== 'connecting') this.connect()
  }

  /** Replaces the connection now: skips the backoff, never an open circuit (R24). */
  reconnect(): void {
    if (this.#lease) this.#lease.isClosedByUser = false
    this.#deliver({ type: 'reconnect' })
  }

  /** Lets a held queue go; needed once after each `open` with `queue.hold` (R16). */
  flush(): void {
    if (!this.#sender.isOpen) return
    this.#sender.flush(this.#parting?.mark)
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
   */
  update(options: Partial<WebSocketReconnectOptions>): void {
    this.#update(options)
  }

  /** With `address`, for the holder of a lease: see `LeaseRights`. */
  #update(options: Partial<WebSocketReconnectOptions>, address?: 'same' | 'other' | 'none'): void {
    for (const name of ['clock', 'random'] as const) {
      if (options[name] !== undefined) {
        throw new TypeError(`WebSocketReconnect: update() cannot change "${name}". Create a new client instead.`)
      }
    }
    const given = mergeOptions(this.#given, options)
    const settings = readOptions(given, !!address)
    const old = this.#settings
    this.#given = given
    this.#settings = settings
    this.#limits = this.#readLimits()
    try {
      if (process.env.NODE_ENV !== 'production') warnOfOptions(options, settings)
    } catch {}
    // A queue that is switched off, or no longer held, must not keep anything back for ever.
    this.#sender.limit(settings.queue)
    if (settings.queue && old.queue && old.queue.hold && !settings.queue.hold) this.flush()
    if (options.circuitBreaker === false && this.#state.circuit.state === 'OPEN') this.closeCircuit()
    if (address === 'none') this.#addressId++
    if (address === 'other' || differs(old.url, settings.url) || differs(old.protocols, settings.protocols)) {
      this.#addressId++
      if (this.#line?.over) this.#line = undefined
      this.#deliver({ type: 'redirect' })
    }
    this.#deliver({ type: 'adjust' })
  }

  // ── what a user may look at ────────────────────────────────────────────────────────────────────────────────────

  /** As in the snapshot; inside a listener that has called `close()` it is true already. */
  get state(): ConnectionState {
    const { state } = this.#snapshot
    if (!this.#isAskedToClose()) return state
    return state === 'OPEN' || state === 'CLOSING' ? 'CLOSING' : 'CLOSED'
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
      uptime: isOpen ? Math.round(this.#now() - at.openedAt) : 0,
      latency: this.#latency,
      retryAt,
      openedAt: isOpen ? this.#openedAt : null,
      ...this.#counts,
      queuedMessages: this.#sender.size,
      bufferedAmount: this.bufferedAmount,
      lastError: this.#lastError,
    }
  }

  /** Calls `listener` whenever `getSnapshot()` has a new answer; returns how to stop (R26). */
  subscribe = (listener: () => void): (() => void) => {
    // A wrapper of its own for every subscription: the same function may be there twice.
    const call = () => listener()
    const subscribers = (this.#subscribers = this.#subscribers || new Set())
    subscribers.add(call)
    return () => {
      subscribers.delete(call)
    }
  }

  /** A frozen object, the same one until a field differs (R26). */
  getSnapshot = (): Snapshot => this.#snapshot

  /** What there is before anything has happened: on a server, and for the first render over its HTML (R34). */
  getServerSnapshot(): Snapshot {
    return initialSnapshot
  }

  /** What a message holds: the event's `data`, or what the protocol between socket and engine wraps in it. */
  messageData(event: MessageEvent): unknown {
    return this.#layer?.messageData ? this.#layer.messageData(event) : event.data
  }

  /** For who reads messages with a codec: one of them could not be read (R35). An `error` event and nothing else. */
  reportDecodeError(cause: unknown): void {
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

  /**
   * For the lease of a client that lives in a part of a page (mount-lease.ts): from now on the engine tells it of the
   * user's own words, and shows what it shows. Not for users: it may change.
   */
  grant(lease: LeaseState): LeaseRights {
    this.#lease = lease
    this.getSnapshot = () => lease.show(this.#snapshot)
    this.getServerSnapshot = () => lease.serverSnapshot
    return {
      close: () => void this.#close(1000, ''),
      prepare: () => this.#deliver({ type: 'prepare' }),
      update: (options, address) => this.#update(options, address),
    }
  }

  // ── one event at a time ────────────────────────────────────────────────────────────────────────────────────────

  #deliver(event: Inbound): void {
    this.#inbox.push({ ...event, mark: this.#sender.mark })
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
          if (this.#sender.mode !== 'openListenersOnly') break
          const { queue } = this.#settings
          if (queue && queue.hold) this.#sender.hold()
          else this.#sender.flush()
          continue
        }
        // What a released socket said while it waited in line is a ghost's word.
        if (!event.from?.over) this.#step(event)
      }
    } finally {
      this.#busy = false
    }
    this.#settleDrains()
    this.#arm()
  }

  #step(event: Inbound): void {
    const before = this.#state
    const stamp: Stamp = { now: this.#now(), random: this.#random(), answered: this.#isAnswered() }
    if (event.type === 'refused') this.#line?.release(1000, '')
    if (event.type === 'lost') this.#line?.bury()
    const answer = this.#askUser({ ...event, ...stamp })
    const [after, ...effects] = transition(before, { ...event, ...stamp, answer }, this.#limits)
    this.#state = after
    const wanted = after.phase !== 'idle' && after.phase !== 'closed'
    if (wanted !== !!this.#unwatch) this.#watch(wanted)

    for (const effect of effects) this.#carryOut(effect, event.mark)
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
    if (after.phase !== 'closing') {
      this.#parting = undefined
      if (this.#closers.length && !this.#inbox.some(({ type }) => type === 'close')) {
        for (const resolve of this.#closers.splice(0)) resolve()
      }
    }
  }

  /** The effects that touch the world, in order; listeners hear of them once everything is in place (R17). */
  #carryOut(effect: Effect, mark: number | undefined): void {
    switch (effect.do) {
      case 'dial':
        this.#line = new Line(this.#settings, this.#ear, this.#layer, this.#surrounding)
        return this.#line.dial(this.#state.retryCount, this.#lastClose)
      case 'ping':
        return this.#ping()
      case 'mark':
        this.#markHeard()
        return
      case 'hangUp':
        // What an open line has accepted goes out before the closing handshake; what waits for another, or for one that
        // takes nothing any more, does not.
        this.#parting = { ...effect, mark }
        if (this.#sender.mode === 'open' && this.#sender.isOpen) this.#sender.flush(mark)
        else this.#sender.dropAll('closed', mark)
        return this.#part()
      case 'release':
        return this.#line?.release(effect.code, effect.reason)
      case 'drop':
        return this.#sender.dropAll(effect.reason, mark)
      case 'error':
        this.#error = this.#complain(effect.failure)
        this.#explainOnConsole(effect.failure)
        return
      case 'open':
        this.#error = null
        this.#counts.connections++
        this.#openedAt = this.#clock.now()
        this.#heardAt = this.#clock.monotonic()
        this.#pingAwaits = false
        this.#sender.open(this.#line?.socket as SocketLike)
        return
      case 'close': {
        const { code, reason, wasClean, opened } = effect
        this.#lastClose = Object.freeze({ code, reason, wasClean, opened })
        this.#sender.close()
        // What the platform held is lost with its socket, and nobody can say how much of it.
        if (this.#held) this.#rejectDrains({ code: 'MESSAGE_DROPPED', cause: this.#lastClose })
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
      status: visibleStatus(this.#state),
      circuitState: circuit.state,
      circuitFailures: circuit.failures,
      isReconnecting: reconnecting,
      retryCount,
      retryAt: epoch(phase === 'waiting' ? until : phase === 'blocked' ? circuit.trialAt : Infinity, 'retryAt'),
      halfOpenAt: epoch(circuit.state === 'OPEN' ? circuit.halfOpenAt : Infinity, 'halfOpenAt'),
      connectionId: this.#counts.connections,
      addressId: this.#addressId,
      protocol: phase === 'open' || phase === 'probing' ? this.#line?.socket?.protocol || '' : null,
      error: this.#error,
      lastClose: this.#lastClose,
    })
    const next = this.#snapshot
    if (next === old) return
    if (next.circuitState !== old.circuitState) this.#tell('circuitChange', next.circuitState)
    if (next.state !== old.state) this.#tell('stateChange', next.state)
    this.#outbox.push(() => {
      for (const listener of [...(this.#subscribers || [])]) {
        // Removed by an earlier one in this very telling: its owner may be gone.
        if (!this.#subscribers?.has(listener)) continue
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
    if (!deferred || phase === 'connecting' || phase === 'waiting' || phase === 'closing' || phase === 'suspended')
      return
    this.#deferred = undefined
    if (phase === 'open' || phase === 'probing') deferred.resolve()
    else if (phase === 'blocked') deferred.reject(this.#makeError({ code: 'CIRCUIT_OPEN' }))
    else deferred.reject(this.#error || this.#makeError({ code: 'CLOSED_BY_USER' }))
  }

  /** Says goodbye once nothing is left to be sent before it. */
  #part(): void {
    const parting = this.#parting
    if (!parting || this.#sender.isBefore(parting.mark as number)) return
    this.#parting = undefined
    this.#sender.close()
    this.#line?.hangUp(parting.code, parting.reason)
  }

  /** Whether everything has left, and what those who wait for it hear if it never will. */
  #settleDrains(): void {
    this.#drainPollAt = Infinity
    if (!this.#drains.length) return
    const { phase } = this.#state
    this.#held = this.bufferedAmount
    if (phase === 'closed') this.#rejectDrains({ code: 'CLOSED_BY_USER' })
    else if (phase === 'failed') this.#rejectDrains(this.#error || { code: 'RETRIES_EXHAUSTED' })
    else if (!this.#sender.size && !this.#held) for (const { resolve } of this.#drains.splice(0)) resolve()
    else if (!this.#sender.size) this.#drainPollAt = this.#now() + DRAIN_POLL
  }

  #rejectDrains(why: Failure | WebSocketReconnectError): void {
    this.#held = 0
    for (const { reject } of this.#drains.splice(0)) {
      reject(why instanceof WebSocketReconnectError ? why : this.#makeError(why))
    }
  }

  // ── the socket ─────────────────────────────────────────────────────────────────────────────────────────────────

  /** What `shouldReconnect` says, if this event ends an attempt that nobody has asked to end (R12). */
  #askUser(event: ChartEvent & Stamp): boolean | number | undefined {
    const { shouldReconnect } = this.#settings
    const ending = shouldReconnect && endingOf(this.#state, event, this.#limits)
    if (!ending) return undefined
    try {
      const answer: unknown = shouldReconnect(ending, this.#state.retryCount)
      if (typeof answer === 'boolean' || (typeof answer === 'number' && answer >= 0)) return answer
      throw new TypeError(`shouldReconnect must answer true, false or a number of ms ≥ 0, got ${describe(answer)}.`)
    } catch (cause) {
      this.#complain({ code: 'LISTENER_FAILED', cause })
    }
  }

  // ── messages: the fast lane ────────────────────────────────────────────────────────────────────────────────────

  #receive(event: MessageEvent): void {
    // Platforms go on delivering what came before the peer's answer to our close; nobody listens any more (R20).
    if (this.#state.phase === 'closing' || this.#isAskedToClose()) return
    this.#counts.messagesReceived++
    this.#counts.bytesReceived += payloadSize(event.data)
    this.#heardAt = event.timeStamp || this.#clock.monotonic()
    let isPong = false
    if (this.#pingAwaits) {
      this.#isPingHeard = true
      isPong = this.#settings.heartbeatInterval > 0 && this.#isPong(event.data)
    }
    const isControl = isPong || !!this.#layer?.isControl?.(event)
    if (this.#busy) {
      this.#outbox.push(() => {
        if (!this.#isAskedToClose()) this.#emitter.emit('message', event, isControl)
      })
    } else {
      // Whatever listeners ask for joins the line, so that all of them see this message in the same state.
      this.#busy = true
      this.#emitter.emit('message', event, isControl)
      this.#busy = false
    }
    if (isPong) {
      this.#pingAwaits = false
      this.#latency = Math.max(0, this.#now() - this.#pingAt)
      this.#tell('latency', this.#latency)
    }
    if (this.#inbox.size || this.#outbox.size) this.#settle()
  }

  /** Whether a listener has called `close()`, which is not done before it has returned. */
  #isAskedToClose(): boolean {
    return this.#inbox.size > 0 && this.#inbox.some(({ type }) => type === 'close')
  }

  #isPong(data: unknown): boolean {
    try {
      return !!(this.#settings.isPong || isPongText)(data)
    } catch {
      return false
    }
  }

  #ping(): void {
    this.#markHeard()
    this.#pingAt = this.#now()
    try {
      const text = pingText(this.#settings.heartbeatMessage)
      this.#pingAwaits = true
      this.#sender.transmit(text)
    } catch (cause) {
      // No ping went out, so its silence must not be held against the line.
      this.#heardAtPing = -1
      this.#complain({ code: 'HEARTBEAT_INVALID', cause })
    }
  }

  #markHeard(): void {
    this.#heardAtPing = this.#counts.messagesReceived
    this.#sender.watchBuffer()
  }

  #isAnswered(): boolean {
    return this.#counts.messagesReceived !== this.#heardAtPing || this.#sender.isBufferDraining
  }

  #lastActivity(now: number): number | null {
    const at = this.#heardAt
    if (at < 0) return null
    // Some mocks stamp events with the wall clock; browsers and Node with the monotonic one.
    return Math.min(now, Math.round(at > 1e12 ? at : now - this.#clock.monotonic() + at))
  }

  // ── the world ──────────────────────────────────────────────────────────────────────────────────────────────────

  #watch(wanted: boolean): void {
    if (!wanted) {
      const stop = this.#unwatch
      this.#unwatch = undefined
      this.#guard(stop)
      return
    }
    this.#skew = this.#clock.now() - this.#now()
    this.#hiddenSince = Infinity
    this.#unwatch = () => {}
    const { environment = browserEnvironment } = this.#settings
    if (environment === false) return
    const notify = (news: WorldNews) => {
      if (!this.#unwatch) return
      // What is hidden already stays hidden since then; whether it has been for too long is the timer's to say.
      if (news === 'hidden') {
        if (this.#hiddenSince === Infinity) this.#hiddenSince = this.#now()
        return this.#arm()
      }
      if (news === 'wake') {
        this.#hiddenSince = Infinity
        // This wake is known: the clocks' gap must not tell of it a second time.
        this.#skew = this.#clock.now() - this.#now()
      }
      this.#deliver({ type: news })
    }
    this.#guard(() => {
      this.#unwatch = environment(notify) || this.#unwatch
    })
  }

  /** Monotonic ms as the timers see it. */
  #now(): number {
    return this.#clock.monotonic() + this.#ahead
  }

  /** When a hidden page has been hidden for too long. */
  #suspendAt(): number {
    return this.#hiddenSince + this.#settings.hiddenTimeout
  }

  /** One host timer, for whatever is due first (R2). */
  #arm(): void {
    const { phase, until } = this.#state
    const at = isResting(phase)
      ? this.#drainPollAt
      : Math.min(until, this.#sender.pollAt, this.#sender.expiresAt, this.#suspendAt(), this.#drainPollAt)
    if (at === this.#timerAt) return
    if (this.#timerAt < Infinity) this.#clock.clearTimeout(this.#timer)
    this.#timerAt = at
    if (at === Infinity) return
    const armedAt = this.#now()
    const wait = Math.ceil(Math.min(Math.max(0, at - armedAt), LONGEST_TIMER))
    const wall = this.#clock.now() + wait
    this.#timer = this.#clock.setTimeout(() => this.#onTimer(Math.min(at, armedAt + wait), wall), wait)
  }

  /** `due` by the monotonic clock, and `wall` by the other. */
  #onTimer(due: number, wall: number): void {
    this.#timerAt = Infinity
    // A timer that has fired has fired, whatever the monotonic clock says; unless the wall clock is past its time as well:
    // then the machine has slept, and the timer ran on while the other stood.
    const early = due - this.#now()
    if (early > 0 && this.#clock.now() <= wall) this.#ahead += early
    const now = this.#now()
    const skew = this.#clock.now() - now
    const slept = skew - this.#skew > SLEPT
    this.#skew = skew
    if (slept) this.#deliver({ type: 'wake' })
    const { phase, until } = this.#state
    // What has already arrived is read before anything is said to be dead: one more turn of the event loop (R14).
    const isVerdict = phase === 'connecting' || phase === 'closing' || (phase === 'probing' && !this.#isAnswered())
    if (until <= now) {
      if (!isVerdict || this.#verdictAt === until) this.#deliver({ type: 'timeout' })
      else this.#verdictAt = until
    }
    if (this.#suspendAt() <= now) {
      this.#hiddenSince = Infinity
      this.#deliver({ type: 'suspend' })
    }
    this.#sender.expire()
    if (this.#sender.pollAt <= now) this.#sender.flush(this.#parting?.mark)
    this.#part()
    this.#settle()
  }

  // ── settings and errors ────────────────────────────────────────────────────────────────────────────────────────

  #readLimits(): Limits {
    const settings = this.#settings
    const { retryDelay } = settings
    const limits = limitsOf(settings)
    if (!retryDelay && !this.#layer) return limits
    return {
      ...limits,
      ...this.#layer,
      adjust: (attempt, delay, lastClose) => {
        try {
          return retryDelay ? clampDelay(retryDelay({ attempt, delay, lastClose })) : delay
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
    const text = sentenceOf(code, redact(this.url) || 'the address', timeout)
    return new WebSocketReconnectError(code, text, earlier ? this.#makeError(earlier as Failure) : cause)
  }

  #complain(failure: Failure): WebSocketReconnectError {
    const error = this.#makeError(failure)
    this.#lastError = error
    this.#tell('error', error)
    return error
  }

  /** Trouble that looks like nothing at all to whoever has no listener for `error` yet. */
  #explainOnConsole({ code, cause }: Failure): void {
    try {
      if (process.env.NODE_ENV !== 'production') {
        if (code === 'URL_PROVIDER_FAILED' && cause) warnOfProvider(cause)
        if (code === 'HEARTBEAT_TIMEOUT' && !this.#isPingHeard) {
          warnOfSilence(redact(this.url), pingText(this.#settings.heartbeatMessage))
        }
      }
    } catch {}
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

/** What the chart needs of settings; clients that share the one share the other. */
function limitsOf(settings: Settings): Limits {
  let limits = shared.get(settings)
  if (!limits) {
    const { url, protocols, circuitBreaker } = settings
    limits = {
      ...settings,
      ...(circuitBreaker || MANUAL_BREAKER),
      closeAction,
      hasFreshAuth: typeof url === 'function' || typeof protocols === 'function',
      backoff: (attempt, random, previous) => backoffDelay(attempt, settings, random, previous),
    }
    shared.set(settings, limits)
  }
  return limits
}
const shared = /* @__PURE__ */ new WeakMap<Settings, Limits>()

/** Nothing happens here until somebody asks. */
const isResting = (phase: Phase): boolean => phase === 'idle' || phase === 'closed' || phase === 'failed'

/** A value as a sentence may show it (R19). */
const describe = (value: unknown): string =>
  typeof value === 'number'
    ? String(value)
    : Object(value) === value
      ? Object.prototype.toString.call(value)
      : typeof value

/** Whether an option changed by value; a new function is the same question asked again (R27). */
const differs = (before: unknown, after: unknown): boolean =>
  typeof after !== 'function' && String(before) !== String(after)
