/**
 * Breaking a line on purpose: each break gives exactly the events that docs/FAULTS.md names for the fault it plays, on the
 * living socket and on the next ones, and all of it ends with heal().
 */

import { describe, expect, it } from 'vitest'
import { breakerOf } from '../../devtools/breaks/breaker.ts'
import { readFault } from '../../devtools/breaks/fault.ts'
import { WebSocketReconnect } from '../../src/index.ts'
import { accept, createWorld } from '../../testing/index.ts'
import { open, scene } from './scene.ts'

const HEARTBEAT = 30_000 - 5000

describe('once', () => {
  it('[F2][F3][F15] drop: one close with 1006, then a new connection', () => {
    const { world, log, breaker } = open()
    const first = world.socket
    breaker.break({ fault: 'drop' })
    expect(log.take()).toEqual(['close 1006', 'retry 1 in 1000'])
    expect(first.closeCalls).toHaveLength(1)
    world.advance(1000)
    world.socket.accept()
    expect(log.take()).toEqual(['open'])
    expect(world.sockets).toHaveLength(2)
  })

  it('[F6] drop while connecting: a failed attempt', () => {
    const { world, client, log, breaker } = scene()
    client.connect()
    breaker.break({ fault: 'drop' })
    expect(log.take()).toEqual(['error HANDSHAKE_FAILED', 'close 1006', 'retry 1 in 1000'])
    world.advance(0)
    expect(log.take()).toEqual([])
  })

  it.each([
    ['[F33]', 4403, ['error FATAL_CLOSE', 'close 4403'], 'FAILED'],
    ['[F36]', 1012, ['close 1012', 'retry 1 in 17500'], 'CLOSED'],
    ['[F29]', 1000, ['close 1000', 'retry 1 in 1000'], 'CLOSED'],
  ] as const)('%s close with %i: what that code means', (_, code, told, state) => {
    const { client, log, breaker } = open()
    breaker.break({ fault: 'close', code, reason: 'on purpose' })
    expect(log.take()).toEqual(told)
    expect(client.state).toBe(state)
    expect(client.getSnapshot().lastClose).toEqual({ code, reason: 'on purpose', wasClean: true, opened: true })
  })

  it('[F52] garbage: a message like any other, and the connection stays', () => {
    const { client, log, breaker } = open()
    breaker.break({ fault: 'garbage', data: '{"half' })
    expect(log.take()).toEqual(['message {"half'])
    expect(client.state).toBe('OPEN')
  })

  it('[F61] wake: the connection is asked at once', () => {
    const { world, breaker } = open()
    breaker.break({ fault: 'wake' })
    expect(world.socket.sent).toEqual(['{"type":"ping"}'])
  })

  it('does nothing to a client that has no connection', () => {
    const { log, breaker } = scene()
    for (const fault of ['drop', 'close', 'garbage', 'wake', 'offline', 'freeze'] as const) breaker.break({ fault })
    breaker.heal()
    expect(log.take()).toEqual([])
  })
})

