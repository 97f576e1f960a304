/**
 * R8 to R11 and R13: the circuit, by itself and by hand.
 * A fleet that comes back after an outage depends on these numbers, so every one is asserted to the millisecond.
 */

import { describe, expect, it } from 'vitest'
import { blocked, connected, failed, plain, proven, refuseAll, setup, untilRetry } from '../../support/client-scene.ts'
import { refuse } from '../../support/index.ts'

const steady = { heartbeatInterval: 0, jitter: 0, maxRetries: Infinity }

/** A client in the half-open wait, at the moment of half-opening: the first trial is 15 s away. */
function halfOpen(options: Parameters<typeof blocked>[0] = {}) {
  const scene = blocked(options)
  scene.world.advance(60_000)
  scene.log.take()
  return scene
}

describe('R8 opening', () => {
  it('[R8] opens after five consecutive failures, not after four', () => {
    const scene = setup(steady)
    const { world, client, log } = scene
    client.connect()
    for (let n = 1; n <= 4; n++) {
      world.socket.refuse()
      expect(client.getSnapshot()).toMatchObject({ state: 'CLOSED', circuitState: 'CLOSED', circuitFailures: n })
      untilRetry(scene)
    }
    log.take()
    world.socket.refuse()
    expect(client.getSnapshot()).toMatchObject({ state: 'BLOCKED', circuitState: 'OPEN', circuitFailures: 5 })
    expect(log.told).toEqual(['error HANDSHAKE_FAILED', 'close 1006', 'circuitChange OPEN', 'stateChange BLOCKED'])
  })

  it('[R8] counts consecutive failures: proof in between starts the count anew', () => {
    const scene = setup(steady)
    const { world, client } = scene
    client.connect()
    for (let round = 0; round < 3; round++) {
      for (let n = 0; n < 4; n++) {
        world.socket.refuse()
        untilRetry(scene)
      }
      world.socket.accept()
      world.advance(5000)
      client.reconnect()
    }
    expect(client.getCircuitState()).toBe('CLOSED')
  })

  it('[R8] goes on counting over connections that open without proof', () => {
    const scene = setup(steady)
    const { world, client } = scene
    client.connect()
    for (let n = 0; n < 4; n++) {
      if (n % 2) world.socket.refuse()
      else {
        world.socket.accept()
        world.socket.die()
      }
      untilRetry(scene)
    }
    world.socket.accept()
    expect(client.getSnapshot().circuitFailures).toBe(4)
    world.socket.die()
    expect(client.state).toBe('BLOCKED')
  })

  it('[R8] dials nothing while open, whatever is called or happens, unless the world comes back', () => {
    const { world, client } = blocked()
    const dials = world.dials
    client.connect()
    client.reconnect()
    client.send('x')
    client.flush()
    world.notify('offline')
    world.notify('freeze')
    world.notify('hidden')
    world.moveWall(-3_600_000)
    world.advance(59_999)
    expect(world.dials).toBe(dials)
    expect(client.state).toBe('BLOCKED')
  })

  it('[R8] never opens with circuitBreaker: false', () => {
    const { world, client } = setup({ ...steady, circuitBreaker: false }, { server: refuse() })
    client.connect()
    world.advance(3_600_000)
    expect(client.getCircuitState()).toBe('CLOSED')
    expect(world.dials).toBeGreaterThan(100)
  })
})

