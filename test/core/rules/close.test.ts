/**
 * R20 and R23: what may be closed with which code, and that nothing is left behind.
 */

import { describe, expect, it } from 'vitest'
import { blocked, connected, failed, plain, proven, setup } from '../../support/client-scene.ts'

describe('R20 after close()', () => {
  it.each([
    ['idle', () => setup()],
    [
      'waiting',
      () =>
        act(setup(plain), ({ client, world }) => {
          client.connect()
          world.socket.refuse()
        }),
    ],
    ['CONNECTING', () => act(setup(), ({ client }) => void client.connect())],
    [
      'CONNECTING with a hanging provider',
      () => act(setup({ url: () => new Promise<string>(() => {}) }), ({ client }) => void client.connect()),
    ],
    ['OPEN', () => connected()],
    ['OPEN with a ping outstanding', () => act(connected(), ({ world }) => world.advance(30_000))],
    [
      'OPEN with a stalled line and a queue, once closeTimeout is over',
      () =>
        act(connected(), ({ client, world }) => {
          world.socket.stall(2_000_000)
          client.send('x')
          client.close()
          world.advance(2000)
        }),
    ],
    ['a hidden page', () => act(connected({ hiddenTimeout: 1000 }), hide)],
    ['BLOCKED', () => blocked()],
    ['the half-open wait', () => act(blocked(), ({ world }) => world.advance(60_000))],
    ['FAILED', () => failed()],
  ] as [string, () => ReturnType<typeof setup>][])(
    '[R20] leaves no timer and no listener after close() in %s',
    (_where, begin) => {
      const { world, client } = begin()
      client.close()
      world.advance(0)
      expect(client.state).toBe('CLOSED')
      expect(world.timers).toBe(0)
      expect(world.watchers).toBe(0)
      const { dials } = world
      world.advance(86_400_000)
      expect(world.dials).toBe(dials)
      expect(client.state).toBe('CLOSED')
    },
  )

  it('[R20] leaves nothing after a close that the peer never answered', () => {
    const { world, client } = connected()
    world.socket.deaf = true
    client.close()
    expect(world.timers).toBe(1)
    world.advance(2000)
    expect(client.state).toBe('CLOSED')
    expect([world.timers, world.watchers]).toEqual([0, 0])
  })

  it('[R20] arms nothing for what is called afterwards', () => {
    const { world, client } = connected()
    client.close()
    world.advance(0)
    client.close()
    client.send('x')
    client.flush()
    client.openCircuit()
    client.closeCircuit()
    client.update({ heartbeatInterval: 1 })
    client.getStats()
    expect([world.timers, world.watchers, client.state]).toEqual([0, 0, 'CLOSED'])
  })
})

function hide({ world }: ReturnType<typeof setup>) {
  world.notify('hidden')
  world.advance(1000)
}

function act<Scene>(scene: Scene, doIt: (scene: Scene) => void): Scene {
  doIt(scene)
  return scene
}

