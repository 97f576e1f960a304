/**
 * R2 and R3: one socket, one attempt, one timer; and nobody waits for the dead.
 * A superseded socket may say what it likes, as late as it likes.
 */

import { describe, expect, it } from 'vitest'
import { blocked, connected, plain, proven, setup } from '../../support/client-scene.ts'
import type { FakeSocket } from '../../support/index.ts'

/** Every way in which the client lets go of a socket while the connection stays wanted, or is given up. */
const releases: [how: string, release: () => { scene: ReturnType<typeof setup>; old: FakeSocket }][] = [
  ['reconnect() while open', () => letGo(proven(plain), (scene) => scene.client.reconnect())],
  ['reconnect() while connecting', () => letGo(dialling(), (scene) => scene.client.reconnect())],
  ['a connect timeout', () => letGo(dialling(), (scene) => scene.world.advance(10_000))],
  [
    'heartbeat loss',
    () => letGo(connected({ ...plain, heartbeatInterval: 30_000 }), (scene) => scene.world.advance(35_000)),
  ],
  ['openCircuit() while open', () => letGo(proven(plain), (scene) => scene.client.openCircuit())],
  ['openCircuit() while connecting', () => letGo(dialling(), (scene) => scene.client.openCircuit())],
  ['a new url', () => letGo(proven(plain), (scene) => scene.client.update({ url: 'wss://other.test/' }))],
  ['close() while connecting', () => letGo(dialling(), (scene) => scene.client.close())],
  [
    'a close timeout',
    () =>
      letGo(proven(plain), (scene) => {
        scene.world.socket.deaf = true
        scene.client.close()
        scene.world.advance(2000)
      }),
  ],
  [
    'connect() while closing',
    () =>
      letGo(proven(plain), (scene) => {
        scene.client.close()
        scene.client.connect()
      }),
  ],
]

function dialling() {
  const scene = setup(plain)
  scene.client.connect()
  return scene
}

function letGo(scene: ReturnType<typeof setup>, act: (scene: ReturnType<typeof setup>) => void) {
  const old = scene.world.socket
  act(scene)
  scene.log.take()
  return { scene, old }
}

