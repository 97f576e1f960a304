/**
 * Owns the soak: a few long lives, five hundred steps each, in which sockets, listeners, providers, clocks and callers are
 * rude to the client, with the contract's invariants checked after every step and liveness at the end. The search for
 * rare combinations is the model's (test/properties/model), in many short lives; what only grows with age is found here.
 * A failure prints its seed and its steps: `SOAK_SEED=17 npx vitest run --project core test/core/soak.test.ts` replays it.
 */

import { afterAll, describe, expect, it } from 'vitest'
import {
  type ClientEvents,
  type ConnectionState,
  WebSocketReconnect,
  type WebSocketReconnectOptions,
} from '../../src/index.ts'
import {
  accept,
  createWorld,
  every,
  type FakeSocket,
  flap,
  hang,
  mulberry32,
  refuse,
  type Server,
  throwing,
} from '../support/index.ts'

const WORLDS = 50
const STEPS = 500

const states: ConnectionState[] = ['CLOSED', 'CONNECTING', 'OPEN', 'CLOSING', 'BLOCKED', 'FAILED']
const owners: ConnectionState[] = ['CONNECTING', 'OPEN']
const attempting: ConnectionState[] = ['CONNECTING', 'OPEN', 'CLOSING']

/** Thrown by the rude on purpose: the only thing that may ever come out of a step. */
const rudeness = new Error('rude on purpose')

type Global = { reportError?: ((thrown: unknown) => void) | undefined }

/** One world and everything that is known about its client from outside. */
class Soak {
  readonly #chance: () => number
  readonly #world
  readonly #client: WebSocketReconnect
  /** What was done, for the report. */
  readonly steps: string[] = []
  #healthy = false
  #wanted = false
  /** close() was the last word. */
  #shut = false
  #asked = 0
  #provided = false
  #closes = 0
  #opens = 0
  #ceiling = 0
  #budget = 0
  #lastTold = ''
  #heard: string[] = []
  #notified = 0
  #state: string = 'CLOSED'
  #circuit: string = 'CLOSED'
  #snapshot
  // Messages by number: those in the queue, and the last one that left it.
  #messages = 0
  readonly #queued = new Set<number>()
  #leftQueue = -1
  readonly #done = new Set<number>()
  /** What send() said, until the step is over: inside a listener the drop is told after the event in hand. */
  #answers: [id: number, answer: string][] = []

