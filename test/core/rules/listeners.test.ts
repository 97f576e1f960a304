/**
 * R17: listeners run after the engine is consistent, in order, each isolated, and may call anything.
 */

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { WebSocketReconnect } from '../../../src/index.ts'
import { connected, plain, proven, setup, untilRetry } from '../../support/client-scene.ts'
import { accept, createWorld, inTurn, record, refuse, throwing } from '../../support/index.ts'

/** A client that nobody listens to. */
function unheard(options: Parameters<typeof setup>[0] = {}) {
  const world = createWorld()
  return { world, client: new WebSocketReconnect(world.options({ ...plain, ...options })) }
}

afterEach(() => vi.unstubAllGlobals())

describe('R17 calling', () => {
  it('[R17] calls listeners in the order they came', () => {
    const { world, client } = setup(plain)
    const calls: number[] = []
    for (const n of [1, 2, 3]) client.on('open', () => calls.push(n))
    client.connect()
    world.socket.accept()
    expect(calls).toEqual([1, 2, 3])
  })

  it('[R17] stops calling a listener that unsubscribed, by its function or by off()', () => {
    const { client } = setup(plain)
    const first = vi.fn()
    const second = vi.fn()
    const stop = client.on('stateChange', first)
    client.on('stateChange', second)
    client.connect()
    stop()
    stop()
    client.off('stateChange', second)
    client.close()
    expect(first.mock.calls).toEqual([['CONNECTING']])
    expect(second.mock.calls).toEqual([['CONNECTING']])
  })

  it('[R17] calls a once listener once, and lets it be taken back', () => {
    const { client } = setup(plain)
    const once = vi.fn()
    const never = vi.fn()
    const taken = vi.fn()
    client.once('stateChange', once)
    client.once('stateChange', never)()
    client.once('stateChange', taken)
    client.off('stateChange', taken)
    client.connect()
    client.close()
    expect(once.mock.calls).toEqual([['CONNECTING']])
    expect(never).not.toHaveBeenCalled()
    expect(taken).not.toHaveBeenCalled()
  })

  it.each([undefined, null, 'open', {}])('[R17][R18] refuses %s for a listener at once, and nobody notices', (what) => {
    const { client, world } = setup(plain)
    for (const add of ['on', 'once'] as const) {
      expect(() => client[add]('open', what as never)).toThrow(
        new TypeError(
          `WebSocketReconnect: a listener must be a function, got ${Object(what) === what ? '[object Object]' : what}.`,
        ),
      )
    }
    expect(() => client.subscribe(what as never)).toThrow(TypeError)
    client.connect()
    world.socket.accept()
    expect(client.state).toBe('OPEN')
  })

  it('[R17] does not call a listener that an earlier one removed', () => {
    const { world, client } = setup(plain)
    const second = vi.fn()
    client.on('open', () => client.off('open', second))
    client.on('open', second)
    client.connect()
    world.socket.accept()
    expect(second).not.toHaveBeenCalled()
  })

  it('[R17] does not call a listener for the event during which it was added', () => {
    const { world, client } = setup(plain)
    const late = vi.fn()
    client.on('message', () => {
      client.on('message', late)
    })
    client.connect()
    world.socket.accept()
    world.socket.receive('a')
    expect(late).toHaveBeenCalledTimes(0)
  })

  it('[R17] hands open nothing, message the native event, and the changes a bare string', () => {
    const { world, client, log } = setup(plain)
    const args: unknown[][] = []
    client.on('open', (...rest: unknown[]) => args.push(rest))
    let event: unknown
    client.connect()
    world.socket.addEventListener('message', (native) => {
      event = native
    })
    world.socket.accept()
    world.socket.receive('x')
    expect(args).toEqual([[]])
    expect(log.of('message')[0]).toBe(event)
    expect(log.of('stateChange')).toEqual(['CONNECTING', 'OPEN'])
  })

  it('[R17] finds the engine consistent in every listener', () => {
    const { world, client } = setup(plain)
    const seen: unknown[] = []
    const look = (type: string) => () => {
      const { state, retryAt, connectionId, isReconnecting } = client.getSnapshot()
      seen.push([type, client.state, state, retryAt === null, connectionId, isReconnecting])
    }
    for (const type of ['open', 'close', 'error', 'retry', 'stateChange'] as const) client.on(type, look(type))
    client.connect()
    world.socket.refuse()
    world.advance(1000)
    world.socket.accept()
    expect(seen).toEqual([
      ['stateChange', 'CONNECTING', 'CONNECTING', true, 0, false],
      ['error', 'CLOSED', 'CLOSED', false, 0, true],
      ['close', 'CLOSED', 'CLOSED', false, 0, true],
      ['stateChange', 'CLOSED', 'CLOSED', false, 0, true],
      ['retry', 'CLOSED', 'CLOSED', false, 0, true],
      ['stateChange', 'CONNECTING', 'CONNECTING', true, 0, true],
      ['stateChange', 'OPEN', 'OPEN', true, 1, false],
      ['open', 'OPEN', 'OPEN', true, 1, false],
    ])
  })
})