describe('R2 one of everything', () => {
  it('[R2] has one live socket and one attempt however often it is told to connect or reconnect', () => {
    const { world, client } = setup(plain)
    for (let round = 0; round < 3; round++) {
      client.connect()
      client.connect()
      expect(world.liveSockets).toHaveLength(1)
      client.reconnect()
      client.reconnect()
      expect(world.liveSockets).toHaveLength(1)
      world.socket.accept()
      expect(world.liveSockets).toHaveLength(1)
    }
    expect(world.dials).toBe(7)
  })

  it('[R2] runs one url provider at a time', () => {
    let asked = 0
    const { client } = setup({
      ...plain,
      url: () => {
        asked++
        return new Promise<string>(() => {})
      },
    })
    client.connect()
    client.connect()
    client.connect()
    expect(asked).toBe(1)
  })

  it('[R2] arms one timer for the earliest deadline: proof before ping, ping before proof', () => {
    const early = connected({ heartbeatInterval: 3000 })
    expect(early.world.timers).toBe(1)
    early.world.advance(2999)
    expect(early.world.socket.sent).toEqual([])
    early.world.advance(1)
    expect(early.world.socket.sent).toEqual(['{"type":"ping"}'])
    early.world.socket.receive('pong')
    expect(early.world.timers).toBe(1)
    early.world.advance(2000)
    early.world.socket.die()
    expect(early.client.getSnapshot().circuitFailures).toBe(0)
  })

  it('[R2] keeps to one timer through connecting, waiting, open, probing, closing and blocked', () => {
    const scene = setup({ jitter: 0 })
    const { world, client } = scene
    client.connect()
    expect(world.timers).toBe(1)
    world.socket.refuse()
    expect(world.timers).toBe(1)
    world.advance(1000)
    world.socket.accept()
    expect(world.timers).toBe(1)
    world.advance(30_000)
    expect(world.timers).toBe(1)
    client.send('x')
    world.socket.stall(2_000_000)
    client.send('held back')
    expect(world.timers).toBe(1)
    client.openCircuit()
    expect(world.timers).toBe(1)
    client.closeCircuit()
    world.socket.accept()
    client.close()
    expect(world.timers).toBe(1)
    world.advance(0)
    expect(world.timers).toBe(0)
    expect(world.clock.peak).toBe(1)
  })

  it('[R2] polls a queue held back by the platform’s buffer every 50 ms', () => {
    const { world, client } = proven(plain)
    world.socket.stall(1_048_577)
    expect(client.send('late')).toBe('queued')
    world.advance(49)
    world.socket.drain()
    expect(world.socket.sent).toEqual([])
    world.advance(1)
    expect(world.socket.sent).toEqual(['late'])

    world.socket.stall(1_048_577)
    client.send('later')
    world.advance(120)
    world.socket.drain()
    world.advance(29)
    expect(world.socket.sent).toEqual(['late'])
    world.advance(1)
    expect(world.socket.sent).toEqual(['late', 'later'])
  })

  it.each(releases)('[F46][R2] ignores for ever what a socket says that was superseded by %s', (_how, release) => {
    const { scene, old } = release()
    const { client, world, log } = scene
    const before = client.getSnapshot()
    old.dispatch('open')
    old.dispatch('message', { data: 'stale' })
    old.dispatch('error')
    old.dispatch('close', { code: 1002, reason: 'stale', wasClean: true })
    old.dispatch('close', { code: 1006, reason: '', wasClean: false })
    expect(log).toEqual([])
    expect(client.getSnapshot()).toBe(before)
    expect(client.getStats().messagesReceived).toBe(0)
    expect(world.liveSockets.includes(old)).toBe(false)
  })

  it.each(releases)('[R2] leaves an error handler on a socket superseded by %s', (_how, release) => {
    const { old } = release()
    expect(old.listeners('error').length).toBeGreaterThan(0)
  })

  it('[R2] never unrefs the timer of a wanted connection', () => {
    const { world, client } = setup({ jitter: 0 })
    client.connect()
    world.socket.refuse()
    world.advance(1000)
    world.socket.accept()
    world.advance(40_000)
    client.openCircuit()
    expect(world.clock.armed).toBeGreaterThan(4)
    expect(world.clock.unrefs).toBe(0)
  })

  it('[R2] tolerates a socket that closes twice', () => {
    const { world, log } = proven(plain)
    const { socket } = world
    socket.die(1006)
    socket.die(1006)
    expect(log.told).toEqual(['close 1006', 'stateChange CLOSED', 'retry 1 in 1000'])
  })

  it('[R2] tolerates a socket that calls back before close() returns', () => {
    const { world, client, log } = proven(plain, { synchronous: true })
    client.reconnect()
    expect(log.told).toEqual(['close 1000', 'stateChange CONNECTING'])
    world.socket.accept()
    log.take()
    client.close(3000, 'bye')
    expect(log.of('close')).toEqual([{ code: 3000, reason: 'bye', wasClean: true, opened: true }])
    expect(client.state).toBe('CLOSED')
    expect(world.timers).toBe(0)
  })
})

