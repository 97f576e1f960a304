/**
 * Owns what must be true of a client, whatever is done to it: ledgers kept from the outside, and the invariants they obey.
 * It judges by what a user could see, by the sockets, and (through probe.ts) by the invariants of the chart.
 * Must never do anything to the client, and never take the client's word where it can count for itself.
 */

import {
  type ClientEvents,
  type Snapshot,
  type WebSocketReconnect,
  WebSocketReconnectError,
} from '../../../src/index.ts'
import type { Effect, Input } from '../../../src/machine/events.ts'
import {
  breakerOf,
  type ConnectionStatus,
  type MachineSettings,
  type Phase,
  type State,
} from '../../../src/machine/states.ts'
import type { FakeSocket, World } from '../../support/index.ts'
import { check, owns } from '../../support/invariants.ts'
import { latest } from './probe.ts'

/** The order within one step (R25); what is not listed may come at any time. */
const RANK: Partial<Record<keyof ClientEvents, number>> = {
  error: 0,
  close: 1,
  circuitChange: 2,
  stateChange: 3,
  retry: 4,
  open: 4,
}
/** What a person is told of each phase (R26). */
const STATUS: Record<Phase, ConnectionStatus> = {
  idle: 'idle',
  connecting: 'connecting',
  open: 'open',
  awaitingPong: 'open',
  closing: 'closing',
  waiting: 'waiting',
  blocked: 'blocked',
  suspended: 'waiting',
  failed: 'failed',
  closed: 'closed',
}
/** Errors that are not about an attempt. */
const ASIDE = ['LISTENER_FAILED', 'HEARTBEAT_INVALID', 'SOCKET_THREW', 'CIRCUIT_OPEN']

/** What becomes of a promise. */
export interface Outcome {
  state: 'pending' | 'resolved' | 'rejected'
}

export class Checker {
  /** Everything the client told: ms since the world began, event, payload. */
  readonly history: [at: number, type: string, payload: unknown][] = []
  readonly promises: Outcome[] = []
  /** How often it has dialled. */
  attempts = 0
  /** The socket of the attempt under way. */
  socket: FakeSocket | undefined
  /** Sockets whose `close()` throws: nobody can close those. */
  readonly unclosable = new Set<FakeSocket>()
  /** What `error` listeners threw and no task has thrown again yet. */
  pendingThrows = 0
  /** Whether such a task had its timer at some moment of this step. */
  #hasThrown = false
  /** The first invariant that was broken; the engine isolates what a listener throws, so it is kept here. */
  broken: Error | undefined

  readonly #client: WebSocketReconnect
  readonly #world: World
  readonly #bounds = { maxRetries: 0, failureThreshold: 0, halfOpenMaxRequests: 0 }
  #snapshot: Snapshot
  #lastState = 'CLOSED'
  #rank = -1
  #closes = 0
  #opens = 0

  #messages = 0
  #transmitted = 0
  #drops = 0
  readonly #queued = new Set<number>()
  readonly #calling = new Set<number>()
  #lastQueued = -1
  #mostMessages = 0

  #latestNow = 0
  /** Until when nobody may dial, monotonic ms: the circuit as somebody outside can know it. */
  #barredUntil = -Infinity

  constructor(client: WebSocketReconnect, world: World) {
    this.#client = client
    this.#world = world
    this.#snapshot = client.getSnapshot()
    this.optionsChanged()
  }

  /** Notes a broken invariant, and stops what is going on. */
  ok(truth: unknown, invariant: string): void {
    if (truth || this.broken) return
    this.broken = new Error(invariant)
    throw this.broken
  }

  /** As the client's timers see it, which may be ahead of a clock that stood still. */
  get #now(): number {
    return Math.max(this.#world.clock.stamp, this.#latestNow)
  }

  // ── while things happen ────────────────────────────────────────────────────────────────────────────────────────

  /** A step begins. */
  stepBegins(): void {
    this.#world.clock.peak = 0
    this.#hasThrown = this.pendingThrows > 0
  }

  /** An `error` listener throws. */
  listenerThrew(): void {
    this.pendingThrows++
    this.#hasThrown = true
  }

  /** The options have changed. */
  optionsChanged(): void {
    const { queue } = this.#client.options
    if (queue) this.#mostMessages = Math.max(this.#mostMessages, queue.maxMessages)
  }

