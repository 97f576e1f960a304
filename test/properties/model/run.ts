/**
 * Owns playing a scenario: a real client in the virtual world, its user, its server and its bad luck, step by step.
 * Must never decide anything by chance: the same scenario tells the same story.
 */

import {
  type AttemptContext,
  type ClientEvents,
  type Clock,
  initialSnapshot,
  WebSocketReconnect,
  WebSocketReconnectError,
  type WebSocketReconnectOptions,
} from '../../../src/index.ts'
import type { LeaseState } from '../../../src/runtime/mount-lease.ts'
import { createWorld, every, type FakeSocket, type World } from '../../support/index.ts'
import { owns } from '../../support/invariants.ts'
import { Checker, type Outcome } from './checker.ts'
import { checkLiveness } from './liveness.ts'
import { latest, observe } from './probe.ts'
import {
  type CallbackMode,
  type Change,
  type Options,
  type ProviderMode,
  type Scenario,
  type Step,
  write,
} from './scenario.ts'

/** A lease that wants nothing and hides nothing. */
const idleLease: LeaseState = {
  isClosedByUser: false,
  beforeSend() {},
  show: (snapshot) => snapshot,
  serverSnapshot: initialSnapshot,
}

/** Thrown by the user's side, or the platform's, on purpose. */
class InjectedError extends Error {}

/** An invariant was broken; carries everything needed to see it happen again. */
export class Violation extends Error {
  readonly #invariant: string
  readonly #scenario: Scenario

  constructor(thrown: unknown, scenario: Scenario, told: readonly string[]) {
    const { message, stack } = thrown as Error
    super(`${stack || message}\n\nscenario:\n${write(scenario)}\n\nlog:\n${told.join('\n')}`)
    this.name = 'Violation'
    this.#invariant = /^[^:\n]*/.exec(message)?.[0] as string
    this.#scenario = scenario
  }

  /** Its name, without the circumstances. */
  get invariant(): string {
    return this.#invariant
  }

  get scenario(): Scenario {
    return this.#scenario
  }
}

type The<K extends Step['do']> = Extract<Step, { do: K }>

const BIG = 'x'.repeat(400)

/** What `shouldReconnect` answers in its odd mode: no, a number of ms, and what it must not. */
const ODD: readonly unknown[] = [false, 700, undefined, Number.NaN, 0, Infinity]

const isAtRest = (phase: string): boolean => ['idle', 'closed', 'closing', 'failed'].includes(phase)

export class Run {
  readonly client: WebSocketReconnect
  readonly world: World
  readonly checker: Checker
  readonly #scenario: Scenario
  readonly #isAsync: boolean

  // Modes of the moment.
  #server = 'accepts'
  #answers = false
  #provider: ProviderMode = 'fine'
  #functions: CallbackMode = 'fine'
  readonly #inside = new Map<string, Step>()
  readonly #throwing = new Set<string>()
  readonly #throwsOnSend = new Set<FakeSocket>()
  /** Sockets that die of the next message they are given. */
  readonly #killedBySend = new Set<FakeSocket>()
  /** How often a function of the user's has answered oddly. */
  #wrongAnswers = 0
  /** How many listeners deep this step is. */
  #depth = 0
  /** By how much timers may be late because they slept while the clock did not. */
  lag = 0