describe('until healed', () => {
  it.each(['both', 'in', 'out'] as const)(
    '[F1][F5] silence (%s): the heartbeat finds out, attempts time out, heal brings it back',
    (direction) => {
      const { world, client, log, breaker } = open()
      breaker.break({ fault: 'silence', direction })
      world.advance(HEARTBEAT)
      expect(world.socket.sent).toEqual(direction === 'in' ? ['{"type":"ping"}'] : [])
      world.advance(5000)
      expect(log.take()).toEqual(['error HEARTBEAT_TIMEOUT', 'close 1006', 'retry 1 in 1000'])
      world.advance(11_000)
      expect(log.take()).toEqual(['error CONNECT_TIMEOUT', 'close 1006', 'retry 2 in 2000'])
      expect(world.sockets).toHaveLength(1)
      world.advance(2000)
      breaker.heal()
      world.socket.accept()
      expect(log.take()).toEqual(['open'])
      expect([client.state, breaker.active]).toEqual(['OPEN', []])
    },
  )

  it('[F41] silence: a close of ours reaches the server, its answer nobody', () => {
    const { world, client, log, breaker } = open()
    breaker.break({ fault: 'silence' })
    client.close()
    world.advance(1999)
    expect(client.state).toBe('CLOSING')
    world.advance(1)
    expect([client.state, world.socket.closeCalls.length > 0]).toEqual(['CLOSED', true])
    expect(log.take()).toEqual(['close 1000'])
  })

  it('what a silent server did meanwhile is told when it is healed', () => {
    const { world, log, breaker } = open()
    breaker.break({ fault: 'silence' })
    world.socket.receive('lost')
    world.socket.die(1001)
    expect(log.take()).toEqual([])
    breaker.heal()
    expect(log.take()).toEqual(['close 1001', 'retry 1 in 1000'])
  })

  it('[F6] refuse: so many attempts fail fast and back off; the one after them goes through', () => {
    const { world, client, log, breaker } = scene({}, { server: accept() })
    breaker.break({ fault: 'refuse', times: 2 })
    client.connect()
    world.advance(0)
    expect(log.take()).toEqual(['error HANDSHAKE_FAILED', 'close 1006', 'retry 1 in 1000'])
    expect(breaker.active).toEqual([{ fault: 'refuse', times: 1 }])
    world.advance(1000)
    expect(log.take()).toEqual(['error HANDSHAKE_FAILED', 'close 1006', 'retry 2 in 2000'])
    expect([breaker.active, world.dials]).toEqual([[], 0])
    world.advance(2000)
    expect(log.take()).toEqual(['open'])
  })

  it('[F19] hang: connectTimeout ends the attempt', () => {
    const { world, client, log, breaker } = scene({}, { server: accept() })
    breaker.break({ fault: 'hang' })
    client.connect()
    world.advance(9999)
    expect(log.take()).toEqual([])
    world.advance(1)
    expect(log.take()).toEqual(['error CONNECT_TIMEOUT', 'close 1006', 'retry 1 in 1000'])
    world.advance(1000)
    breaker.heal()
    world.advance(0)
    expect([log.take(), world.dials]).toEqual([['open'], 1])
  })

  it('[F19] hang: holds back the answer to an attempt that is under way, until it is healed', () => {
    const { world, client, log, breaker } = scene()
    client.connect()
    breaker.break({ fault: 'hang' })
    world.socket.accept()
    expect([client.state, log.take()]).toEqual(['CONNECTING', []])
    breaker.heal()
    expect([client.state, log.take()]).toEqual(['OPEN', ['open']])
  })

  it('[F12] latency: everything comes later, in its order, and nobody is declared dead', () => {
    const { world, client, log, breaker } = open()
    breaker.break({ fault: 'latency', ms: 300, jitter: 200 })
    for (let n = 0; n < 20; n++) client.send(`${n}`)
    for (let n = 0; n < 20; n++) world.socket.receive(`${n}`)
    expect([world.socket.sent, log.take()]).toEqual([[], []])
    world.advance(500)
    const numbers = Array.from({ length: 20 }, (_, n) => `${n}`)
    expect(world.socket.sent).toEqual(numbers)
    expect(log.take()).toEqual(numbers.map((n) => `message ${n}`))
    world.advance(200_000)
    expect(log.take().filter((line) => !line.startsWith('message'))).toEqual([])
    expect(client.getStats().latency).toBeGreaterThanOrEqual(200)
  })

  it('latency: a close waits for what was sent before it; heal lets everything go at once', () => {
    const { world, client, log, breaker } = open()
    breaker.break({ fault: 'latency', ms: 300 })
    client.send('last words')
    client.close(4000, 'bye')
    expect([client.state, world.socket.sent, world.socket.closeCalls]).toEqual(['CLOSING', [], []])
    breaker.heal()
    world.advance(0)
    expect(world.socket.sent).toEqual(['last words'])
    expect(log.take()).toEqual(['close 4000'])
  })

  it('[F11] lose every third: nothing, as long as anything arrives after a ping', () => {
    const { world, client, log, breaker } = open({ heartbeatTimeout: 20_000 })
    breaker.break({ fault: 'lose', every: 3 })
    for (let n = 1; n <= 6; n++) world.socket.receive(`${n}`)
    for (let n = 1; n <= 6; n++) client.send(`${n}`)
    expect(log.take()).toEqual([1, 2, 4, 5].map((n) => `message ${n}`))
    expect(world.socket.sent).toEqual(['1', '2', '4', '5'])
    for (let n = 0; n < 60; n++) {
      world.advance(10_000)
      world.socket.receive('news')
    }
    expect(client.getSnapshot().connectionId).toBe(1)
  })

  it('lose in one direction spares the other', () => {
    const { world, client, log, breaker } = open()
    breaker.break({ fault: 'lose', every: 1, direction: 'out' })
    client.send('gone')
    world.socket.receive('here')
    expect([world.socket.sent, log.take()]).toEqual([[], ['message here']])
  })

  it('[F62] offline: an open connection is asked; an answer keeps it, and heal says online', () => {
    const { world, client, log, breaker } = open()
    breaker.break({ fault: 'offline' })
    world.advance(60_000)
    expect(world.socket.sent.length).toBeGreaterThan(0)
    expect([client.state, log.take().filter((line) => !line.startsWith('message'))]).toEqual(['OPEN', []])
    const { length } = world.socket.sent
    breaker.heal()
    expect(world.socket.sent.length).toBe(length + 1)
  })

  it('[F61] freeze: how an attempt ends says nothing about the server', () => {
    const { world, client, breaker } = scene({ circuitBreaker: { failureThreshold: 1 } })
    client.connect()
    breaker.break({ fault: 'freeze' })
    world.socket.refuse()
    expect(client.getCircuitState()).toBe('CLOSED')
    expect(breaker.active).toEqual([{ fault: 'freeze' }])
    breaker.heal()
    expect(breaker.active).toEqual([])
  })

  it('heals one and leaves the others', () => {
    const { breaker } = open()
    breaker.break({ fault: 'silence', direction: 'in' })
    breaker.break({ fault: 'latency', ms: 100 })
    breaker.heal('silence')
    expect(breaker.active).toEqual([{ fault: 'latency', ms: 100, jitter: 0 }])
  })
})

