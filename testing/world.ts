/**
 * Owns the virtual world a client can live in: time, chance, the network, and news from the outside.
 * Must never touch the real ones, nor any global: two worlds in one test know nothing of each other.
 */

import type {
  Environment,
  SocketConstructor,
  WebSocketData,
  WebSocketReconnectOptions,
  WorldNews,
} from '../src/index.ts'
import { FakeSocket, hang, type Server, type SocketHost } from './fake-socket.ts'
import { mulberry32, type ScriptedRandom, scriptedRandom } from './random.ts'
import { type SleepOptions, settle, VirtualClock } from './virtual-clock.ts'

/** What renders all that a test has caused, such as `act` of React or of Testing Library. */
export interface Act {
  (body: () => void): unknown
  (body: () => Promise<void>): PromiseLike<unknown>
}

/** How a world begins. All but `seed` and `act` may be changed later, through the field of the same name. */
export interface WorldOptions {
  /** Seeds `random`; without it every number is 0.5, the middle of every jitter. */
  seed?: number | undefined
  /**
   * How the server treats connections. With `hang()` the test answers.
   * @default hang()
   */
  server?: Server | undefined
  /**
   * What the server says to a message it has received, in the same virtual moment, as soon as time is advanced;
   * undefined is nothing.
   * @default a pong to the heartbeat's default ping
   */
  answer?: ((data: WebSocketData) => unknown) | undefined
  /**
   * Everything the world does to a client happens within this. Give React's `act`, and no test has to; hooks then show at
   * once what has happened, and sample and linger by this world's clock.
   */
  act?: Act | undefined
  /**
   * Close codes as in browsers: 1000 and 3000–4999, all others throw.
   * @default true
   */
  strictCloseCodes?: boolean | undefined
  /**
   * Sockets answer `close()` before it returns.
   * @default false
   */
  synchronous?: boolean | undefined
  /**
   * Sockets have `terminate()`, as in `ws`.
   * @default false
   */
  terminate?: boolean | undefined
  /**
   * Events carry a `timeStamp`; those of `ws` have none.
   * @default true
   */
  timeStamps?: boolean | undefined
  /**
   * The machine has no network as the world begins.
   * @default false
   */
  offline?: boolean | undefined
}

/**
 * A world under control.
 *
 * @example
 * const world = createWorld()
 * const client = new WebSocketReconnect(world.options())
 * client.connect()
 * world.socket.accept()
 * world.socket.die(1006)
 * world.advance(1000) // the first retry
 */
export class World {
  readonly clock = new VirtualClock()
  readonly random: ScriptedRandom
  /** Pass it as the `WebSocket` option. */
  readonly WebSocket: SocketConstructor
  /** Pass it as the `environment` option. */
  readonly environment: Environment
  /** Every socket that was constructed, in order; one whose constructor threw is not among them. */
  readonly sockets: FakeSocket[] = []
  /** How often the constructor was called, throws included. */
  dials = 0
  server: Server
  answer: (data: WebSocketData) => unknown
  strictCloseCodes: boolean
  synchronous: boolean
  terminate: boolean
  timeStamps: boolean
  offline: boolean
  /** Runs what it is given, within the user's `act` if there is one. */
  readonly act: (body: () => void) => void
  readonly #act: Act | undefined
  readonly #watchers = new Set<(news: WorldNews) => void>()

  constructor(options: WorldOptions = {}) {
    this.random = scriptedRandom(options.seed === undefined ? 0.5 : mulberry32(options.seed))
    this.server = options.server ?? hang()
    this.answer = options.answer ?? pong
    this.#act = options.act
    this.clock.drivesViews = !!options.act
    this.act = (body) => void (options.act ? options.act(() => body()) : body())
    this.strictCloseCodes = options.strictCloseCodes ?? true
    this.synchronous = options.synchronous ?? false
    this.terminate = options.terminate ?? false
    this.timeStamps = options.timeStamps ?? true
    this.offline = options.offline ?? false
    const world: SocketHost = this
    const admit = (socket: FakeSocket) => {
      this.dials++
      this.sockets.push(socket)
      return () => this.sockets.splice(this.sockets.indexOf(socket), 1)
    }
    this.WebSocket = class extends FakeSocket {
      constructor(...args: unknown[]) {
        super(world, args, admit)
      }
    } as unknown as SocketConstructor
    this.environment = (notify) => {
      // A wrapper of its own for every subscription: the same function may be attached twice.
      const watcher = (news: WorldNews) => notify(news)
      this.#watchers.add(watcher)
      if (this.offline) notify('offline')
      return () => this.#watchers.delete(watcher)
    }
  }

  /** Options for a client that lives in this world. */
  options(extra: Partial<WebSocketReconnectOptions> = {}): WebSocketReconnectOptions {
    return {
      url: 'wss://example.test/',
      clock: this.clock,
      random: this.random,
      WebSocket: this.WebSocket,
      environment: this.environment,
      ...extra,
    }
  }

  /** The latest socket. */
  get socket(): FakeSocket {
    const latest = this.sockets[this.sockets.length - 1]
    if (!latest) throw new Error('world.socket: nothing has dialled yet')
    return latest
  }

  /** Sockets that nobody has closed: connecting or open. */
  get liveSockets(): FakeSocket[] {
    return this.sockets.filter((socket) => socket.readyState < 2)
  }

  /** How many timers are armed. */
  get timers(): number {
    return this.clock.timers
  }

  /** How many environment listeners are attached. */
  get watchers(): number {
    return this.#watchers.size
  }

  /** Tells everyone the news: `online` and `offline` are remembered for those who attach later. */
  notify(news: WorldNews): void {
    if (news === 'offline') this.offline = true
    if (news === 'online') this.offline = false
    this.act(() => {
      for (const watcher of [...this.#watchers]) if (this.#watchers.has(watcher)) watcher(news)
    })
  }

  /** Moves all clocks by `ms` and fires every timer on its way, in order. */
  advance(ms: number): void {
    this.act(() => this.clock.advance(ms))
  }

  /** As `advance`, letting promises settle before, between and after the timers: for url functions that wait. */
  advanceAsync(ms: number): Promise<void> {
    return this.#actAsync(() => this.clock.advanceAsync(ms))
  }

  /** Lets promises settle; no time passes. */
  settle(): Promise<void> {
    return this.#actAsync(settle)
  }

  /** The machine sleeps: nothing runs, the wall clock jumps, and what fell due meanwhile fires late, once. */
  sleep(ms: number, options?: SleepOptions): void {
    this.act(() => this.clock.sleep(ms, options))
  }

  /** The event loop is busy: every clock moves on, and timers that fall due wait for the next `advance`. */
  block(ms: number): void {
    this.clock.block(ms)
  }

  /** Somebody sets the wall clock, forwards or (with a negative number) backwards. */
  moveWall(ms: number): void {
    this.clock.moveWall(ms)
  }

  async #actAsync(body: () => Promise<void>): Promise<void> {
    if (this.#act) await this.#act(body)
    else await body()
  }
}

/** A new world: time stands still, the network is silent, chance is 0.5, until a test says otherwise. */
export function createWorld(options?: WorldOptions): World {
  return new World(options)
}

/** What the servers of the README answer to the heartbeat's default ping; nothing to anything else. */
function pong(data: WebSocketData): string | undefined {
  return data === '{"type":"ping"}' ? '{"type":"pong"}' : undefined
}