describe('R17 re-entrancy', () => {
  const calls = ['connect', 'close', 'reconnect', 'openCircuit', 'closeCircuit'] as const
  const moments = ['open', 'message', 'latency', 'close', 'error', 'retry', 'stateChange'] as const

  for (const call of calls) {
    it(`[F43][R17] ${call}() inside any listener: the event in hand is finished first, and none comes twice`, () => {
      for (const moment of moments) {
        // A life with everything in it: a refusal, an open, a pong, a message, a loss, an open.
        const options = { ...plain, heartbeatInterval: 1000 }
        const { world, client } = setup(options, { server: inTurn(refuse(10), accept(10)), answer: () => 'pong' })
        const told: string[] = []
        let running = 0
        const alone = (type: string) => {
          expect(running, `${type} interrupts ${moment}`).toBe(0)
          running++
          told.push(type)
          if (type === moment && told.filter((other) => other === moment).length === 1) client[call]()
          running--
        }
        for (const type of moments) client.on(type, () => alone(type))
        client.connect()
        world.advance(3000)
        for (const socket of world.liveSockets) socket.receive('news')
        for (const socket of world.liveSockets) socket.die(1006)
        world.advance(200_000)
        expect(told).toContain(moment)
        expect(client.state).toBe(call === 'close' ? 'CLOSED' : 'OPEN')
        const ends = told.filter((type) => type === 'close').length
        expect(ends).toBe(call === 'close' ? world.dials : world.dials - 1)
        expect(world.liveSockets.length).toBe(call === 'close' ? 0 : 1)
        if (call === 'close') expect([world.timers, world.watchers]).toEqual([0, 0])
      }
    })
  }

  it('[R17] survives connect() in close: the wait stands', () => {
    const { world, client, log } = proven(plain)
    client.on('close', () => client.connect())
    world.socket.die()
    expect(log.told).toEqual(['close 1006', 'stateChange CLOSED', 'retry 1 in 1000'])
    expect(world.dials).toBe(1)
  })

  it('[R17] survives connect() in close after close(): it dials', () => {
    const { world, client, log } = connected(plain)
    client.once('close', () => client.connect())
    client.close()
    world.advance(0)
    expect(client.state).toBe('CONNECTING')
    expect(world.dials).toBe(2)
    expect(log.of('close')).toHaveLength(1)
  })

  it('[R17] survives reconnect() in close and in message', () => {
    const { world, client } = proven(plain)
    client.once('close', () => client.reconnect())
    world.socket.die()
    expect([client.state, world.dials]).toEqual(['CONNECTING', 2])
    world.socket.accept()
    client.once('message', () => client.reconnect())
    world.socket.receive('restart')
    expect([client.state, world.dials]).toEqual(['CONNECTING', 3])
  })

  it('[R17] survives send() in every listener', () => {
    const { world, client } = setup(plain)
    for (const type of ['open', 'close', 'error', 'retry', 'stateChange'] as const)
      client.on(type, () => client.send(type))
    client.connect()
    world.socket.refuse()
    world.advance(1000)
    world.socket.accept()
    expect(world.socket.sent).toContain('open')
    expect(world.socket.sent.filter((data) => data === 'retry')).toHaveLength(1)
  })

  it('[R17] tells one step to the end before the next one that a listener asked for', () => {
    const { world, client, log } = proven(plain)
    client.once('close', () => client.reconnect())
    client.on('stateChange', () => {})
    world.socket.die()
    expect(log.told).toEqual(['close 1006', 'stateChange CLOSED', 'retry 1 in 1000', 'stateChange CONNECTING'])
  })

  for (const call of ['connect', 'reconnect'] as const) {
    it(`[F44][R17] ${call}() in every close, 10,000 times over a constructor that throws: no recursion, no stack`, () => {
      const { world, client } = unheard({ maxRetries: 0 })
      world.server = throwing(new Error('refused on the spot'))
      let closes = 0
      let deepest = 0
      let depth = 0
      client.on('close', () => {
        depth++
        deepest = Math.max(deepest, depth)
        if (++closes < 10_000) client[call]()
        depth--
      })
      client.connect()
      expect([closes, world.dials, deepest, client.state]).toEqual([10_000, 10_000, 1, 'FAILED'])
    })
  }

  it('[R17] survives update() and openCircuit() in listeners', () => {
    const { world, client } = setup(plain)
    client.once('open', () => client.update({ url: 'wss://other.test/' }))
    client.connect()
    world.socket.accept()
    expect(world.socket.url).toBe('wss://other.test/')
    client.once('open', () => client.openCircuit())
    world.socket.accept()
    expect(client.state).toBe('BLOCKED')
  })
})

