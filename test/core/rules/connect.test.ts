/**
 * R24: connect(), reconnect() and close() in every state, and the promise of connect().
 */

import { describe, expect, it } from 'vitest'
import { blocked, connected, failed, plain, proven, setup, untilRetry } from '../../support/client-scene.ts'
import { throwing } from '../../support/index.ts'

type Scene = ReturnType<typeof setup>

function act(scene: Scene, doIt: (scene: Scene) => void): Scene {
  doIt(scene)
  scene.log.take()
  return scene
}

const idle = () => setup(plain)
const waiting = () =>
  act(setup(plain), ({ client, world }) => {
    client.connect()
    world.socket.refuse()
  })
const connecting = () => act(setup(plain), ({ client }) => void client.connect())
const open = () => proven(plain)
const closing = () => act(connected(plain), ({ client }) => client.close(3001, 'first'))
const unproven = { ...plain, circuitBreaker: {} }

describe('R24 connect()', () => {
  it('[R24] dials from idle, before it returns', () => {
    const { world, client, log } = idle()
    client.connect()
    expect(world.dials).toBe(1)
    expect(client.state).toBe('CONNECTING')
    expect(log.told).toEqual(['stateChange CONNECTING'])
  })

  it('[R24] keeps the wait', () => {
    const { world, client, log } = waiting()
    const { retryAt } = client.getSnapshot()
    world.advance(400)
    client.connect()
    expect(client.getSnapshot().retryAt).toBe(retryAt)
    expect(log).toEqual([])
    world.advance(599)
    expect(world.dials).toBe(1)
    world.advance(1)
    expect(world.dials).toBe(2)
  })

  it('[R24] does nothing while CONNECTING and OPEN', () => {
    for (const scene of [connecting(), open()]) {
      const before = scene.client.getSnapshot()
      scene.client.connect()
      expect(scene.world.dials).toBe(1)
      expect(scene.log).toEqual([])
      expect(scene.client.getSnapshot()).toBe(before)
      expect(scene.world.socket.closeCalls).toEqual([])
    }
  })

  it('[R24] detaches and dials while CLOSING', () => {
    const { world, client, log } = closing()
    client.connect()
    expect(world.dials).toBe(2)
    expect(log.told).toEqual(['close 3001', 'stateChange CONNECTING'])
    expect(log.of('close')).toEqual([{ code: 3001, reason: 'first', wasClean: false, opened: true }])
    world.advance(0)
    expect(client.state).toBe('CONNECTING')
    expect(log.of('close')).toHaveLength(1)
  })

  it('[R24] stays BLOCKED and rejects', async () => {
    const { world, client, log } = blocked()
    const { dials } = world
    const promise = client.connect()
    expect([client.state, world.dials]).toEqual(['BLOCKED', dials])
    await expect(promise).rejects.toMatchObject({ code: 'CIRCUIT_OPEN' })
    expect(log).toEqual([])
  })

  it('[R24] starts over from FAILED, with the counters at zero', () => {
    const scene = failed({ circuitBreaker: false, maxRetries: 2 })
    const { world, client, log } = scene
    const { dials } = world
    client.connect()
    expect(log.take()).toEqual(['stateChange CONNECTING'])
    expect(client.getSnapshot()).toMatchObject({ state: 'CONNECTING', retryCount: 0 })
    world.socket.refuse()
    untilRetry(scene)
    world.socket.refuse()
    untilRetry(scene)
    world.socket.refuse()
    expect(world.dials).toBe(dials + 3)
    expect(client.state).toBe('FAILED')
  })

  it('[R24] is BLOCKED from FAILED while the circuit is open: the circuit is not zeroed', async () => {
    const { world, client, log } = failed({ maxRetries: 4 })
    const { dials } = world
    const promise = client.connect()
    expect(log.told).toEqual(['stateChange BLOCKED'])
    expect(client.getSnapshot()).toMatchObject({ state: 'BLOCKED', circuitState: 'OPEN', retryCount: 0 })
    await expect(promise).rejects.toMatchObject({ code: 'CIRCUIT_OPEN' })
    world.advance(75_000)
    expect(world.dials).toBe(dials + 1)
  })

  it('[R24] is BLOCKED from idle while the circuit is open, and dials by itself', async () => {
    const { world, client } = setup({ ...plain, circuitBreaker: { resetJitter: 0 } })
    client.openCircuit(5000)
    const promise = client.connect()
    expect(client.state).toBe('BLOCKED')
    await expect(promise).rejects.toMatchObject({ code: 'CIRCUIT_OPEN' })
    world.advance(5000)
    expect(world.dials).toBe(1)
  })
})