  /** The chart has taken a step; its effects are still to come. */
  onTransition(
    before: Readonly<State>,
    event: Input,
    after: Readonly<State>,
    effects: readonly Effect[],
    settings: MachineSettings,
  ): void {
    const breaker = breakerOf(settings)
    this.#rank = -1
    this.#latestNow = event.now
    // Counters may stand where earlier limits let them.
    const bounds = this.#bounds
    bounds.maxRetries = Math.max(bounds.maxRetries, settings.maxRetries)
    bounds.failureThreshold = Math.max(bounds.failureThreshold, breaker.failureThreshold)
    bounds.halfOpenMaxRequests = Math.max(bounds.halfOpenMaxRequests, breaker.halfOpenMaxRequests)
    if (event.type === 'openCircuit') this.#barredUntil = event.now + event.duration
    else if (after.circuit.state === 'OPEN' && before.circuit.state !== 'OPEN') {
      // What listeners change from now on counts for the next time.
      this.#barredUntil = event.now + breaker.resetTimeout
    }
    if (event.type === 'closeCircuit' || event.type === 'urlChanged') this.#barredUntil = -Infinity
    try {
      check(before, event, after, effects, settings, bounds)
    } catch (error) {
      this.broken ||= error as Error
    }
    if (effects.some((effect) => effect[0] === 'dial')) {
      this.attempts++
      this.socket = undefined
    }
  }