describe('R9 half-opening', () => {
  it('[R9] half-opens exactly resetTimeout after opening', () => {
    const { world, client, log, at } = blocked()
    expect(client.getSnapshot().halfOpenAt).toBe(at(60_000))
    world.advance(59_999)
    expect(client.getCircuitState()).toBe('OPEN')
    world.advance(1)
    expect(client.getCircuitState()).toBe('HALF-OPEN')
    expect(client.getSnapshot().halfOpenAt).toBeNull()
    expect(log.of('circuitChange')).toEqual(['HALF-OPEN'])
  })

  it('[R9] loses nothing to a timer that fires late', () => {
    const { world, client } = blocked()
    const dials = world.dials
    world.sleep(200_000, { monotonic: 'advances' })
    expect(client.getCircuitState()).toBe('HALF-OPEN')
    world.advance(0)
    expect(world.dials).toBe(dials + 1)
  })

  it('[R9] looks at the deadline again when asked, though no timer fired', () => {
    const { world, client } = blocked()
    const dials = world.dials
    world.block(60_000)
    client.reconnect()
    expect(client.getCircuitState()).toBe('HALF-OPEN')
    expect(world.dials).toBe(dials + 1)
  })

  it('[R9] arms nothing for the deadline while nothing is wanted, and looks at it on the next connect()', () => {
    const { world, client, log, at } = blocked()
    client.close()
    expect(world.timers).toBe(0)
    world.advance(61_000)
    log.take()
    const dials = world.dials
    client.connect()
    expect(log.of('circuitChange')).toEqual(['HALF-OPEN'])
    expect(client.getSnapshot()).toMatchObject({ state: 'CLOSED', retryAt: at(75_000) })
    world.advance(13_999)
    expect(world.dials).toBe(dials)
    world.advance(1)
    expect(world.dials).toBe(dials + 1)
  })

  it('[R9] is BLOCKED by connect() until the deadline that close() kept', () => {
    const { world, client, at } = blocked()
    world.advance(10_000)
    client.close()
    world.advance(10_000)
    client.connect()
    expect(client.getSnapshot()).toMatchObject({ state: 'BLOCKED', halfOpenAt: at(60_000), retryAt: at(75_000) })
    world.advance(40_000)
    expect(client.getCircuitState()).toBe('HALF-OPEN')
  })

  it('[R9] takes no notice of somebody setting the wall clock', () => {
    const { world, client } = blocked()
    world.moveWall(-7_200_000)
    world.advance(59_999)
    expect(client.getCircuitState()).toBe('OPEN')
    world.advance(1)
    expect(client.getCircuitState()).toBe('HALF-OPEN')
  })
})

describe('R10 the trial', () => {
  it.each([
    [0, 60_000],
    [0.25, 67_500],
    [0.5, 75_000],
    [1 - 2 ** -40, 90_000],
  ])('[R10] starts a uniform delay within half of resetTimeout after half-opening (random %d)', (random, expected) => {
    const scene = setup(steady)
    scene.world.random.value = random
    scene.client.connect()
    refuseAll(scene)
    const opened = scene.world.clock.elapsed
    const dials = scene.world.dials
    expect(Math.abs((scene.client.getSnapshot().retryAt as number) - scene.at(opened + expected))).toBeLessThan(1)
    scene.world.advance(expected - 1)
    expect(scene.world.dials).toBe(dials)
    scene.world.advance(1)
    expect(scene.world.dials).toBe(dials + 1)
  })

  it('[R10] draws the delay when the circuit opens, so that retryAt is true while BLOCKED', () => {
    const { world, client, at } = blocked()
    const dials = world.dials
    expect(client.getSnapshot().retryAt).toBe(at(75_000))
    expect(client.getStats().retryAt).toBe(at(75_000))
    world.random.value = 0.9
    world.advance(60_000)
    expect(client.getSnapshot().retryAt).toBe(at(75_000))
    world.random.value = 0.1
    world.advance(14_999)
    expect(world.dials).toBe(dials)
    world.advance(1)
    expect(world.dials).toBe(dials + 1)
  })

  it('[R10] is CLOSED with retryAt during the wait', () => {
    const { client, log, world } = blocked()
    world.advance(60_000)
    expect(client.state).toBe('CLOSED')
    expect(log.told).toEqual(['circuitChange HALF-OPEN', 'stateChange CLOSED', 'retry 5 in 15000'])
  })

  it('[R10] honours resetJitter', () => {
    const { client, at } = blocked({ circuitBreaker: { resetJitter: 1 } })
    expect(client.getSnapshot().retryAt).toBe(at(90_000))
  })

  it('[R10] dials at once with resetJitter 0', () => {
    const { world, client, log, at } = blocked({ circuitBreaker: { resetJitter: 0 } })
    const dials = world.dials
    expect(client.getSnapshot().retryAt).toBe(at(60_000))
    world.advance(60_000)
    expect(world.dials).toBe(dials + 1)
    expect(client.state).toBe('CONNECTING')
    expect(log.of('stateChange')).toEqual(['CONNECTING'])
    expect(log.of('circuitChange')).toEqual(['HALF-OPEN'])
  })
})