describe('R17 throwing', () => {
  const thrown = new Error('from a listener')
  const broken = () => {
    throw thrown
  }

  describe('where there is reportError', () => {
    const reportError = vi.fn()
    beforeEach(() => {
      reportError.mockClear()
      vi.stubGlobal('reportError', reportError)
    })

    it('[R17] reports the throw there, goes on with the others, and emits no error', () => {
      const { world, client, log } = setup(plain)
      const after = vi.fn()
      client.on('open', broken)
      client.on('open', after)
      client.connect()
      world.socket.accept()
      expect(after).toHaveBeenCalledTimes(1)
      expect(reportError.mock.calls).toEqual([[thrown]])
      expect(log.of('error')).toEqual([])
      expect(client.state).toBe('OPEN')
    })

    it('[R17] reports the throw of an error listener there too', () => {
      const { world, client } = setup(plain)
      client.on('error', broken)
      client.connect()
      world.socket.refuse()
      expect(reportError.mock.calls).toEqual([[thrown]])
      expect(client.state).toBe('CLOSED')
    })
  })

  describe('where there is none', () => {
    beforeEach(() => vi.stubGlobal('reportError', undefined))

    it.each(['open', 'stateChange', 'message', 'close', 'retry'] as const)(
      '[F66][R17] emits the throw of a %s listener as LISTENER_FAILED and goes on',
      (type) => {
        const scene = setup(plain)
        const { world, client, log } = scene
        const after = vi.fn()
        client.once(type, broken)
        client.on(type, after)
        client.connect()
        world.socket.accept()
        world.socket.receive('x')
        world.socket.die()
        expect(after).toHaveBeenCalled()
        expect(log.of('error').map((error) => [error.code, error.cause])).toEqual([['LISTENER_FAILED', thrown]])
        untilRetry(scene)
        expect(client.state).toBe('CONNECTING')
      },
    )

    it('[R17] loses no message and no later event to a throw', () => {
      const { world, client, log } = connected(plain)
      client.on('message', broken)
      for (const data of ['a', 'b', 'c']) world.socket.receive(data)
      expect(log.of('message').map((event) => event.data)).toEqual(['a', 'b', 'c'])
      expect(client.state).toBe('OPEN')
    })

    it('[R17] does not turn in circles when an error listener throws', () => {
      const { world, client, log } = setup(plain)
      const other = vi.fn()
      client.on('error', broken)
      client.on('error', other)
      client.connect()
      try {
        world.socket.refuse()
        world.advance(0)
      } catch (error) {
        expect(error).toBe(thrown)
      }
      // The task that throws is not the engine's one timer.
      world.clock.peak = 1
      expect(other.mock.calls[0]?.[0]).toMatchObject({ code: 'HANDSHAKE_FAILED' })
      expect(other.mock.calls.length).toBeLessThanOrEqual(2)
      expect(client.state).toBe('CLOSED')
      expect(log.of('close')).toHaveLength(1)
      expect(log.of('retry')).toHaveLength(1)
    })

    it('[R17] throws it from a fresh task if nobody listens to error', () => {
      const { world, client } = unheard()
      const after = vi.fn()
      client.on('open', broken)
      client.on('open', after)
      client.connect()
      expect(() => world.socket.accept()).not.toThrow()
      expect(after).toHaveBeenCalledTimes(1)
      expect(client.state).toBe('OPEN')
      expect(() => world.advance(0)).toThrow(thrown)
      expect(() => world.advance(100)).not.toThrow()
    })

    it('[R17] isolates subscribe() listeners too', () => {
      const { client, log } = setup(plain)
      const after = vi.fn()
      client.subscribe(broken)
      client.subscribe(after)
      expect(() => client.connect()).not.toThrow()
      expect(after).toHaveBeenCalled()
      expect(log.of('error').map((error) => error.code)).toEqual(['LISTENER_FAILED'])
    })
  })

  it('[R17] never throws for an error that nobody listens to', () => {
    const { world, client } = unheard({ maxRetries: 1, circuitBreaker: {} })
    expect(() => {
      client.connect()
      world.socket.refuse()
      world.advance(1000)
      world.socket.refuse()
      world.advance(100_000)
    }).not.toThrow()
    expect(client.state).toBe('FAILED')
    const log = record(client)
    client.openCircuit()
    expect(log.told).toEqual(['circuitChange OPEN'])
  })
})

