/**
 * R15: what the client makes of news from the outside, and of a machine that slept.
 */

import { describe, expect, it } from 'vitest'
import { blocked, connected, failed, plain, proven, setup, untilRetry } from './setup.ts'

const beating = { ...plain, heartbeatInterval: 30_000 }

/** A client waiting for its third retry: 4 s, of which none have passed. */
function waiting(options: Parameters<typeof setup>[0] = {}) {
  const scene = setup({ ...plain, ...options })
  const { world, client } = scene
  client.connect()
  world.socket.refuse()
  untilRetry(scene)
  world.socket.refuse()
  untilRetry(scene)
  world.socket.refuse()
  scene.log.take()
  const since = world.clock.elapsed
  return { ...scene, at: (ms: number) => world.clock.start + since + ms }
}

describe('R15 news while open', () => {
  it.each(['online', 'offline', 'wake'] as const)('[R15] probes at once on %s', (news) => {
    const { world, client } = connected(beating)
    world.advance(7000)
    world.notify(news)
    expect(world.socket.sent).toEqual(['{"type":"ping"}'])
    world.advance(4999)
    expect(client.state).toBe('OPEN')
    world.advance(1)
    expect(client.state).toBe('CLOSED')
  })

  it.each(['online', 'offline', 'wake'] as const)('[R15] stays open after %s when the probe is answered', (news) => {
    const { world, client, log } = connected(beating)
    world.advance(7000)
    world.notify(news)
    world.socket.receive('pong')
    world.advance(5000)
    expect(client.state).toBe('OPEN')
    expect(log.of('close')).toEqual([])
  })

  it.each(['online', 'offline', 'wake'] as const)(
    '[R15] sends no second ping on %s while one is outstanding',
    (news) => {
      const { world } = connected(beating)
      world.advance(30_000)
      world.notify(news)
      world.notify(news)
      expect(world.socket.sent).toHaveLength(1)
    },
  )

  it.each(['online', 'offline', 'wake', 'freeze'] as const)('[R15] does nothing on %s without a heartbeat', (news) => {
    const { world, client, log } = proven(plain)
    world.notify(news)
    expect(world.socket.sent).toEqual([])
    expect(world.timers).toBe(0)
    expect(client.state).toBe('OPEN')
    expect(log).toEqual([])
  })

  it('[R15] hears that it is online again while OPEN, a ping outstanding or not', () => {
    for (const answered of [true, false]) {
      const { world, client } = connected({ ...beating, circuitBreaker: {} })
      world.notify('offline')
      if (answered) world.socket.receive('pong')
      world.advance(answered ? 4999 : 100)
      world.notify('online')
      world.socket.die()
      expect(client.getSnapshot()).toMatchObject({ state: 'CLOSED', circuitFailures: 1, retryCount: 1 })
    }
    const idle = connected({ ...plain, circuitBreaker: {} })
    idle.world.notify('offline')
    idle.world.notify('online')
    idle.world.socket.die()
    expect(idle.client.getSnapshot().circuitFailures).toBe(1)
  })

  it('[R15] never closes on offline, whatever else happens', () => {
    const { world, client } = connected(beating)
    const { socket } = world
    socket.onSend = () => socket.later(5, () => socket.receive('pong'))
    world.notify('offline')
    world.advance(600_000)
    expect(client.state).toBe('OPEN')
    expect(world.dials).toBe(1)
  })
})

