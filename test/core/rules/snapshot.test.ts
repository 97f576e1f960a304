/**
 * R26: the snapshot and its subscribers; and getStats(), its sampled neighbour.
 */

import { describe, expect, it, vi } from 'vitest'
import { initialSnapshot } from '../../../src/index.ts'
import { blocked, connected, failed, plain, proven, setup, untilRetry } from '../../support/client-scene.ts'

describe('R26 snapshot', () => {
  it('[R26] has exactly the thirteen fields, and begins with nothing', () => {
    const { client } = setup(plain)
    const nothing = {
      state: 'CLOSED',
      status: 'idle',
      circuitState: 'CLOSED',
      circuitFailures: 0,
      isReconnecting: false,
      retryCount: 0,
      retryAt: null,
      halfOpenAt: null,
      connectionId: 0,
      addressId: 0,
      protocol: null,
      error: null,
      lastClose: null,
    }
    expect(client.getSnapshot()).toEqual(nothing)
    expect(initialSnapshot).toEqual(nothing)
  })

  it('[R26] is frozen', () => {
    const { world, client } = setup(plain)
    expect(Object.isFrozen(client.getSnapshot())).toBe(true)
    expect(Object.isFrozen(initialSnapshot)).toBe(true)
    client.connect()
    world.socket.refuse()
    expect(Object.isFrozen(client.getSnapshot())).toBe(true)
  })

  it('[R26] is the same object until a field differs', () => {
    const { world, client } = proven({ ...plain, heartbeatInterval: 10_000 })
    const before = client.getSnapshot()
    client.connect()
    client.send('x')
    world.socket.receive('y')
    client.flush()
    client.update({ maxDelay: 40_000 })
    world.advance(5000)
    world.socket.receive('pong')
    expect(client.getSnapshot()).toBe(before)
    world.socket.die()
    expect(client.getSnapshot()).not.toBe(before)
  })

  it('[R26] is the same object though the two clocks drift apart by a millisecond', () => {
    const { world, client } = setup(plain)
    client.connect()
    world.socket.refuse()
    const before = client.getSnapshot()
    world.moveWall(1)
    client.connect()
    world.moveWall(-2)
    client.connect()
    expect(client.getSnapshot()).toBe(before)
  })

  it('[R26] notifies subscribers when it was replaced, and only then', () => {
    const { world, client } = setup(plain)
    const seen: unknown[] = []
    const stop = client.subscribe(() => seen.push(client.getSnapshot()))
    let last = client.getSnapshot()
    const steps: [() => void, boolean][] = [
      [() => client.connect(), true],
      [() => client.connect(), false],
      [() => world.socket.accept(), true],
      [() => world.socket.receive('x'), false],
      [() => client.send('x'), false],
      [() => world.socket.die(), true],
      [() => world.advance(999), false],
      [() => world.advance(1), true],
      [() => client.close(), true],
      [() => client.close(), false],
    ]
    for (const [step, changes] of steps) {
      const count = seen.length
      step()
      expect(seen.length - count).toBe(changes ? 1 : 0)
      expect(client.getSnapshot() !== last).toBe(changes)
      last = client.getSnapshot()
    }
    stop()
    client.connect()
    expect(seen).toHaveLength(5)
  })

  it('[R26] notifies when a proof zeroes the counters', () => {
    const scene = setup(plain)
    scene.client.connect()
    scene.world.socket.refuse()
    untilRetry(scene)
    scene.world.socket.accept()
    const listener = vi.fn()
    scene.client.subscribe(listener)
    scene.world.advance(5000)
    expect(listener).toHaveBeenCalledTimes(1)
  })

  it('[R26] lets subscribe and getSnapshot be passed around without their client', () => {
    const { client } = setup(plain)
    const { subscribe, getSnapshot } = client
    const listener = vi.fn()
    const stop = subscribe(listener)
    client.connect()
    expect(listener).toHaveBeenCalledTimes(1)
    expect(getSnapshot().state).toBe('CONNECTING')
    stop()
    client.close()
    expect(listener).toHaveBeenCalledTimes(1)
    expect(client.subscribe).toBe(subscribe)
    expect(client.getSnapshot).toBe(getSnapshot)
  })

  it('[R26] counts the same listener as often as it subscribes', () => {
    const { client } = setup(plain)
    const listener = vi.fn()
    const stop = client.subscribe(listener)
    client.subscribe(listener)
    stop()
    stop()
    client.connect()
    expect(listener).toHaveBeenCalledTimes(1)
  })

  it('[R26] raises connectionId by one at each open', () => {
    const scene = setup(plain)
    const { world, client } = scene
    client.connect()
    expect(client.getSnapshot().connectionId).toBe(0)
    world.socket.accept()
    expect(client.getSnapshot().connectionId).toBe(1)
    world.socket.die()
    expect(client.getSnapshot().connectionId).toBe(1)
    untilRetry(scene)
    world.socket.refuse()
    untilRetry(scene)
    expect(client.getSnapshot().connectionId).toBe(1)
    world.socket.accept()
    expect(client.getSnapshot().connectionId).toBe(2)
    client.close()
    world.advance(0)
    client.connect()
    world.socket.accept()
    expect(client.getSnapshot().connectionId).toBe(3)
  })

  it('[R26] raises addressId with each other url or protocols, and with no new function', () => {
    const { client } = setup(plain)
    const ids = [{ maxRetries: 3 }, { url: 'wss://b.test/' }, { protocols: 'v2' }, { url: () => 'wss://c.test/' }].map(
      (options) => {
        client.update(options)
        return client.getSnapshot().addressId
      },
    )
    expect(ids).toEqual([0, 1, 2, 2])
  })

  it('[R26] is reconnecting from the first loss until OPEN', () => {
    const scene = proven(plain)
    const { world, client } = scene
    const is = () => client.getSnapshot().isReconnecting
    expect(is()).toBe(false)
    world.socket.die()
    expect(is()).toBe(true)
    untilRetry(scene)
    expect([client.state, is()]).toEqual(['CONNECTING', true])
    world.socket.refuse()
    expect(is()).toBe(true)
    untilRetry(scene)
    world.socket.accept()
    expect(is()).toBe(false)
  })

  it('[R26] is reconnecting from the first failed attempt, BLOCKED included', () => {
    const scene = setup({ ...plain, circuitBreaker: { failureThreshold: 2 } })
    const { world, client } = scene
    const is = () => client.getSnapshot().isReconnecting
    client.connect()
    expect(is()).toBe(false)
    world.socket.refuse()
    expect(is()).toBe(true)
    untilRetry(scene)
    world.socket.refuse()
    expect([client.state, is()]).toEqual(['BLOCKED', true])
    world.advance(60_000)
    expect([client.getCircuitState(), is()]).toEqual(['HALF-OPEN', true])
  })

  it('[R26] is no longer reconnecting once FAILED or closed', () => {
    expect(failed().client.getSnapshot().isReconnecting).toBe(false)
    const scene = blocked()
    scene.client.close()
    expect(scene.client.getSnapshot().isReconnecting).toBe(false)
    const dialling = setup(plain)
    dialling.client.connect()
    dialling.world.socket.refuse()
    untilRetry(dialling)
    dialling.client.close()
    expect(dialling.client.getSnapshot().isReconnecting).toBe(false)
    const closing = proven(plain)
    closing.client.close()
    expect(closing.client.getSnapshot().isReconnecting).toBe(false)
  })

  it('[R26] is reconnecting after reconnect(), openCircuit() and revival, as after any loss', () => {
    const replaced = proven(plain)
    replaced.client.reconnect()
    expect(replaced.client.getSnapshot().isReconnecting).toBe(true)
    const held = proven(plain)
    held.client.openCircuit()
    expect(held.client.getSnapshot().isReconnecting).toBe(true)
    held.client.closeCircuit()
    expect(held.client.getSnapshot().isReconnecting).toBe(true)
    const revived = failed({ circuitBreaker: false })
    revived.world.notify('online')
    expect(revived.client.getSnapshot().isReconnecting).toBe(true)
  })

  it('[R26] is still reconnecting after a new url', () => {
    const { world, client } = proven(plain)
    world.socket.die()
    client.update({ url: 'wss://other.test/' })
    expect(client.getSnapshot().isReconnecting).toBe(true)
    world.socket.accept()
    expect(client.getSnapshot().isReconnecting).toBe(false)
  })

  it('[R26][R27] is no reconnection to take a new url while nothing was lost yet', () => {
    const { client } = setup(plain)
    client.connect()
    client.update({ url: 'wss://example.test/other' })
    expect(client.getSnapshot()).toMatchObject({ state: 'CONNECTING', isReconnecting: false })
  })

  it('[R26][R27] is reconnecting when a new url replaces an open connection', () => {
    const { client } = connected(plain)
    client.update({ url: 'wss://example.test/other' })
    expect(client.getSnapshot()).toMatchObject({ state: 'CONNECTING', isReconnecting: true })
  })

  it('[R26] is not reconnecting from FAILED by connect(): that is a new beginning', () => {
    const { client } = failed({ circuitBreaker: false })
    client.connect()
    expect(client.getSnapshot().isReconnecting).toBe(false)
  })

  it('[R26] tells in error why it is down, and null at open', () => {
    const scene = setup(plain)
    const { world, client, log } = scene
    client.connect()
    world.socket.refuse()
    expect(client.getSnapshot().error).toBe(log.of('error')[0])
    untilRetry(scene)
    world.socket.accept()
    expect(client.getSnapshot().error).toBeNull()
  })

  it('[R26] tells in lastClose how the last attempt ended', () => {
    const scene = setup(plain)
    const { world, client } = scene
    client.connect()
    world.socket.refuse()
    const refused = { code: 1006, reason: '', wasClean: false, opened: false }
    expect(client.getSnapshot().lastClose).toEqual(refused)
    untilRetry(scene)
    world.socket.accept()
    expect(client.getSnapshot().lastClose).toEqual(refused)
    world.socket.die(4000, 'mine')
    expect(client.getSnapshot().lastClose).toEqual({ code: 4000, reason: 'mine', wasClean: true, opened: true })
  })

  it('[R26] tells the protocol while open, null while down', () => {
    const { world, client } = setup({ ...plain, protocols: ['v2', 'v1'] })
    client.connect()
    expect(client.getSnapshot().protocol).toBeNull()
    world.socket.accept({ protocol: 'v2' })
    expect(client.getSnapshot().protocol).toBe('v2')
    expect(client.protocol).toBe('v2')
    world.socket.die()
    expect(client.getSnapshot().protocol).toBeNull()
  })

  it('[R26] tells the wall clock in retryAt and halfOpenAt', () => {
    const { world, client } = setup(plain)
    world.moveWall(1_000_000)
    client.connect()
    world.socket.refuse()
    expect(client.getSnapshot().retryAt).toBe(world.clock.start + 1_001_000)
    client.openCircuit(3000)
    expect(client.getSnapshot().halfOpenAt).toBe(world.clock.start + 1_003_000)
  })
})