describe('what the engine reads of a socket stays what it is', () => {
  it('bufferedAmount, readyState, protocol, binaryType and terminate, of a living one and of the next', () => {
    const { world, client, breaker } = open({ protocols: 'chat', binaryType: 'arraybuffer' }, { terminate: true })
    for (let round = 0; round < 2; round++) {
      breaker.break({ fault: 'latency', ms: 1 })
      world.socket.stall(123)
      expect([client.bufferedAmount, client.protocol]).toEqual([123, 'chat'])
      expect(world.socket.binaryType).toBe('arraybuffer')
      const { socket } = world
      client.reconnect()
      expect(socket.terminated).toBe(true)
      world.socket.accept()
      world.advance(1)
      expect(client.state).toBe('OPEN')
    }
  })

  it('the queue waits while the platform holds too much', () => {
    const { world, client, breaker } = open({ queue: { highWaterMark: 10 } })
    breaker.break({ fault: 'lose', every: 1000 })
    world.socket.stall(11)
    expect(client.send('later')).toBe('queued')
    world.socket.drain()
    world.advance(50)
    expect(world.socket.sent).toEqual(['later'])
  })

  it("client.options does not change, and a user's own constructor is asked when it is given later", () => {
    const { world, client, breaker } = open()
    breaker.break({ fault: 'latency', ms: 1 })
    expect(client.options.WebSocket).toBe(world.WebSocket)
    const other = createWorld()
    client.update({ WebSocket: other.WebSocket })
    client.reconnect()
    expect(other.dials).toBe(1)
  })

  it('a close code that the platform refuses is said as 1000, late or at once', () => {
    for (const ms of [0, 20]) {
      const { world, client, breaker } = open()
      breaker.break({ fault: 'latency', ms })
      client.close(1001)
      world.advance(100)
      expect(world.socket.closeCalls).toEqual([{ code: 1000, reason: '' }])
    }
  })
})

it('says what was expected of what it does not know', () => {
  expect(() => readFault({ fault: 'explode' })).toThrow(/"fault" must be one of drop, close, .*, got "explode"/)
  expect(() => readFault({ fault: 'refuse', times: 0 })).toThrow('"times" of refuse must be ≥ 1, got 0.')
  expect(() => readFault({ fault: 'silence', direction: 'up' })).toThrow(/'in', 'out' or 'both'/)
  expect(() => readFault(null)).toThrow(TypeError)
})

it('lets nobody into what is no client of the engine', () => {
  expect(breakerOf({} as never)).toBeUndefined()
  const client = new WebSocketReconnect(createWorld().options())
  expect(breakerOf(client)).toBe(breakerOf(client))
})
