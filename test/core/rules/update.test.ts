/**
 * R27: options that change while the client lives.
 */

import { describe, expect, it } from 'vitest'
import type { WebSocketReconnectOptions } from '../../../src/index.ts'
import { blocked, connected, failed, plain, proven, setup, untilRetry } from '../../support/client-scene.ts'
import { createWorld } from '../../support/index.ts'

const other = 'wss://other.test/'

describe('R27 a new url', () => {
  it('[R27] closes with 1000 "url changed" and dials at once', () => {
    const { world, client, log } = proven(plain)
    const old = world.socket
    old.deaf = true
    client.update({ url: other })
    expect(old.closeCalls).toEqual([{ code: 1000, reason: 'url changed' }])
    expect(log.told).toEqual(['close 1000', 'stateChange CONNECTING'])
    expect(log.of('close')).toEqual([{ code: 1000, reason: 'url changed', wasClean: false, opened: true }])
    expect(world.socket.url).toBe(other)
    expect(client.url).toBe(other)
  })

  it('[R27] does nothing for the same url, as a string or as a URL', () => {
    const { world, client, log } = proven(plain)
    client.send('x')
    client.update({ url: 'wss://example.test/' })
    client.update({ url: new URL('wss://example.test/') })
    expect(world.dials).toBe(1)
    expect(log).toEqual([])
  })

  it('[R27] treats new protocols like a new url, and equal ones as the same', () => {
    const { world, client } = proven({ ...plain, protocols: ['a', 'b'] })
    client.update({ protocols: ['a', 'b'] })
    expect(world.dials).toBe(1)
    client.update({ protocols: ['b', 'a'] })
    expect(world.dials).toBe(2)
    expect(world.socket.protocols).toEqual(['b', 'a'])
    expect(world.sockets[0]?.closeCalls).toEqual([{ code: 1000, reason: 'url changed' }])
  })

  it('[R27] drops the queue', () => {
    const { world, client, log } = proven(plain)
    world.socket.stall(2_000_000)
    client.send('for the old peer')
    client.update({ url: other })
    expect(log.of('drop')).toEqual([{ data: 'for the old peer', reason: 'url-changed' }])
    client.send('for the new peer')
    world.socket.accept()
    expect(world.socket.sent).toEqual(['for the new peer'])
  })

  it('[R27] zeroes the counters and dials at once from a wait', () => {
    const scene = setup({ ...plain, circuitBreaker: {} })
    const { world, client, log } = scene
    client.connect()
    world.socket.refuse()
    untilRetry(scene)
    world.socket.refuse()
    log.take()
    client.update({ url: other })
    expect(log.told).toEqual(['stateChange CONNECTING'])
    expect(client.getSnapshot()).toMatchObject({ retryCount: 0, circuitFailures: 0, retryAt: null })
    expect(world.socket.url).toBe(other)
    world.socket.refuse()
    expect(log.of('retry')).toEqual([{ attempt: 1, delay: 1000, maxRetries: Infinity }])
  })

  it('[R27] closes the circuit and dials at once from BLOCKED', () => {
    const { world, client, log } = blocked()
    const { dials } = world
    client.update({ url: other })
    expect(log.told).toEqual(['circuitChange CLOSED', 'stateChange CONNECTING'])
    expect(world.dials).toBe(dials + 1)
    expect(client.getSnapshot()).toMatchObject({ circuitState: 'CLOSED', circuitFailures: 0, halfOpenAt: null })
  })

  it('[R27] replaces an attempt under way', () => {
    const { world, client, log } = setup(plain)
    client.connect()
    log.take()
    client.update({ url: other })
    expect(log.told).toEqual(['error HANDSHAKE_FAILED', 'close 1006'])
    expect(world.sockets).toHaveLength(2)
    expect(world.socket.url).toBe(other)
    expect(world.sockets[0]?.closeCalls).toHaveLength(1)
  })

  it('[R27] dials from FAILED, where the connection is still wanted', () => {
    const { world, client } = failed()
    client.update({ url: other })
    expect(client.state).toBe('CONNECTING')
    expect(world.socket.url).toBe(other)
  })

  it('[R27] dials nothing in idle, CLOSING or after close(); the next connect() does', () => {
    const idle = setup(plain)
    idle.client.update({ url: other })
    expect(idle.world.dials).toBe(0)
    idle.client.connect()
    expect(idle.world.socket.url).toBe(other)
    const closing = connected(plain)
    closing.client.close()
    closing.client.update({ url: other })
    expect([closing.world.dials, closing.client.state]).toEqual([1, 'CLOSING'])
    closing.world.advance(0)
    closing.client.update({ url: 'wss://third.test/' })
    expect([closing.world.dials, closing.client.state]).toEqual([1, 'CLOSED'])
    expect(closing.log.of('close')).toEqual([{ code: 1000, reason: '', wasClean: true, opened: true }])
    closing.client.connect()
    expect(closing.world.socket.url).toBe('wss://third.test/')
  })

  it('[R27] uses a new function from the next attempt', async () => {
    const scene = setup({ ...plain, url: () => 'wss://one.test/' })
    const { world, client, log } = scene
    client.connect()
    await world.settle()
    world.socket.accept()
    log.take()
    client.update({ url: () => 'wss://two.test/' })
    await world.settle()
    expect(world.dials).toBe(1)
    expect(log).toEqual([])
    world.socket.die()
    await world.advanceAsync(1000)
    expect(world.socket.url).toBe('wss://two.test/')
  })

  it('[R27] keeps the connect() promise over a new url', async () => {
    const { world, client } = setup(plain)
    const promise = client.connect()
    client.update({ url: other })
    world.socket.accept()
    await expect(promise).resolves.toBeUndefined()
  })
})