describe('R23 close(code, reason)', () => {
  it('[R23] takes every code an endpoint may send and throws a RangeError for all others', () => {
    const legal = (code: number) =>
      Number.isInteger(code) &&
      ((code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999))
    const wrong: number[] = []
    const codes = [-1, 0, 1, 999, 1.5, 1000.5, NaN, Infinity, 2999, 3000, 4999, 5000, 65_536]
    for (let code = 1000; code < 1030; code++) codes.push(code)
    for (const code of codes) {
      const { client } = setup(plain)
      let thrown: unknown
      try {
        client.close(code)
      } catch (error) {
        thrown = error
      }
      if (legal(code) ? thrown !== undefined : !(thrown instanceof RangeError)) wrong.push(code)
    }
    expect(wrong).toEqual([])
  })

  it('[R23] takes a reason of 123 bytes and throws a RangeError for 124', () => {
    const { client, world } = connected(plain)
    expect(() => client.close(1000, 'x'.repeat(124))).toThrow(RangeError)
    expect(() => client.close(1000, `${'€'.repeat(41)}x`)).toThrow(RangeError)
    expect(client.state).toBe('OPEN')
    client.close(1000, '€'.repeat(41))
    expect(client.state).toBe('CLOSING')
    expect(world.socket.closeCalls).toEqual([{ code: 1000, reason: '€'.repeat(41) }])
  })

  it('[R23] changes nothing when it throws', () => {
    const open = connected(plain)
    open.client.send('x')
    const before = open.client.getSnapshot()
    expect(() => open.client.close(1005)).toThrow(RangeError)
    expect(open.client.getSnapshot()).toBe(before)
    expect(open.world.socket.closeCalls).toEqual([])
    expect(open.client.send('y')).toBe('sent')
    const idle = setup(plain)
    idle.client.send('x')
    expect(() => idle.client.close(999)).toThrow(RangeError)
    expect(idle.client.send('y')).toBe('queued')
    expect(idle.log).toEqual([])
  })

  it('[R23] closes with 1000 and no reason unless told otherwise', () => {
    const { world, client, log } = connected(plain)
    client.close()
    expect(log.take()).toEqual(['stateChange CLOSING'])
    expect(world.socket.closeCalls).toHaveLength(1)
    expect(world.socket.closeCalls[0]?.code).toBe(1000)
    world.advance(0)
    expect(log.of('close')).toEqual([{ code: 1000, reason: '', wasClean: true, opened: true }])
    expect(log.told).toEqual(['close 1000', 'stateChange CLOSED'])
  })

  it('[R23] sends the code and the reason where the platform takes them', () => {
    for (const [code, strictCloseCodes] of [
      [3000, true],
      [4999, true],
      [1001, false],
      [1014, false],
    ] as const) {
      const { world, client, log } = connected(plain, { strictCloseCodes })
      client.close(code, 'bye')
      expect(world.socket.closeCalls).toEqual([{ code, reason: 'bye' }])
      world.advance(0)
      expect(log.of('close')).toEqual([{ code, reason: 'bye', wasClean: true, opened: true }])
    }
  })

  it('[R23] sends 1000 with the reason where the platform refuses the code, and tells the code asked for', () => {
    const { world, client, log } = connected(plain)
    client.close(1001, 'Client shutting down')
    expect(world.socket.closeCalls).toEqual([{ code: 1000, reason: 'Client shutting down' }])
    world.advance(0)
    expect(log.of('close')).toEqual([{ code: 1001, reason: 'Client shutting down', wasClean: true, opened: true }])
  })

  it('[R23] tells the code asked for, whatever the peer answers', () => {
    const { world, client, log } = connected(plain)
    world.socket.deaf = true
    client.close(3001, 'mine')
    world.socket.die(4000, 'theirs')
    expect(log.of('close')).toEqual([{ code: 3001, reason: 'mine', wasClean: true, opened: true }])
    expect(client.state).toBe('CLOSED')
  })

  it('[R23] tells that the peer did not answer', () => {
    const silent = connected(plain)
    silent.world.socket.deaf = true
    silent.client.close(3001, 'mine')
    silent.world.advance(1999)
    expect(silent.client.state).toBe('CLOSING')
    silent.world.advance(1)
    expect(silent.log.of('close')).toEqual([{ code: 3001, reason: 'mine', wasClean: false, opened: true }])
    const cut = connected(plain)
    cut.world.socket.deaf = true
    cut.client.close(3001, 'mine')
    cut.world.socket.die(1006, '', false)
    expect(cut.log.of('close')).toEqual([{ code: 3001, reason: 'mine', wasClean: false, opened: true }])
  })

  it('[R23] never reconnects after a close that the peer answers with an error code', () => {
    const { world, client } = proven(plain)
    world.socket.deaf = true
    client.close()
    world.socket.die(1011)
    world.advance(100_000)
    expect([client.state, world.dials]).toEqual(['CLOSED', 1])
  })
})

