/**
 * Owns the state of the machine and the current connection: gives each event its inputs, lets the machine decide, and
 * carries out the effects in one pass (R2, R17, R25). Messages go past all this, through traffic.ts.
 * Must never decide by itself what a loss means: that is machine/transitions.ts.
 */

import type { Effect, Input, MachineEvent, Transition } from '../machine/events.ts'
import { initialState, isResting, type MachineSettings, type Phase, type State } from '../machine/states.ts'
import type { Settings } from '../options/settings.ts'
import type { Clock, SocketLike } from '../options/world.ts'
import { Connection } from './connection.ts'
import { DeadlineTimer, type TimerOwner } from './deadline-timer.ts'
import { decide } from './decision.ts'
import { Emitter } from './emitter.ts'
import { type EnvironmentOwner, EnvironmentWatcher } from './environment.ts'
import { ErrorReporter } from './error-reporter.ts'
import { EventLoop, type LoopOwner } from './event-loop.ts'
import { isAskedToClose } from './pending.ts'
import { platformClock, platformRandom } from './platform.ts'
import type { ProtocolAdapter } from './protocol-adapter.ts'
import { surroundingConstructor } from './self-dial.ts'
import { SharedPromise } from './shared-promise.ts'
import { type EngineEvents, SnapshotPublisher } from './snapshot.ts'
import { Traffic } from './traffic.ts'

/** `mark`: what had been sent when it was asked for; a message that was sent later is not its business. */
export type Inbound = MachineEvent & { readonly from?: Connection | undefined; mark?: number }

export class Engine implements LoopOwner<Inbound>, TimerOwner, EnvironmentOwner {
  settings!: Settings & MachineSettings
  state: Readonly<State> = initialState
  connection: Connection | undefined
  readonly clock: Clock
  readonly loop = new EventLoop<Inbound>(this)
  readonly #timer: DeadlineTimer
  readonly errors = new ErrorReporter(this)
  readonly emitter = new Emitter<EngineEvents>(this.errors)
  readonly snapshots = new SnapshotPublisher()
  /** What `connect()` and `close()` have promised, while somebody waits for it. */
  connecting: SharedPromise | undefined
  closing: SharedPromise | undefined
  readonly traffic: Traffic
  readonly #environment: EnvironmentWatcher
  readonly adapter: ProtocolAdapter | undefined
  readonly #random: () => number
  /** The platform's constructor, where this client is made while that is being called. */
  readonly surrounding = surroundingConstructor()
  /** The verdict that waits until what has arrived has been read. */
  #verdictAt = -1

  constructor(settings: Settings, adapter: ProtocolAdapter | undefined) {
    this.adapter = adapter
    this.clock = settings.clock || platformClock
    this.#random = settings.random || platformRandom
    this.#timer = new DeadlineTimer(this.clock, this)
    this.#environment = new EnvironmentWatcher(this)
    this.traffic = new Traffic(this)
    this.configure(settings)
  }

  /** Takes new settings; what they change is told by events. */
  configure(settings: Settings): void {
    this.settings = this.adapter ? { ...settings, ...this.adapter } : settings
    this.traffic.sender.limit(settings.queue)
  }

  // ── events ─────────────────────────────────────────────────────────────────────────────────────────────────────

  deliver(event: Inbound): void {
    // Every event is an object of its own, and a copy would cost more than all the rest.
    event.mark = this.traffic.sender.queue.mark
    this.loop.post(event)
  }

  /** The way in of messages, which is not the machine's; developer tools get in between here. */
  onMessage(event: MessageEvent): void {
    this.traffic.receive(event)
  }

