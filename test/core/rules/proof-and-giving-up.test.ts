/**
 * R5, R6 and R7: what counts as a failure, what proves a connection, and when the client gives up.
 */

import { describe, expect, it } from 'vitest'
import type { WebSocketReconnectOptions } from '../../../src/index.ts'
import { connected, failed, plain, proven, setup, untilRetry } from '../../support/client-scene.ts'
import { accept, flap, hang, refuse, throwing } from '../../support/index.ts'

/** The breaker on, but never in the way. */
const counting = { ...plain, circuitBreaker: { failureThreshold: 1000 } }

describe('R5 proof', () => {
  it('[R5] zeroes retryCount and circuitFailures when the connection has lived minUptime, not a moment before', () => {
    const scene = setup(counting)
    const { world, client } = scene
    client.connect()
    for (let n = 0; n < 3; n++) {
      world.socket.refuse()
      untilRetry(scene)
    }
    world.socket.accept()
    const counters = () => {
      const { retryCount, circuitFailures } = client.getSnapshot()
      return [retryCount, circuitFailures]
    }
    expect(counters()).toEqual([3, 3])
    world.advance(4999)
    expect(counters()).toEqual([3, 3])
    world.advance(1)
    expect(counters()).toEqual([0, 0])
    expect([client.getStats().retryCount, client.getStats().circuitFailures]).toEqual([0, 0])
  })

  it('[R5] goes on counting when a connection dies a millisecond too young', () => {
    const { world, client, log } = connected(counting)
    world.advance(4999)
    world.socket.die()
    expect(client.getSnapshot().circuitFailures).toBe(1)
    world.advance(1000)
    world.socket.accept()
    world.advance(4999)
    world.socket.die()
    expect(log.of('retry').map((info) => [info.attempt, info.delay])).toEqual([
      [1, 1000],
      [2, 2000],
    ])
    expect(client.getSnapshot().circuitFailures).toBe(2)
  })

  it('[R5] starts over with the first delay after the loss of a proven connection', () => {
    const { world, log } = connected(counting)
    for (let n = 0; n < 3; n++) {
      world.advance(5000)
      world.socket.die()
      world.advance(1000)
      world.socket.accept()
    }
    expect(log.of('retry').map((info) => [info.attempt, info.delay])).toEqual([
      [1, 1000],
      [1, 1000],
      [1, 1000],
    ])
  })

  it('[R5] goes by the clock: a connection that lived minUptime is proven though the timer is late', () => {
    const { world, client } = connected(counting)
    world.block(5000)
    world.socket.die()
    expect(client.getSnapshot().circuitFailures).toBe(0)
    expect(client.getSnapshot().retryCount).toBe(1)
  })

  it('[R5] takes no message for proof', () => {
    const { world, client } = connected(counting)
    world.socket.receive('{"type":"welcome"}')
    client.send('x')
    world.advance(4000)
    world.socket.receive('bye: you are not allowed')
    world.socket.die(1000, '', true)
    expect(client.getSnapshot().circuitFailures).toBe(1)
  })

  it('[R5] backs off and trips the breaker against a server that accepts, greets and drops', () => {
    const { world, client, log } = setup({ jitter: 0 })
    world.server = (socket) =>
      socket.later(0, () => {
        socket.accept()
        socket.receive('hello')
        socket.later(100, () => socket.die(1000))
      })
    client.connect()
    world.advance(60_000)
    expect(log.of('retry').map((info) => info.delay)).toEqual([1000, 2000, 4000, 8000])
    expect(world.dials).toBe(5)
    expect(client.state).toBe('BLOCKED')
  })

  it('[R5] takes open for proof with minUptime 0', () => {
    const { world, client, log } = setup({ ...counting, minUptime: 0 })
    client.connect()
    world.socket.refuse()
    world.advance(1000)
    world.socket.accept()
    expect(client.getSnapshot().retryCount).toBe(0)
    expect(client.getSnapshot().circuitFailures).toBe(0)
    world.socket.die()
    expect(client.getSnapshot().circuitFailures).toBe(0)
    expect(log.of('retry').map((info) => info.attempt)).toEqual([1, 1])
  })

  it('[R5] honours the minUptime option', () => {
    const { world, client } = connected({ ...counting, minUptime: 60_000 })
    world.advance(59_999)
    world.socket.die()
    expect(client.getSnapshot().circuitFailures).toBe(1)
  })
})

