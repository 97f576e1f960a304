/**
 * Owns the virtual world a client can live in: time, chance, the network, and news from the outside.
 * Must never touch the real ones, nor any global: two worlds in one test know nothing of each other.
 */

import type { Environment, SocketConstructor, WebSocketReconnectOptions } from '../../src/index.ts'
import { FakeSocket, hang, type Server, type SocketHost } from './fake-socket.ts'
import { mulberry32, type ScriptedRandom, scriptedRandom } from './random.ts'
import { type SleepOptions, settle, VirtualClock } from './virtual-clock.ts'

/** What a world can be told about. */
export type News = Parameters<Parameters<Environment>[0]>[0]

/** How a world begins; all of it may be changed later through the field of the same name. */
export interface WorldOptions {
  /** Seeds `random`; without it every number is 0.5. */
  seed?: number | undefined
  /** How the server treats connections. Default `hang()`: the test answers. */
  server?: Server | undefined
  /** Close codes as in browsers: 1000 and 3000–4999, all others throw. Default true. */
  strictCloseCodes?: boolean | undefined
  /** Sockets answer `close()` before it returns. Default false. */
  synchronous?: boolean | undefined
  /** Sockets have `terminate()`, as in `ws`. Default false. */
  terminate?: boolean | undefined
  /** Events carry a `timeStamp`. Default true; `ws` has none. */
  timeStamps?: boolean | undefined
  /** The machine has no network as the world begins. Default false. */
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
export class World implements SocketHost {
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
  strictCloseCodes: boolean
  synchronous: boolean
  terminate: boolean
  timeStamps: boolean
  offline: boolean
  readonly #watchers = new Set<(news: News) => void>()

  constructor(options: WorldOptions = {}) {
    this.random = scriptedRandom(options.seed === undefined ? 0.5 : mulberry32(options.seed))
    this.server = options.server ?? hang()
    this.strictCloseCodes = options.strictCloseCodes ?? true
    this.synchronous = options.synchronous ?? false
    this.terminate = options.terminate ?? false
    this.timeStamps = options.timeStamps ?? true
    this.offline = options.offline ?? false
    const world = this
    this.WebSocket = class extends FakeSocket {
      constructor(...args: unknown[]) {
        super(world, args)
      }
    } as unknown as SocketConstructor
    this.environment = (notify) => {
      // A wrapper of its own for every subscription: the same function may be attached twice.
      const watcher = (news: News) => notify(news)
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
  notify(news: News): void {
    if (news === 'offline') this.offline = true
    if (news === 'online') this.offline = false
    for (const watcher of [...this.#watchers]) if (this.#watchers.has(watcher)) watcher(news)
  }

  /** See {@link VirtualClock.advance}. */
  advance(ms: number): void {
    this.clock.advance(ms)
  }

  /** See {@link VirtualClock.advanceAsync}. */
  advanceAsync(ms: number): Promise<void> {
    return this.clock.advanceAsync(ms)
  }

  /** Lets promises settle; no time passes. */
  settle(): Promise<void> {
    return settle()
  }

  /** See {@link VirtualClock.sleep}. */
  sleep(ms: number, options?: SleepOptions): void {
    this.clock.sleep(ms, options)
  }

  /** See {@link VirtualClock.block}. */
  block(ms: number): void {
    this.clock.block(ms)
  }

  /** See {@link VirtualClock.moveWall}. */
  moveWall(ms: number): void {
    this.clock.moveWall(ms)
  }

  /** For the sockets: one is being constructed. */
  admit(socket: FakeSocket): void {
    this.dials++
    this.sockets.push(socket)
  }

  /** For the sockets: its constructor throws after all. */
  reject(socket: FakeSocket): void {
    this.sockets.splice(this.sockets.indexOf(socket), 1)
  }
}

/** A new world: time stands still, the network is silent, chance is 0.5, until a test says otherwise. */
export function createWorld(options?: WorldOptions): World {
  return new World(options)
}
