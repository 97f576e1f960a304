/**
 * The fine print of the rules: what mutation testing (docs/MUTATION.md) found to be kept by the engine and by no test.
 * Each test names its rule; together they kill every mutant that differs in anything a user could see.
 */

import { describe, expect, it } from 'vitest'
import { isPongText, pingText } from '../../../src/policy/ping-pong.ts'
import { blocked, connected, failed, plain, setup, untilRetry } from '../../support/client-scene.ts'
import { refuse } from '../../support/index.ts'

/** Until the trial that follows an open circuit is under way. */
function untilTrial(scene: ReturnType<typeof blocked>): void {
  while (scene.client.state !== 'CONNECTING') untilRetry(scene)
}

describe('R11 trials', () => {
  const breaker = { circuitBreaker: { failureThreshold: 1, halfOpenMaxRequests: 2 } }

  it('[R11] counts a trial that waited its turn like any other retry', () => {
    const scene = blocked(breaker)
    untilTrial(scene)
    expect(scene.log.of('retry').map(({ attempt }) => attempt)).toEqual([1])
    scene.world.socket.refuse()
    expect(scene.log.of('retry').map(({ attempt }) => attempt)).toEqual([1, 2])
  })

  it('[R7][R11] gives back a trial that failed while offline', () => {
    const scene = blocked(breaker)
    const { world, client } = scene
    untilTrial(scene)
    world.notify('offline')
    world.socket.refuse()
    world.notify('online')
    untilTrial(scene)
    world.socket.refuse()
    expect(client.getCircuitState()).toBe('HALF-OPEN')
    untilTrial(scene)
    world.socket.refuse()
    expect(client.getCircuitState()).toBe('OPEN')
  })

  it('[R11] gives back a trial that close() cut short', () => {
    const scene = blocked(breaker)
    const { world, client } = scene
    untilTrial(scene)
    client.close()
    client.connect()
    untilTrial(scene)
    world.socket.refuse()
    expect(client.getCircuitState()).toBe('HALF-OPEN')
    untilTrial(scene)
    world.socket.refuse()
    expect(client.getCircuitState()).toBe('OPEN')
  })

  it('[R24] keeps the last trial that is under way when reconnect() asks for another', () => {
    const scene = blocked({ circuitBreaker: { failureThreshold: 1, halfOpenMaxRequests: 1 } })
    const { world, client, log } = scene
    untilTrial(scene)
    log.take()
    const { socket } = world
    client.reconnect()
    expect(log.take()).toEqual(['error CIRCUIT_OPEN'])
    expect([client.state, world.socket === socket, socket.readyState]).toEqual(['CONNECTING', true, 0])
  })

  it('[R11][R13] counts no failures after a circuit that was opened by hand, where there is no breaker', () => {
    const { world, client } = setup({ ...plain, circuitBreaker: false })
    client.openCircuit(1000)
    client.connect()
    while (client.state !== 'CONNECTING') world.advance(1000)
    world.socket.accept()
    expect(client.getSnapshot()).toMatchObject({ circuitState: 'CLOSED', circuitFailures: 0 })
  })
})