  handle(event: Inbound): void {
    const { from, mark = 0, type } = event
    // What a socket said that has been let go while it waited in line does not count any more.
    if (from?.isStale) return
    const { connection, settings, snapshots, traffic } = this
    const now = this.now()
    const input: Input = Object.assign(event, { now, random: this.#random() || 0, answered: traffic.ping.isAnswered })
    if (type === 'attemptFailed') connection?.abandon(1000, '')
    if (type === 'socketClosed') connection?.disposeAfterClose()
    const [after, ...effects] = this.decide(input)
    this.state = after
    const { phase } = after
    const isWanted = phase !== 'idle' && phase !== 'closed'
    this.#environment.watch(isWanted, settings.environment)
    for (const effect of effects) this.#carryOut(effect, mark)
    if (!isWanted) snapshots.error = null
    snapshots.publish(this, now)
    // These come last, and are told when what they lead to can be seen (R25).
    const last = effects[effects.length - 1]
    if (last && (last[0] === 'open' || last[0] === 'retry')) this.emit(last[0], last[1])
    this.#settlePromises(phase)
  }

  /** What the machine makes of an event, and the user of an ending. */
  decide(input: Input): Transition {
    return decide(this.state, input, this.settings, (cause) => this.errors.emit({ code: 'LISTENER_FAILED', cause }))
  }

  /** What touches the world happens at once; listeners hear of it in the same order, once everything is in place (R17). */
  #carryOut(effect: Effect, mark: number): void {
    const { connection, errors, snapshots, traffic } = this
    switch (effect[0]) {
      case 'dial':
        this.connection = new Connection(this)
        return this.connection.dial(this.state.retryCount, snapshots.lastClose)
      case 'ping':
        return traffic.ping.send()
      case 'markHeard':
        return traffic.ping.markHeard()
      case 'closeSocket':
        return traffic.startClosing(effect[1], effect[2], mark)
      case 'abandon':
        return connection?.abandon(effect[1], effect[2])
      case 'dropQueue':
        return traffic.sender.dropAll(effect[1], mark)
      case 'error':
        snapshots.error = errors.emit(effect[1])
        return
      case 'close':
        snapshots.lastClose = Object.freeze({ ...effect[1] })
        traffic.close(snapshots.lastClose)
        return this.emit('close', snapshots.lastClose)
      case 'open':
        snapshots.error = null
        return traffic.open(connection?.socket as SocketLike)
    }
  }

  emit<K extends keyof EngineEvents>(type: K, payload?: Parameters<EngineEvents[K]>[0]): void {
    this.loop.tell(() => this.emitter.emit(type, payload))
  }

  /** Delivers this event, and promises what comes of it. */
  ask<Name extends 'connecting' | 'closing'>(name: Name, event: Inbound): Promise<void> {
    const { promise } = (this[name] = this[name] || new SharedPromise(this, name))
    this.deliver(event)
    return promise
  }

  #settlePromises(phase: Phase): void {
    const { connecting, errors } = this
    // Where a later connect() already waits in line, the promise is its to settle.
    if (connecting && !this.loop.someEvent(({ type }) => type === 'connect')) {
      if (this.state.openedAt < Infinity) connecting.settle()
      else if (phase === 'blocked') connecting.settle(errors.make({ code: 'CIRCUIT_OPEN' }))
      else if (isResting(phase)) connecting.settle(this.snapshots.error || errors.make({ code: 'CLOSED_BY_USER' }))
    }
    if (phase === 'closing') return
    this.traffic.forgetGoodbye()
    if (!isAskedToClose(this.loop)) this.closing?.settle()
  }

  onEmpty(): boolean {
    // Only now: a listener of `open` may have asked to close, and then the queue must stay home.
    return this.traffic.openToAll()
  }

  onSettled(): void {
    this.traffic.drain?.look()
    this.arm()
  }

  // ── time ───────────────────────────────────────────────────────────────────────────────────────────────────────

  now(): number {
    return this.#timer.now()
  }

  /** One host timer, for whatever is due first (R2). */
  arm(): void {
    const { phase, until } = this.state
    const { sender, drain } = this.traffic
    const hiddenUntil = this.#environment.hiddenSince + this.settings.hiddenTimeout
    let at = drain ? drain.pollAt : Infinity
    if (!isResting(phase)) at = Math.min(at, until, sender.pollAt, sender.queue.expiresAt, hiddenUntil)
    this.#timer.arm(at)
  }

  onTimer(): void {
    const { traffic } = this
    const now = this.now()
    if (this.#environment.hasSlept()) this.deliver({ type: 'wake' })
    const { phase, until } = this.state
    // What has already arrived is read before anything is said to be dead: one more turn of the event loop (R14).
    const isVerdict =
      phase === 'connecting' || phase === 'closing' || (phase === 'awaitingPong' && !traffic.ping.isAnswered)
    if (until <= now) {
      if (!isVerdict || this.#verdictAt === until) this.deliver({ type: 'timeout' })
      else this.#verdictAt = until
    }
    this.#environment.suspendIfHidden(this.settings.hiddenTimeout, now)
    traffic.sender.expire()
    if (traffic.sender.pollAt <= now) traffic.flush()
    traffic.sayGoodbye()
    this.loop.run()
  }

  // ── what others may look at ────────────────────────────────────────────────────────────────────────────────────

  /** The address last dialled, secrets and all; before that, the one given. */
  get url(): string {
    const { url } = this.settings
    return this.connection?.url || (typeof url === 'function' ? '' : String(url))
  }

  /** Bytes the platform has not sent yet. */
  get bufferedAmount(): number {
    const { connection } = this
    return (!connection?.isStale && connection?.socket?.bufferedAmount) || 0
  }
}