describe('R6 giving up', () => {
  it('[R6] is FAILED after maxRetries retries, with one error and no timer left', () => {
    const scene = setup({ ...plain, maxRetries: 2 })
    const { world, client, log } = scene
    client.connect()
    world.socket.refuse()
    untilRetry(scene)
    world.socket.refuse()
    untilRetry(scene)
    log.take()
    world.socket.refuse()
    expect(log.told).toEqual(['error RETRIES_EXHAUSTED', 'close 1006', 'stateChange FAILED'])
    expect(log.of('error')[0]?.cause).toMatchObject({ code: 'HANDSHAKE_FAILED' })
    expect(world.dials).toBe(3)
    expect(world.timers).toBe(0)
    expect(client.getSnapshot().retryCount).toBe(2)
  })

  it('[R6] tries ten times unless told otherwise', () => {
    const { world, client, log } = setup({ circuitBreaker: false })
    world.server = refuse()
    client.connect()
    world.advance(86_400_000)
    expect(client.state).toBe('FAILED')
    expect(log.of('retry').map((info) => info.attempt)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    expect(log.of('retry').every((info) => info.maxRetries === 10)).toBe(true)
    expect(world.dials).toBe(11)
  })

  it('[R6] gives up at the first failure with maxRetries 0', () => {
    const { world, client, log } = setup({ ...plain, maxRetries: 0 })
    client.connect()
    world.socket.refuse()
    expect(client.state).toBe('FAILED')
    expect(log.told).toEqual(['stateChange CONNECTING', 'error RETRIES_EXHAUSTED', 'close 1006', 'stateChange FAILED'])
  })

  it('[R6][R25] says that the retries are exhausted, and why the last one failed', () => {
    const { world, client, log } = setup({ ...plain, maxRetries: 0 })
    client.connect()
    world.advance(10_000)
    const [error, ...others] = log.of('error')
    expect(error?.code).toBe('RETRIES_EXHAUSTED')
    expect(error?.cause).toMatchObject({ code: 'CONNECT_TIMEOUT' })
    expect(others).toEqual([])
  })

  it('[R6] never gives up with maxRetries Infinity', () => {
    const { world, client } = setup(plain)
    world.server = refuse()
    client.connect()
    world.advance(86_400_000)
    expect(world.dials).toBeGreaterThan(2800)
    expect(client.state).not.toBe('FAILED')
  })

  it('[R6] gives up on connections that open and drop unproven', () => {
    const scene = setup({ ...plain, maxRetries: 1 })
    const { world, client, log } = scene
    client.connect()
    world.socket.accept()
    world.socket.die()
    untilRetry(scene)
    world.socket.accept()
    log.take()
    world.socket.die(1011, 'oops')
    expect(log.told).toEqual(['error RETRIES_EXHAUSTED', 'close 1011', 'stateChange FAILED'])
    expect(log.of('close')).toEqual([{ code: 1011, reason: 'oops', wasClean: true, opened: true }])
    expect(client.state).toBe('FAILED')
  })

  it('[R6] renews the budget by proof', () => {
    const scene = setup({ ...plain, maxRetries: 2 })
    const { world, client } = scene
    client.connect()
    for (let round = 0; round < 5; round++) {
      world.socket.refuse()
      untilRetry(scene)
      world.socket.refuse()
      untilRetry(scene)
      world.socket.accept()
      world.advance(5000)
      world.socket.die()
      untilRetry(scene)
      world.socket.accept()
      world.advance(5000)
      client.reconnect()
    }
    expect(client.state).toBe('CONNECTING')
  })

  it('[R6] consumes no retry while BLOCKED', () => {
    const { world, client, log } = setup({ jitter: 0, maxRetries: 5 })
    world.server = refuse()
    client.connect()
    world.advance(15_000)
    expect(client.state).toBe('BLOCKED')
    expect(client.getSnapshot().retryCount).toBe(4)
    world.advance(59_999)
    expect(client.state).toBe('BLOCKED')
    expect(client.getSnapshot().retryCount).toBe(4)
    world.advance(15_001)
    // The fifth retry is the first trial, and the last of the budget.
    expect(log.of('retry').map((info) => info.attempt)).toEqual([1, 2, 3, 4, 5])
    expect(client.state).toBe('FAILED')
  })

  it.each(['online', 'wake'] as const)('[R6] starts over with a full budget when the world comes back (%s)', (news) => {
    const { world, client, log, at } = failed({ circuitBreaker: false, maxRetries: 2 })
    const now = world.clock.elapsed
    const dials = world.dials
    world.notify(news)
    expect(log.take()).toEqual(['stateChange CLOSED'])
    expect(client.getSnapshot()).toMatchObject({ state: 'CLOSED', retryCount: 0, retryAt: at(now + 500) })
    world.server = refuse()
    world.advance(499)
    expect(world.dials).toBe(dials)
    world.advance(1)
    expect(world.dials).toBe(dials + 1)
    world.advance(100_000)
    expect(world.dials).toBe(dials + 3)
    expect(client.state).toBe('FAILED')
  })

  it.each(['offline', 'freeze'] as const)('[R6] stays FAILED on %s', (news) => {
    const { world, client, log } = failed()
    world.notify(news)
    world.advance(100_000)
    expect(client.state).toBe('FAILED')
    expect(log).toEqual([])
  })

  it('[R6] starts over at most once a minute, until proof or connect()', () => {
    const scene = failed({ circuitBreaker: false })
    const { world, client } = scene
    const comeBackAndFail = () => {
      world.notify('online')
      if (client.state === 'FAILED') return false
      world.server = refuse()
      world.advance(10_000)
      world.server = hang()
      expect(client.state).toBe('FAILED')
      return true
    }
    expect(comeBackAndFail()).toBe(true)
    expect(comeBackAndFail()).toBe(false)

    client.connect()
    world.socket.refuse()
    untilRetry(scene)
    world.socket.refuse()
    expect(client.state).toBe('FAILED')
    expect(comeBackAndFail()).toBe(true)
    expect(comeBackAndFail()).toBe(false)

    client.connect()
    world.socket.refuse()
    untilRetry(scene)
    world.socket.refuse()
    world.notify('online')
    untilRetry(scene)
    world.socket.accept()
    world.advance(5000)
    world.socket.die()
    untilRetry(scene)
    world.socket.refuse()
    expect(client.state).toBe('FAILED')
    expect(comeBackAndFail()).toBe(true)
    expect(comeBackAndFail()).toBe(false)
  })

  it.each(['online', 'wake'] as const)(
    '[R6] starts over again a minute after the last time, hour after hour (%s)',
    (news) => {
      const { world, client } = failed({ circuitBreaker: false, maxRetries: 0 })
      world.server = refuse()
      for (let round = 0; round < 60; round++) {
        world.notify(news)
        expect(client.state, `round ${round}`).toBe('CLOSED')
        world.advance(59_999)
        world.notify(news)
        expect(client.state).toBe('FAILED')
        world.advance(1)
      }
      expect(world.dials).toBe(61)
    },
  )

  it('[R6] starts over for a person who looks again an hour later', () => {
    const { world, client } = failed({ circuitBreaker: false })
    world.server = refuse()
    world.notify('wake')
    world.advance(10_000)
    expect(client.state).toBe('FAILED')
    world.advance(3_600_000)
    world.server = accept()
    world.notify('wake')
    world.advance(1000)
    expect(client.state).toBe('OPEN')
  })

  it('[R6][R7] counts again after a revival, though it was offline while FAILED', () => {
    const scene = failed()
    const { world, client } = scene
    world.notify('offline')
    world.notify('online')
    world.advance(1000)
    const { circuitFailures } = client.getSnapshot()
    world.socket.refuse()
    expect(client.getSnapshot()).toMatchObject({ retryCount: 1, circuitFailures: circuitFailures + 1 })
  })

  it('[R6] does not start over by itself after a fatal close', () => {
    const { world, client } = connected(plain)
    world.socket.die(1008)
    world.notify('online')
    world.notify('wake')
    world.advance(100_000)
    expect(client.state).toBe('FAILED')
    expect(world.dials).toBe(1)
  })

  it('[R6] starts over with a trial where the circuit is open as well', () => {
    const { world, client, log } = failed({ maxRetries: 4 })
    expect([client.state, client.getCircuitState()]).toEqual(['FAILED', 'OPEN'])
    const dials = world.dials
    world.notify('online')
    expect(log.take()).toEqual(['circuitChange HALF-OPEN', 'stateChange CLOSED'])
    world.advance(499)
    expect(world.dials).toBe(dials)
    world.advance(1)
    expect([world.dials, client.getCircuitState()]).toEqual([dials + 1, 'HALF-OPEN'])
  })

  it('[R6] does not start over through a circuit that somebody has opened by hand', () => {
    const { world, client } = failed({ circuitBreaker: false })
    client.openCircuit(100_000)
    const { dials } = world
    world.notify('online')
    world.advance(99_999)
    expect([client.state, world.dials]).toEqual(['BLOCKED', dials])
    world.advance(30_001)
    expect(world.dials).toBe(dials + 1)
  })
})

describe('R7 failures', () => {
  type Fault = [
    name: string,
    code: string,
    options: Partial<WebSocketReconnectOptions>,
    server?: ReturnType<typeof hang>,
  ]
  const faults: Fault[] = [
    ['a constructor that throws', 'SOCKET_THREW', {}, throwing(new Error('blocked by policy'))],
    [
      'a provider that throws',
      'URL_PROVIDER_FAILED',
      {
        url: () => {
          throw new Error('no token')
        },
      },
    ],
    ['a provider that rejects', 'URL_PROVIDER_FAILED', { url: () => Promise.reject(new Error('no token')) }],
    ['a provider that hangs', 'CONNECT_TIMEOUT', { url: () => new Promise<string>(() => {}) }],
    ['a provider that returns what nobody can dial', 'INVALID_URL', { url: () => 'ftp://example.test/' }],
    ['a protocols provider that throws', 'URL_PROVIDER_FAILED', { protocols: () => Promise.reject(new Error('no')) }],
    ['a refusal', 'HANDSHAKE_FAILED', {}, refuse()],
    ['a connect timeout', 'CONNECT_TIMEOUT', {}, hang()],
  ]

  it.each(faults)('[R7] counts %s as a failure', async (_name, code, options, server = hang()) => {
    const { world, client, log } = setup({ ...counting, ...options }, { server })
    client.connect()
    await world.advanceAsync(10_000)
    const failures = log.of('close').length
    expect(failures).toBeGreaterThan(0)
    expect(log.of('error').map((error) => error.code)).toEqual(Array(failures).fill(code))
    expect(client.getSnapshot().circuitFailures).toBe(failures)
    expect(log.of('retry')[0]).toEqual({ attempt: 1, delay: 1000, maxRetries: Infinity })
  })

  it.each([
    ['undefined', undefined],
    ['a number', 5],
    ['an object', {}],
    ['an empty string, where there is no page', ''],
    ['a relative url, where there is no page', '/socket'],
    ['an unparsable url', 'wss://'],
  ])('[R7] counts a provider that returns %s as a failure', async (_what, garbage) => {
    const { world, client, log } = setup({ ...counting, url: (() => garbage) as () => string })
    client.connect()
    await world.settle()
    expect(world.dials).toBe(0)
    expect(log.of('error')).toHaveLength(1)
    expect(['INVALID_URL', 'URL_PROVIDER_FAILED']).toContain(log.of('error')[0]?.code)
    expect(log.of('close')).toEqual([{ code: 1006, reason: '', wasClean: false, opened: false }])
    expect(client.getSnapshot()).toMatchObject({ state: 'CLOSED', circuitFailures: 1, retryCount: 1 })
  })

  it('[R7] counts an early close as a failure', () => {
    const { world, client } = connected(counting)
    world.socket.die(1000)
    expect(client.getSnapshot()).toMatchObject({ circuitFailures: 1, retryCount: 1 })
  })

  it('[R7] counts the early death of a connection by heartbeat as a failure', () => {
    const { world, client } = connected({ ...counting, heartbeatInterval: 1000, heartbeatTimeout: 500 })
    world.advance(1500)
    expect(client.getSnapshot()).toMatchObject({ state: 'CLOSED', circuitFailures: 1 })
  })

  it('[R7] does not count close()', () => {
    const early = connected(counting)
    early.client.close()
    early.world.advance(0)
    expect(early.client.getSnapshot().circuitFailures).toBe(0)
    const dialling = setup(counting)
    dialling.client.connect()
    dialling.client.close()
    expect(dialling.client.getSnapshot().circuitFailures).toBe(0)
  })

  it('[R7] does not count openCircuit()', () => {
    const early = connected(counting)
    early.client.openCircuit()
    expect(early.client.getSnapshot().circuitFailures).toBe(0)
    const dialling = setup(counting)
    dialling.client.connect()
    dialling.client.openCircuit()
    expect(dialling.client.getSnapshot().circuitFailures).toBe(0)
  })

  it('[R7] does not count the loss of a proven connection', () => {
    const { world, client } = proven(counting)
    world.socket.die()
    expect(client.getSnapshot()).toMatchObject({ circuitFailures: 0, retryCount: 1 })
  })

  it('[R7] does not count a connection that the page’s freeze ended', () => {
    const { world, client } = connected(counting)
    world.notify('freeze')
    world.socket.die()
    expect(client.getSnapshot().circuitFailures).toBe(0)
  })

  it('[R7] does not count a connection lost on return from the back/forward cache', () => {
    const { world, client } = connected(counting)
    world.notify('freeze')
    world.sleep(60_000, { monotonic: 'advances' })
    world.notify('wake')
    world.socket.dispatch('error')
    world.socket.die()
    expect(client.getSnapshot().circuitFailures).toBe(0)
  })

  it('[R7] counts attempts while offline neither in circuitFailures nor in retryCount', () => {
    const scene = setup({ heartbeatInterval: 0, maxRetries: 2 }, { offline: true, server: refuse() })
    const { world, client, log } = scene
    client.connect()
    world.advance(3_600_000)
    expect(world.dials).toBeGreaterThan(100)
    expect(client.state).toBe('CLOSED')
    expect(client.getSnapshot()).toMatchObject({ circuitFailures: 0, retryCount: 0, circuitState: 'CLOSED' })
    expect(new Set(log.of('retry').map((info) => info.attempt))).toEqual(new Set([1]))
  })

  it('[R7] counts again once online', () => {
    const scene = setup(counting, { offline: true })
    const { world, client } = scene
    client.connect()
    world.socket.refuse()
    world.notify('online')
    untilRetry(scene)
    world.socket.refuse()
    expect(client.getSnapshot().circuitFailures).toBe(1)
  })

  it('[R7] is FAILED at once when the constructor throws a SyntaxError', async () => {
    const thrown = new SyntaxError('invalid subprotocol')
    const { world, client, log } = setup(counting, { server: throwing(thrown) })
    const promise = client.connect()
    expect(client.state).toBe('FAILED')
    expect(log.of('error')).toHaveLength(1)
    expect(log.of('error')[0]?.cause).toBe(thrown)
    expect(log.of('close')).toEqual([{ code: 1006, reason: '', wasClean: false, opened: false }])
    expect(log.of('retry')).toEqual([])
    expect(world.timers).toBe(0)
    await expect(promise).rejects.toBe(log.of('error')[0])
  })

  it('[R7] takes a DOMException named SyntaxError for one', () => {
    const { client } = setup(counting, { server: throwing(new DOMException('bad', 'SyntaxError')) })
    client.connect()
    expect(client.state).toBe('FAILED')
  })

  it('[R7] retries when the constructor throws anything else', () => {
    for (const thrown of [
      new DOMException('mixed content', 'SecurityError'),
      new TypeError('x'),
      'a string',
      undefined,
    ]) {
      const { client, log } = setup(counting, { server: throwing(thrown) })
      client.connect()
      expect(client.state).toBe('CLOSED')
      expect(log.of('error').map((error) => [error.code, error.cause])).toEqual([['SOCKET_THREW', thrown]])
      expect(log.of('retry')).toHaveLength(1)
    }
  })

  it('[R7] counts flaps like refusals', () => {
    const { world, client } = setup({ jitter: 0 }, { server: flap(0) })
    client.connect()
    world.advance(15_000)
    expect(client.getSnapshot()).toMatchObject({ state: 'BLOCKED', circuitFailures: 5 })
  })
})

describe('R7 offline', () => {
  /** Whether the loss of this unproven connection counts. */
  const counts = ({ world, client }: ReturnType<typeof connected>): boolean => {
    world.socket.die(1006)
    const { circuitFailures, retryCount } = client.getSnapshot()
    expect(circuitFailures).toBe(retryCount)
    return retryCount > 0
  }
  const young = { minUptime: 60_000, maxRetries: Infinity, jitter: 0 }

  it.each([
    ['does not count the loss of an open connection', 0, ['offline'], false],
    ['counts it again once online', 0, ['offline', 'online'], true],
    ['hears of it while a ping is out', 1000, ['offline'], false],
    ['hears the end of it while a ping is out', 1000, ['offline', 'online'], true],
  ] as const)('[R7] %s', (_, heartbeatInterval, news, isCounted) => {
    const scene = connected({ ...young, heartbeatInterval })
    scene.world.advance(heartbeatInterval)
    for (const one of news) scene.world.notify(one)
    expect(counts(scene)).toBe(isCounted)
  })
})

describe('R15 what refutes the rumour of being offline', () => {
  const young = { minUptime: 600_000, maxRetries: Infinity, jitter: 0 }

  it('[R7][R15] is refuted by an answer, though the next ping is still out when the connection is lost', () => {
    const { world, client } = connected({ ...young, heartbeatInterval: 1000 })
    world.notify('offline')
    world.socket.receive('pong')
    world.advance(1000)
    expect(world.socket.sent).toHaveLength(2)
    world.socket.die()
    expect(client.getSnapshot()).toMatchObject({ circuitFailures: 1, retryCount: 1 })
  })

  it('[R15] is not refuted by having lived long enough, where nothing was heard', () => {
    const { world, client } = connected({ ...plain, minUptime: 5000 })
    world.advance(1000)
    world.notify('offline')
    world.advance(9000)
    world.socket.die()
    const { retryAt, retryCount } = client.getSnapshot()
    expect([retryAt, retryCount]).toEqual([world.clock.now() + 30_000, 0])
  })

  it('[R15] is not refuted by waking up, which says nothing of the network', () => {
    const scene = setup({ ...plain, circuitBreaker: {} })
    const { world, client } = scene
    client.connect()
    world.socket.refuse()
    world.notify('offline')
    world.notify('wake')
    untilRetry(scene)
    world.socket.refuse()
    expect(client.getSnapshot()).toMatchObject({
      circuitFailures: 1,
      retryCount: 1,
      retryAt: world.clock.now() + 30_000,
    })
  })
})