describe('R11 half-open', () => {
  it('[R11] lets three trials fail, each a retry that continues the backoff, before it opens again', () => {
    const scene = halfOpen()
    const { world, client, log, at } = scene
    untilRetry(scene)
    expect(client.getSnapshot()).toMatchObject({ state: 'CONNECTING', circuitState: 'HALF-OPEN', retryCount: 5 })
    world.socket.refuse()
    expect(log.take()).toEqual([
      'stateChange CONNECTING',
      'error HANDSHAKE_FAILED',
      'close 1006',
      'stateChange CLOSED',
      'retry 6 in 30000',
    ])
    expect(client.getCircuitState()).toBe('HALF-OPEN')
    untilRetry(scene)
    world.socket.refuse()
    expect(client.getCircuitState()).toBe('HALF-OPEN')
    expect(log.of('retry')).toEqual([{ attempt: 7, delay: 30_000, maxRetries: Infinity }])
    untilRetry(scene)
    log.take()
    world.socket.refuse()
    expect(log.told).toEqual(['error HANDSHAKE_FAILED', 'close 1006', 'circuitChange OPEN', 'stateChange BLOCKED'])
    expect(client.getSnapshot()).toMatchObject({ halfOpenAt: at(75_000 + 60_000 + 60_000), retryCount: 7 })
  })

  it('[R11] continues the backoff where it was, below the cap too', () => {
    const scene = blocked({ circuitBreaker: { failureThreshold: 2, halfOpenMaxRequests: 9 } })
    for (const expected of [2, 3, 4, 5]) {
      untilRetry(scene)
      scene.world.socket.refuse()
      expect(scene.client.getSnapshot().retryCount).toBe(expected + 1)
    }
    expect(scene.log.of('retry').map((info) => [info.attempt, info.delay])).toEqual([
      [2, 15_000],
      [3, 4000],
      [4, 8000],
      [5, 16_000],
      [6, 30_000],
    ])
  })

  it('[R11] counts the trials anew each time it half-opens', () => {
    const scene = blocked({ circuitBreaker: { halfOpenMaxRequests: 2 } })
    for (let round = 0; round < 3; round++) {
      const dials = scene.world.dials
      untilRetry(scene)
      refuseAll(scene)
      expect(scene.client.state).toBe('BLOCKED')
      expect(scene.world.dials).toBe(dials + 2)
    }
  })

  it('[R11] closes when a trial opens, on probation', () => {
    const scene = halfOpen()
    const { world, client, log } = scene
    untilRetry(scene)
    log.take()
    world.socket.accept()
    expect(log.told).toEqual(['circuitChange CLOSED', 'stateChange OPEN', 'open'])
    expect(client.getSnapshot().circuitFailures).toBe(4)
  })

  it('[R11] opens again at the first failure on probation', () => {
    const scene = halfOpen()
    const { world, client } = scene
    untilRetry(scene)
    world.socket.accept()
    world.advance(4999)
    expect(client.getSnapshot().circuitFailures).toBe(4)
    world.socket.die()
    expect(client.getSnapshot()).toMatchObject({ state: 'BLOCKED', circuitState: 'OPEN' })
  })

  it('[R11] ends the probation with proof', () => {
    const scene = halfOpen()
    const { world, client } = scene
    untilRetry(scene)
    world.socket.accept()
    world.advance(5000)
    expect(client.getSnapshot()).toMatchObject({ circuitFailures: 0, retryCount: 0 })
    world.socket.die()
    expect(client.getSnapshot()).toMatchObject({ state: 'CLOSED', circuitState: 'CLOSED', retryCount: 1 })
  })

  it('[R7][R11] gives back a trial that fails while offline, and no more than that', () => {
    const scene = halfOpen({ circuitBreaker: { halfOpenMaxRequests: 2 } })
    const { world, client } = scene
    untilRetry(scene)
    world.notify('offline')
    for (let n = 0; n < 3; n++) {
      world.socket.refuse()
      expect(client.getCircuitState()).toBe('HALF-OPEN')
      if (n < 2) untilRetry(scene)
    }
    world.notify('online')
    untilRetry(scene)
    world.socket.refuse()
    expect(client.getCircuitState()).toBe('HALF-OPEN')
    untilRetry(scene)
    world.socket.refuse()
    expect(client.getSnapshot()).toMatchObject({ state: 'BLOCKED', circuitState: 'OPEN' })
  })

  it('[R11] gives back a trial that close() ended, and no more than that', () => {
    const scene = halfOpen({ circuitBreaker: { halfOpenMaxRequests: 2 } })
    const { world, client } = scene
    untilRetry(scene)
    client.close()
    expect(client.getSnapshot()).toMatchObject({ state: 'CLOSED', circuitState: 'HALF-OPEN' })
    client.connect()
    expect(client.getSnapshot()).toMatchObject({ state: 'CONNECTING', circuitState: 'HALF-OPEN' })
    world.socket.refuse()
    expect(client.getCircuitState()).toBe('HALF-OPEN')
    untilRetry(scene)
    world.socket.refuse()
    expect(client.getCircuitState()).toBe('OPEN')
  })

  it('[R11] is FAILED with an open circuit when one failure trips the breaker and exhausts the retries', () => {
    const scene = setup({ heartbeatInterval: 0, jitter: 0, maxRetries: 4 })
    const { world, client, log } = scene
    client.connect()
    for (let n = 0; n < 4; n++) {
      world.socket.refuse()
      untilRetry(scene)
    }
    log.take()
    world.socket.refuse()
    expect(log.told).toEqual(['error RETRIES_EXHAUSTED', 'close 1006', 'circuitChange OPEN', 'stateChange FAILED'])
    expect(client.getSnapshot()).toMatchObject({ state: 'FAILED', circuitState: 'OPEN' })
    expect(world.timers).toBe(0)
  })

  it('[R11] spends a trial on reconnect() in the half-open wait', () => {
    const { world, client } = halfOpen({ circuitBreaker: { halfOpenMaxRequests: 1 } })
    const dials = world.dials
    client.reconnect()
    expect(world.dials).toBe(dials + 1)
    expect(client.getSnapshot()).toMatchObject({ state: 'CONNECTING', circuitState: 'HALF-OPEN' })
    world.socket.refuse()
    expect(client.getCircuitState()).toBe('OPEN')
  })
})

