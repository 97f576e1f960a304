/**
 * Owns the memory in Redis, held against what every store must do, through each kind of client and a real server; and what it alone
 * has to live with: other servers, lost bells, a Redis that dies with and without its data.
 */

import { randomUUID } from 'node:crypto'
import { Cluster, Redis } from 'ioredis'
import { createClient, createCluster } from 'redis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RedisClient, redisStore, type SessionStore, type StreamEvent } from '../../src/server/index.ts'
import { storeConformance } from '../../testing/index.ts'
import { VirtualClock } from '../../testing/virtual-clock.ts'
import { RedisServer } from '../support/redis-server.ts'

const server = new RedisServer()
const node = new RedisServer('--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1')
const ends: (() => unknown)[] = []

beforeAll(async () => {
  await server.start()
  await node.start()
  const one = new Redis(node.port, '127.0.0.1')
  await one.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383')
  while (!String(await one.call('CLUSTER', 'INFO')).includes('cluster_state:ok')) await new Promise(setImmediate)
  one.disconnect()
})
afterAll(async () => {
  for (const end of ends) await end()
  await server.remove()
  await node.remove()
})

const kinds: Record<string, () => Promise<RedisClient>> = {
  async ioredis() {
    const client = new Redis(server.url)
    client.on('error', () => {})
    ends.push(() => client.disconnect())
    return client
  },
  async redis() {
    const client = createClient({ url: server.url })
    client.on('error', () => {})
    ends.push(() => client.destroy())
    return client.connect() as Promise<never>
  },
  async 'a cluster of ioredis'() {
    const client = new Cluster([{ host: '127.0.0.1', port: node.port }])
    client.on('error', () => {})
    ends.push(() => client.disconnect())
    return client
  },
  async 'a cluster of redis'() {
    const client = createCluster({ rootNodes: [{ url: node.url }] })
    client.on('error', () => {})
    ends.push(() => client.destroy())
    return client.connect() as Promise<never>
  },
}

/** Stores over the same memory have the same prefix. */
const prefixes = new WeakMap<SessionStore, string>()
async function open(kind: keyof typeof kinds, prefix: string = randomUUID(), more: object = {}): Promise<SessionStore> {
  const store = redisStore({ client: (await kinds[kind]?.()) as RedisClient, prefix, ...more }) as SessionStore
  ends.push(() => store.close?.())
  prefixes.set(store, prefix)
  return store
}

describe.each(Object.keys(kinds))('redisStore over %s', (kind) => {
  const again = (store: SessionStore) => open(kind, prefixes.get(store))
  const checks = storeConformance(() => open(kind), { reopen: again, join: again })
  it.each(checks.map(({ name, run }) => [name, run] as const))('[S3] %s', (_, run) => run())
})

/** Waits for what another process has to do first. */
async function until(what: () => unknown): Promise<void> {
  while (!(await what())) await new Promise(setImmediate)
}

function listen(store: SessionStore, topic: string): number[] {
  const offsets: number[] = []
  store.watch(topic, (event: StreamEvent) => void offsets.push(event.offset))
  return offsets
}

const taking = (n: number) => ({ key: 'ann/1', n, publish: [{ topic: 'log', data: n }] })

describe.each(['ioredis', 'redis'])('servers that share a Redis, over %s', (kind) => {
  it('[S3] take a number once, whichever the client comes to', async () => {
    const prefix = randomUUID()
    const stores = await Promise.all([1, 2, 3].map(() => open(kind, prefix)))
    await stores[0]?.raise('ann/1', 0)
    for (let n = 1; n <= 100; n++) {
      const done = await Promise.all(stores.map((store) => store.commit(taking(n))))
      expect(done.filter(Boolean)).toHaveLength(1)
    }
    expect(await stores[2]?.position('log')).toMatchObject({ offset: 100 })
  })

  it('find within 25 s what no bell has told', async () => {
    const prefix = randomUUID()
    const clock = new VirtualClock()
    const [deaf, other] = [await open(kind, prefix, { clock }), await open(kind, prefix)]
    await deaf.epoch
    const heard = listen(deaf, 'log')
    await other.append('log', 1)
    await until(() => heard.length === 1)
    // The bells go astray, and whoever hears them has no time to come back.
    const client = (await kinds.ioredis?.()) as Redis
    await client.call('CONFIG', 'SET', 'maxclients', '1')
    await client.call('CLIENT', 'KILL', 'TYPE', 'pubsub')
    await other.append('log', 2)
    clock.advance(24_999)
    await deaf.position('log')
    const before = [...heard]
    clock.advance(1)
    await until(() => heard.length === 2)
    await client.call('CONFIG', 'SET', 'maxclients', '10000')
    expect(before).toEqual([1])
    expect(heard).toEqual([1, 2])
  })

  it('publish once what a driver sends again because its answer was lost', async () => {
    const store = await open(kind)
    const client = (await kinds.ioredis?.()) as Redis
    const watched: string[][] = []
    const monitor = await client.monitor()
    ends.push(() => monitor.disconnect())
    monitor.on('monitor', (_: string, args: string[]) => void watched.push(args))
    await store.append('log', 'x')
    await until(() => watched.some((args) => args[0]?.toLowerCase() === 'evalsha' && args.includes('"x"')))
    const again = watched.find((args) => args[0]?.toLowerCase() === 'evalsha' && args.includes('"x"')) as string[]
    expect(await client.call(...(again as [string]))).toBe(1)
    expect(await store.position('log')).toMatchObject({ offset: 1 })
  })
})