  /** The client asks for an address, or opens a socket. */
  onDial(): void {
    this.ok(latest.phase === 'connecting', 'R2 only CONNECTING dials')
    this.ok(this.#now >= this.#barredUntil, 'R8 nobody dials while the circuit is open')
  }

  /** The client has constructed a socket. */
  onSocket(socket: FakeSocket): void {
    this.onDial()
    this.ok(!this.socket, 'R2 one socket per attempt')
    this.socket = socket
  }

  /** The client is about to hand this message to `send()`; returns its number. */
  onSend(): number {
    const number = this.#messages++
    this.#queued.add(number)
    this.#calling.add(number)
    return number
  }

  /** What `send()` answered. */
  onSent(number: number, outcome: string): void {
    this.#calling.delete(number)
    if (outcome !== 'queued') this.#queued.delete(number)
  }

  /** The socket takes a message; −1 is a ping. */
  onTransmit(socket: FakeSocket, number: number): void {
    this.ok(socket === this.socket && socket.readyState === 1, 'R16 only the open socket is sent to')
    if (number < 0) return
    this.#transmitted++
    // A message that goes out within its own send() has overtaken nobody: the queue was empty, or it asked to.
    if (this.#calling.has(number) || !this.#queued.delete(number)) return
    this.ok(number > this.#lastQueued, 'R16 first in, first out')
    this.#lastQueued = number
  }

  /** A listener hears. */
  onEvent(type: keyof ClientEvents, payload: unknown): void {
    const client = this.#client
    // The snapshot, because `client.state` knows already of a close() that another listener has asked for.
    const { state } = client.getSnapshot()
    this.history.push([this.#world.clock.elapsed, type, payload])
    const rank = RANK[type]
    if (rank !== undefined && !(type === 'error' && ASIDE.includes((payload as WebSocketReconnectError).code))) {
      this.ok(rank >= this.#rank, `R25 ${type} comes too late within its step`)
      this.#rank = rank
    }
    switch (type) {
      case 'close':
        this.#closes++
        return this.ok(state !== 'OPEN', 'R17 listeners of close see what became of it')
      case 'message':
        return this.ok(latest.phase !== 'closing' && latest.phase !== 'closed', 'R20 no message after close()')
      case 'drop':
        this.#drops++
        return
      case 'open':
        this.#opens++
        return this.ok(state === 'OPEN', 'R17 listeners of open see OPEN')
      case 'stateChange':
        this.ok(payload === state && payload !== this.#lastState, 'R25 stateChange tells the news, once')
        this.#lastState = payload as string
        return
      case 'circuitChange': {
        this.ok(payload === client.getCircuitState(), 'R25 circuitChange tells the truth')
        if (payload !== 'OPEN') this.#barredUntil = -Infinity
        return
      }
      case 'retry': {
        const { attempt, delay } = payload as { attempt: number; delay: number }
        const right = attempt === Math.max(1, client.getSnapshot().retryCount)
        return this.ok(right && delay >= 0 && Number.isInteger(delay), 'R4 R6 retry tells its number and its delay')
      }
      case 'error':
        return this.ok(payload instanceof WebSocketReconnectError, 'R18 errors are of one class')
    }
  }

  /** A subscriber is called. */
  onSnapshot(): void {
    const next = this.#client.getSnapshot()
    const old = this.#snapshot
    const differs = (Object.keys(next) as (keyof Snapshot)[]).some((key) => !Object.is(next[key], old[key]))
    this.ok(Object.isFrozen(next) && next !== old && differs, 'R26 a snapshot is frozen, and news')
    this.#snapshot = next
  }

  // ── when nothing is under way ──────────────────────────────────────────────────────────────────────────────────

  checkInvariants(): void {
    if (this.broken) throw this.broken
    const client = this.#client
    const world = this.#world
    const snapshot = client.getSnapshot()
    const stats = client.getStats()
    const { state, retryAt } = snapshot
    const { phase, until, circuit } = latest
    const wanted = phase !== 'idle' && phase !== 'closed'
    const holds = owns(phase)

    this.ok(snapshot === this.#snapshot, 'R26 subscribers were told')
    this.ok(state === client.state && state === stats.state && state === this.#lastState, 'R1 one state everywhere')
    this.ok(this.attempts === this.#closes + (holds ? 1 : 0), 'R25 every attempt ends in exactly one close')
    this.ok(this.#opens === snapshot.connectionId && this.#opens === stats.connections, 'R26 connectionId counts')

    let live = 0
    for (const socket of world.sockets) {
      if (socket.readyState < 2 && !this.unclosable.has(socket)) {
        live++
        this.ok(holds && socket === this.socket, 'R2 at most one live socket, and none while down')
      }
      this.ok(socket.swallowed.length === 0, 'R16 nothing is sent into a closing socket')
    }
    this.ok(live < 2, 'R2 at most one live socket')

    const ticks = wanted && phase !== 'failed'
    const timers = world.timers - this.pendingThrows
    this.ok(timers <= (ticks ? 1 : 0), 'R2 R20 one timer, and none at rest')
    this.ok(!ticks || until === Infinity || timers === 1, 'R2 a deadline has its timer')
    this.ok(world.clock.peak <= 1 || this.pendingThrows > 0 || this.#hasThrown, 'R2 never two timers at once')
    this.ok(world.clock.unrefs === 0, 'R2 no timer is unref’ed')
    this.ok(world.watchers <= (wanted ? 1 : 0), 'R20 nobody watches the world for a client at rest')

    const awaits = phase === 'waiting' || (phase === 'blocked' && circuit.trialAt < Infinity)
    this.ok((retryAt !== null) === awaits, 'R1 R10 retryAt tells of the next attempt')
    this.ok((state === 'BLOCKED') === (phase === 'blocked'), 'R1 BLOCKED')
    this.ok(state !== 'BLOCKED' || client.getCircuitState() === 'OPEN', 'R1 BLOCKED only while the circuit is open')
    const settled = state === 'OPEN' || state === 'FAILED' || state === 'CLOSING' || !wanted
    this.ok(!(snapshot.isReconnecting && settled), 'R26 isReconnecting ends with OPEN, FAILED and close()')
    this.ok(state !== 'OPEN' || (snapshot.error === null && snapshot.protocol !== null), 'R26 no error while OPEN')
    this.ok(wanted || snapshot.error === null, 'R26 no error at rest')

    this.ok(this.#messages === this.#transmitted + this.#drops + stats.queuedMessages, 'R16 no message lost or made')
    this.ok(stats.queuedMessages <= this.#mostMessages, 'R16 the queue is bounded')
    this.ok(snapshot.status === STATUS[phase], 'R26 status says the phase')
    // What an open line has accepted may still go out while CLOSING.
    this.ok(phase !== 'closed' || stats.queuedMessages === 0, 'R16 close() drops what is queued')
  }

  /** The story, one line each. */
  get told(): string[] {
    return this.history.map(([at, type, payload]) => `${at} ${type} ${brief(type, payload)}`.trimEnd())
  }
}

function brief(type: string, payload: unknown): string {
  const of = payload as Record<string, unknown>
  switch (type) {
    case 'error':
      return String(of.code)
    case 'close':
      return `${of.code}${of.wasClean ? ' clean' : ''}${of.opened ? '' : ', never opened'}`
    case 'retry':
      return `${of.attempt}/${of.maxRetries} in ${of.delay}`
    case 'drop':
      return `${String(of.data).slice(0, 20)}, ${of.reason}`
    case 'message':
      return String(of.data)
    default:
      return payload === undefined ? '' : String(payload)
  }
}
