/**
 * Owns the differences between the clients of Redis that people have: `ioredis` and `redis`, alone or of a cluster.
 * Must never import one, nor end the one it was given.
 */

import { type ScriptName, scripts } from './redis-scripts.ts'

/** A client of `ioredis` (`call`) or `redis` (`sendCommand`), connected or about to be. */
export interface RedisClient {
  duplicate(): unknown
}

/** What both kinds can do, and a part only the one or the other. */
interface Driver {
  call?(...parts: string[]): Promise<unknown>
  sendCommand?(...parts: unknown[]): Promise<unknown>
  connect?(): Promise<unknown>
  subscribe(channel: string, listener?: (message: string, channel: string) => void): Promise<unknown>
  unsubscribe(channel: string): Promise<unknown>
  on(event: string, listener: (...values: never[]) => void): unknown
  duplicate(): Driver
  disconnect?(): unknown
  destroy?(): unknown
  readonly masters?: unknown
  readonly options?: { readonly keyPrefix?: string | undefined }
}

export class RedisConnection {
  readonly #driver: Driver
  #hashes: Promise<Record<ScriptName, string>> | undefined

  constructor(client: RedisClient) {
    this.#driver = client as Driver
    if (!this.#isIo && typeof this.#driver?.sendCommand !== 'function')
      throw new TypeError('redisStore: "client" must be a client of ioredis or redis.')
    if (this.#driver.options?.keyPrefix)
      throw new TypeError(
        'redisStore: use its "prefix" instead of keyPrefix: scripts make keys and channels of their own.',
      )
  }

  /** Runs a script; called one after the other, they run in that order. */
  async run(name: ScriptName, keys: readonly string[], values: readonly (string | number)[]): Promise<unknown> {
    const rest = [String(keys.length), ...keys, ...values.map(String)]
    const hashes = await this.#load(keys[0] as string)
    try {
      return await this.#command(keys[0] as string, ['EVALSHA', hashes[name], ...rest])
    } catch (thrown) {
      // A Redis that has restarted knows no script, one that takes over may not either.
      if (!/NOSCRIPT/.test(String((thrown as Error | undefined)?.message))) throw thrown
      return this.#command(keys[0] as string, ['EVAL', scripts[name], ...rest])
    }
  }

  /** A connection of its own that hears bells: calls `ring` for each, and `ready` whenever some may have been missed. */
  listen(ring: (channel: string) => void, ready: () => void): RedisEar {
    const ear = this.#driver.duplicate()
    const isIo = this.#isIo
    // Both come back by themselves; without a listener they would end the process.
    ear.on('error', () => {})
    ear.on('ready', ready)
    if (isIo) ear.on('message', ring as never)
    const connected = isIo ? undefined : ear.connect?.().catch(() => {})
    const quietly = async (work: () => Promise<unknown>) => {
      try {
        await connected
        await work()
        ready()
      } catch {
        // It is closed, or comes back and subscribes by itself; until then the look at the top finds what was missed.
      }
    }
    return {
      subscribe: (channel) =>
        void quietly(() => (isIo ? ear.subscribe(channel) : ear.subscribe(channel, (_, name) => ring(name)))),
      unsubscribe: (channel) => void quietly(() => ear.unsubscribe(channel)),
      close() {
        try {
          void (isIo || !ear.destroy ? ear.disconnect?.() : ear.destroy())
        } catch {
          // It is closed already.
        }
      },
    }
  }

  /** All at once, and once: what is asked first is then also done first. */
  #load(key: string): Promise<Record<ScriptName, string>> {
    if (!this.#hashes) {
      const names = Object.keys(scripts) as ScriptName[]
      const loading = Promise.all(names.map((name) => this.#command(key, ['SCRIPT', 'LOAD', scripts[name]])))
      const hashes = loading.then(
        (list) => Object.fromEntries(names.map((name, i) => [name, String(list[i])])) as never,
      )
      this.#hashes = hashes
      // The next one tries again.
      hashes.catch(() => {
        this.#hashes = undefined
      })
    }
    return this.#hashes
  }

  get #isIo(): boolean {
    return typeof this.#driver?.call === 'function'
  }

  #command(key: string, parts: string[]): Promise<unknown> {
    const driver = this.#driver
    if (driver.call) return driver.call(...parts)
    const { sendCommand } = driver as Required<Driver>
    // A cluster of `redis` is told the key that decides on the node.
    return driver.masters ? sendCommand.call(driver, key, false, parts) : sendCommand.call(driver, parts)
  }
}

export interface RedisEar {
  subscribe(channel: string): void
  unsubscribe(channel: string): void
  close(): void
}