describe('R20 messages after close()', () => {
  it('[R20] emits no message that arrives while the closing handshake is under way', () => {
    const { world, client, log } = connected(plain)
    world.socket.deaf = true
    client.close()
    const { messagesReceived } = client.getStats()
    world.socket.receive('late')
    expect(client.state).toBe('CLOSING')
    world.advance(2000)
    world.socket.receive('later')
    expect(log.of('message')).toEqual([])
    expect(client.getStats().messagesReceived).toBe(messagesReceived)
  })

  it('[R20] emits none of the frames that a platform reads on with after a listener has closed', () => {
    const { world, client, log } = connected(plain)
    client.on('message', ({ data }) => {
      if (data === '3') client.close()
    })
    for (let n = 1; n <= 23; n++) world.socket.receive(`${n}`)
    expect(log.of('message').map(({ data }) => data)).toEqual(['1', '2', '3'])
  })

  it('[R20] emits none that a platform delivers within the listener that closes', () => {
    // Some mocks answer a send before it returns.
    for (const closesFirst of [true, false]) {
      const { world, client, log } = connected(plain)
      const { socket } = world
      socket.onSend = () => socket.receive('answer')
      client.once('message', () => {
        if (closesFirst) {
          client.close()
          socket.receive('answer')
        } else {
          client.send('x')
          client.close()
        }
      })
      socket.receive('question')
      expect(log.of('message').map(({ data }) => data)).toEqual(['question'])
    }
  })

  it('[R20] emits none that a platform delivers within a listener of open that closes', () => {
    const { world, client, log } = setup(plain)
    client.connect()
    client.on('open', () => {
      client.close()
      world.socket.receive('late')
    })
    world.socket.accept()
    expect(log.of('message')).toEqual([])
  })

  it('[R20] emits what comes over a connection that a connect() after close() has opened', () => {
    const { world, client, log } = connected(plain)
    client.on('message', ({ data }) => {
      if (data !== 'bye') return
      client.close()
      client.connect()
    })
    world.socket.receive('bye')
    world.socket.accept()
    world.socket.receive('hello again')
    expect(log.of('message').map(({ data }) => data)).toEqual(['bye', 'hello again'])
  })
})