describe('R26 stats', () => {
  it('[R26] has the requirement’s eight fields and the contract’s eleven', () => {
    const { client } = setup()
    expect(client.getStats()).toEqual({
      state: 'CLOSED',
      circuitState: 'CLOSED',
      retryCount: 0,
      maxRetries: 10,
      circuitFailures: 0,
      failureThreshold: 5,
      lastActivity: null,
      uptime: 0,
      latency: null,
      retryAt: null,
      openedAt: null,
      connections: 0,
      messagesSent: 0,
      messagesReceived: 0,
      bytesSent: 0,
      bytesReceived: 0,
      queuedMessages: 0,
      bufferedAmount: 0,
      lastError: null,
    })
  })

  it('[R26] measures uptime since this open, and 0 while down', () => {
    const scene = connected(plain)
    const { world, client } = scene
    expect(client.getStats().uptime).toBe(0)
    world.advance(15_000)
    expect(client.getStats().uptime).toBe(15_000)
    world.moveWall(3_600_000)
    expect(client.getStats().uptime).toBe(15_000)
    world.moveWall(-3_600_000)
    world.socket.die()
    expect(client.getStats().uptime).toBe(0)
    untilRetry(scene)
    expect(client.getStats().uptime).toBe(0)
    world.socket.accept()
    world.advance(40)
    expect(client.getStats().uptime).toBe(40)
  })

  it('[R26] tells lastActivity as epoch ms of the last message or open', () => {
    for (const timeStamps of [true, false]) {
      const { world, client, at } = setup(plain, { timeStamps })
      client.connect()
      world.advance(300)
      expect(client.getStats().lastActivity).toBeNull()
      world.socket.accept()
      expect(client.getStats().lastActivity).toBe(at(300))
      world.advance(2000)
      client.send('outbound is no sign of life')
      expect(client.getStats().lastActivity).toBe(at(300))
      world.socket.receive('x')
      world.advance(700)
      expect(client.getStats().lastActivity).toBe(at(2300))
      world.socket.die()
      expect(client.getStats().lastActivity).toBe(at(2300))
    }
  })

  it('[R26] tells openedAt and connections', () => {
    const scene = setup(plain)
    const { world, client, at } = scene
    client.connect()
    world.advance(100)
    world.socket.accept()
    world.advance(50)
    expect(client.getStats()).toMatchObject({ openedAt: at(100), connections: 1 })
    world.socket.die()
    untilRetry(scene)
    world.socket.accept()
    expect(client.getStats().connections).toBe(2)
  })

  it('[R26] counts what was sent from the queue when it is sent, not when it is queued', () => {
    const { world, client } = setup(plain)
    client.send('12345')
    expect(client.getStats()).toMatchObject({ messagesSent: 0, bytesSent: 0, queuedMessages: 1 })
    client.connect()
    world.socket.accept()
    expect(client.getStats()).toMatchObject({ messagesSent: 1, bytesSent: 5, queuedMessages: 0 })
  })

  it('[R26] tells the effective options in maxRetries and failureThreshold', () => {
    const { client } = setup({ maxRetries: 3, circuitBreaker: { failureThreshold: 9 } })
    expect(client.getStats()).toMatchObject({ maxRetries: 3, failureThreshold: 9 })
  })
})

