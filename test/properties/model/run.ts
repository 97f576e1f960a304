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
import { end } from './liveness.ts'
import { type Fate, Judge } from './checker.ts'
import { latest, observe } from './probe.ts'
import { type Change, type Mood, type Options, type ProviderMood, type Scenario, type Step, write } from './scenario.ts'

/** A lease that wants nothing and hides nothing. */
const idleLease: LeaseState = {
  isClosedByUser: false,
  beforeSend() {},
  show: (snapshot) => snapshot,
  serverSnapshot: initialSnapshot,
}

/** Thrown by the user's side, or the platform's, on purpose. */
class Planned extends Error {}

/** A law was broken; carries everything needed to see it happen again. */
export class Violation extends Error {
  readonly #law: string
  readonly #scenario: Scenario

  constructor(thrown: unknown, scenario: Scenario, told: readonly string[]) {
    const { message, stack } = thrown as Error
    super(`${stack || message}\n\nscenario:\n${write(scenario)}\n\nlog:\n${told.join('\n')}`)
    this.name = 'Violation'
    this.#law = /^[^:\n]*/.exec(message)?.[0] as string
    this.#scenario = scenario
  }

  /** Its name, without the circumstances. */
  get law(): string {
    return this.#law
  }

  get scenario(): Scenario {
    return this.#scenario
  }
}

type The<K extends Step['do']> = Extract<Step, { do: K }>

const BIG = 'x'.repeat(400)

/** What `shouldReconnect` answers in its odd mood: no, a number of ms, and what it must not. */
const ODD: readonly unknown[] = [false, 700, undefined, Number.NaN, 0, Infinity]

const isAtRest = (phase: string): boolean => ['idle', 'closed', 'closing', 'failed'].includes(phase)

export class Life {
  readonly client: WebSocketReconnect
  readonly world: World
  readonly judge: Judge
  readonly #scenario: Scenario
  readonly #isAsync: boolean