describe('R16 what was accepted before close()', () => {
  /** A client that sends 100 messages of 64 kB into a line that takes `rate` bytes every 50 ms. */
  function flood(rate: number, options: Parameters<typeof connected>[0] = {}) {
    const scene = connected({ ...plain, queue: { maxBytes: Infinity }, ...options })
    const { world, client } = scene
    world.socket.stall()
    const answers = Array.from({ length: 100 }, () => client.send('x'.repeat(64 * 1024)))
    client.close()
    const pass = () => {
      world.socket.drain(rate)
      world.clock.later(50, pass)
    }
    pass()
    return { ...scene, answers }
  }

  it('[R16] goes out before the closing handshake, whatever the buffer held back', () => {
    const { world, client, log, answers } = flood(2 ** 20)
    expect(answers.filter((answer) => answer === 'sent')).toHaveLength(17)
    expect(answers).not.toContain('dropped')
    expect([client.state, world.socket.closeCalls]).toEqual(['CLOSING', []])
    world.advance(400)
    expect(world.socket.sent).toHaveLength(100)
    expect(world.socket.closeCalls).toEqual([{ code: 1000, reason: '' }])
    world.advance(0)
    expect(client.state).toBe('CLOSED')
    expect(log.of('drop')).toEqual([])
    expect(log.of('close')).toEqual([{ code: 1000, reason: '', wasClean: true, opened: true }])
  })

  it('[R16] is a drop each where it could not go out within closeTimeout', () => {
    const { world, client, log } = flood(64 * 1024, { closeTimeout: 1000 })
    world.advance(999)
    expect([client.state, log.of('drop')]).toEqual(['CLOSING', []])
    world.advance(1)
    expect(client.state).toBe('CLOSED')
    const drops = log.of('drop')
    expect(drops.length + world.socket.sent.length).toBe(100)
    expect(drops.length).toBeGreaterThan(0)
    expect(new Set(drops.map(({ reason }) => reason))).toEqual(new Set(['closed']))
    expect(world.timers).toBe(0)
  })

  it('[R16] carries the code and the reason of the close() that waited for it', () => {
    const { world, client, log } = connected({ ...plain, queue: { highWaterMark: 10 } })
    world.socket.stall(11)
    client.send('a')
    client.close(4001, 'done')
    client.close(4002, 'not this')
    world.socket.drain()
    world.advance(50)
    expect(world.socket.closeCalls).toEqual([{ code: 4001, reason: 'done' }])
    world.advance(0)
    expect(log.of('close')).toMatchObject([{ code: 4001, reason: 'done' }])
  })

  it('[R16] is a drop each where the line is lost, or another connection is wanted, before it went out', () => {
    for (const interrupt of ['die', 'connect', 'reconnect'] as const) {
      const { world, client, log } = connected({ ...plain, queue: { highWaterMark: 10 } })
      world.socket.stall(11)
      client.send('a')
      client.close()
      if (interrupt === 'die') world.socket.die()
      else client[interrupt]()
      expect(log.of('drop')).toEqual([{ data: 'a', reason: 'closed' }])
      expect(client.state).toBe(interrupt === 'die' ? 'CLOSED' : 'CONNECTING')
      expect(client.getStats().queuedMessages).toBe(0)
    }
  })

  it('[R16] does not take along what has never been given to this line: hold, and what waits for another', () => {
    const held = connected({ ...plain, queue: { hold: true } })
    held.client.send('a')
    held.client.close()
    expect(held.log.of('drop')).toEqual([{ data: 'a', reason: 'closed' }])
    expect(held.world.socket.sent).toEqual([])
    const early = setup(plain)
    early.client.send('a')
    early.client.on('open', () => early.client.close())
    early.client.connect()
    early.world.socket.accept()
    expect(early.log.of('drop')).toEqual([{ data: 'a', reason: 'closed' }])
  })

  it('[R16] is dropped at once where the socket takes nothing any more, though nobody has said so yet', () => {
    const { world, client, log } = connected({ ...plain, queue: { highWaterMark: 10 } })
    world.socket.stall(11)
    client.send('a')
    world.socket.readyState = 2
    client.close()
    expect(log.of('drop')).toEqual([{ data: 'a', reason: 'closed' }])
    expect(world.socket.closeCalls).toHaveLength(1)
    world.socket.die()
    expect(client.state).toBe('CLOSED')
  })

  it('[R16] is not joined by what comes after close()', () => {
    const { world, client } = connected({ ...plain, queue: { highWaterMark: 10 } })
    world.socket.stall(11)
    client.send('a')
    client.close()
    expect(client.send('b')).toBe('dropped')
    expect(client.send('c', { queue: false })).toBe('dropped')
    client.flush()
    world.socket.drain()
    world.advance(50)
    expect(world.socket.sent).toEqual(['a'])
  })

  it('[R16] goes to the peer before the close also where both are asked for in one listener', () => {
    const { world, client } = connected(plain)
    const order: string[] = []
    const { socket } = world
    socket.onSend = (data) => order.push(String(data))
    const close = socket.close.bind(socket)
    socket.close = (...args) => {
      order.push('close')
      close(...args)
    }
    client.on('message', () => {
      expect(client.send('bye')).toBe('sent')
      client.close()
      expect(client.send('too late')).toBe('dropped')
    })
    socket.receive('x')
    expect(order).toEqual(['bye', 'close'])
  })
})