  constructor(scenario: Scenario) {
    this.#scenario = scenario
    this.#isAsync = scenario.options.url === 'async'
    this.world = createWorld({ seed: scenario.seed, ...scenario.world })
    this.world.server = (socket) => this.#serve(socket)
    this.client = new WebSocketReconnect(this.world.options({ ...this.#options(scenario.options), clock: this.#clock }))
    this.checker = new Checker(this.client, this.world)
    observe(this.client, (...transition) => this.checker.onTransition(...transition))
    for (const type of every) {
      this.client.on(type, ((payload: unknown) => this.#heard(type, payload)) as ClientEvents[typeof type])
    }
    this.client.subscribe(() => {
      this.checker.onSnapshot()
      this.#react('subscribe')
    })
  }

  /** Plays every step, then asks for recovery and for an end; returns what the client told, or throws a Violation. */
  async play(): Promise<string[]> {
    try {
      for (const step of this.#scenario.steps) await this.take(step)
      await checkLiveness(this)
      await this.world.settle()
      this.checker.checkInvariants()
    } catch (thrown) {
      throw new Violation(thrown, this.#scenario, this.checker.told)
    }
    return this.checker.told
  }

  /** One step, and what must be true after it. */
  async take(step: Step): Promise<void> {
    this.#depth = 0
    this.checker.stepBegins()
    this.#do(step)
    if (this.#isAsync) await this.world.settle()
    this.checker.checkInvariants()
  }

  /** Time passes without news, promises settling on the way. */
  async advance(ms: number): Promise<void> {
    this.#depth = 0
    this.checker.stepBegins()
    if (this.#isAsync) await this.world.advanceAsync(ms)
    else this.world.advance(ms)
    this.checker.checkInvariants()
  }

  /** Everything that misbehaves stops to. */
  clearFaults(): void {
    this.#inside.clear()
    this.#throwing.clear()
    this.#throwsOnSend.clear()
    this.#killedBySend.clear()
    this.#server = 'accepts'
    this.#answers = true
    this.#provider = 'fine'
    this.#functions = 'fine'
    for (const socket of this.world.sockets) socket.drain()
    this.checker.history.push([this.world.clock.elapsed, 'healthy', undefined])
  }

  /** The server stops talking, to old and new connections. */
  stopAnswering(): void {
    this.#server = 'hangs'
    this.#answers = false
  }

  /** The world's clock; what an `error` listener threw comes out of a task of its own (R17), and ends here. */
  get #clock(): Clock {
    const { clock } = this.world
    const tolerant = (fn: () => void) => () => {
      try {
        fn()
      } catch (error) {
        if (!(error instanceof InjectedError) || this.checker.pendingThrows-- === 0) throw error
      }
    }
    const { now, monotonic, clearTimeout } = clock
    return { now, monotonic, clearTimeout, setTimeout: (fn, ms) => clock.setTimeout(tolerant(fn), ms) }
  }

  #heard(type: keyof ClientEvents, payload: unknown): void {
    this.checker.onEvent(type, payload)
    this.#react(type)
    if (!this.#throwing.delete(type)) return
    if (type === 'error') this.checker.listenerThrew()
    throw new InjectedError(`a listener of ${type} throws`)
  }

  /** Does what was planned for this moment. */
  #react(type: keyof ClientEvents | 'subscribe'): void {
    // A listener that provokes its own event could go on for ever.
    const step = this.#depth < 4 && this.#inside.get(type)
    if (!step) return
    this.#inside.delete(type)
    this.#do(step)
  }

  #do(step: Step): void {
    const { client, checker, world } = this
    const socket = owns(latest.phase) ? checker.socket : undefined
    this.#depth++
    switch (step.do) {
      case 'connect':
        return this.#expect(client.connect(), 'connect()')
      case 'reconnect':
        return client.reconnect()
      case 'retryNow':
        return this.#retryNow()
      case 'prepare':
        // What the hooks' own client does: it has let go, and will connect in a moment.
        return client.grant(idleLease).prepare()
      case 'drained':
        return this.#expect(client.drain(), 'drain()')
      case 'flush':
        return client.flush()
      case 'closeCircuit':
        return client.closeCircuit()
      case 'look':
        checker.ok(client.getSnapshot() === client.getSnapshot(), 'R26 the same object')
        return checker.ok(client.bufferedAmount >= 0 && client.getStats().uptime >= 0, 'no nonsense in the numbers')
      case 'close':
        return this.#refuses(RangeError, step.code === 1006 || step.code === 5000 || tooLong(step.reason), () =>
          this.#expect(client.close(step.code, step.reason), 'close()', true),
        )
      case 'send':
        return this.#send(step)
      case 'openCircuit':
        return this.#refuses(TypeError, step.ms !== undefined && step.ms < 0, () => client.openCircuit(step.ms))
      case 'update':
        return this.#update(step.change)

      case 'server':
        this.#server = step.mode
        this.#answers = step.mode === 'answers pings'
        return
      case 'accept':
        if (socket?.readyState === 0) socket.accept()
        return
      case 'refuse':
        if (socket?.readyState === 0) socket.refuse()
        return
      case 'receive':
        if (socket?.readyState) socket.receive(step.text === 'bytes' ? new ArrayBuffer(3) : step.text)
        return
      case 'die':
        if (socket && socket.readyState < 3) socket.die(step.code, '', step.clean)
        return
      case 'stall':
        return socket?.stall(step.bytes)
      case 'drain':
        return socket?.drain(step.bytes)
      case 'deaf':
        if (socket) socket.deaf = true
        return
      case 'error event':
        return socket?.dispatch('error')
      case 'send throws':
        if (socket) this.#throwsOnSend.add(socket)
        return
      case 'send kills':
        if (socket) this.#killedBySend.add(socket)
        return
      case 'close throws':
        if (!socket) return
        checker.unclosable.add(socket)
        socket.close = () => {
          throw new InjectedError('close throws')
        }
        return
      case 'stale socket':
        return this.#speakStale(step)

      case 'advance':
        return this.#pass(step.ms)
      case 'due':
        return this.#pass(latest.until < Infinity ? Math.max(0, latest.until - world.clock.stamp + step.ms) : 0)
      case 'block':
        // Inside a listener no time passes: everyone hears of a step in the same moment.
        if (this.#depth === 1) world.block(step.ms)
        return
      case 'wall':
        return world.moveWall(step.ms)
      case 'sleep':
        if (this.#depth > 1) return
        if (step.monotonic === 'advances' && step.timers === 'wait') this.lag += step.ms
        return world.sleep(step.ms, step)

      case 'news':
        return world.notify(step.news)
      case 'provider':
        this.#provider = step.mode
        return
      case 'functions':
        this.#functions = step.mode
        return
      case 'inside':
        this.#inside.set(step.event, step.step)
        return
      case 'throw':
        this.#throwing.add(step.event)
        return
      default:
        step satisfies never
    }
  }

  // ── the user ───────────────────────────────────────────────────────────────────────────────────────────────────

  /** Keeps an eye on a promise: it settles, and rejects, if it may, with an error of ours. */
  #expect(promise: Promise<void>, what: string, isSure = false): void {
    const outcome: Outcome = { state: 'pending' }
    this.checker.promises.push(outcome)
    promise.then(
      () => {
        outcome.state = 'resolved'
      },
      (error: unknown) => {
        outcome.state = 'rejected'
        this.checker.ok(!isSure, `${what} never rejects`)
        this.checker.ok(error instanceof WebSocketReconnectError, `R24 ${what} rejects with our own error`)
      },
    )
  }

  #retryNow(): void {
    const { phase } = latest
    const dials = this.checker.attempts
    this.client.retryNow()
    const waited = phase === 'waiting' || phase === 'blocked' || phase === 'suspended'
    this.checker.ok(
      this.#depth > 1 || this.checker.attempts > dials === waited || isAtRest(phase),
      'R29 retryNow() dials now',
    )
  }

  #send({ as, wait }: The<'send'>): void {
    const { client, checker } = this
    if (as === 'nonsense') return this.#refuses(TypeError, true, () => client.send({} as never))
    const number = checker.onSend()
    const bytes = as === 'bytes' && new Uint8Array([number >> 8, number & 255])
    const outcome = client.send(bytes || `m${number}${as === 'big' ? BIG : ''}`, wait ? undefined : { queue: false })
    checker.ok(wait || outcome !== 'queued', 'R16 {queue: false} never waits')
    checker.onSent(number, outcome)
  }

  #update(change: Change): void {
    const { options } = this.client
    const illegal = (change.maxDelay ?? options.maxDelay) < (change.baseDelay ?? options.baseDelay)
    this.#refuses(TypeError, illegal, () => this.client.update(this.#change(change)))
    this.checker.optionsChanged()
  }

  /** A call that throws if, and only if, the programmer has made a mistake; and then it changes nothing (R18, R23). */
  #refuses(kind: new (text: string) => Error, expected: boolean, call: () => unknown): void {
    const before = this.client.getSnapshot()
    try {
      call()
    } catch (error) {
      this.checker.ok(expected && error instanceof kind, `R18 network trouble never throws: ${error}`)
      return this.checker.ok(before === this.client.getSnapshot(), 'R23 what throws changes nothing')
    }
    this.checker.ok(!expected, 'R18 programmer errors throw')
  }

  #options({ url, protocols, environment, ...limits }: Options): Partial<WebSocketReconnectOptions> {
    return {
      ...this.#change(limits),
      url: url === 'string' ? 'wss://example.test/0' : (context) => this.#provide(context) as string,
      ...(protocols && { protocols: protocols === 'string' ? ['chat'] : () => ['chat', 'news'] }),
      environment:
        environment !== false &&
        ((notify) => {
          if (this.#functions === 'throws') throw new InjectedError('environment throws')
          return this.world.environment(notify)
        }),
    }
  }

  #change(change: Change): Partial<WebSocketReconnectOptions> {
    const { url, protocols, shouldReconnect, retryDelay, isPong, heartbeatMessage, ...plain } = change
    const byMode = <T>(fine: T, odd: T): T => {
      if (this.#functions === 'throws') throw new InjectedError('a function throws')
      return this.#functions === 'odd' ? odd : fine
    }
    return {
      ...plain,
      ...(url !== undefined && { url: `wss://example.test/${url}` }),
      ...(protocols !== undefined && { protocols: `chat${protocols}` }),
      ...(shouldReconnect && {
        shouldReconnect: () => byMode(true, ODD[this.#wrongAnswers++ % ODD.length] as boolean),
      }),
      ...(retryDelay && { retryDelay: ({ delay }) => byMode(delay, Number.NaN) }),
      ...(isPong && { isPong: (data) => byMode(data === 'pong', true) }),
      ...(heartbeatMessage && { heartbeatMessage: () => byMode<object>({ type: 'ping' }, undefined as never) }),
    }
  }

  #provide({ attempt }: AttemptContext): unknown {
    this.checker.onDial()
    const answer = `wss://example.test/${attempt}`
    if (this.#provider === 'throws') throw new InjectedError('the provider throws')
    if (!this.#isAsync) {
      if (this.#provider === 'garbage') return { url: answer }
      if (this.#provider === 'answers null') return null
      return this.#provider === 'rejects' ? 'ftp://example.test' : answer
    }
    if (this.#provider === 'answers null') return Promise.resolve(null)
    switch (this.#provider) {
      case 'garbage':
        return Promise.resolve(42)
      case 'rejects':
        return Promise.reject(new InjectedError('the provider rejects'))
      case 'hangs':
        return new Promise(() => {})
      case 'slow':
        return new Promise((resolve) => this.world.clock.later(700, () => resolve(answer)))
      default:
        return Promise.resolve(answer)
    }
  }

  // ── the network ────────────────────────────────────────────────────────────────────────────────────────────────

  #serve(socket: FakeSocket): void {
    const mode = this.#server
    if (mode === 'throws') throw new InjectedError('the constructor throws')
    if (mode === 'syntax error') throw new SyntaxError('the constructor refuses the url')
    this.checker.onSocket(socket)
    socket.onSend = (data) => {
      if (this.#throwsOnSend.has(socket)) throw new InjectedError('send throws')
      this.checker.onTransmit(socket, numberOf(data))
      if (this.#killedBySend.delete(socket)) return socket.die(1006)
      if (!this.#answers) return
      socket.later(5, () => {
        if (socket.readyState === 1 && this.#answers) socket.receive('pong')
      })
    }
    const soon = (ms: number, readyState: number, fn: () => void) =>
      socket.later(ms, () => {
        if (socket.readyState === readyState) fn()
      })
    if (mode === 'refuses') soon(0, 0, () => socket.refuse())
    else if (mode !== 'hangs') soon(mode === 'slow' ? 700 : 0, 0, () => socket.accept())
    // A server that has been healed since does not flap any more.
    if (mode === 'flaps') soon(100, 1, () => this.#server === mode && socket.die(1006))
    if (mode === 'greets and drops') {
      soon(5, 1, () => socket.receive('welcome'))
      soon(10, 1, () => this.#server === mode && socket.die(1001, '', true))
    }
  }

  /** A socket that is over says something; nobody may hear it (R2). */
  #speakStale({ which, event, code }: The<'stale socket'>): void {
    const { client, checker } = this
    const stale = this.world.sockets.filter((socket) => socket !== checker.socket || !owns(latest.phase))
    const socket = stale[which % (stale.length || 1)]
    if (!socket) return
    const before = client.getSnapshot()
    const told = checker.history.length
    const { messagesReceived } = client.getStats()
    socket.dispatch(event, event === 'close' ? { code, reason: '', wasClean: true } : { data: 'late' })
    checker.ok(before === client.getSnapshot() && told === checker.history.length, 'R2 a stale socket is not heard')
    checker.ok(messagesReceived === client.getStats().messagesReceived, 'R2 a stale socket is not counted')
  }

  // ── time ───────────────────────────────────────────────────────────────────────────────────────────────────────

  #pass(ms: number): void {
    if (this.#depth === 1) this.world.advance(ms)
  }
}

const tooLong = (reason = ''): boolean => Buffer.byteLength(reason) > 123

/** The number of a message, −1 for a ping. */
function numberOf(data: unknown): number {
  if (typeof data === 'string') return data[0] === 'm' ? Number.parseInt(data.slice(1), 10) : -1
  const [high = 0, low = 0] = data as Uint8Array
  return high * 256 + low
}