describe('R24 reconnect()', () => {
  it('[R24] dials from idle', () => {
    const { world, client } = idle()
    client.reconnect()
    expect([world.dials, client.state]).toEqual([1, 'CONNECTING'])
  })

  it('[R24] dials now from a wait, and keeps the counters', () => {
    const { world, client, log } = waiting()
    client.reconnect()
    expect(world.dials).toBe(2)
    expect(log.told).toEqual(['stateChange CONNECTING'])
    expect(client.getSnapshot()).toMatchObject({ retryAt: null, retryCount: 1 })
    world.socket.refuse()
    expect(log.of('retry').map((info) => info.attempt)).toEqual([2])
  })

  it('[R24] replaces an attempt under way', () => {
    const { world, client, log } = connecting()
    client.reconnect()
    expect(world.dials).toBe(2)
    expect(log.told).toEqual(['error HANDSHAKE_FAILED', 'close 1006'])
    expect(client.state).toBe('CONNECTING')
  })

  it('[R24] replaces an open connection', () => {
    const { world, client, log } = open()
    client.reconnect()
    expect(world.dials).toBe(2)
    expect(log.told).toEqual(['close 1000', 'stateChange CONNECTING'])
    world.socket.accept()
    expect(client.getSnapshot().connectionId).toBe(2)
  })

  it('[R24] detaches and dials while CLOSING', () => {
    const { world, client, log } = closing()
    client.reconnect()
    expect(world.dials).toBe(2)
    expect(log.told).toEqual(['close 3001', 'stateChange CONNECTING'])
  })

  it('[R24] stays BLOCKED and emits CIRCUIT_OPEN', () => {
    const { world, client, log } = blocked()
    const { dials } = world
    client.reconnect()
    expect([client.state, world.dials]).toEqual(['BLOCKED', dials])
    expect(log.told).toEqual(['error CIRCUIT_OPEN'])
  })

  it('[R24] starts over from FAILED as connect() does', () => {
    const { client, log } = failed({ circuitBreaker: false })
    client.reconnect()
    expect(log.told).toEqual(['stateChange CONNECTING'])
    expect(client.getSnapshot().retryCount).toBe(0)
    const tripped = failed({ maxRetries: 4 })
    tripped.client.reconnect()
    expect(tripped.client.state).toBe('BLOCKED')
  })

  it('[R24] is no failure', () => {
    const { world, client } = connected(unproven)
    client.reconnect()
    expect(client.getSnapshot()).toMatchObject({ circuitFailures: 0, retryCount: 0 })
    client.reconnect()
    client.reconnect()
    expect(client.getSnapshot()).toMatchObject({ circuitFailures: 0, retryCount: 0 })
    world.socket.accept()
    expect(client.state).toBe('OPEN')
  })

  it('[R24] keeps the proof of a connection that lived long enough, though the timer is late', () => {
    const scene = setup(unproven)
    const { world, client } = scene
    client.connect()
    world.socket.refuse()
    untilRetry(scene)
    world.socket.accept()
    world.block(4999)
    client.reconnect()
    expect(client.getSnapshot()).toMatchObject({ retryCount: 1, circuitFailures: 1 })
    world.socket.accept()
    world.block(5000)
    client.reconnect()
    expect(client.getSnapshot()).toMatchObject({ retryCount: 0, circuitFailures: 0 })
  })

  it('[R24] renews no budget', () => {
    const scene = setup({ ...plain, maxRetries: 2 })
    const { world, client } = scene
    client.connect()
    world.socket.refuse()
    client.reconnect()
    world.socket.refuse()
    client.reconnect()
    world.socket.refuse()
    expect(client.state).toBe('FAILED')
    expect(world.dials).toBe(3)
  })
})