describe('R6 giving up', () => {
  it('[R6][R25] says that the retries are exhausted, and why the last one failed', () => {
    const { world, client, log } = setup({ ...plain, maxRetries: 0 })
    client.connect()
    world.advance(10_000)
    const [error, ...others] = log.of('error')
    expect(error?.code).toBe('RETRIES_EXHAUSTED')
    expect(error?.cause).toMatchObject({ code: 'CONNECT_TIMEOUT' })
    expect(others).toEqual([])
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
})

describe('R12 the one more attempt', () => {
  it('[R12] is still there after another failure', () => {
    const scene = setup({ ...plain, url: () => 'wss://example.test/' })
    const { world, client } = scene
    client.connect()
    world.socket.refuse()
    untilRetry(scene)
    world.socket.accept()
    world.socket.die(4401)
    expect(client.state).toBe('CLOSED')
    expect(client.getSnapshot().retryAt).not.toBeNull()
  })
})

describe('R3 letting go', () => {
  it('[R3] tells a peer that never answered 1000, and no reason', () => {
    const { world, client } = setup(plain)
    client.connect()
    const { socket } = world
    world.advance(10_000)
    expect(socket.closeCalls).toEqual([{ code: 1000, reason: '' }])
  })
})

describe('R26 isReconnecting and a new url', () => {
  it('[R26][R27] is no reconnection while nothing was lost yet', () => {
    const { client } = setup(plain)
    client.connect()
    client.update({ url: 'wss://example.test/other' })
    expect(client.getSnapshot()).toMatchObject({ state: 'CONNECTING', isReconnecting: false })
  })

  it('[R26][R27] is one when an open connection is replaced', () => {
    const { client } = connected(plain)
    client.update({ url: 'wss://example.test/other' })
    expect(client.getSnapshot()).toMatchObject({ state: 'CONNECTING', isReconnecting: true })
  })
})

describe('R7 R15 offline', () => {
  /** Whether the loss of this unproven connection counts. */
  const counts = ({ world, client }: ReturnType<typeof connected>): boolean => {
    world.socket.die(1006)
    const { circuitFailures, retryCount } = client.getSnapshot()
    expect(circuitFailures).toBe(retryCount)
    return retryCount > 0
  }
  const young = { minUptime: 60_000, maxRetries: Infinity, jitter: 0 }

  it('[R7] does not count the loss of an open connection', () => {
    const scene = connected({ ...young, heartbeatInterval: 0 })
    scene.world.notify('offline')
    expect(counts(scene)).toBe(false)
  })

  it('[R7] counts it again once online', () => {
    const scene = connected({ ...young, heartbeatInterval: 0 })
    scene.world.notify('offline')
    scene.world.notify('online')
    expect(counts(scene)).toBe(true)
  })

  it('[R7] hears of it while a ping is out', () => {
    const scene = connected({ ...young, heartbeatInterval: 1000 })
    scene.world.advance(1000)
    scene.world.notify('offline')
    expect(counts(scene)).toBe(false)
  })

  it('[R7] hears the end of it while a ping is out', () => {
    const scene = connected({ ...young, heartbeatInterval: 1000 })
    scene.world.notify('offline')
    scene.world.notify('online')
    expect(counts(scene)).toBe(true)
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
})

describe('R14 what is a pong, what can be a ping', () => {
  it('[R14][R21] takes nothing but text for a pong, without throwing', () => {
    for (const data of [new ArrayBuffer(4), new Uint8Array(4), new Uint8Array(9), null, undefined, 4]) {
      expect(isPongText(data)).toBe(false)
    }
  })

  it('[R14][R21] parses no text that does not say pong', () => {
    expect(isPongText('{"type":')).toBe(false)
    expect(isPongText('hello')).toBe(false)
  })

  it('[R14] says what came instead of a ping', () => {
    expect(() => pingText(() => undefined as never)).toThrow('JSON cannot say undefined')
    expect(() => pingText((() => () => {}) as never)).toThrow('JSON cannot say function')
  })
})

describe('R16 the queue', () => {
  it('[R16] refuses what only looks like data', () => {
    const { client } = setup(plain)
    for (const data of [new Map(), new Set(), { byteLength: 3 }, { size: 3 }]) {
      expect(() => client.send(data as never)).toThrow(TypeError)
    }
  })

  it('[R16] hands on the very Blob it was given, type and all', () => {
    const { world, client } = setup(plain)
    const blob = new Blob(['a'], { type: 'text/plain' })
    client.send(blob)
    client.connect()
    world.socket.accept()
    expect(world.socket.sent[0]).toBe(blob)
  })

  it("[R16] makes room for a message that fills the whole queue, with 'drop-oldest'", () => {
    const { client, log } = setup({ ...plain, queue: { maxBytes: 4, overflow: 'drop-oldest' } })
    client.send('ab')
    expect(client.send('abcd')).toBe('queued')
    expect(log.of('drop')).toEqual([{ data: 'ab', reason: 'overflow' }])
  })

  it("[R16] drops the message itself where there is room for none, with 'drop-oldest'", () => {
    const { client, log } = setup({ ...plain, queue: { maxMessages: 0, overflow: 'drop-oldest' } })
    expect(client.send('a')).toBe('dropped')
    expect(log.of('drop')).toEqual([{ data: 'a', reason: 'overflow' }])
  })

  it('[R16] tells of a message that cannot go out at once with one drop and no error', () => {
    const { client, log } = setup(plain)
    client.connect()
    log.take()
    expect(client.send('a', { queue: false })).toBe('dropped')
    expect(log.take()).toEqual(['drop a no-queue'])
  })

  it('[R16] lets the queue go at highWaterMark, not only below', () => {
    const { world, client } = setup({ ...plain, queue: { highWaterMark: 100 } })
    client.send('a')
    client.connect()
    world.socket.stall(100)
    world.socket.accept()
    expect(world.socket.sent).toEqual(['a'])
  })

  it('[R16] holds back what is sent after open, however long, until flush()', () => {
    const { world, client } = connected({ ...plain, queue: { hold: true } })
    client.send('a')
    world.advance(10_000)
    expect(world.socket.sent).toEqual([])
    client.flush()
    expect(world.socket.sent).toEqual(['a'])
  })

  it('[R2][R16] looks every 50 ms whether the buffer has drained, whatever is sent meanwhile', () => {
    const { world, client } = connected({ ...plain, queue: { highWaterMark: 10 } })
    world.socket.stall(11)
    client.send('a')
    world.advance(40)
    world.socket.drain()
    client.send('b')
    world.advance(10)
    expect(world.socket.sent).toEqual(['a', 'b'])
  })
})