describe('R11 and reconnect()', () => {
  it('[R11] spends a trial on every reconnect() of a trial under way', () => {
    const scene = halfOpen({ circuitBreaker: { halfOpenMaxRequests: 2 } })
    untilRetry(scene)
    scene.client.reconnect()
    expect(scene.client.getSnapshot()).toMatchObject({ state: 'CONNECTING', circuitState: 'HALF-OPEN' })
    scene.world.socket.refuse()
    expect(scene.client.getCircuitState()).toBe('OPEN')
  })

  it('[R24] keeps the last trial that is under way when reconnect() asks for another', () => {
    const scene = halfOpen({ circuitBreaker: { halfOpenMaxRequests: 1 } })
    const { world, client, log } = scene
    untilRetry(scene)
    log.take()
    const { socket } = world
    client.reconnect()
    expect(log.take()).toEqual(['error CIRCUIT_OPEN'])
    expect([client.state, world.socket === socket, socket.readyState]).toEqual(['CONNECTING', true, 0])
  })
})

describe('R13 by hand', () => {
  it('[R13] detaches at once, with 1000 "circuit opened", and is BLOCKED', () => {
    const { world, client, log, at } = proven(plain)
    const old = world.socket
    old.deaf = true
    client.openCircuit()
    expect(old.closeCalls).toEqual([{ code: 1000, reason: 'circuit opened' }])
    expect(log.told).toEqual(['close 1000', 'circuitChange OPEN', 'stateChange BLOCKED'])
    expect(log.of('close')).toEqual([{ code: 1000, reason: 'circuit opened', wasClean: false, opened: true }])
    expect(client.getSnapshot()).toMatchObject({ halfOpenAt: at(65_000), retryAt: at(80_000) })
  })

  it('[R13] ends an attempt under way', () => {
    const { world, client, log } = setup(plain)
    client.connect()
    log.take()
    client.openCircuit()
    expect(log.told).toEqual(['error CIRCUIT_OPEN', 'close 1006', 'circuitChange OPEN', 'stateChange BLOCKED'])
    expect(world.socket.closeCalls).toHaveLength(1)
  })

  it('[R13] is BLOCKED from a wait', () => {
    const { world, client, log } = setup(plain)
    client.connect()
    world.socket.refuse()
    log.take()
    client.openCircuit()
    expect(log.told).toEqual(['circuitChange OPEN', 'stateChange BLOCKED'])
    world.advance(59_999)
    expect(world.dials).toBe(1)
  })

  it('[R13] keeps the queue', () => {
    const { world, client, log } = proven(plain)
    world.socket.stall(2_000_000)
    client.send('before')
    client.openCircuit()
    client.send('after')
    expect(client.getStats().queuedMessages).toBe(2)
    expect(log.of('drop')).toEqual([])
    client.closeCircuit()
    world.socket.accept()
    expect(world.socket.sent).toEqual(['before', 'after'])
  })

  it('[R13] leaves idle and FAILED as they are', () => {
    const idle = setup(plain)
    idle.client.openCircuit()
    expect(idle.log.told).toEqual(['circuitChange OPEN'])
    expect(idle.client.state).toBe('CLOSED')
    expect(idle.world.timers).toBe(0)
    const dead = failed({ circuitBreaker: false })
    dead.client.openCircuit()
    expect(dead.log.told).toEqual(['circuitChange OPEN'])
    expect(dead.client.state).toBe('FAILED')
    expect(dead.world.timers).toBe(0)
  })

  it('[R13] half-opens after the given duration', () => {
    const { world, client, at } = proven(steady)
    client.openCircuit(7000)
    expect(client.getSnapshot().halfOpenAt).toBe(at(12_000))
    world.advance(6999)
    expect(client.getCircuitState()).toBe('OPEN')
    world.advance(1)
    expect(client.getCircuitState()).toBe('HALF-OPEN')
    expect(client.getSnapshot().retryAt).toBe(at(12_000 + 15_000))
  })

  it('[R13] uses the resetTimeout option where no duration is given', () => {
    const { client, at } = proven({ ...steady, circuitBreaker: { resetTimeout: 10_000, resetJitter: 0 } })
    client.openCircuit()
    expect(client.getSnapshot()).toMatchObject({ halfOpenAt: at(15_000), retryAt: at(15_000) })
  })

  it('[R13] holds until closeCircuit() with Infinity', () => {
    const { world, client } = proven(steady)
    client.openCircuit(Infinity)
    expect(client.state).toBe('BLOCKED')
    expect(client.getSnapshot()).toMatchObject({ halfOpenAt: null, retryAt: null })
    world.advance(30 * 86_400_000)
    expect(client.getCircuitState()).toBe('OPEN')
    expect(world.dials).toBe(1)
    client.closeCircuit()
    expect(world.dials).toBe(2)
  })

  it('[R13] takes any duration from 0 and throws a TypeError for all others', () => {
    const { world, client } = proven(steady)
    for (const wrong of [-1, NaN, {}]) {
      expect(() => client.openCircuit(wrong as unknown as number)).toThrow(TypeError)
    }
    expect(client.state).toBe('OPEN')
    client.openCircuit(0)
    world.advance(0)
    expect(client.getCircuitState()).toBe('HALF-OPEN')
  })

  it('[R13] sets a new deadline on a second call', () => {
    const { world, client, log, at } = proven(steady)
    client.openCircuit(10_000)
    world.advance(9000)
    client.openCircuit(10_000)
    expect(client.getSnapshot().halfOpenAt).toBe(at(24_000))
    world.advance(9999)
    expect(client.getCircuitState()).toBe('OPEN')
    world.advance(1)
    expect(client.getCircuitState()).toBe('HALF-OPEN')
    expect(log.of('circuitChange')).toEqual(['OPEN', 'HALF-OPEN'])
  })

  it('[R13] works with circuitBreaker: false', () => {
    const scene = proven({ ...plain, circuitBreaker: false })
    const { world, client } = scene
    client.openCircuit(1000)
    expect(client.state).toBe('BLOCKED')
    world.advance(1000)
    expect(client.getCircuitState()).toBe('HALF-OPEN')
    untilRetry(scene)
    world.socket.accept()
    expect(client.getCircuitState()).toBe('CLOSED')
  })

  it('[R11][R13] counts no failures after a circuit that was opened by hand, where there is no breaker', () => {
    const { world, client } = setup({ ...plain, circuitBreaker: false })
    client.openCircuit(1000)
    client.connect()
    while (client.state !== 'CONNECTING') world.advance(1000)
    world.socket.accept()
    expect(client.getSnapshot()).toMatchObject({ circuitState: 'CLOSED', circuitFailures: 0 })
  })

  it('[R13] opens from half-open too', () => {
    const { client, log } = halfOpen()
    client.openCircuit()
    expect(log.told).toEqual(['circuitChange OPEN', 'stateChange BLOCKED'])
  })

  it('[R13] zeroes circuitFailures and retryCount and dials at once from BLOCKED', () => {
    const { world, client, log } = blocked()
    const dials = world.dials
    client.closeCircuit()
    expect(world.dials).toBe(dials + 1)
    expect(log.told).toEqual(['circuitChange CLOSED', 'stateChange CONNECTING'])
    expect(client.getSnapshot()).toMatchObject({ circuitFailures: 0, retryCount: 0, circuitState: 'CLOSED' })
    world.socket.refuse()
    expect(log.of('retry')).toEqual([{ attempt: 1, delay: 1000, maxRetries: Infinity }])
  })

  it('[R13] dials at once from a half-open wait', () => {
    const { world, client, log } = halfOpen()
    const dials = world.dials
    client.closeCircuit()
    expect(world.dials).toBe(dials + 1)
    expect(log.told).toEqual(['circuitChange CLOSED', 'stateChange CONNECTING'])
  })

  it('[R13] zeroes the counters without touching a connection or an ordinary wait', () => {
    const scene = setup(steady)
    const { world, client, log } = scene
    client.connect()
    world.socket.refuse()
    const { retryAt } = client.getSnapshot()
    log.take()
    client.closeCircuit()
    expect(client.getSnapshot()).toMatchObject({ circuitFailures: 0, retryCount: 0, retryAt })
    expect(log).toEqual([])
    const open = connected(steady)
    open.client.closeCircuit()
    expect(open.log).toEqual([])
    expect(open.client.state).toBe('OPEN')
  })

  it('[R13] leaves FAILED as it is on closeCircuit()', () => {
    const { world, client, log } = failed({ maxRetries: 4 })
    client.closeCircuit()
    expect(log.told).toEqual(['circuitChange CLOSED'])
    expect(client.getSnapshot()).toMatchObject({ state: 'FAILED', circuitFailures: 0, retryCount: 0 })
    expect(world.timers).toBe(0)
  })
})

describe('R9, R13 at the edges', () => {
  it('[R9][R24] dials on reconnect() past the deadline of an open circuit whose timer is late, and reports nothing', () => {
    const { world, client, log } = blocked({ circuitBreaker: { resetTimeout: 1000 } })
    const { dials } = world
    world.block(1000)
    client.reconnect()
    expect([client.state, client.getCircuitState(), world.dials]).toEqual(['CONNECTING', 'HALF-OPEN', dials + 1])
    expect(log.of('error')).toEqual([])
  })

  it('[R13][R26] is reconnecting behind a circuit opened by hand only if it had ended something', () => {
    const { world, client } = setup({ ...plain, circuitBreaker: {} })
    client.openCircuit(1000)
    world.advance(1000)
    // Its first attempt ever waits for the turn of a trial.
    client.connect()
    expect(client.getSnapshot()).toMatchObject({ status: 'waiting', isReconnecting: false })
    client.openCircuit()
    expect(client.getSnapshot()).toMatchObject({ state: 'BLOCKED', isReconnecting: false })
    client.closeCircuit()
    client.openCircuit()
    expect(client.getSnapshot()).toMatchObject({ state: 'BLOCKED', isReconnecting: true })
  })
})