describe('R17 what is told inside a listener', () => {
  it('[R16][R17] is true at that moment: dropped after close(), queued after reconnect()', () => {
    const { world, client, log } = connected(plain)
    const old = world.socket
    client.once('message', () => {
      expect(client.send('before')).toBe('sent')
      client.reconnect()
      expect(client.send('for the next')).toBe('queued')
      expect(client.send('not to wait', { queue: false })).toBe('dropped')
    })
    old.receive('x')
    world.socket.accept()
    expect([old.sent, world.socket.sent]).toEqual([['before'], ['for the next']])
    client.once('message', () => {
      client.close()
      expect(client.state).not.toBe('OPEN')
      expect(client.send('late')).toBe('dropped')
    })
    world.socket.receive('x')
    expect(log.of('drop').pop()).toEqual({ data: 'late', reason: 'closed' })
    world.advance(0)
    expect(world.socket.sent).toEqual(['for the next'])
  })

  it.each([
    ['close()', (client: Client) => void client.close(), 'CLOSING'],
    ['close() and reconnect()', (client: Client) => void [client.close(), client.reconnect()], 'CONNECTING'],
    ['reconnect() and close()', (client: Client) => void [client.reconnect(), client.close()], 'CLOSED'],
  ])('[R17] tells a state after %s that is no longer OPEN', (_what, act, after) => {
    const { world, client } = connected(plain)
    let told = ''
    client.once('message', () => {
      act(client)
      told = client.state
    })
    world.socket.receive('x')
    expect(told).not.toBe('OPEN')
    expect(client.state).toBe(after)
  })

  it.each([
    ['close(), connect()', (client: Client) => void [client.close(), client.connect()]],
    ['close(), reconnect()', (client: Client) => void [client.close(), client.reconnect()]],
    ['reconnect()', (client: Client) => client.reconnect()],
    ['openCircuit(), closeCircuit()', (client: Client) => void [client.openCircuit(), client.closeCircuit()]],
    ['update({ url })', (client: Client) => client.update({ url: 'wss://other.example.test/' })],
  ])('[R16][R17] keeps what is sent after %s for the next connection, and off the old one', (_what, act) => {
    for (const type of ['message', 'open'] as const) {
      const { world, client, log } = setup(plain)
      client.connect()
      const old = world.socket
      let answer = ''
      client.once(type, () => {
        act(client)
        answer = client.send('next')
      })
      old.accept()
      old.receive('x')
      expect([answer, old.sent, old.swallowed, world.dials]).toEqual(['queued', [], [], 2])
      world.socket.accept()
      expect([world.socket.sent, log.of('drop')]).toEqual([['next'], []])
    }
  })

  it('[R16][R17] drops after connect(), close() and keeps after close(), connect()', () => {
    const { world, client } = connected(plain)
    client.once('message', () => {
      client.close()
      client.connect()
      expect(client.send('kept')).toBe('queued')
      client.close()
      expect(client.send('dropped')).toBe('dropped')
    })
    world.socket.receive('x')
    expect(client.getStats().queuedMessages).toBe(0)
  })

  it('[R16][R17] keeps what is sent after openCircuit() until a connection opens again', () => {
    const { world, client } = connected(plain)
    const old = world.socket
    client.once('message', () => {
      client.openCircuit()
      expect(client.send('later')).toBe('queued')
    })
    old.receive('x')
    expect(old.sent).toEqual([])
    client.closeCircuit()
    world.socket.accept()
    expect(world.socket.sent).toEqual(['later'])
  })

  it('[R16][R17] queues after connect() on a closed client, in the very listener', () => {
    const { world, client } = connected(plain)
    client.once('close', () => {
      expect(client.send('dropped')).toBe('dropped')
      client.connect()
      expect(client.send('kept')).toBe('queued')
    })
    client.close()
    world.advance(0)
    world.socket.accept()
    expect(world.socket.sent).toEqual(['kept'])
  })
})

type Client = ReturnType<typeof setup>['client']