  // Moods of the moment.
  #server = 'accepts'
  #answers = false
  #provider: ProviderMood = 'fine'
  #functions: Mood = 'fine'
  readonly #inside = new Map<string, Step>()
  readonly #throwing = new Set<string>()
  readonly #mute = new Set<FakeSocket>()
  /** Sockets that die of the next message they are given. */
  readonly #lethal = new Set<FakeSocket>()
  /** How often a function of the user's has answered oddly. */
  #odd = 0
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
    this.judge = new Judge(this.client, this.world)
    observe(this.client, (...transition) => this.judge.stepped(...transition))
    for (const type of every) {
      this.client.on(type, ((payload: unknown) => this.#heard(type, payload)) as ClientEvents[typeof type])
    }
    this.client.subscribe(() => {
      this.judge.published()
      this.#react('subscribe')
    })
  }

  /** Plays every step, then asks for recovery and for an end; returns what the client told, or throws a Violation. */
  async play(): Promise<string[]> {
    try {
      for (const step of this.#scenario.steps) await this.take(step)
      await end(this)
      await this.world.settle()
      this.judge.rest()
    } catch (thrown) {
      throw new Violation(thrown, this.#scenario, this.judge.told)
    }
    return this.judge.told
  }

  /** One step, and what must be true after it. */
  async take(step: Step): Promise<void> {
    this.#depth = 0
    this.judge.begins()
    this.#do(step)
    if (this.#isAsync) await this.world.settle()
    this.judge.rest()
  }

  /** Time passes without news, promises settling on the way. */
  async pass(ms: number): Promise<void> {
    this.#depth = 0
    this.judge.begins()
    if (this.#isAsync) await this.world.advanceAsync(ms)
    else this.world.advance(ms)
    this.judge.rest()
  }

  /** Everything that misbehaves stops to. */
  heal(): void {
    this.#inside.clear()
    this.#throwing.clear()
    this.#mute.clear()
    this.#lethal.clear()
    this.#server = 'accepts'
    this.#answers = true
    this.#provider = 'fine'
    this.#functions = 'fine'
    for (const socket of this.world.sockets) socket.drain()
    this.judge.story.push([this.world.clock.elapsed, 'healthy', undefined])
  }

  /** The server stops talking, to old and new connections. */
  silence(): void {
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
        if (!(error instanceof Planned) || this.judge.loose-- === 0) throw error
      }
    }
    const { now, monotonic, clearTimeout } = clock
    return { now, monotonic, clearTimeout, setTimeout: (fn, ms) => clock.setTimeout(tolerant(fn), ms) }
  }

  #heard(type: keyof ClientEvents, payload: unknown): void {
    this.judge.heard(type, payload)
    this.#react(type)
    if (!this.#throwing.delete(type)) return
    if (type === 'error') this.judge.flung()
    throw new Planned(`a listener of ${type} throws`)
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
    const { client, judge, world } = this
    const socket = owns(latest.phase) ? judge.socket : undefined
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
        judge.ok(client.getSnapshot() === client.getSnapshot(), 'R26 the same object')
        return judge.ok(client.bufferedAmount >= 0 && client.getStats().uptime >= 0, 'no nonsense in the numbers')
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
        this.#server = step.mood
        this.#answers = step.mood === 'answers pings'
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
        if (socket) this.#mute.add(socket)
        return
      case 'send kills':
        if (socket) this.#lethal.add(socket)
        return
      case 'close throws':
        if (!socket) return
        judge.stubborn.add(socket)
        socket.close = () => {
          throw new Planned('close throws')
        }
        return
      case 'stale socket':
        return this.#speakStale(step)

      case 'pass':
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
        this.#provider = step.mood
        return
      case 'functions':
        this.#functions = step.mood
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
    const fate: Fate = { state: 'pending' }
    this.judge.promises.push(fate)
    promise.then(
      () => {
        fate.state = 'resolved'
      },
      (error: unknown) => {
        fate.state = 'rejected'
        this.judge.ok(!isSure, `${what} never rejects`)
        this.judge.ok(error instanceof WebSocketReconnectError, `R24 ${what} rejects with our own error`)
      },
    )
  }

  #retryNow(): void {
    const { phase } = latest
    const dials = this.judge.attempts
    this.client.retryNow()
    const waited = phase === 'waiting' || phase === 'blocked' || phase === 'suspended'
    this.judge.ok(
      this.#depth > 1 || this.judge.attempts > dials === waited || isAtRest(phase),
      'R29 retryNow() dials now',
    )
  }

  #send({ as, wait }: The<'send'>): void {
    const { client, judge } = this
    if (as === 'nonsense') return this.#refuses(TypeError, true, () => client.send({} as never))
    const number = judge.sends()
    const bytes = as === 'bytes' && new Uint8Array([number >> 8, number & 255])
    const fate = client.send(bytes || `m${number}${as === 'big' ? BIG : ''}`, wait ? undefined : { queue: false })
    judge.ok(wait || fate !== 'queued', 'R16 {queue: false} never waits')
    judge.sent(number, fate)
  }

  #update(change: Change): void {
    const { options } = this.client
    const illegal = (change.maxDelay ?? options.maxDelay) < (change.baseDelay ?? options.baseDelay)
    this.#refuses(TypeError, illegal, () => this.client.update(this.#change(change)))
    this.judge.widen()
  }

