/**
 * Owns what a user may call and look at (R13, R16, R23–R29; each member is said in websocket-client.ts), the options as they
 * were given, and the checks of what a programmer hands in. Must never act by itself: it asks the engine.
 */

import { breakerOf, type ConnectionState, isResting } from './machine/states.ts'
import { warnOfOptions } from './options/dev-warnings.ts'
import type { WebSocketReconnectOptions } from './options/options.ts'
import { mergeOptions, type OptionsInForce, readOptions } from './options/read-options.ts'
import type { Settings } from './options/settings.ts'
import type { CircuitState } from './policy/circuit-breaker.ts'
import { isSendable } from './policy/close-policy.ts'
import { misuse } from './policy/errors.ts'
import { byteLength, isWebSocketData, type WebSocketData } from './policy/payload.ts'
import type { ClientEvents } from './runtime/client-events.ts'
import { Engine } from './runtime/engine.ts'
import type { LeaseRights, LeaseState } from './runtime/mount-lease.ts'
import { isAskedToClose, phaseToCome } from './runtime/pending.ts'
import type { ProtocolAdapter } from './runtime/protocol-adapter.ts'
import { reconfigure } from './runtime/reconfigure.ts'
import { announce } from './runtime/registry.ts'
import { SelfDialError } from './runtime/self-dial.ts'
import { type EngineEvents, initialSnapshot, type Snapshot } from './runtime/snapshot.ts'
import { type Stats, sample } from './runtime/stats.ts'
import { type TapListener, tap } from './runtime/tap.ts'
import type { SendOptions, WebSocketClient } from './websocket-client.ts'

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
export class WebSocketReconnect implements WebSocketClient {
  #options: OptionsInForce
  readonly #engine: Engine
  #lease: LeaseState | undefined
  /** `adapter` is for a protocol with a handshake of its own (`/graphql`): OPEN is then what it calls open. */
  constructor(options: WebSocketReconnectOptions, adapter?: ProtocolAdapter) {
    this.#options = readOptions(options)
    this.#engine = new Engine(this.options, adapter)
    try {
      if (process.env.NODE_ENV !== 'production') {
        announce(this, this.#engine)
        warnOfOptions(options, this.options)
      }
    } catch {}
  }

  connect(): Promise<void> {
    if (this.#lease) this.#lease.isClosedByUser = false
    const { loop, snapshots } = this.#engine
    const promise = this.#engine.ask('connecting', { type: 'connect' })
    const { state, error } = snapshots.current
    // A mistake of the programmer, which waiting for a promise would hide (R18).
    if (state === 'FAILED' && !loop.hasEvents && error?.cause instanceof SelfDialError) throw error.cause
    return promise
  }

  send(data: WebSocketData, { queue = true }: SendOptions = {}): 'sent' | 'queued' | 'dropped' {
    if (!isWebSocketData(data)) throw new TypeError(misuse('send', typeof data))
    this.#lease?.beforeSend()
    return this.#engine.traffic.send(data, queue)
  }

  close(code = 1000, reason = ''): Promise<void> {
    if (!isSendable(code)) throw new RangeError(misuse('close', code))
    const text = String(reason)
    if (byteLength(text) > 123) throw new RangeError(misuse('reason', byteLength(text)))
    // Before the closing, because a listener of it may already ask to connect again.
    if (this.#lease) this.#lease.isClosedByUser = true
    return this.#close(code, text)
  }

  #close(code: number, reason: string): Promise<void> {
    const { connecting, errors } = this.#engine
    connecting?.settle(errors.make({ code: 'CLOSED_BY_USER' }))
    return this.#engine.ask('closing', { type: 'close', code, reason })
  }

  drain(): Promise<void> {
    return this.#engine.traffic.drained()
  }

  retryNow(): void {
    const { loop, state } = this.#engine
    const phase = phaseToCome(loop, state.phase)
    if (phase === 'blocked' || state.circuit.state === 'OPEN') this.closeCircuit()
    if (phase === 'waiting' || phase === 'suspended') this.reconnect()
    else if (phase === 'closing' || isResting(phase)) this.connect()
  }

  reconnect(): void {
    if (this.#lease) this.#lease.isClosedByUser = false
    this.#engine.deliver({ type: 'reconnect' })
  }

  flush(): void {
    this.#engine.traffic.release()
  }

  on<K extends keyof ClientEvents>(type: K, listener: ClientEvents[K]): () => void {
    return this.#engine.emitter.on(type, listener as EngineEvents[K])
  }

  once<K extends keyof ClientEvents>(type: K, listener: ClientEvents[K]): () => void {
    return this.#engine.emitter.once(type, listener as EngineEvents[K])
  }

  off<K extends keyof ClientEvents>(type: K, listener: ClientEvents[K]): void {
    this.#engine.emitter.off(type, listener as EngineEvents[K])
  }

  /** In development only: reports each transition, frame, error and change of the queue; returns how to stop. */
  tap(listener: TapListener): () => void {
    try {
      if (process.env.NODE_ENV !== 'production') return tap(this.#engine, listener)
    } catch {}
    return () => {}
  }

  openCircuit(durationMs = breakerOf(this.options).resetTimeout): void {
    if (typeof durationMs !== 'number' || !(durationMs >= 0)) throw new TypeError(misuse('openCircuit', durationMs))
    this.#engine.deliver({ type: 'openCircuit', duration: durationMs })
  }

  closeCircuit(): void {
    this.#engine.deliver({ type: 'closeCircuit' })
  }

  update(options: Partial<WebSocketReconnectOptions>): void {
    this.#update(options)
  }

  /** With `address`, for the holder of a lease: see `LeaseRights`. */
  #update(options: Partial<WebSocketReconnectOptions>, address?: 'same' | 'other' | 'none'): void {
    this.#options = readOptions(mergeOptions(this.#options.given, options), !!address)
    try {
      if (process.env.NODE_ENV !== 'production') warnOfOptions(options, this.options)
    } catch {}
    reconfigure(this.#engine, this.options, options, address)
  }

  get state(): ConnectionState {
    const { state } = this.getSnapshot()
    if (!isAskedToClose(this.#engine.loop)) return state
    return state === 'OPEN' || state === 'CLOSING' ? 'CLOSING' : 'CLOSED'
  }

  get url(): string {
    return this.#engine.url
  }

  get protocol(): string {
    return this.getSnapshot().protocol || ''
  }

  get options(): Settings {
    return this.#options.settings
  }

  get bufferedAmount(): number {
    return this.#engine.bufferedAmount
  }

  getCircuitState(): CircuitState {
    return this.getSnapshot().circuitState
  }

  getStats(): Stats {
    return sample(this.#engine)
  }

  subscribe = (listener: () => void): (() => void) => this.#engine.emitter.on('snapshot', listener)

  getSnapshot = (): Snapshot => this.#engine.snapshots.current

  getServerSnapshot(): Snapshot {
    return initialSnapshot
  }

  messageData(event: MessageEvent): unknown {
    const { adapter } = this.#engine
    return adapter?.messageData ? adapter.messageData(event) : event.data
  }

  reportDecodeError(cause: unknown): void {
    this.#engine.errors.reportDecodeError(cause)
    this.#engine.loop.run()
  }

  /** For a protocol above: calls a user's handler as a listener is called, isolated. Not for users. */
  protected call(handler: () => void): void {
    this.#engine.errors.isolate(handler)
    this.#engine.loop.run()
  }

  /** For a lease (mount-lease.ts), which hears of the user's own words and decides what is shown. Not for users. */
  grant(lease: LeaseState): LeaseRights {
    this.#lease = lease
    this.getSnapshot = () => lease.show(this.#engine.snapshots.current)
    this.getServerSnapshot = () => lease.serverSnapshot
    return {
      close: () => void this.#close(1000, ''),
      prepare: () => this.#engine.deliver({ type: 'prepare' }),
      update: (options, address) => this.#update(options, address),
    }
  }
}
