/**
 * R15, the option hiddenTimeout: a page that nobody sees gives its connection back, and takes one when it is seen again.
 */

import { afterEach, describe, expect, it, vi } from 'vitest'
import { WebSocketReconnect } from '../../../src/index.ts'
import { blocked, connected, failed, plain, proven, setup, untilRetry } from '../../support/client-scene.ts'
import { accept, createWorld, refuse } from '../../support/index.ts'

afterEach(() => vi.unstubAllGlobals())

const shy = { ...plain, hiddenTimeout: 60_000 }

/** A client whose page has been hidden for too long. */
function hidden(options: Parameters<typeof setup>[0] = {}) {
  const scene = connected({ ...shy, ...options })
  scene.world.notify('hidden')
  scene.world.advance(60_000)
  scene.log.take()
  return scene
}

describe('R15 hiddenTimeout', () => {
  it('[R15] never closes for a hidden page unless told to', () => {
    const { world, client } = proven(plain)
    world.notify('hidden')
    expect(world.timers).toBe(0)
    world.advance(86_400_000)
    expect([client.state, client.options.hiddenTimeout]).toEqual(['OPEN', Infinity])
  })

  it('[R15] closes with 1000 once the page has been hidden for hiddenTimeout, and waits', () => {
    const { world, client, log } = proven(shy)
    world.notify('hidden')
    world.advance(59_999)
    expect([client.state, log.told]).toEqual(['OPEN', []])
    world.advance(1)
    expect(log.take()).toEqual(['close 1000', 'stateChange CLOSED'])
    expect(world.socket.closeCalls.map(({ code }) => code)).toEqual([1000])
    expect(client.getSnapshot()).toMatchObject({
      state: 'CLOSED',
      status: 'waiting',
      retryAt: null,
      isReconnecting: true,
      error: null,
      circuitFailures: 0,
      retryCount: 0,
    })
    expect(world.timers).toBe(0)
    expect(world.watchers).toBe(1)
    world.advance(86_400_000)
    expect(world.dials).toBe(1)
  })

  it('[R15] counts from the moment it was hidden, however often that is said', () => {
    const { world, client } = connected(shy)
    world.notify('hidden')
    world.advance(30_000)
    world.notify('hidden')
    world.advance(30_000)
    expect(client.getSnapshot().status).toBe('waiting')
  })

  it('[R15] stays connected where the page is seen again in time, and counts afresh', () => {
    const { world, client } = connected(shy)
    for (let n = 0; n < 3; n++) {
      world.notify('hidden')
      world.advance(59_999)
      world.notify('wake')
      world.advance(100_000)
    }
    expect([client.state, world.dials]).toEqual(['OPEN', 1])
  })

  it('[R15] dials at once, at no cost, when the page is seen again', () => {
    const { world, client, log } = hidden({ maxRetries: 1 })
    world.notify('wake')
    expect(log.take()).toEqual(['stateChange CONNECTING'])
    expect(client.getSnapshot()).toMatchObject({ retryCount: 0 })
    world.socket.refuse()
    expect(client.getSnapshot()).toMatchObject({ state: 'CLOSED', retryCount: 0 })
    expect(client.getSnapshot().retryAt).not.toBeNull()
  })

  it('[R15] keeps the queue over a hidden page, and takes messages while it lasts', () => {
    const { world, client, log } = setup(shy)
    client.send('before')
    client.connect()
    world.notify('hidden')
    world.advance(60_000)
    expect(client.send('during')).toBe('queued')
    expect(log.of('drop')).toEqual([])
    world.notify('wake')
    world.socket.accept()
    expect(world.socket.sent).toEqual(['before', 'during'])
  })

  it('[R15] expires what waits over a hidden page all the same', () => {
    const { world, client, log } = hidden({ queue: { maxAge: 1000 } })
    client.send('a')
    world.advance(1000)
    expect(log.of('drop')).toEqual([{ data: 'a', reason: 'expired' }])
    expect(world.timers).toBe(0)
  })

  it.each(['online', 'offline', 'freeze', 'hidden'] as const)(
    '[R15] stays away on %s: nobody sees the page',
    (news) => {
      const { world, client, log } = hidden()
      const before = client.getSnapshot()
      world.notify(news)
      world.advance(600_000)
      expect(client.getSnapshot()).toBe(before)
      expect([world.dials, log.told]).toEqual([1, []])
    },
  )

  it('[R15] gives up an attempt under way, and a wait, as well; neither is a failure', () => {
    const dialling = setup({ ...shy, circuitBreaker: {}, connectTimeout: 200_000 })
    dialling.client.connect()
    dialling.world.notify('hidden')
    dialling.log.take()
    dialling.world.advance(60_000)
    expect(dialling.log.take()).toEqual(['error HANDSHAKE_FAILED', 'close 1006', 'stateChange CLOSED'])
    expect(dialling.client.getSnapshot()).toMatchObject({ status: 'waiting', circuitFailures: 0, retryCount: 0 })

    const waits = setup({ ...shy, baseDelay: 100_000, maxDelay: 100_000 })
    waits.client.connect()
    waits.world.socket.refuse()
    waits.world.notify('hidden')
    waits.log.take()
    waits.world.advance(60_000)
    expect(waits.client.getSnapshot()).toMatchObject({
      state: 'CLOSED',
      status: 'waiting',
      retryAt: null,
      retryCount: 1,
    })
    expect(waits.log.told).toEqual([])
    waits.world.advance(600_000)
    expect(waits.world.dials).toBe(1)
    waits.world.notify('wake')
    expect(waits.world.dials).toBe(2)
  })

  it('[R15] lets a hidden page wait out an open circuit, and looks at it when seen', () => {
    for (const away of [30_000, 60_000]) {
      const { world, client } = blocked({ hiddenTimeout: 1000 })
      const { dials } = world
      world.notify('hidden')
      world.advance(1000)
      expect(client.getSnapshot()).toMatchObject({ state: 'CLOSED', status: 'waiting', circuitState: 'OPEN' })
      expect(client.getSnapshot().halfOpenAt).not.toBeNull()
      world.advance(away)
      expect(world.dials).toBe(dials)
      world.notify('wake')
      world.advance(1000)
      expect([client.state, client.getCircuitState(), world.dials]).toEqual(['CONNECTING', 'HALF-OPEN', dials + 1])
    }
  })

  it('[R15] is BLOCKED when it is seen again behind a circuit that was opened by hand', () => {
    const { world, client } = hidden()
    client.openCircuit(Infinity)
    expect(client.getSnapshot().status).toBe('waiting')
    world.notify('wake')
    world.advance(10_000)
    expect([client.state, world.dials]).toEqual(['BLOCKED', 1])
    client.closeCircuit()
    expect(client.state).toBe('CONNECTING')
  })

  it('[R15] gives a trial under way back to the circuit', () => {
    const scene = blocked({ hiddenTimeout: 1000, circuitBreaker: { halfOpenMaxRequests: 2, resetJitter: 0 } })
    const { world, client } = scene
    untilRetry(scene)
    expect(client.state).toBe('CONNECTING')
    world.notify('hidden')
    world.advance(1000)
    expect(client.getSnapshot()).toMatchObject({ status: 'waiting', circuitState: 'HALF-OPEN' })
    world.notify('wake')
    world.socket.refuse()
    expect(client.getSnapshot().circuitState).toBe('HALF-OPEN')
    untilRetry(scene)
    world.socket.refuse()
    expect(client.getSnapshot().circuitState).toBe('OPEN')
  })

  it('[R15] says why, and counts a connection that has lived long enough as stable', () => {
    const { world, client, log } = connected({ ...shy, hiddenTimeout: 5000, circuitBreaker: {} })
    world.socket.die()
    untilRetry({ world, client })
    world.socket.accept()
    expect(client.getSnapshot().circuitFailures).toBe(1)
    log.take()
    world.notify('hidden')
    world.advance(5000)
    expect(log.of('close').at(-1)).toMatchObject({ code: 1000, reason: 'page hidden', opened: true })
    expect(client.getSnapshot()).toMatchObject({ status: 'waiting', circuitFailures: 0, retryCount: 0 })
  })

  it('[R15] answers each call while the page is hidden', () => {
    const called = (call: (client: Client) => void) => {
      const { world, client } = hidden()
      call(client)
      return [client.state, world.dials]
    }
    expect(called((client) => void client.connect())).toEqual(['CONNECTING', 2])
    expect(called((client) => client.reconnect())).toEqual(['CONNECTING', 2])
    expect(called((client) => client.closeCircuit())).toEqual(['CLOSED', 1])
    expect(called((client) => client.flush())).toEqual(['CLOSED', 1])
    const { world, client, log } = hidden()
    client.send('a')
    client.close()
    expect(log.take()).toEqual(['drop a closed'])
    expect(client.getSnapshot()).toMatchObject({ status: 'closed', isReconnecting: false })
    expect([world.timers, world.watchers]).toEqual([0, 0])
    world.notify('wake')
    world.advance(10_000)
    expect(world.dials).toBe(1)
  })

  it('[R15] dials another url only when the page is seen, and drops what was meant for the old', () => {
    const { world, client, log } = hidden()
    client.send('old')
    client.update({ url: 'wss://other.example.test/' })
    expect(log.take()).toEqual(['drop old url-changed'])
    expect(world.dials).toBe(1)
    world.notify('wake')
    expect(world.socket.url).toBe('wss://other.example.test/')
  })

  it('[R15] lets connect() of a hidden page wait for its promise until the page is seen', async () => {
    const { world, client } = setup({ ...shy, connectTimeout: 200_000 })
    let fate = 'pending'
    client.connect().then(
      () => {
        fate = 'resolved'
      },
      () => {
        fate = 'rejected'
      },
    )
    world.notify('hidden')
    await world.advanceAsync(60_000)
    expect(fate).toBe('pending')
    world.notify('wake')
    world.socket.accept()
    await world.settle()
    expect(fate).toBe('resolved')
  })

  it.each([
    ['idle', () => setup(shy)],
    ['FAILED', () => failed({ ...shy, maxRetries: 0 })],
    [
      'CLOSED',
      () => {
        const scene = connected(shy)
        scene.client.close()
        scene.world.advance(0)
        return scene
      },
    ],
  ] as [string, () => ReturnType<typeof setup>][])('[R15] needs no timer for a hidden page in %s', (_where, begin) => {
    const { world, client } = begin()
    const before = client.getSnapshot()
    world.notify('hidden')
    expect(world.timers).toBe(0)
    world.advance(60_000)
    expect(client.getSnapshot()).toBe(before)
  })

  it('[R15] does not cut a closing handshake short, nor begin anew, for a hidden page', () => {
    const { world, client } = connected({ ...shy, closeTimeout: 100_000 })
    world.socket.deaf = true
    world.notify('hidden')
    client.close()
    world.advance(60_000)
    expect(client.state).toBe('CLOSING')
    world.socket.die(1000)
    expect(client.state).toBe('CLOSED')
    expect(world.timers).toBe(0)
  })

  it('[R15] is hidden again after a connect() of its own, and goes away again', () => {
    const { world, client } = hidden()
    client.connect()
    world.socket.accept()
    world.advance(100_000)
    expect(client.state).toBe('OPEN')
    world.notify('wake')
    world.notify('hidden')
    world.advance(60_000)
    expect(client.getSnapshot().status).toBe('waiting')
  })

  it('[R15] applies another hiddenTimeout at once', () => {
    const { world, client } = connected(shy)
    world.notify('hidden')
    world.advance(10_000)
    client.update({ hiddenTimeout: 15_000 })
    world.advance(4999)
    expect(client.state).toBe('OPEN')
    world.advance(1)
    expect(client.getSnapshot().status).toBe('waiting')
    const never = connected(shy)
    never.world.notify('hidden')
    never.client.update({ hiddenTimeout: Infinity })
    never.world.advance(600_000)
    expect(never.client.state).toBe('OPEN')
  })

  it('[R15] goes away at once with hiddenTimeout 0', () => {
    const { world, client } = connected({ ...plain, hiddenTimeout: 0 })
    world.notify('hidden')
    world.advance(0)
    expect(client.getSnapshot().status).toBe('waiting')
    world.notify('wake')
    expect(client.state).toBe('CONNECTING')
  })

  it('[R15] takes a sleep that ends while the page is hidden for no look at it', () => {
    const { world, client } = hidden()
    world.sleep(3_600_000)
    world.advance(10_000)
    expect([client.getSnapshot().status, world.dials]).toEqual(['waiting', 1])
  })

  it('[R15] beats and proves as ever until the page has been hidden for too long', () => {
    const { world, client } = connected({ ...shy, heartbeatInterval: 30_000 })
    const { socket } = world
    socket.onSend = () => socket.later(5, () => socket.receive('pong'))
    world.notify('hidden')
    world.advance(59_999)
    expect([socket.sent.length, client.state]).toEqual([1, 'OPEN'])
    world.advance(1)
    expect([client.state, world.timers]).toEqual(['CLOSED', 0])
  })

  it.each([[-1], [NaN], ['60'], [null]])('[R15] throws a TypeError for a hiddenTimeout of %s', (hiddenTimeout) => {
    expect(() => setup({ hiddenTimeout: hiddenTimeout as number })).toThrow(/hiddenTimeout/)
  })

  it('[R15] brings a fleet of hidden pages back without counting it as an outage', () => {
    const scene = hidden({ circuitBreaker: { failureThreshold: 1 }, maxRetries: 0 })
    const { world, client } = scene
    world.server = accept()
    for (let n = 0; n < 20; n++) {
      world.notify('wake')
      world.advance(0)
      expect(client.state).toBe('OPEN')
      world.notify('hidden')
      world.advance(60_000)
    }
    expect(client.getSnapshot()).toMatchObject({ status: 'waiting', circuitFailures: 0, retryCount: 0 })
  })

  it('[R15] goes back to its retries where the page is seen again and the server is down', () => {
    const scene = hidden()
    const { world, client } = scene
    world.server = refuse()
    world.notify('wake')
    world.advance(0)
    expect(client.getSnapshot().retryAt).not.toBeNull()
    untilRetry(scene)
    expect(world.dials).toBe(3)
  })
})