describe('R27 other options', () => {
  it('[R27] merges circuitBreaker by key', () => {
    const scene = setup({
      ...plain,
      circuitBreaker: { failureThreshold: 3, resetTimeout: 7000, resetJitter: 0 },
    })
    scene.client.update({ circuitBreaker: { failureThreshold: 1 } })
    scene.client.connect()
    scene.world.socket.refuse()
    expect(scene.client.state).toBe('BLOCKED')
    expect(scene.client.getSnapshot()).toMatchObject({ halfOpenAt: scene.at(7000), retryAt: scene.at(7000) })
    expect(scene.client.getStats().failureThreshold).toBe(1)
  })

  it('[R27] adds up over several updates', () => {
    const { world, client, log } = setup(plain)
    client.update({ baseDelay: 10, circuitBreaker: { failureThreshold: 9 } })
    client.update({ maxDelay: 20, circuitBreaker: { resetTimeout: 99 } })
    client.connect()
    world.socket.refuse()
    expect(log.of('retry').map((info) => info.delay)).toEqual([10])
    expect(client.options).toMatchObject({ maxDelay: 20, circuitBreaker: { failureThreshold: 9, resetTimeout: 99 } })
  })

  it('[R27] merges queue by key', () => {
    const { client } = setup({ ...plain, queue: { maxMessages: 2, overflow: 'drop-oldest' } })
    client.update({ queue: { maxMessages: 1 } })
    client.send('a')
    expect(client.send('b')).toBe('queued')
    expect(client.getStats().queuedMessages).toBe(1)
  })

  it('[R27] switches the queue off and on', () => {
    const { client } = setup(plain)
    client.update({ queue: false })
    expect(client.send('a')).toBe('dropped')
    client.update({ queue: {} })
    expect(client.send('b')).toBe('queued')
  })

  it('[R27] lets a held queue go when hold is switched off, and keeps it otherwise', () => {
    const { world, client } = connected({ ...plain, queue: { hold: true } })
    client.send('a')
    client.update({ queue: { maxMessages: 7 } })
    client.update({ baseDelay: 900 })
    expect(world.socket.sent).toEqual([])
    client.update({ queue: { hold: false } })
    expect(world.socket.sent).toEqual(['a'])
    expect(client.send('b')).toBe('sent')
  })

  it('[R27] switches off what had options of its own', () => {
    const { world, client } = setup({ ...plain, queue: { maxMessages: 3 }, circuitBreaker: { failureThreshold: 1 } })
    client.update({ queue: false, circuitBreaker: false })
    expect(client.send('a')).toBe('dropped')
    client.connect()
    world.socket.refuse()
    expect(client.state).toBe('CLOSED')
  })

  it('[R27] drops what is queued when the queue is switched off, one drop each', () => {
    const { client, log } = setup(plain)
    client.send('a')
    client.send('b')
    client.update({ queue: false })
    expect(log.of('drop')).toEqual([
      { data: 'a', reason: 'no-queue' },
      { data: 'b', reason: 'no-queue' },
    ])
  })

  it('[R27] closes the circuit with circuitBreaker: false, as closeCircuit() does', () => {
    const { world, client, log } = blocked()
    const { dials } = world
    client.update({ circuitBreaker: false })
    expect(log.told).toEqual(['circuitChange CLOSED', 'stateChange CONNECTING'])
    expect(world.dials).toBe(dials + 1)
    expect(client.getSnapshot()).toMatchObject({ circuitFailures: 0, retryCount: 0 })
    const idle = setup()
    idle.client.openCircuit()
    idle.client.update({ circuitBreaker: false })
    expect(idle.client.getCircuitState()).toBe('CLOSED')
  })

  it('[R27] applies the heartbeat now', () => {
    const { world, client } = connected({ ...plain, minUptime: 0 })
    client.update({ heartbeatInterval: 1000, heartbeatTimeout: 200, heartbeatMessage: 'hey' })
    world.advance(999)
    expect(world.socket.sent).toEqual([])
    world.advance(1)
    expect(world.socket.sent).toEqual(['hey'])
    world.advance(200)
    expect(client.state).toBe('CLOSED')
  })

  it('[R27] switches the heartbeat off now, a ping outstanding or not', () => {
    const { world, client } = connected({ ...plain, heartbeatInterval: 10_000 })
    client.update({ heartbeatInterval: 0 })
    world.advance(60_000)
    expect(world.socket.sent).toEqual([])
    const probing = connected({ ...plain, heartbeatInterval: 10_000 })
    probing.world.advance(10_000)
    probing.client.update({ heartbeatInterval: 0 })
    probing.world.advance(60_000)
    expect(probing.client.state).toBe('OPEN')
    expect(probing.world.timers).toBe(0)
  })

  it('[R27] applies limits now', () => {
    const scene = setup(plain)
    const { world, client, log } = scene
    client.connect()
    world.socket.refuse()
    client.update({ maxRetries: 1, baseDelay: 10, maxDelay: 20 })
    untilRetry(scene)
    world.socket.refuse()
    expect(client.state).toBe('FAILED')
    expect(log.of('error').pop()?.code).toBe('RETRIES_EXHAUSTED')
    expect(client.getStats().maxRetries).toBe(1)
  })

  it('[R27] applies a shorter minUptime and closeTimeout now', () => {
    const { world, client } = connected({ ...plain, circuitBreaker: {} })
    world.advance(1000)
    client.update({ minUptime: 1500, closeTimeout: 300 })
    world.advance(500)
    world.socket.die()
    expect(client.getSnapshot().circuitFailures).toBe(0)
    world.advance(1000)
    world.socket.accept()
    world.socket.deaf = true
    client.close()
    world.advance(299)
    expect(client.state).toBe('CLOSING')
    world.advance(1)
    expect(client.state).toBe('CLOSED')
  })

  it('[R27] applies WebSocket, websocketOptions and binaryType at the next attempt', () => {
    const scene = proven(plain)
    const { world, client, log } = scene
    const elsewhere = createWorld()
    client.update({ WebSocket: elsewhere.WebSocket, websocketOptions: { headers: {} }, binaryType: 'arraybuffer' })
    expect(log).toEqual([])
    expect(world.socket.binaryType).toBe('blob')
    world.socket.die()
    untilRetry(scene)
    expect(world.dials).toBe(1)
    expect(elsewhere.socket.args).toEqual(['wss://example.test/', elsewhere.socket.args[1], { headers: {} }])
    expect(elsewhere.socket.binaryType).toBe('arraybuffer')
  })

  it.each([
    ['clock', createWorld().clock],
    ['random', () => 0],
  ])('[R27] throws for %s', (key, value) => {
    const { client } = setup(plain)
    expect(() => client.update({ [key]: value } as Partial<WebSocketReconnectOptions>)).toThrow(key)
  })

  it('[R27] validates, and changes nothing when it throws', () => {
    const { world, client, log } = proven(plain)
    expect(() => client.update({ url: other, maxRetries: -1 })).toThrow(TypeError)
    expect(() => client.update({ circuitBreaker: { failureThreshold: 0 } })).toThrow(TypeError)
    // Legal by itself, not with the baseDelay that stays.
    expect(() => client.update({ maxDelay: 500 })).toThrow(TypeError)
    expect(world.dials).toBe(1)
    expect(log).toEqual([])
    expect(client.getStats()).toMatchObject({ maxRetries: Infinity })
  })

  it('[R27] shows the options in force in .options', () => {
    const { client } = setup(plain)
    client.update({ baseDelay: 77, circuitBreaker: { resetTimeout: 99 } })
    expect(client.options).toMatchObject({ baseDelay: 77, circuitBreaker: { resetTimeout: 99 } })
  })
})

describe('R27 a ping that is out', () => {
  it('[R14][R27] is judged by the heartbeatTimeout that was set after it', () => {
    const { world, client, log } = connected({ ...plain, heartbeatInterval: 30_000 })
    world.advance(30_000)
    client.update({ heartbeatTimeout: 3000 })
    world.advance(2999)
    expect(client.state).toBe('OPEN')
    world.advance(1)
    expect(log.of('error').map(({ code }) => code)).toEqual(['HEARTBEAT_TIMEOUT'])
  })
})