describe('R24 close()', () => {
  it('[R24] does nothing in idle', () => {
    const { client, log } = idle()
    client.close()
    client.close()
    expect(client.state).toBe('CLOSED')
    expect(log).toEqual([])
  })

  it('[R24] is idle after a wait, without a close event', () => {
    const { world, client, log } = waiting()
    client.close()
    expect(client.getSnapshot()).toMatchObject({ state: 'CLOSED', retryAt: null, isReconnecting: false, error: null })
    expect(log).toEqual([])
    world.advance(100_000)
    expect(world.dials).toBe(1)
  })

  it('[R24] abandons an attempt under way', () => {
    const { world, client, log } = connecting()
    client.close(3001, 'never mind')
    expect(client.state).toBe('CLOSED')
    expect(log.told).toEqual(['error CLOSED_BY_USER', 'close 1006', 'stateChange CLOSED'])
    expect(log.of('close')).toEqual([{ code: 1006, reason: '', wasClean: false, opened: false }])
    expect(world.socket.closeCalls).toHaveLength(1)
    world.advance(100_000)
    expect(world.dials).toBe(1)
    expect(log).toHaveLength(3)
  })

  it('[R24] is CLOSING, then CLOSED, from OPEN', () => {
    const { world, client, log } = open()
    client.close()
    expect(client.state).toBe('CLOSING')
    world.advance(0)
    expect(log.told).toEqual(['stateChange CLOSING', 'close 1000', 'stateChange CLOSED'])
  })

  it('[R24] does nothing while CLOSING: the first code stands', () => {
    const { world, client, log } = closing()
    client.close(3002, 'second')
    expect(world.socket.closeCalls).toEqual([{ code: 3001, reason: 'first' }])
    world.advance(0)
    expect(log.of('close')).toEqual([{ code: 3001, reason: 'first', wasClean: true, opened: true }])
  })

  it('[R24] does not put the close timeout off while CLOSING', () => {
    const { world, client } = connected(plain)
    world.socket.deaf = true
    client.close()
    world.advance(1500)
    client.close()
    world.advance(500)
    expect(client.state).toBe('CLOSED')
  })

  it('[R24] is CLOSED from BLOCKED: the circuit keeps its deadline', () => {
    const { client, log, at } = blocked()
    client.close()
    expect(log.told).toEqual(['stateChange CLOSED'])
    expect(client.getSnapshot()).toMatchObject({ state: 'CLOSED', circuitState: 'OPEN', halfOpenAt: at(60_000) })
  })

  it('[R24] is CLOSED from FAILED', () => {
    const { world, client, log } = failed()
    client.close()
    expect(log.told).toEqual(['stateChange CLOSED'])
    world.notify('online')
    world.advance(100_000)
    expect(client.state).toBe('CLOSED')
  })

  it('[R24] is final until connect()', () => {
    const { world, client } = open()
    client.close()
    world.advance(0)
    world.notify('online')
    world.notify('wake')
    client.closeCircuit()
    client.send('x')
    client.flush()
    world.advance(86_400_000)
    expect([client.state, world.dials]).toEqual(['CLOSED', 1])
    client.connect()
    expect(world.dials).toBe(2)
  })
})

