/**
 * Owns the tests of what users get on top of the world our own tests know: a server that answers, a line that goes
 * silent, and an `act` around everything that happens.
 */

import { describe, expect, it } from 'vitest'
import { WebSocketReconnect } from '../../src/index.ts'
import { type Act, accept, createWorld, record, type WorldOptions } from '../../testing/index.ts'

function connect(options: WorldOptions = {}, url: () => string | Promise<string> = () => 'wss://example.test/') {
  const world = createWorld(options)
  const client = new WebSocketReconnect(world.options({ url }))
  const log = record(client, { except: ['stateChange'] })
  client.connect()
  return { world, client, log }
}

describe('the server', () => {
  it('answers the heartbeat, so that a connection outlives any time', () => {
    const { world, client, log } = connect({ server: accept(20) })
    world.advance(600_000)
    expect([client.state, world.dials, log.of('error')]).toEqual(['OPEN', 1, []])
    expect(log.of('latency').length).toBeGreaterThan(15)
  })

  it('answers what the test lets it answer, as soon as time is advanced', () => {
    const { world, client, log } = connect({ server: accept(), answer: (data) => `echo ${data}` })
    world.advance(0)
    client.send('a')
    expect(log.take()).toEqual(['open'])
    world.advance(0)
    expect(log.take()).toEqual(['message echo a'])
    world.answer = () => undefined
    client.send('b')
    world.advance(1000)
    expect(log.take()).toEqual([])
  })

  it('answers nothing over a connection that has ended meanwhile', () => {
    const { world, client, log } = connect({ server: accept(), answer: () => 'late' })
    world.advance(0)
    client.send('a')
    world.socket.die()
    world.advance(0)
    expect(log.of('message')).toEqual([])
  })
})

it('a line that goes silent swallows everything, and only the heartbeat tells', () => {
  const { world, client, log } = connect({ server: accept(), answer: (data) => `echo ${data}` })
  world.advance(0)
  client.send('in flight')
  world.socket.goSilent()
  client.send('lost')
  world.socket.receive('lost too')
  world.advance(29_000)
  expect([client.state, log.of('message')]).toEqual(['OPEN', []])
  world.advance(6_000)
  expect(log.of('error').map(({ code }) => code)).toEqual(['HEARTBEAT_TIMEOUT'])
  world.advance(1_000)
  expect([client.state, world.dials]).toEqual(['OPEN', 2])
})

it('never answers a close over a silent line', () => {
  const { world, client, log } = connect({ server: accept() })
  world.advance(0)
  world.socket.goSilent()
  client.close()
  world.advance(1999)
  expect(client.state).toBe('CLOSING')
  world.advance(1)
  expect([client.state, log.of('close')[0]?.wasClean]).toEqual(['CLOSED', false])
})

describe('act', () => {
  function watched() {
    let depth = 0
    const act = ((body: () => unknown) => {
      depth++
      const result = body()
      if (result instanceof Promise) return result.finally(() => depth--)
      depth--
    }) as Act
    return { act, inside: () => depth > 0 }
  }

  it('is around everything that a world does to a client', async () => {
    const { act, inside } = watched()
    const seen: Record<string, boolean[]> = {}
    const world = createWorld({ act, answer: (data) => `echo ${data}` })
    const client = new WebSocketReconnect(world.options({ minUptime: 0, heartbeatInterval: 0 }))
    for (const type of ['open', 'message', 'close', 'error', 'retry', 'latency'] as const)
      client.on(type, () => {
        seen[type] = [...(seen[type] || []), inside()]
      })
    client.connect()
    world.socket.refuse()
    world.advance(1000)
    world.socket.accept()
    world.socket.receive('x')
    client.send('y')
    await world.settle()
    await world.advanceAsync(0)
    world.socket.die()
    world.notify('online')
    world.advance(1000)
    world.socket.accept()
    world.sleep(10_000)
    expect(seen).toEqual({
      error: [true],
      close: [true, true],
      retry: [true, true],
      open: [true, true],
      message: [true, true],
    })
    expect(inside()).toBe(false)
  })

  it('lets errors through, and is not needed', async () => {
    const { act } = watched()
    const world = createWorld({ act })
    world.clock.setTimeout(() => {
      throw new Error('mine')
    }, 10)
    expect(() => world.advance(10)).toThrow('mine')
    const plain = createWorld()
    let fired = 0
    plain.clock.setTimeout(() => fired++, 10)
    await plain.advanceAsync(10)
    await plain.settle()
    expect(fired).toBe(1)
  })
})