describe('R15 news while waiting', () => {
  it.each(['online', 'wake'] as const)('[R15] dials within a second on %s', (news) => {
    for (const [random, expected] of [
      [0, 0],
      [0.5, 500],
      [0.999, 999],
    ] as const) {
      const { world, client, log, at } = waiting()
      world.random.value = random
      world.notify(news)
      expect(client.getSnapshot()).toMatchObject({ state: 'CLOSED', retryAt: at(expected) })
      expect(log.of('retry')).toEqual([])
      if (expected) {
        world.advance(expected - 1)
        expect(world.dials).toBe(3)
      }
      world.advance(1)
      expect(world.dials).toBe(4)
    }
  })

  it('[R15] never puts a dial off by good news', () => {
    const { world, at, client } = waiting()
    world.advance(3900)
    world.notify('online')
    world.advance(99)
    world.notify('wake')
    expect(client.getSnapshot().retryAt).toBe(at(4000))
    world.advance(1)
    expect(world.dials).toBe(4)
  })

  it('[R15] charges no retry for a dial that news brought forward', () => {
    const scene = waiting({ maxRetries: 3 })
    const { world, client, log } = scene
    for (let n = 0; n < 5; n++) {
      world.notify('online')
      untilRetry(scene)
      world.socket.refuse()
      expect(client.getSnapshot()).toMatchObject({ state: 'CLOSED', retryCount: 3 })
    }
    expect(log.of('retry').map((info) => [info.attempt, info.delay])).toEqual(Array(5).fill([3, 4000]))
    untilRetry(scene)
    world.socket.refuse()
    expect(client.state).toBe('FAILED')
  })

  it('[R15] stretches a wait to maxDelay on offline, without a second retry', () => {
    const { world, client, log, at } = waiting()
    world.notify('offline')
    expect(client.getSnapshot()).toMatchObject({ state: 'CLOSED', retryAt: at(30_000) })
    expect(log).toEqual([])
    world.advance(29_999)
    expect(world.dials).toBe(3)
    world.advance(1)
    expect(world.dials).toBe(4)
  })

  it('[R15] goes on trying every maxDelay while offline', () => {
    const scene = setup(plain, { offline: true })
    const { world, client, at } = scene
    client.connect()
    world.socket.refuse()
    expect(client.getSnapshot().retryAt).toBe(at(30_000))
    untilRetry(scene)
    world.socket.refuse()
    expect(client.getSnapshot().retryAt).toBe(at(60_000))
  })

  it('[R15] goes on trying while offline without a cap', () => {
    for (const offline of [true, false]) {
      const { world, client } = setup({ ...plain, maxDelay: Infinity }, { offline })
      client.connect()
      world.socket.refuse()
      if (!offline) world.notify('offline')
      expect(client.getSnapshot().retryAt).not.toBeNull()
      world.advance(2 ** 31 - 1)
      expect(world.dials).toBe(2)
    }
  })

  it('[R15] hears that it is online again while CONNECTING and while BLOCKED', () => {
    const dialling = setup({ ...plain, circuitBreaker: {} }, { offline: true })
    dialling.client.connect()
    dialling.world.notify('online')
    dialling.world.socket.refuse()
    expect(dialling.client.getSnapshot()).toMatchObject({ circuitFailures: 1, retryAt: dialling.at(1000) })
    const tripped = blocked({ circuitBreaker: { halfOpenMaxRequests: 1 } })
    tripped.world.notify('offline')
    tripped.world.notify('online')
    untilRetry(tripped)
    tripped.world.socket.refuse()
    expect(tripped.client.state).toBe('BLOCKED')
  })

  it('[R15] hears that it is offline while CONNECTING, BLOCKED, FAILED and CLOSING', () => {
    const dialling = setup({ ...plain, circuitBreaker: {} })
    dialling.client.connect()
    dialling.world.notify('offline')
    dialling.world.socket.refuse()
    expect(dialling.client.getSnapshot()).toMatchObject({ circuitFailures: 0, retryAt: dialling.at(30_000) })
    const tripped = blocked({ circuitBreaker: { halfOpenMaxRequests: 1 } })
    tripped.world.notify('offline')
    untilRetry(tripped)
    tripped.world.socket.refuse()
    expect(tripped.client.getSnapshot()).toMatchObject({ state: 'CLOSED', circuitState: 'HALF-OPEN' })
    const dead = failed({ circuitBreaker: {} })
    dead.world.notify('offline')
    dead.client.connect()
    dead.world.socket.refuse()
    // One failure from the start, one from the first retry; offline adds none.
    expect(dead.client.getSnapshot().state).toBe('CLOSED')
    const closing = connected({ ...plain, circuitBreaker: {} })
    closing.client.close()
    closing.world.notify('offline')
    closing.client.connect()
    closing.world.socket.refuse()
    expect(closing.client.getSnapshot().circuitFailures).toBe(0)
  })

  it('[R15] dials within a second when it comes back online', () => {
    const { world } = waiting()
    world.notify('offline')
    world.advance(10_000)
    world.notify('online')
    world.advance(499)
    expect(world.dials).toBe(3)
    world.advance(1)
    expect(world.dials).toBe(4)
  })

  it.each(['online', 'wake'] as const)('[R15] brings a half-open wait forward, as a trial, on %s', (news) => {
    const { world, client, log } = blocked({ circuitBreaker: { halfOpenMaxRequests: 1 } })
    world.advance(60_000)
    log.take()
    const dials = world.dials
    world.notify(news)
    expect(log).toEqual([])
    world.advance(500)
    expect(world.dials).toBe(dials + 1)
    expect(client.getCircuitState()).toBe('HALF-OPEN')
    world.socket.refuse()
    expect(client.getSnapshot()).toMatchObject({ state: 'BLOCKED', circuitState: 'OPEN' })
  })

  it.each(['online', 'offline', 'wake', 'freeze'] as const)('[R15] does nothing on %s while BLOCKED', (news) => {
    const { world, client, log } = blocked()
    const before = client.getSnapshot()
    const dials = world.dials
    world.notify(news)
    world.advance(10_000)
    expect(client.getSnapshot()).toBe(before)
    expect(world.dials).toBe(dials)
    expect(log).toEqual([])
  })

  it.each(['online', 'wake'] as const)('[R15] leaves an attempt under way alone on %s', (news) => {
    const { world, log, client } = setup(plain)
    client.connect()
    log.take()
    world.notify(news)
    world.advance(9999)
    expect(world.dials).toBe(1)
    expect(log).toEqual([])
  })
})

