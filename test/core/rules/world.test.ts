/**
 * R15: what the client makes of news from the outside, and of a machine that slept.
 */

import { describe, expect, it } from 'vitest'
import { blocked, connected, failed, plain, proven, setup, untilRetry } from '../../support/client-scene.ts'
import { refuse } from '../../support/index.ts'

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
  it.each(['online', 'offline', 'wake'] as const)('[F14][R15] probes at once on %s', (news) => {
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

  it('[R15] draws one moment for an outage: further news do not move a dial that news has brought forward', () => {
    const { world, client } = waiting()
    world.random.next = [0.9]
    world.notify('online')
    const { retryAt } = client.getSnapshot()
    expect(retryAt).toBe(world.clock.now() + 900)
    for (const news of ['wake', 'online', 'wake'] as const) {
      world.random.next = [0.1]
      world.notify(news)
      expect(client.getSnapshot().retryAt).toBe(retryAt)
    }
    world.random.next = []
    world.advance(900)
    expect(world.dials).toBe(4)
  })

  it('[R15] draws again for news that come after offline has put that dial off', () => {
    const { world, client } = waiting({ maxDelay: 30_000 })
    world.notify('online')
    world.notify('offline')
    expect(client.getSnapshot().retryAt).toBe(world.clock.now() + 30_000)
    world.random.next = [0.1]
    world.notify('online')
    expect(client.getSnapshot().retryAt).toBe(world.clock.now() + 100)
  })

  it('[R15] charges no retry for a dial that was near when the news came', () => {
    const { world, client } = waiting({ maxRetries: 3 })
    world.advance(3900)
    world.notify('wake')
    world.advance(100)
    world.socket.refuse()
    expect(client.getSnapshot()).toMatchObject({ state: 'CLOSED', retryCount: 3 })
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

  it('[R15] stretches a wait once, however often it is told', () => {
    const scene = setup(plain, { server: refuse() })
    scene.client.connect()
    scene.world.advance(0)
    scene.world.notify('offline')
    const { retryAt } = scene.client.getSnapshot()
    scene.world.advance(500)
    scene.world.notify('offline')
    expect(scene.client.getSnapshot().retryAt).toBe(retryAt)
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

  it.each(['offline', 'freeze', 'hidden'] as const)('[R15] does nothing on %s while BLOCKED', (news) => {
    const { world, client, log } = blocked()
    const before = client.getSnapshot()
    const dials = world.dials
    world.notify(news)
    world.advance(10_000)
    expect(client.getSnapshot()).toBe(before)
    expect(world.dials).toBe(dials)
    expect(log).toEqual([])
  })

  it.each(['online', 'wake'] as const)('[R15] half-opens while BLOCKED, and dials within a second, on %s', (news) => {
    for (const [random, wait] of [
      [0, 0],
      [0.5, 500],
      [0.999, 999],
    ] as const) {
      const { world, client, log } = blocked()
      world.advance(10_000)
      world.random.value = random
      const { dials } = world
      const { retryCount } = client.getSnapshot()
      world.notify(news)
      expect(log.take()).toEqual(['circuitChange HALF-OPEN', 'stateChange CLOSED'])
      expect(client.getSnapshot()).toMatchObject({
        status: 'waiting',
        halfOpenAt: null,
        retryAt: world.clock.now() + wait,
        retryCount,
      })
      if (wait) world.advance(wait - 1)
      expect(world.dials).toBe(wait ? dials : world.dials)
      world.advance(1)
      expect([world.dials, client.getCircuitState()]).toEqual([dials + 1, 'HALF-OPEN'])
      world.socket.accept()
      expect([client.state, client.getCircuitState()]).toEqual(['OPEN', 'CLOSED'])
    }
  })

  it('[R15] half-opens a BLOCKED circuit for a machine that woke up', () => {
    const { world, client } = blocked()
    const { dials } = world
    world.sleep(30_000, { timers: 'wait' })
    // The clocks' gap shows at the next timer, which slept with everything else.
    world.advance(60_000)
    expect([client.state, world.dials]).toEqual(['CLOSED', dials])
    world.advance(500)
    expect(world.dials).toBe(dials + 1)
  })

  it('[R15] charges the trial that news brought forward to no budget', () => {
    const { world, client, log } = blocked({ maxRetries: 20 })
    const { retryCount } = client.getSnapshot()
    world.notify('online')
    world.advance(500)
    world.socket.refuse()
    expect(client.getSnapshot().retryCount).toBe(retryCount)
    expect(log.of('retry').map(({ attempt }) => attempt)).toEqual([retryCount])
  })

  it('[R15] brings a circuit forward once per opening: the next news in the same opening change nothing', () => {
    const scene = blocked({ circuitBreaker: { halfOpenMaxRequests: 2 } })
    const { world, client } = scene
    world.notify('online')
    world.advance(500)
    world.socket.refuse()
    const before = client.getSnapshot()
    expect(before).toMatchObject({ state: 'CLOSED', circuitState: 'HALF-OPEN' })
    world.notify('online')
    world.notify('wake')
    expect(client.getSnapshot()).toBe(before)
    untilRetry(scene)
    world.socket.refuse()
    // Another opening, another time.
    expect(client.state).toBe('BLOCKED')
    world.notify('wake')
    expect(client.getCircuitState()).toBe('HALF-OPEN')
  })

  it('[R15] spares a server that is down: news without end cost a trial per opening and no more', () => {
    const { world } = blocked({ circuitBreaker: { halfOpenMaxRequests: 1 }, maxRetries: 1000 })
    world.server = refuse()
    const { dials } = world
    for (let n = 0; n < 10; n++) {
      world.notify('wake')
      world.notify('online')
    }
    world.advance(1000)
    expect(world.dials).toBe(dials + 1)
  })

  it.each(['online', 'wake'] as const)('[R15] leaves a circuit opened by hand open on %s', (news) => {
    for (const scene of [connected(plain), blocked(), waiting()]) {
      const { world, client, log } = scene
      client.openCircuit()
      log.take()
      const { dials } = world
      world.notify(news)
      world.advance(59_999)
      expect([client.state, world.dials, log.told]).toEqual(['BLOCKED', dials, []])
      client.closeCircuit()
      expect(world.dials).toBe(dials + 1)
    }
  })

  it('[R15] holds a circuit opened by hand for ever, whatever the news', () => {
    const { world, client } = blocked()
    client.openCircuit(Infinity)
    const { dials } = world
    for (let day = 0; day < 3; day++) {
      world.notify('online')
      world.notify('wake')
      world.advance(86_400_000)
    }
    expect([client.state, world.dials]).toEqual(['BLOCKED', dials])
  })

  it('[R15] lets the circuit that failures open later be brought forward again, after one opened by hand', () => {
    const { world, client } = blocked({ circuitBreaker: { failureThreshold: 1, halfOpenMaxRequests: 1 } })
    client.openCircuit(1000)
    untilRetry({ world, client })
    expect(client.state).toBe('CONNECTING')
    world.socket.refuse()
    expect(client.state).toBe('BLOCKED')
    world.notify('online')
    expect(client.state).toBe('CLOSED')
  })

  it('[R15] is refuted as a rumour by an open connection: a loss an hour later is an ordinary one', () => {
    for (const options of [plain, beating]) {
      const { world, client, log } = setup({ ...options, circuitBreaker: {} }, { offline: true })
      client.connect()
      world.socket.accept()
      const { socket } = world
      socket.onSend = () => socket.later(5, () => socket.receive('pong'))
      for (let minute = 0; minute < 60; minute++) {
        world.advance(60_000)
        socket.receive('news')
      }
      log.take()
      world.socket.die()
      expect(log.told).toEqual(['close 1006', 'stateChange CLOSED', 'retry 1 in 1000'])
      world.advance(1000)
      world.socket.refuse()
      expect(client.getSnapshot()).toMatchObject({ circuitFailures: 1, retryCount: 2 })
    }
  })

  it('[R15] is refuted as a rumour by the opening alone, though nothing is ever heard', () => {
    const { world, client } = setup({ ...plain, circuitBreaker: {} }, { offline: true })
    client.connect()
    world.socket.accept()
    world.socket.die()
    expect(client.getSnapshot()).toMatchObject({ circuitFailures: 1, retryCount: 1, retryAt: world.clock.now() + 1000 })
  })

  it.each([
    ['a heartbeat', beating],
    ['none', plain],
  ])('[R15] is refuted as a rumour by whatever is heard later over the same connection (with %s)', (_what, options) => {
    for (const heard of [true, false]) {
      const { world, client } = proven({ ...options, circuitBreaker: {} })
      world.notify('offline')
      world.advance(100)
      if (heard) world.socket.receive('news')
      world.socket.die()
      // Without a word since then the rumour stands, and the wait is the long one.
      expect(client.getSnapshot().retryAt).toBe(world.clock.now() + (heard ? 1000 : 30_000))
    }
  })

  it('[R15] does not take what was heard before the rumour for its refutation', () => {
    const { world, client } = proven(plain)
    world.socket.receive('news')
    world.notify('offline')
    world.socket.die()
    expect(client.getSnapshot().retryAt).toBe(world.clock.now() + 30_000)
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

describe('R15 news on the heels of news', () => {
  it('[R15] does not move a dial that is a whole second away', () => {
    const { world, client } = waiting()
    world.random.value = 1 - 2 ** -20
    world.notify('online')
    const { retryAt } = client.getSnapshot()
    expect(retryAt).toBe(world.clock.now() + 1000)
    world.random.value = 0
    world.notify('wake')
    expect(client.getSnapshot().retryAt).toBe(retryAt)
  })
})