  /** A call that throws if, and only if, the programmer has made a mistake; and then it changes nothing (R18, R23). */
  #refuses(kind: new (text: string) => Error, expected: boolean, call: () => unknown): void {
    const before = this.client.getSnapshot()
    try {
      call()
    } catch (error) {
      this.judge.ok(expected && error instanceof kind, `R18 network trouble never throws: ${error}`)
      return this.judge.ok(before === this.client.getSnapshot(), 'R23 what throws changes nothing')
    }
    this.judge.ok(!expected, 'R18 programmer errors throw')
  }

  #options({ url, protocols, environment, ...limits }: Options): Partial<WebSocketReconnectOptions> {
    return {
      ...this.#change(limits),
      url: url === 'string' ? 'wss://example.test/0' : (context) => this.#provide(context) as string,
      ...(protocols && { protocols: protocols === 'string' ? ['chat'] : () => ['chat', 'news'] }),
      environment:
        environment !== false &&
        ((notify) => {
          if (this.#functions === 'throws') throw new Planned('environment throws')
          return this.world.environment(notify)
        }),
    }
  }

  #change(change: Change): Partial<WebSocketReconnectOptions> {
    const { url, protocols, shouldReconnect, retryDelay, isPong, heartbeatMessage, ...plain } = change
    const inMood = <T>(fine: T, odd: T): T => {
      if (this.#functions === 'throws') throw new Planned('a function throws')
      return this.#functions === 'odd' ? odd : fine
    }
    return {
      ...plain,
      ...(url !== undefined && { url: `wss://example.test/${url}` }),
      ...(protocols !== undefined && { protocols: `chat${protocols}` }),
      ...(shouldReconnect && { shouldReconnect: () => inMood(true, ODD[this.#odd++ % ODD.length] as boolean) }),
      ...(retryDelay && { retryDelay: ({ delay }) => inMood(delay, Number.NaN) }),
      ...(isPong && { isPong: (data) => inMood(data === 'pong', true) }),
      ...(heartbeatMessage && { heartbeatMessage: () => inMood<object>({ type: 'ping' }, undefined as never) }),
    }
  }

  #provide({ attempt }: AttemptContext): unknown {
    this.judge.dials()
    const answer = `wss://example.test/${attempt}`
    if (this.#provider === 'throws') throw new Planned('the provider throws')
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
        return Promise.reject(new Planned('the provider rejects'))
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
    const mood = this.#server
    if (mood === 'throws') throw new Planned('the constructor throws')
    if (mood === 'syntax error') throw new SyntaxError('the constructor refuses the url')
    this.judge.opens(socket)
    socket.onSend = (data) => {
      if (this.#mute.has(socket)) throw new Planned('send throws')
      this.judge.transmits(socket, numberOf(data))
      if (this.#lethal.delete(socket)) return socket.die(1006)
      if (!this.#answers) return
      socket.later(5, () => {
        if (socket.readyState === 1 && this.#answers) socket.receive('pong')
      })
    }
    const soon = (ms: number, readyState: number, fn: () => void) =>
      socket.later(ms, () => {
        if (socket.readyState === readyState) fn()
      })
    if (mood === 'refuses') soon(0, 0, () => socket.refuse())
    else if (mood !== 'hangs') soon(mood === 'slow' ? 700 : 0, 0, () => socket.accept())
    // A server that has been healed since does not flap any more.
    if (mood === 'flaps') soon(100, 1, () => this.#server === mood && socket.die(1006))
    if (mood === 'greets and drops') {
      soon(5, 1, () => socket.receive('welcome'))
      soon(10, 1, () => this.#server === mood && socket.die(1001, '', true))
    }
  }

  /** A socket that is over says something; nobody may hear it (R2). */
  #speakStale({ which, event, code }: The<'stale socket'>): void {
    const { client, judge } = this
    const stale = this.world.sockets.filter((socket) => socket !== judge.socket || !owns(latest.phase))
    const socket = stale[which % (stale.length || 1)]
    if (!socket) return
    const before = client.getSnapshot()
    const told = judge.story.length
    const { messagesReceived } = client.getStats()
    socket.dispatch(event, event === 'close' ? { code, reason: '', wasClean: true } : { data: 'late' })
    judge.ok(before === client.getSnapshot() && told === judge.story.length, 'R2 a stale socket is not heard')
    judge.ok(messagesReceived === client.getStats().messagesReceived, 'R2 a stale socket is not counted')
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
