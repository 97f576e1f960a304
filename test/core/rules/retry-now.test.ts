/**
 * R29: one call for a person's button, right in every state.
 */

import { describe, expect, it } from 'vitest'
import { blocked, connected, failed, plain, proven, setup, untilRetry } from '../../support/client-scene.ts'

/** A client waiting for its first retry, which is 1 s away. */
function waiting(options: Parameters<typeof setup>[0] = {}) {
  const scene = setup({ ...plain, ...options })
  scene.client.connect()
  scene.world.socket.refuse()
  scene.log.take()
  return scene
}

describe('R29 retryNow()', () => {
  it('[R29] connects where nobody has asked yet', () => {
    const { world, client } = setup(plain)
    client.send('queued')
    client.retryNow()
    expect([client.state, world.dials]).toEqual(['CONNECTING', 1])
    world.socket.accept()
    expect(world.socket.sent).toEqual(['queued'])
  })

  it('[R29] dials now while waiting, and keeps the count of retries', () => {
    const { world, client, log } = waiting({ maxRetries: 1 })
    client.retryNow()
    expect([client.state, world.dials]).toEqual(['CONNECTING', 2])
    expect(log.take()).toEqual(['stateChange CONNECTING'])
    expect(client.getSnapshot()).toMatchObject({ retryCount: 1, retryAt: null })
    world.socket.refuse()
    expect(client.state).toBe('FAILED')
  })

  it('[R29] dials now while it waits for a trial, and spends it', () => {
    const { world, client } = blocked({ circuitBreaker: { halfOpenMaxRequests: 1 } })
    world.advance(60_000)
    expect(client.getSnapshot().status).toBe('waiting')
    const { dials } = world
    client.retryNow()
    expect([client.state, world.dials, client.getCircuitState()]).toEqual(['CONNECTING', dials + 1, 'HALF-OPEN'])
    world.socket.refuse()
    expect(client.state).toBe('BLOCKED')
  })

  it('[R29] closes the circuit and dials while BLOCKED', () => {
    for (const byHand of [false, true]) {
      const { world, client, log } = blocked()
      if (byHand) client.openCircuit(Infinity)
      const { dials } = world
      client.retryNow()
      expect(log.take()).toEqual(['circuitChange CLOSED', 'stateChange CONNECTING'])
      expect(world.dials).toBe(dials + 1)
      expect(client.getSnapshot()).toMatchObject({ circuitFailures: 0, retryCount: 0, halfOpenAt: null })
      world.socket.refuse()
      expect(client.getSnapshot()).toMatchObject({ state: 'CLOSED', circuitFailures: 1, retryCount: 1 })
    }
  })

  it('[R29] connects with a full budget from FAILED, after whatever it failed of', () => {
    const exhausted = failed({ circuitBreaker: false, maxRetries: 1 })
    exhausted.client.retryNow()
    expect(exhausted.client.getSnapshot()).toMatchObject({ state: 'CONNECTING', retryCount: 0 })
    exhausted.world.socket.refuse()
    expect(exhausted.client.state).toBe('CLOSED')

    const fatal = connected(plain)
    fatal.world.socket.die(4400)
    fatal.client.retryNow()
    expect([fatal.client.state, fatal.world.dials]).toEqual(['CONNECTING', 2])

    let url: string | null = null
    const over = setup({ ...plain, url: () => url })
    over.client.connect()
    url = 'wss://example.test/'
    over.client.retryNow()
    expect([over.client.state, over.world.dials]).toEqual(['CONNECTING', 1])
  })

  it('[R29] dials from FAILED, though the last failure has opened the circuit as well', () => {
    const { world, client, log } = failed({ maxRetries: 4 })
    expect([client.state, client.getCircuitState()]).toEqual(['FAILED', 'OPEN'])
    const { dials } = world
    log.take()
    client.retryNow()
    expect(log.take()).toEqual(['circuitChange CLOSED', 'stateChange CONNECTING'])
    expect(world.dials).toBe(dials + 1)
    expect(client.getSnapshot()).toMatchObject({ circuitFailures: 0, retryCount: 0, halfOpenAt: null })
  })

  it('[R29] dials from idle and CLOSED through a circuit opened by hand', () => {
    for (const closeFirst of [false, true]) {
      const { world, client } = setup(plain)
      if (closeFirst) client.close()
      client.openCircuit(Infinity)
      client.retryNow()
      expect([client.state, client.getCircuitState(), world.dials]).toEqual(['CONNECTING', 'CLOSED', 1])
    }
  })

  it('[R29] connects from CLOSED, and detaches from a connection that is CLOSING', () => {
    const { world, client } = connected(plain)
    client.close()
    world.advance(0)
    client.retryNow()
    expect([client.state, world.dials]).toEqual(['CONNECTING', 2])
    world.socket.accept()
    world.socket.deaf = true
    client.close()
    expect(client.state).toBe('CLOSING')
    client.retryNow()
    expect([client.state, world.dials]).toEqual(['CONNECTING', 3])
  })

  it('[R29] does nothing while CONNECTING or OPEN, a ping outstanding or not', () => {
    const dialling = setup(plain)
    dialling.client.connect()
    const open = connected(plain)
    const pinged = proven({ ...plain, heartbeatInterval: 10_000 })
    pinged.world.advance(5000)
    for (const { world, client, log } of [dialling, open, pinged]) {
      const before = client.getSnapshot()
      log.take()
      client.retryNow()
      expect(client.getSnapshot()).toBe(before)
      expect([world.dials, log.told]).toEqual([1, []])
    }
  })

  it('[R29] does nothing to an attempt under way, though the circuit is half-open', () => {
    const scene = blocked()
    untilRetry(scene)
    const { world, client } = scene
    expect([client.state, client.getCircuitState()]).toEqual(['CONNECTING', 'HALF-OPEN'])
    const before = client.getSnapshot()
    client.retryNow()
    client.retryNow()
    expect(client.getSnapshot()).toBe(before)
    expect(world.liveSockets).toHaveLength(1)
  })

  it('[R29] dials though the page is hidden: somebody has asked', () => {
    const { world, client } = connected({ ...plain, hiddenTimeout: 1000 })
    world.notify('hidden')
    world.advance(1000)
    expect(client.getSnapshot().status).toBe('waiting')
    client.retryNow()
    expect([client.state, world.dials]).toEqual(['CONNECTING', 2])
  })

  it('[R29] closes the circuit of a page that was hidden while BLOCKED, and dials', () => {
    const { world, client } = blocked({ hiddenTimeout: 1000 })
    world.notify('hidden')
    world.advance(1000)
    const { dials } = world
    client.retryNow()
    expect([client.state, client.getCircuitState(), world.dials]).toEqual(['CONNECTING', 'CLOSED', dials + 1])
  })

  it('[R29] needs one press for one dial, however often it is pressed', () => {
    for (const { world, client } of [waiting(), blocked(), failed({ circuitBreaker: false }), setup(plain)]) {
      const { dials } = world
      for (let n = 0; n < 5; n++) client.retryNow()
      expect([client.state, world.dials]).toEqual(['CONNECTING', dials + 1])
    }
  })

  it('[R29] leaves no promise behind that somebody would have to catch', async () => {
    const { world, client } = setup({ ...plain, maxRetries: 0 })
    client.retryNow()
    world.socket.refuse()
    client.retryNow()
    client.close()
    await world.settle()
    expect(client.state).toBe('CLOSED')
  })

  describe('inside a listener, comes after what the listener has asked for', () => {
    it.each([
      ['close()', (client: Client) => void client.close()],
      ['openCircuit()', (client: Client) => client.openCircuit()],
      ['openCircuit(Infinity)', (client: Client) => client.openCircuit(Infinity)],
      [
        'reconnect() and close()',
        (client: Client) => {
          client.reconnect()
          client.close()
        },
      ],
    ])('[R29] dials after %s', (_what, before) => {
      const { world, client } = connected(plain)
      client.on('message', () => {
        before(client)
        client.retryNow()
      })
      world.socket.receive('x')
      expect([client.state, client.getCircuitState()]).toEqual(['CONNECTING', 'CLOSED'])
    })

    it('[R29] is undone by a close() after it', () => {
      const { world, client } = waiting()
      client.on('stateChange', () => {})
      client.once('error', () => {
        client.retryNow()
        client.close()
      })
      client.reconnect()
      world.socket.refuse()
      expect([client.state, world.timers]).toEqual(['CLOSED', 0])
    })

    it('[R29] dials once after reconnect() and closeCircuit()', () => {
      const { world, client } = blocked()
      const { dials } = world
      client.once('circuitChange', () => {
        client.retryNow()
        client.retryNow()
      })
      client.closeCircuit()
      expect([client.state, world.dials]).toEqual(['CONNECTING', dials + 1])
      client.once('stateChange', () => {
        client.reconnect()
        client.retryNow()
      })
      world.socket.accept()
      expect([client.state, world.dials]).toEqual(['CONNECTING', dials + 2])
    })
  })
})

type Client = ReturnType<typeof setup>['client']