describe('R24 the promise', () => {
  it('[R24] is shared by all callers until it settles', async () => {
    const { world, client } = idle()
    const first = client.connect()
    const second = client.connect()
    world.socket.refuse()
    const third = client.connect()
    expect(second).toBe(first)
    expect(third).toBe(first)
    world.advance(1000)
    world.socket.accept()
    await expect(first).resolves.toBeUndefined()
    expect(client.connect()).not.toBe(first)
  })

  it('[R24] resolves on OPEN, and at once when OPEN already', async () => {
    const { client } = open()
    await expect(client.connect()).resolves.toBeUndefined()
  })

  it('[R24] is still pending while it waits', async () => {
    const { world, client } = idle()
    let settled = false
    client.connect().then(
      () => {
        settled = true
      },
      () => {
        settled = true
      },
    )
    world.socket.refuse()
    await world.settle()
    expect(settled).toBe(false)
    world.advance(1000)
    world.socket.accept()
    await world.settle()
    expect(settled).toBe(true)
  })

  it('[R24] finds the client OPEN when it resolves', async () => {
    const { world, client } = idle()
    const promise = client.connect().then(() => client.state)
    world.socket.accept()
    expect(await promise).toBe('OPEN')
  })

  it.each([
    ['while CONNECTING', () => {}],
    ['in a wait', ({ world }: Scene) => world.socket.refuse()],
  ])('[R24] is rejected with CLOSED_BY_USER by close() %s', async (_when, before) => {
    const scene = idle()
    const promise = scene.client.connect()
    before(scene)
    scene.client.close()
    await expect(promise).rejects.toMatchObject({ name: 'WebSocketReconnectError', code: 'CLOSED_BY_USER' })
  })

  it('[R24] is rejected by FAILED with its cause', async () => {
    const { world, client, log } = setup({ ...plain, maxRetries: 0 })
    const promise = client.connect()
    world.socket.refuse()
    const error = await promise.catch((thrown: unknown) => thrown)
    expect(error).toBe(log.of('error')[0])
    expect(error).toMatchObject({ code: 'RETRIES_EXHAUSTED', cause: { code: 'HANDSHAKE_FAILED' } })
  })

  it('[R24] is rejected with CIRCUIT_OPEN when the circuit opens; the wish stands', async () => {
    const scene = setup({ ...plain, circuitBreaker: { failureThreshold: 1 } })
    const { world, client } = scene
    const promise = client.connect()
    world.socket.refuse()
    await expect(promise).rejects.toMatchObject({ code: 'CIRCUIT_OPEN' })
    world.advance(75_000)
    expect(world.dials).toBe(2)
    world.socket.accept()
    expect(client.state).toBe('OPEN')
  })

  it('[R24] is rejected with CIRCUIT_OPEN by openCircuit()', async () => {
    const { client } = idle()
    const promise = client.connect()
    client.openCircuit()
    await expect(promise).rejects.toMatchObject({ code: 'CIRCUIT_OPEN' })
  })

  it('[R24] stands over a reconnect()', async () => {
    const { world, client } = idle()
    const promise = client.connect()
    client.reconnect()
    world.socket.accept()
    await expect(promise).resolves.toBeUndefined()
  })

  it('[R24] begins anew after it was rejected', async () => {
    const { world, client } = idle()
    const first = client.connect()
    client.close()
    const second = client.connect()
    expect(second).not.toBe(first)
    await expect(first).rejects.toMatchObject({ code: 'CLOSED_BY_USER' })
    world.socket.accept()
    await expect(second).resolves.toBeUndefined()
  })

  it('[R24] never causes an unhandled rejection when ignored', async () => {
    const unhandled: unknown[] = []
    const note = (reason: unknown) => unhandled.push(reason)
    process.on('unhandledRejection', note)
    connecting().client.close()
    waiting().client.close()
    void blocked().client.connect()
    void failed().client.getStats()
    connecting().client.openCircuit()
    void setup({ url: '/relative' }).client.connect()
    void setup({ ...plain, maxRetries: 0 }, { server: throwing(new Error('no')) }).client.connect()
    // Node looks for unhandled rejections between macrotasks; one such turn is all this waits for.
    await new Promise((resolve) => setImmediate(resolve))
    process.off('unhandledRejection', note)
    expect(unhandled).toEqual([])
  })
})

describe('R24 the count of the circuit', () => {
  const counting = { ...plain, circuitBreaker: { failureThreshold: 9 } }

  it.each(['connect', 'reconnect'] as const)('[R24] is zeroed by %s() from FAILED', (wish) => {
    const { client } = failed({ ...counting, maxRetries: 2 })
    expect(client.getSnapshot()).toMatchObject({ state: 'FAILED', circuitFailures: 3 })
    void client[wish]()
    expect(client.getSnapshot()).toMatchObject({ state: 'CONNECTING', circuitFailures: 0 })
  })

  it.each(['connect', 'reconnect'] as const)('[R24] stands over a close() and %s(): that was no giving up', (wish) => {
    const { world, client } = setup(counting)
    client.connect()
    world.socket.refuse()
    client.close()
    void client[wish]()
    expect(client.getSnapshot()).toMatchObject({ state: 'CONNECTING', circuitFailures: 1, retryCount: 0 })
  })
})