describe('R26 status', () => {
  it('[R26] says in one word what a person wants to know, from the first to the last', () => {
    const scene = setup({ ...plain, hiddenTimeout: 60_000, circuitBreaker: {} })
    const { world, client } = scene
    const seen: string[] = [client.getSnapshot().status]
    client.subscribe(() => {
      const { status } = client.getSnapshot()
      if (status !== seen[seen.length - 1]) seen.push(status)
    })
    client.connect()
    world.socket.refuse()
    untilRetry(scene)
    world.socket.accept()
    client.openCircuit(1000)
    world.advance(1000)
    client.reconnect()
    world.socket.accept()
    world.notify('hidden')
    world.advance(60_000)
    world.notify('wake')
    world.socket.accept()
    client.close()
    world.advance(0)
    client.connect()
    world.socket.accept()
    world.socket.die(1002)
    client.close()
    expect(seen).toEqual([
      'idle',
      ...['connecting', 'waiting', 'connecting', 'open', 'blocked', 'waiting', 'connecting', 'open'],
      ...['waiting', 'connecting', 'open', 'closing', 'closed', 'connecting', 'open', 'failed', 'closed'],
    ])
  })

  it('[R26] tells idle from closed, and waiting from both, where the state is CLOSED', () => {
    const idle = setup(plain)
    idle.client.openCircuit()
    const closed = setup(plain)
    closed.client.close()
    const waits = setup(plain)
    waits.client.connect()
    waits.world.socket.refuse()
    const all = [idle, closed, waits].map(({ client }) => client.getSnapshot())
    expect(all.map(({ state, status }) => [state, status])).toEqual([
      ['CLOSED', 'idle'],
      ['CLOSED', 'closed'],
      ['CLOSED', 'waiting'],
    ])
  })

  it('[R26] is open with a ping outstanding, and the same snapshot', () => {
    const { world, client } = proven({ ...plain, heartbeatInterval: 10_000 })
    const before = client.getSnapshot()
    expect(before.status).toBe('open')
    world.advance(5000)
    expect(world.socket.sent).toHaveLength(1)
    expect(client.getSnapshot()).toBe(before)
  })

  it('[R26] replaces the snapshot where only the status differs', () => {
    const { world, client } = setup(plain)
    const before = client.getSnapshot()
    client.close()
    expect(client.getSnapshot()).not.toBe(before)
    expect(client.getSnapshot()).toEqual({ ...before, status: 'closed' })
    expect(world.timers).toBe(0)
  })

  it('[R26] is failed, blocked or waiting by the same rules as the state', () => {
    expect(failed().client.getSnapshot().status).toBe('failed')
    const trip = blocked()
    expect(trip.client.getSnapshot().status).toBe('blocked')
    trip.world.advance(60_000)
    expect(trip.client.getSnapshot()).toMatchObject({ state: 'CLOSED', status: 'waiting' })
  })
})