describe('R15 a page that says it is hidden', () => {
  /** As much of a page as the engine looks at. */
  function page(visibilityState: string) {
    const listeners: Record<string, () => void> = {}
    const document = {
      visibilityState,
      baseURI: 'https://page.test/',
      addEventListener: (type: string, fn: () => void) => {
        listeners[type] = fn
      },
      removeEventListener: () => {},
    }
    vi.stubGlobal('document', document)
    return (state: string) => {
      document.visibilityState = state
      listeners.visibilitychange?.()
    }
  }

  function visit(visibilityState: string) {
    const show = page(visibilityState)
    const world = createWorld()
    const options = world.options(shy)
    delete options.environment
    const client = new WebSocketReconnect(options)
    client.connect()
    world.socket.accept()
    return { show, world, client }
  }

  it('[R15] is heard from the visibility of the page, and its return as well', () => {
    const { show, world, client } = visit('visible')
    show('hidden')
    world.advance(60_000)
    expect(client.getSnapshot().status).toBe('waiting')
    show('visible')
    expect(client.state).toBe('CONNECTING')
    client.close()
  })

  it('[R15] is heard from a page that has been hidden from the beginning', () => {
    const { world, client } = visit('hidden')
    world.advance(59_999)
    expect(client.state).toBe('OPEN')
    world.advance(1)
    expect(client.getSnapshot().status).toBe('waiting')
    client.close()
  })
})

type Client = ReturnType<typeof setup>['client']

describe('R15 hidden before a trial', () => {
  it('[R11][R15] gives no trial back that had not begun', () => {
    const scene = blocked({ hiddenTimeout: 1000, circuitBreaker: { halfOpenMaxRequests: 1 } })
    const { world, client } = scene
    world.advance(60_000)
    expect(client.getSnapshot()).toMatchObject({ status: 'waiting', circuitState: 'HALF-OPEN' })
    world.notify('hidden')
    world.advance(1000)
    expect(client.getSnapshot()).toMatchObject({ status: 'waiting', retryAt: null })
    world.notify('wake')
    world.socket.refuse()
    expect(client.state).toBe('BLOCKED')
  })

  it('[R15] charges the trial that being seen again has brought forward to no budget', () => {
    const scene = blocked({ hiddenTimeout: 1000, circuitBreaker: { halfOpenMaxRequests: 2 } })
    const { world, client } = scene
    world.notify('hidden')
    world.advance(1000)
    const { retryCount } = client.getSnapshot()
    world.notify('wake')
    untilRetry(scene)
    world.socket.refuse()
    expect(client.getSnapshot()).toMatchObject({ state: 'CLOSED', circuitState: 'HALF-OPEN', retryCount })
  })
})