describe('a Redis that dies', () => {
  /** A server of its own, with a store and a client that come back. */
  async function createMortal() {
    const redis = await new RedisServer().start()
    ends.push(() => redis.remove())
    const client = new Redis(redis.url, { retryStrategy: () => 20, maxRetriesPerRequest: null })
    client.on('error', () => {})
    ends.push(() => client.disconnect())
    const store = redisStore({ client }) as SessionStore
    ends.push(() => store.close?.())
    let lost = 0
    store.watchEpoch?.(() => void lost++)
    return { redis, client, store, lost: () => lost }
  }

  it('[S3] and comes back with its log has forgotten nothing, and watchers miss nothing', async () => {
    const { redis, store, lost } = await createMortal()
    await store.raise('ann/1', 0)
    const heard = listen(store, 'log')
    for (let n = 1; n <= 20; n++) await store.commit(taking(n))
    const epoch = await store.epoch
    await redis.kill()
    const late = [21, 22].map((n) => store.commit(taking(n)))
    await redis.start()
    for (const done of await Promise.all(late)) expect(done).not.toBe(undefined)
    expect(await store.last('ann/1')).toBe(22)
    expect(await store.epoch).toBe(epoch)
    await until(() => heard.length === 22)
    expect(heard).toEqual(Array.from({ length: 22 }, (_, i) => i + 1))
    expect(lost()).toBe(0)
  })

  it('and comes back without it has another epoch, tells so once, and nothing is written as if it had not', async () => {
    const { redis, store, lost } = await createMortal()
    await store.raise('ann/1', 0)
    await store.commit(taking(1))
    const epoch = await store.epoch
    const position = await store.position('log')
    await redis.kill()
    redis.forget()
    await redis.start()
    await expect(store.commit(taking(2))).rejects.toThrow(/lost its data/)
    expect(await store.epoch).not.toBe(epoch)
    expect(lost()).toBe(1)
    expect(await store.last('ann/1')).toBe(undefined)
    expect(await store.since('log', position, 10)).toBe(null)
    await store.raise('ann/1', 1)
    expect(await store.commit(taking(2))).toMatchObject({ events: [{ offset: 1 }] })
  })

  it('[S10] and comes back with less than was read of it counts anew under another epoch', async () => {
    const { client, store, lost } = await createMortal()
    const heard = listen(store, 'log')
    for (let n = 1; n <= 5; n++) await store.append('log', n)
    await until(() => heard.length === 5)
    const [epoch, position] = [await store.epoch, await store.position('log')]
    await client.call('HSET', '{session}:topic:log', 'o', '3')
    await client.call('XTRIM', '{session}:stream:log', 'MAXLEN', '0')
    await client.call('PUBLISH', '{session}:bell:log', '3')
    await until(() => lost() === 1)
    expect(await store.epoch).not.toBe(epoch)
    expect(await store.since('log', position, 10)).toBe(null)
  })

  it('is no end of the process, and what was asked meanwhile says so', async () => {
    const { redis, client, store } = await createMortal()
    await store.raise('ann/1', 0)
    client.options.maxRetriesPerRequest = 1
    await redis.kill()
    await expect(store.commit(taking(1))).rejects.toThrow()
    await redis.start()
    client.options.maxRetriesPerRequest = null
    await until(async () => (await store.commit(taking(1)).catch(() => 0)) !== 0)
    expect(await store.last('ann/1')).toBe(1)
  })
})

describe('redisStore', () => {
  it.each([[undefined], [{}], [{ duplicate() {} }]])('refuses %j as a client', (client) => {
    expect(() => redisStore({ client: client as never })).toThrow(/must be a client of ioredis or redis/)
  })

  it('refuses a prefix that is no hash tag, and a client that would put another before it', () => {
    const client = new Redis({ lazyConnect: true, keyPrefix: 'x:' })
    expect(() => redisStore({ client: client as never, prefix: 'a}b' })).toThrow(/without braces/)
    expect(() => redisStore({ client: client as never })).toThrow(/instead of keyPrefix/)
  })

  it('forgets first who was not heard of for the longest time', async () => {
    const store = await open('ioredis')
    let now = 1e12
    store.keep?.({ clientsRemembered: 2, memory: 1e9, history: { events: 10, bytes: 1000, age: 1000 } }, () => now)
    for (const key of ['a', 'b', 'a', 'c']) {
      now++
      await store.raise(key, 1)
    }
    expect(await Promise.all(['a', 'b', 'c'].map((key) => store.last(key)))).toEqual([1, undefined, 1])
  })
})
