/**
 * Owns messages on their way: in, past the machine; out, through the sender; and what they leave behind, the counters,
 * the last ping, those who wait for everything to have left (R14, R16, R20, R21).
 * Must never change the state of the machine, nor allocate, read a clock or arm a timer per message.
 */

import type { SocketLike } from '../options/world.ts'
import type { WebSocketData } from '../policy/payload.ts'
import { Drain } from './drain.ts'
import type { Engine } from './engine.ts'
import { isAskedToClose, routeAfter } from './pending.ts'
import { PingTracker } from './ping-tracker.ts'
import { Sender } from './sender.ts'
import { Statistics } from './stats.ts'

export class Traffic {
  readonly statistics = new Statistics()
  readonly ping: PingTracker
  /** While somebody waits for everything to have left. */
  drain: Drain | undefined
  readonly sender: Sender
  readonly #engine: Engine
  /** Said to the peer once what was accepted before it has gone out; what came later is not for this peer (R16). */
  #goodbye: { readonly code: number; readonly reason: string; readonly mark: number } | undefined

  constructor(engine: Engine) {
    this.#engine = engine
    this.ping = new PingTracker(engine)
    this.sender = new Sender(engine, this.statistics)
  }

  // ── in ─────────────────────────────────────────────────────────────────────────────────────────────────────────

  receive(event: MessageEvent): void {
    const engine = this.#engine
    // Platforms go on delivering what came before the peer's answer to our close; nobody listens any more (R20).
    if (engine.state.phase === 'closing' || isAskedToClose(engine.loop)) return
    const { loop, adapter } = engine
    this.statistics.onReceive(event, engine.clock)
    const isPong = this.ping.isAwaiting && this.ping.isPong(event.data)
    const isControl = isPong || !!adapter?.isControl?.(event)
    if (loop.enter()) {
      // Whatever listeners ask for joins the line, so that all of them see this message in the same state.
      engine.emitter.emit('message', event, isControl)
      loop.leave()
    } else this.#receiveLater(event, isControl)
    if (isPong) this.ping.finish()
    if (loop.isPending) loop.run()
  }

  /** Apart from `receive`, where a closure would cost every message a context (R21). */
  #receiveLater(event: MessageEvent, isControl: boolean): void {
    const { loop, emitter } = this.#engine
    loop.tell(() => {
      if (!isAskedToClose(loop)) emitter.emit('message', event, isControl)
    })
  }

  // ── out ────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Resolves when everything has left. */
  drained(): Promise<void> {
    const { promise } = (this.drain = this.drain || new Drain(this.#engine))
    this.#engine.onSettled()
    return promise
  }

  /** Sends, or queues until it can (R16). */
  send(data: WebSocketData, mayWait: boolean): 'sent' | 'queued' | 'dropped' {
    const { loop, state } = this.#engine
    const isLeaving = state.phase === 'closing' || state.phase === 'closed'
    const route = loop.hasEvents ? routeAfter(loop, isLeaving) : isLeaving ? 'nowhere' : 'this'
    const outcome =
      route === 'nowhere' ? this.sender.drop(data, 'closed') : this.sender.send(data, mayWait, route === 'this')
    if (outcome !== 'sent') this.#settle(outcome)
    return outcome
  }

  /** A message has not gone out: apart from `send`, which runs for each and stays small. */
  #settle(outcome: 'queued' | 'dropped'): void {
    const engine = this.#engine
    // Only now do listeners hear of drops and errors: what they send must not overtake this message (R16, R17).
    if (engine.loop.isPending) engine.loop.run()
    // Inside a listener nothing is settled yet, and the queue may need a timer all the same.
    if (outcome === 'queued' && this.sender.isTimed) engine.arm()
  }

  /** Lets the queue go, as far as it is for this peer. */
  flush(): void {
    this.sender.flush(this.#goodbye?.mark)
  }

  /** Lets a held queue go. */
  release(): void {
    const engine = this.#engine
    if (!this.sender.isOpen) return
    this.flush()
    engine.loop.run()
    engine.arm()
  }

  /** A connection has opened: its listeners speak first. */
  open(socket: SocketLike): void {
    this.statistics.onOpen(this.#engine.clock)
    this.ping.isAwaiting = false
    this.sender.open(socket)
  }

  /** Those have spoken, if there were any; true then. */
  openToAll(): boolean {
    const { sender } = this
    if (sender.mode !== 'openListenersOnly') return false
    const { queue } = this.#engine.settings
    if (queue && queue.hold) sender.hold()
    else sender.flush()
    return true
  }

  /**
   * The user closes. What an open connection has accepted goes out before the closing handshake; what waits for another,
   * or for one that takes nothing any more, does not.
   */
  startClosing(code: number, reason: string, mark: number): void {
    const { sender } = this
    this.#goodbye = { code, reason, mark }
    if (sender.mode === 'open' && sender.isOpen) sender.flush(mark)
    else sender.dropAll('closed', mark)
    this.sayGoodbye()
  }

  /** Starts the closing handshake once nothing is left to be sent before it. */
  sayGoodbye(): void {
    const goodbye = this.#goodbye
    if (!goodbye || this.sender.queue.isBefore(goodbye.mark)) return
    this.#goodbye = undefined
    this.sender.close()
    this.#engine.connection?.close(goodbye.code, goodbye.reason)
  }

  forgetGoodbye(): void {
    this.#goodbye = undefined
  }

  /** The connection has ended. What the platform held is lost with it, and nobody can say how much of it. */
  close(cause: unknown): void {
    this.sender.close()
    if (this.drain?.held) this.drain.fail(cause)
  }
}