  constructor(seed: number) {
    this.#chance = mulberry32(seed)
    this.#world = createWorld({
      seed: seed + 1,
      strictCloseCodes: this.#odds(0.5),
      synchronous: this.#odds(0.3),
      terminate: this.#odds(0.5),
      timeStamps: this.#odds(0.7),
      offline: this.#odds(0.1),
    })
    // Where there is no reportError, an error listener that throws would throw from a task of its own.
    const reports = this.#odds(0.5)
    ;(globalThis as Global).reportError = reports ? () => {} : undefined
    this.#provided = this.#odds(0.4)
    const options = this.#options()
    this.#ceiling = options.maxRetries ?? 10
    this.#client = new WebSocketReconnect(this.#world.options(options))
    this.#snapshot = this.#client.getSnapshot()
    this.#world.server = (socket) => this.#serve(socket)
    for (const type of every)
      this.#client.on(type, ((payload: unknown) => this.#hear(type, payload)) as ClientEvents[typeof type])
    for (const type of every) {
      this.#client.on(type, () => {
        if (this.#healthy || !this.#odds(0.1)) return
        if (this.#odds(0.3) && (reports || type !== 'error')) throw rudeness
        if (this.#budget-- > 0) this.#call(`in ${type}: `)
      })
    }
    this.#client.subscribe(() => {
      this.#notified++
      if (!this.#healthy && this.#odds(0.02) && this.#budget-- > 0) this.#call('in subscribe: ')
    })
  }

  async run(): Promise<void> {
    for (let step = 0; step < STEPS; step++) {
      this.#budget = 12
      this.#heard = []
      this.#notified = 0
      const { dials } = this.#world
      const before = this.#circuit
      await this.#guard(() => this.#step())
      this.#check()
      const changed = this.#heard.some((told) => told.startsWith('circuitChange'))
      if (before === 'OPEN' && !changed) this.#must(this.#world.dials === dials, 'dialled through an open circuit')
    }
    await this.#recover()
    await this.#leave()
  }

  // ---- what happens

  async #step(): Promise<void> {
    const roll = this.#chance()
    if (roll < 0.3) this.#advance()
    else if (roll < 0.55) this.#call('')
    else if (roll < 0.85) this.#provoke()
    else if (roll < 0.9) this.#time()
    else if (roll < 0.95) {
      const news = this.#pick(['online', 'offline', 'wake', 'freeze'] as const)
      this.#log(`notify ${news}`)
      this.#world.notify(news)
    } else {
      this.#log('settle')
      await this.#world.settle()
    }
  }

  #advance(): void {
    const ms = Math.floor(this.#chance() ** 4 * 60_000)
    this.#log(`advance ${ms}`)
    this.#world.advance(ms)
  }

  #time(): void {
    const ms = Math.floor(this.#chance() * 100_000)
    const monotonic = this.#pick(['stands', 'advances'] as const)
    const timers = this.#pick(['fire', 'wait'] as const)
    const kind = this.#pick(['sleep', 'block', 'forwards', 'backwards'] as const)
    this.#log(`${kind} ${ms} ${monotonic} ${timers}`)
    if (kind === 'sleep') this.#world.sleep(ms, { monotonic, timers })
    else if (kind === 'block') this.#world.block(ms)
    else this.#world.moveWall(kind === 'forwards' ? ms : -ms)
  }

  /** A call of the public interface, from outside or from inside a listener. */
  #call(where: string): void {
    const client = this.#client
    const say = (what: string) => this.#log(where + what)
    const roll = this.#chance()
    if (roll < 0.2) {
      say('connect()')
      this.#wanted = true
      this.#shut = false
      client.connect().catch(() => {})
    } else if (roll < 0.27) {
      const code = this.#pick([undefined, 1000, 1001, 3000, 4999])
      say(`close(${code})`)
      this.#wanted = false
      this.#shut = true
      client.close(code, 'soak')
    } else if (roll < 0.29) {
      say('close(1006)')
      try {
        client.close(1006)
        this.#must(false, 'close(1006) did not throw')
      } catch (error) {
        this.#must(error instanceof RangeError, 'close(1006) threw something else')
      }
    } else if (roll < 0.36) {
      say('reconnect()')
      this.#wanted = true
      this.#shut = false
      client.reconnect()
    } else if (roll < 0.75) this.#send(where)
    else if (roll < 0.78) {
      say('flush()')
      client.flush()
    } else if (roll < 0.82) {
      const ms = this.#pick([undefined, 0, 500, 5000, Infinity])
      say(`openCircuit(${ms})`)
      client.openCircuit(ms)
    } else if (roll < 0.88) {
      say('closeCircuit()')
      client.closeCircuit()
    } else if (roll < 0.94) this.#update(where)
    else {
      say('look')
      client.getStats()
      client.getCircuitState()
      void client.bufferedAmount
    }
  }

  #send(where: string): void {
    const id = this.#messages++
    const queue = this.#odds(0.9)
    const answer = this.#client.send(`m${id}${'.'.repeat(Math.floor(this.#chance() * 40))}`, { queue })
    this.#log(`${where}send m${id}${queue ? '' : ' {queue: false}'} -> ${answer}`)
    if (answer === 'queued') {
      this.#must(queue, `m${id} was told not to wait, and waits`)
      if (!this.#done.has(id)) this.#queued.add(id)
    } else this.#answers.push([id, answer])
  }

  #update(where: string): void {
    const change: Partial<WebSocketReconnectOptions> = this.#pick<() => Partial<WebSocketReconnectOptions>>([
      () => ({ maxRetries: this.#pick([1, 5, Infinity]) }),
      () => ({ heartbeatInterval: this.#pick([0, 1000, 20_000]) }),
      () => ({
        circuitBreaker: this.#pick([false, { failureThreshold: 2 }, { resetTimeout: 3000 }, { resetJitter: 0 }]),
      }),
      () => ({ queue: this.#pick([{ maxMessages: 5 }, { maxMessages: 100 }, { hold: true }, { hold: false }]) }),
      () => ({ minUptime: this.#pick([0, 1000]), connectTimeout: this.#pick([1000, 10_000]) }),
      () => ({ url: this.#provided ? this.#url() : `wss://example.test/${this.#pick(['a', 'b'])}` }),
    ])()
    this.#log(`${where}update ${JSON.stringify(change)}`)
    this.#ceiling = Math.max(this.#ceiling, change.maxRetries ?? 0)
    this.#client.update(change)
  }

  /** Something a socket does, be it the current one or one long gone. */
  #provoke(): void {
    const { sockets } = this.#world
    const socket = sockets[sockets.length - 1 - Math.floor(this.#chance() ** 3 * Math.min(4, sockets.length))]
    if (!socket) return
    const n = sockets.indexOf(socket)
    const roll = this.#chance()
    const say = (what: string) => this.#log(`socket ${n} (${socket.readyState}) ${what}`)
    if (socket.readyState === 0) {
      if (roll < 0.6) {
        say('accepts')
        socket.accept()
      } else if (roll < 0.9) {
        say('refuses')
        socket.refuse()
      } else {
        say('errors')
        socket.dispatch('error')
      }
    } else if (socket.readyState === 1) {
      if (roll < 0.35) {
        say('receives')
        socket.receive(this.#pick(['x', 'pong', '{"type":"pong"}', '{"pong"', new ArrayBuffer(3)]))
      } else if (roll < 0.5) {
        const code = this.#pick([1000, 1001, 1005, 1006, 1006, 1006, 1011, 1012, 1013, 999, 4000, 1008, 4401, 1002])
        say(`dies ${code}`)
        socket.die(code)
      } else if (roll < 0.6) {
        say('stalls')
        socket.stall(this.#pick([0, 100, 2_000_000]))
      } else if (roll < 0.75) {
        say('drains')
        socket.drain(this.#pick([undefined, 10, 1_000_000]))
      } else if (roll < 0.85) {
        say('goes deaf')
        socket.deaf = true
      } else {
        say('errors')
        socket.dispatch('error')
      }
    } else {
      const type = this.#pick(['open', 'message', 'error', 'close'] as const)
      say(`late ${type}`)
      if (type === 'close') socket.die(this.#pick([1000, 1002, 1006, 4401]))
      else socket.dispatch(type, type === 'message' ? { data: 'late' } : {})
    }
  }

  /** What a server does with a new connection. */
  #serve(socket: FakeSocket): void {
    socket.onSend = (data) => this.#leaves(String(data), socket)
    if (this.#healthy) return accept(20)(socket)
    if (this.#odds(0.1)) socket.deaf = true
    const server: Server = this.#pick([
      hang(),
      hang(),
      accept(this.#pick([0, 10, 900])),
      accept(0),
      refuse(this.#pick([0, 500])),
      flap(this.#pick([0, 100, 3000]), { code: this.#pick([1000, 1006, 1012]) }),
      throwing(this.#odds(0.1) ? new SyntaxError('rude') : new Error('rude')),
    ])
    server(socket)
  }

  /** A message is about to go out. */
  #leaves(data: string, socket: FakeSocket): void {
    const id = this.#id(data)
    if (id === undefined) {
      if (this.#healthy) socket.later(5, () => socket.readyState === 1 && socket.receive('pong'))
      return
    }
    if (!this.#healthy && this.#odds(0.02)) {
      this.#log(`m${id} throws`)
      throw rudeness
    }
    if (this.#queued.has(id)) {
      this.#must(id > this.#leftQueue, `m${id} left the queue after m${this.#leftQueue}`)
      for (const other of this.#queued) {
        this.#must(other >= id, `m${id} overtook m${other}`)
        break
      }
      this.#leftQueue = id
      this.#queued.delete(id)
    }
    this.#finish(id)
    if (!this.#healthy && this.#odds(0.02)) {
      this.#log(`m${id} kills`)
      socket.die(1006)
    }
  }

  #hear(type: keyof ClientEvents, payload: unknown): void {
    const told = typeof payload === 'string' ? `${type} ${payload}` : type
    this.#heard.push(told)
    if (type === 'open') this.#opens++
    if (type === 'close') {
      this.#closes++
      const { opened, code, wasClean } = payload as { opened: boolean; code: number; wasClean: boolean }
      if (!opened) {
        this.#must(code === 1006 && !wasClean, 'an attempt that never opened ended in something else than 1006')
        this.#must(this.#lastTold === 'error', 'an attempt that never opened ended without an error')
      }
    }
    if (type === 'stateChange') {
      this.#must(this.#state !== payload, `stateChange repeats ${payload}`)
      this.#state = String(payload)
    }
    if (type === 'circuitChange') {
      this.#must(this.#circuit !== payload, `circuitChange repeats ${payload}`)
      this.#circuit = String(payload)
    }
    if (type === 'drop') {
      const id = this.#id(String((payload as { data: unknown }).data)) as number
      this.#queued.delete(id)
      this.#finish(id)
    }
    if (type !== 'error' || (payload as { code: string }).code !== 'LISTENER_FAILED') this.#lastTold = type
  }

  /** A message has met its end: sent or dropped, and only once. */
  #finish(id: number): void {
    this.#must(!this.#done.has(id), `m${id} was sent or dropped twice`)
    this.#done.add(id)
  }

  // ---- what must be true

  #check(): void {
    const client = this.#client
    const world = this.#world
    const { state, circuitState, retryAt, retryCount, circuitFailures, connectionId } = client.getSnapshot()
    const stats = client.getStats()
    this.#must(states.includes(state), `the state is ${state}`)
    this.#must(
      client.state === state && stats.state === state && this.#state === state,
      'the state is told differently',
    )
    this.#must(
      client.getCircuitState() === circuitState && this.#circuit === circuitState,
      'the circuit is told differently',
    )

    this.#must(world.liveSockets.length <= 1, `${world.liveSockets.length} live sockets`)
    // What an open line has accepted still goes out while CLOSING.
    const isSending = state === 'CLOSING' && this.#client.getStats().queuedMessages > 0
    if (!owners.includes(state) && !isSending) this.#must(world.liveSockets.length === 0, `a live socket in ${state}`)
    if (state === 'OPEN') this.#must(world.socket.readyState === 1, 'OPEN without an open socket')

    this.#must(world.clock.peak <= 1, `${world.clock.peak} timers at once`)
    this.#must(world.clock.unrefs === 0, 'a timer was unref’ed')
    if (state === 'FAILED') this.#must(world.timers === 0, 'a timer in FAILED')
    if (state === 'CLOSED' && !this.#wanted) this.#idle()
    else if (state !== 'FAILED') this.#must(world.watchers === 1, `${world.watchers} watchers in ${state}`)

    if (state === 'BLOCKED') this.#must(circuitState === 'OPEN' && this.#wanted, 'BLOCKED for no reason')
    if (circuitState === 'OPEN' && this.#wanted)
      this.#must(state === 'BLOCKED' || state === 'FAILED', `${state} with an open circuit`)
    if (state === 'CLOSED') this.#must((retryAt !== null) === this.#wanted, 'waiting and wanted disagree')
    else if (state !== 'BLOCKED') this.#must(retryAt === null, `retryAt in ${state}`)
    if (retryAt !== null) this.#must(Number.isFinite(retryAt), `retryAt is ${retryAt}`)

    this.#must(retryCount >= 0 && retryCount <= this.#ceiling, `retryCount is ${retryCount} of ${this.#ceiling}`)
    this.#must(circuitFailures >= 0 && Number.isInteger(circuitFailures), `circuitFailures is ${circuitFailures}`)
    this.#must(connectionId === this.#opens && stats.connections === this.#opens, 'connections are miscounted')

    const attempts = this.#provided ? this.#asked : world.dials
    const open = attempting.includes(state) ? 1 : 0
    this.#must(this.#closes === attempts - open, `${this.#closes} closes for ${attempts} attempts in ${state}`)

    this.#must(
      stats.queuedMessages === this.#queued.size,
      `${stats.queuedMessages} queued, ${this.#queued.size} expected`,
    )
    if (this.#shut && state !== 'CLOSING') this.#must(this.#queued.size === 0, 'messages queued after close()')
    this.#must(this.#messages === this.#done.size + this.#queued.size, 'a message was lost in silence')
    for (const socket of world.sockets.slice(-3))
      this.#must(socket.swallowed.length === 0, 'a message was handed to a socket that was not open')

    const snapshot = client.getSnapshot()
    this.#must(Object.isFrozen(snapshot), 'the snapshot is not frozen')
    if (snapshot !== this.#snapshot) {
      const differs = (Object.keys(snapshot) as (keyof typeof snapshot)[]).some(
        (key) => !Object.is(snapshot[key], this.#snapshot[key]),
      )
      // Two changes within one step may lead back to where they began.
      this.#must(differs || this.#notified > 1, 'a new snapshot with old fields')
      this.#snapshot = snapshot
    }
  }

  #idle(): void {
    this.#must(this.#world.timers === 0, 'a timer while idle')
    this.#must(this.#world.watchers === 0, 'a watcher while idle')
  }

  /** With a healthy server, a wish and nobody holding the circuit, the client must get through, and stay. */
  async #recover(): Promise<void> {
    this.#healthy = true
    this.#log('— the world is healthy —')
    await this.#guard(async () => {
      this.#world.notify('online')
      this.#client.update({ maxRetries: Infinity })
      this.#ceiling = Infinity
      if (this.#client.getSnapshot().halfOpenAt === null && this.#circuit === 'OPEN') this.#client.closeCircuit()
      this.#wanted = true
      this.#shut = false
      this.#client.connect().catch(() => {})
    })
    // What rude servers had planned for their last connections still happens, within seconds.
    await this.#guard(() => this.#world.advanceAsync(5000))
    for (let second = 0; second < 300 && this.#client.state !== 'OPEN'; second++) {
      // A fatal close that was under way may still strand it: that is the contract, and so is the way out.
      if (this.#client.state === 'FAILED') this.#client.connect().catch(() => {})
      await this.#guard(() => this.#world.advanceAsync(1000))
      this.#check()
    }
    this.#must(this.#client.state === 'OPEN', `after 300 s with a healthy server the state is ${this.#client.state}`)
    await this.#guard(() => this.#world.advanceAsync(40_000))
    this.#must(this.#client.state === 'OPEN', 'lost a healthy connection')
    const { queue } = this.#client.options
    if (queue && queue.hold) this.#client.flush()
    this.#world.socket.drain()
    await this.#guard(() => this.#world.advanceAsync(100))
    this.#must(this.#queued.size === 0, `${this.#queued.size} messages stuck in the queue`)
    this.#must(this.#client.getSnapshot().retryCount === 0, 'proof did not zero retryCount')
    this.#check()
  }

  async #leave(): Promise<void> {
    this.#log('— close —')
    this.#wanted = false
    this.#shut = true
    this.#client.close()
    await this.#guard(() => this.#world.advanceAsync(60_000))
    this.#must(this.#client.state === 'CLOSED', `after close() the state is ${this.#client.state}`)
    this.#idle()
    this.#check()
  }

  // ---- the tools of the trade

  /** Runs a step; rudeness may come out of it where the platform would show it to somebody else, nothing else may. */
  async #guard(step: () => unknown): Promise<void> {
    this.#world.clock.peak = 0
    try {
      await step()
    } catch (error) {
      if (error !== rudeness) throw error
      this.#must(false, 'a rude listener’s throw came out of the client')
    }
  }

  #options(): Partial<WebSocketReconnectOptions> {
    const baseDelay = this.#pick([100, 500, 1000])
    return {
      url: this.#provided ? this.#url() : 'wss://example.test/a',
      protocols: this.#pick([[], 'v1', ['v1', 'v2']]),
      maxRetries: this.#pick([0, 1, 3, 10, Infinity]),
      baseDelay,
      maxDelay: baseDelay * this.#pick([1, 5, 30]),
      multiplier: this.#pick([1, 1.5, 2]),
      jitter: this.#pick([0, 0.1, 1, 'full', 'equal', 'decorrelated'] as const),
      retryDelay: this.#pick([undefined, undefined, ({ delay }: { delay: number }) => delay / 2]),
      shouldReconnect: this.#pick([
        undefined,
        undefined,
        ({ code }: { code: number }) => code !== 1011,
        () => {
          throw rudeness
        },
      ]),
      heartbeatInterval: this.#pick([0, 1000, 30_000]),
      heartbeatTimeout: this.#pick([300, 5000]),
      heartbeatMessage: this.#pick([
        undefined,
        undefined,
        'ping',
        () => {
          if (!this.#healthy && this.#odds(0.2)) throw rudeness
          return { type: 'ping' }
        },
      ]),
      minUptime: this.#pick([0, 500, 5000]),
      connectTimeout: this.#pick([800, 10_000]),
      closeTimeout: this.#pick([300, 2000]),
      circuitBreaker: this.#pick([
        false,
        undefined,
        { failureThreshold: 1, resetTimeout: 4000, halfOpenMaxRequests: 1 },
        { failureThreshold: 3, resetTimeout: 20_000, halfOpenMaxRequests: 2, resetJitter: 0 },
      ]),
      queue: this.#pick([
        undefined,
        false,
        { maxMessages: 10, overflow: 'drop-oldest' as const, maxAge: 20_000 },
        { maxBytes: 300, highWaterMark: 50 },
        { hold: true },
      ]),
    }
  }

  /** A url provider that is asked once for each attempt, and misbehaves in every way it can. */
  #url(): () => string | Promise<string> {
    return () => {
      this.#asked++
      const url = 'wss://example.test/'
      const later = (ms: number) => new Promise<string>((resolve) => this.#world.clock.later(ms, () => resolve(url)))
      if (this.#healthy) return this.#pick([url, Promise.resolve(url), later(10)])
      if (this.#odds(0.1)) throw rudeness
      return this.#pick<() => string | Promise<string>>([
        () => url,
        () => Promise.resolve(url),
        () => later(700),
        () => later(20_000),
        () => Promise.reject(rudeness),
        () => new Promise<string>(() => {}),
        () => 'ftp://example.test/',
        () => undefined as unknown as string,
      ])()
    }
  }

  #id(data: string): number | undefined {
    const match = /^m(\d+)/.exec(data)
    return match ? Number(match[1]) : undefined
  }

  #odds(p: number): boolean {
    return this.#chance() < p
  }

  #pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.#chance() * list.length)] as T
  }

  #log(what: string): void {
    this.steps.push(`${this.#world.clock.elapsed} ${this.#client?.state} ${what}`)
  }

  #must(truth: boolean, otherwise: string): void {
    if (!truth) throw new Error(otherwise)
  }
}

describe('soak', () => {
  const before = (globalThis as Global).reportError
  afterAll(() => {
    ;(globalThis as Global).reportError = before
  })

  const given = process.env.SOAK_SEED
  const seeds = given === undefined ? Array.from({ length: WORLDS }, (_, n) => n + 1) : [Number(given)]

  it(`[R2] keeps every invariant through ${seeds.length} worlds of ${STEPS} rude steps, and recovers`, async () => {
    let steps = 0
    for (const seed of seeds) {
      const soak = new Soak(seed)
      try {
        await soak.run()
      } catch (error) {
        const tail = given === undefined ? soak.steps.slice(-30) : soak.steps
        const why = `seed ${seed}: ${(error as Error).message}\nreplay with SOAK_SEED=${seed}; the last steps were\n`
        throw new Error(`${why}${tail.join('\n')}`, { cause: error })
      }
      steps += soak.steps.length
    }
    expect(steps).toBeGreaterThan(seeds.length * STEPS * 0.8)
  })
})