describe('R3 never wait for the dead', () => {
  it('[R3] closes a hung handshake as soon as it times out, before the next one begins', () => {
    const { world, client } = dialling()
    const old = world.socket
    old.deaf = true
    world.advance(9999)
    expect(old.closeCalls).toHaveLength(0)
    world.advance(1)
    expect(old.closeCalls).toHaveLength(1)
    expect(world.sockets).toHaveLength(1)
    expect(client.state).toBe('CLOSED')
    world.advance(1000)
    expect(world.sockets).toHaveLength(2)
  })

  it('[R3] reports a connect timeout at once, without waiting for the old socket', () => {
    const { world, log } = dialling()
    log.take()
    world.socket.deaf = true
    world.advance(10_000)
    expect(log.told).toEqual(['error CONNECT_TIMEOUT', 'close 1006', 'stateChange CLOSED', 'retry 1 in 1000'])
  })

  it('[R3] replaces the connection at once on reconnect(), without waiting for the old close', () => {
    const { world, client, log } = proven(plain)
    const old = world.socket
    old.deaf = true
    client.reconnect()
    expect(world.sockets).toHaveLength(2)
    expect(old.closeCalls).toHaveLength(1)
    expect(log.told).toEqual(['close 1000', 'stateChange CONNECTING'])
    expect(log.of('close')).toEqual([{ code: 1000, reason: 'reconnect', wasClean: false, opened: true }])
  })

  it('[R3] closes a hung handshake that reconnect() replaces', () => {
    const { world, client } = dialling()
    const old = world.socket
    old.deaf = true
    client.reconnect()
    expect(old.closeCalls).toHaveLength(1)
    expect(world.sockets).toHaveLength(2)
  })

  it('[R3] goes on at once after heartbeat loss, without waiting for the old close', () => {
    const { world, client } = connected({ ...plain, heartbeatInterval: 30_000 })
    const old = world.socket
    old.deaf = true
    world.advance(35_000)
    expect(old.closeCalls).toHaveLength(1)
    expect(client.state).toBe('CLOSED')
    world.advance(1000)
    expect(world.sockets).toHaveLength(2)
  })

  it.each([
    ['a connect timeout', () => diallingNode(), (s: ReturnType<typeof setup>) => s.world.advance(10_000)],
    ['reconnect()', () => proven(plain, { terminate: true }), (s: ReturnType<typeof setup>) => s.client.reconnect()],
    [
      'heartbeat loss',
      () => connected({ ...plain, heartbeatInterval: 30_000 }, { terminate: true }),
      (s: ReturnType<typeof setup>) => s.world.advance(35_000),
    ],
    [
      'openCircuit()',
      () => proven(plain, { terminate: true }),
      (s: ReturnType<typeof setup>) => s.client.openCircuit(),
    ],
    ['close() while connecting', () => diallingNode(), (s: ReturnType<typeof setup>) => s.client.close()],
  ])('[R3] terminates the socket abandoned by %s, where it can', (_how, begin, act) => {
    const scene = begin()
    const old = scene.world.socket
    act(scene)
    expect(old.closeCalls).toHaveLength(1)
    expect(old.terminated).toBe(true)
  })

  it('[R3] terminates a socket that does not close in time, but not before', () => {
    const { world, client } = proven(plain, { terminate: true })
    world.socket.deaf = true
    client.close()
    world.advance(1999)
    expect(world.socket.terminated).toBe(false)
    world.advance(1)
    expect(world.socket.terminated).toBe(true)
    expect(client.state).toBe('CLOSED')
  })

  it('[R3] tells a peer that never answered 1000, and no reason', () => {
    const { world, client } = setup(plain)
    client.connect()
    const { socket } = world
    world.advance(10_000)
    expect(socket.closeCalls).toEqual([{ code: 1000, reason: '' }])
  })

  it('[R3] survives a socket whose close() and terminate() throw', () => {
    const { world, client } = proven(plain, { terminate: true })
    const old = world.socket
    old.close = () => {
      throw new Error('close')
    }
    old.terminate = () => {
      throw new Error('terminate')
    }
    client.reconnect()
    old.readyState = 3
    expect(world.sockets).toHaveLength(2)
    expect(client.state).toBe('CONNECTING')
  })

  it('[R3] keeps the whole of connectTimeout and closeTimeout as given', () => {
    const { world, client, log } = setup({ ...plain, connectTimeout: 250, closeTimeout: 70 })
    client.connect()
    world.advance(249)
    expect(client.state).toBe('CONNECTING')
    world.advance(1)
    expect(client.state).toBe('CLOSED')
    world.advance(1000)
    world.socket.accept()
    world.socket.deaf = true
    log.take()
    client.close(3001, 'so long')
    world.advance(69)
    expect(client.state).toBe('CLOSING')
    world.advance(1)
    expect(client.state).toBe('CLOSED')
    expect(log.of('close')).toEqual([{ code: 3001, reason: 'so long', wasClean: false, opened: true }])
  })
})

function diallingNode() {
  const scene = setup(plain, { terminate: true })
  scene.client.connect()
  return scene
}

describe('R2 blocked', () => {
  it('[R2] has no socket and one timer while BLOCKED', () => {
    const { world } = blocked()
    expect(world.liveSockets).toHaveLength(0)
    expect(world.timers).toBe(1)
  })
})

describe('R25 a close event that leaves something out', () => {
  it.each([
    ['null', { code: null, reason: null, wasClean: null }],
    ['undefined', {}],
    ['strings for numbers', { code: '1001', reason: 7, wasClean: 'yes' }],
  ])('[R25] has a number, a string and a boolean all the same (%s)', (_what, fields) => {
    const asked: unknown[] = []
    const { world, client, log } = proven({
      ...plain,
      shouldReconnect: (close) => {
        asked.push(close)
        return true
      },
    })
    world.socket.readyState = 3
    world.socket.dispatch('close', fields as never)
    const close = { code: 1006, reason: '', wasClean: false, opened: true }
    expect(log.of('close')).toEqual([close])
    expect(asked).toEqual([close])
    expect(client.getSnapshot().lastClose).toEqual(close)
  })

  it('[R25] may be no event at all', () => {
    const { world, client, log } = proven(plain)
    world.socket.readyState = 3
    for (const listener of world.socket.listeners('close')) (listener as () => void)()
    expect(log.of('close')).toEqual([{ code: 1006, reason: '', wasClean: false, opened: true }])
    expect(client.getSnapshot().retryAt).not.toBeNull()
  })
})