describe('R15 sleep', () => {
  it('[R15] takes a wall clock more than 5 s ahead of the monotonic one for sleep, and dials within a second', () => {
    const { world, client } = waiting()
    world.sleep(5001)
    expect(client.getSnapshot().retryAt).toBe(world.clock.start + world.clock.elapsed + 500)
    world.advance(499)
    expect(world.dials).toBe(3)
    world.advance(1)
    expect(world.dials).toBe(4)
  })

  it('[R15] does not take 5 s for sleep', () => {
    const { world } = waiting()
    world.sleep(5000)
    world.advance(3999)
    expect(world.dials).toBe(3)
    world.advance(1)
    expect(world.dials).toBe(4)
  })

  it('[R15] probes an open connection after sleep', () => {
    const { world, client } = connected(beating)
    world.advance(10_000)
    world.sleep(3_600_000)
    expect(world.socket.sent).toEqual(['{"type":"ping"}'])
    world.advance(5000)
    expect(client.state).toBe('CLOSED')
  })

  it('[R15] probes once after eight hours, and falls back into its rhythm', () => {
    const { world, client } = connected(beating)
    const { socket } = world
    socket.onSend = () => socket.later(5, () => socket.receive('pong'))
    world.advance(10_000)
    world.sleep(8 * 3_600_000)
    expect(socket.sent).toHaveLength(1)
    world.advance(29_999)
    expect(socket.sent).toHaveLength(1)
    world.advance(1)
    expect(socket.sent).toHaveLength(2)
    world.advance(60_000)
    expect(socket.sent).toHaveLength(4)
    expect(client.state).toBe('OPEN')
  })

  it('[R15] probes once when the page and the clock tell of the same sleep', () => {
    const { world } = connected(beating)
    const { socket } = world
    socket.onSend = () => socket.later(5, () => socket.receive('pong'))
    world.advance(10_000)
    world.sleep(3_600_000, { timers: 'wait' })
    world.notify('wake')
    expect(socket.sent).toHaveLength(1)
    world.advance(29_999)
    expect(socket.sent).toHaveLength(1)
    world.advance(1)
    expect(socket.sent).toHaveLength(2)
  })

  it('[R15] charges no retry for a dial after sleep', () => {
    const scene = waiting()
    scene.world.sleep(3_600_000)
    untilRetry(scene)
    scene.world.socket.refuse()
    expect(scene.log.of('retry').map((info) => info.attempt)).toEqual([3])
    expect(scene.client.getSnapshot().retryCount).toBe(3)
  })

  it('[R15] takes no notice of a wall clock that was set back', () => {
    const { world } = waiting()
    world.moveWall(-3_600_000)
    world.advance(3999)
    expect(world.dials).toBe(3)
    world.advance(1)
    expect(world.dials).toBe(4)
    const open = connected(beating)
    open.world.moveWall(-3_600_000)
    open.world.advance(29_999)
    expect(open.world.socket.sent).toEqual([])
  })
})

describe('R15 the environment', () => {
  it('[R15] watches the world while a connection is wanted', () => {
    const { world, client } = setup(plain)
    expect(world.watchers).toBe(0)
    client.connect()
    expect(world.watchers).toBe(1)
    world.socket.refuse()
    expect(world.watchers).toBe(1)
    client.close()
    expect(world.watchers).toBe(0)
  })

  it('[R15] watches nothing with environment: false', () => {
    const { world, client } = setup({ ...plain, environment: false })
    client.connect()
    expect(world.watchers).toBe(0)
    expect(client.state).toBe('CONNECTING')
  })

  it('[R15] knows that it is offline from the start', () => {
    const { world, client } = setup({ ...plain, circuitBreaker: { failureThreshold: 1 } }, { offline: true })
    client.connect()
    world.socket.refuse()
    expect(client.getSnapshot()).toMatchObject({ state: 'CLOSED', circuitState: 'CLOSED', circuitFailures: 0 })
  })
})
