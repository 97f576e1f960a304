/**
 * R21: what an inbound message may cost, and a client to which nothing happens.
 * The world counts every clock read and every timer, so a price that creeps in is seen here first.
 */

import { describe, expect, it, vi } from 'vitest'
import { WebSocketReconnect, type WebSocketReconnectOptions } from '../../../src/index.ts'
import { connected, plain, proven, setup } from '../../support/client-scene.ts'
import { createWorld } from '../../support/index.ts'

describe('R21 cost', () => {
  it('[R21] reads no clock and arms no timer per message that carries a timeStamp', () => {
    const { world, log } = proven()
    const { reads, armed } = world.clock
    for (let n = 0; n < 1000; n++) world.socket.receive('news')
    expect(world.clock.reads - reads).toBe(0)
    expect(world.clock.armed - armed).toBe(0)
    expect(log.of('message')).toHaveLength(1000)
  })

  it('[R21] reads no clock and arms no timer while a ping is outstanding', () => {
    const { world } = connected()
    world.advance(30_000)
    const { reads, armed } = world.clock
    for (let n = 0; n < 1000; n++) world.socket.receive('news')
    expect(world.clock.reads - reads).toBe(0)
    expect(world.clock.armed - armed).toBe(0)
  })

  it('[R21] reads one clock per message without a timeStamp', () => {
    const { world } = proven({}, { timeStamps: false })
    const { reads, armed } = world.clock
    for (let n = 0; n < 1000; n++) world.socket.receive('news')
    expect(world.clock.reads - reads).toBe(1000)
    expect(world.clock.armed - armed).toBe(0)
  })

  it('[R21] notifies no snapshot subscriber for a message', () => {
    const { world, client } = proven()
    const before = client.getSnapshot()
    let notified = 0
    client.subscribe(() => notified++)
    for (let n = 0; n < 100; n++) world.socket.receive('news')
    expect(notified).toBe(0)
    expect(client.getSnapshot()).toBe(before)
  })

  it('[R21] counts messages and bytes in plain numbers', () => {
    const { world, client } = proven()
    world.socket.receive('12345')
    world.socket.receive(new ArrayBuffer(7))
    world.socket.receive(new Blob(['123']))
    client.send('1234')
    client.send(new Uint8Array(6))
    expect(client.getStats()).toMatchObject({
      messagesReceived: 3,
      bytesReceived: 15,
      messagesSent: 2,
      bytesSent: 10,
    })
  })
})

describe('R21 lists that grow', () => {
  const methods = [
    'shift',
    'unshift',
    'splice',
    'slice',
    'filter',
    'indexOf',
    'includes',
    'concat',
    'find',
    'some',
  ] as const

  /** How many elements arrays had when something went through them, all calls together. */
  function moved(act: () => void): number {
    let sum = 0
    const prototype = Array.prototype as unknown as Record<string, (...args: unknown[]) => unknown>
    const originals = methods.map((name) => [name, prototype[name]] as const)
    for (const [name, original] of originals) {
      prototype[name] = function (this: unknown[], ...args) {
        sum += this.length
        return Reflect.apply(original as () => unknown, this, args)
      }
    }
    try {
      act()
    } finally {
      for (const [name, original] of originals) prototype[name] = original as () => unknown
    }
    return sum
  }

  const MANY = 200_000
  /** Steps are what counts, so a machine may take its time, ms. */
  const PATIENCE = 120_000
  type Laden = ReturnType<typeof laden>

  /** A client with so many messages in its queue; nobody records what happens to them. */
  function laden(options: WebSocketReconnectOptions['queue'] = {}) {
    const world = createWorld()
    const queue = { maxMessages: MANY, maxBytes: Infinity, ...options }
    const client = new WebSocketReconnect(world.options({ ...plain, queue }))
    for (let n = 0; n < MANY; n++) client.send('x')
    return { world, client }
  }

  it(
    '[R21] flushes 200,000 waiting messages in order, in so many steps and not in their square',
    () => {
      const { world, client } = laden()
      let sent = 0
      client.connect()
      Object.assign(world.socket, { send: () => sent++ })
      expect(moved(() => world.socket.accept())).toBeLessThan(10 * MANY)
      expect([sent, client.getStats().queuedMessages]).toEqual([MANY, 0])
    },
    PATIENCE,
  )

  it.each([
    ['close()', ({ client }: Laden) => void client.close()],
    ['another url', ({ client }: Laden) => client.update({ url: 'wss://other.example.test/' })],
    ['no queue', ({ client }: Laden) => client.update({ queue: false })],
    [
      'expiry',
      ({ world, client }: Laden) => {
        world.clock.block(1000)
        client.send('one more')
      },
    ],
  ])(
    '[R21] drops 200,000 waiting messages in so many steps (%s)',
    (_what, drop) => {
      const scene = laden({ maxAge: 1000 })
      let dropped = 0
      scene.client.on('drop', () => dropped++)
      expect(moved(() => drop(scene))).toBeLessThan(10 * MANY)
      expect(dropped).toBe(MANY)
    },
    PATIENCE,
  )

  it(
    '[R21] makes room 200,000 times in so many steps',
    () => {
      const { client } = laden({ overflow: 'drop-oldest' })
      let dropped = 0
      client.on('drop', () => dropped++)
      const steps = moved(() => {
        for (let n = 0; n < MANY; n++) client.send('y')
      })
      expect(steps).toBeLessThan(10 * MANY)
      expect([dropped, client.getStats().queuedMessages]).toEqual([MANY, MANY])
    },
    PATIENCE,
  )

  it(
    '[R21] adds, calls and removes 20,000 listeners in so many steps',
    () => {
      const { world, client } = proven()
      const count = 20_000
      let heard = 0
      const listeners = Array.from({ length: count }, () => () => void heard++)
      let stops: (() => void)[] = []
      const steps = moved(() => {
        stops = listeners.map((listener) => client.on('message', listener))
        world.socket.receive('x')
        for (const stop of stops) stop()
        for (const listener of listeners) client.once('message', listener)
        world.socket.receive('y')
        stops = listeners.map((listener) => client.subscribe(listener))
        for (const stop of stops) stop()
      })
      expect(steps).toBeLessThan(10 * count)
      expect(heard).toBe(2 * count)
      world.socket.receive('z')
      expect(heard).toBe(2 * count)
    },
    PATIENCE,
  )

  it(
    '[R21] settles 20,000 promises of drain() and close() in so many steps',
    () => {
      const { world, client } = proven()
      const count = 20_000
      world.socket.stall(1)
      world.socket.deaf = true
      const steps = moved(() => {
        for (let n = 0; n < count; n++) client.drain()
        for (let n = 0; n < count; n++) client.close()
        world.advance(2000)
      })
      expect(client.state).toBe('CLOSED')
      expect(steps).toBeLessThan(10 * count)
    },
    PATIENCE,
  )
})

describe('R21 what an outbound message may cost', () => {
  it('[R21][R28] reads no clock and arms no timer when a client is made, nor for a message that may wait for ever', () => {
    const { world, client } = setup(plain)
    for (let n = 0; n < 10; n++) client.send('x')
    expect([world.clock.reads, world.clock.armed]).toEqual([0, 0])
  })

  it('[R21] arms one timer for what a listener asks for, whatever it sends as well', () => {
    const { world, client } = proven(plain)
    client.once('close', () => {
      client.send('for the next connection')
      client.reconnect()
    })
    const { armed } = world.clock
    world.socket.die()
    expect(client.state).toBe('CONNECTING')
    expect(world.clock.armed - armed).toBe(1)
  })

  it('[R21] arms no timer for the queue of a connection that is gone', () => {
    const { world, client } = proven({ ...plain, baseDelay: 10_000 })
    world.socket.stall(2 ** 20 + 1)
    client.send('held back')
    world.advance(10)
    const { armed } = world.clock
    world.socket.die()
    world.advance(9999)
    expect(world.clock.armed - armed).toBe(1)
  })

  it('[R21] asks the platform once per message how full it is', () => {
    const { world, client } = proven(plain)
    let asked = 0
    Object.defineProperty(world.socket, 'bufferedAmount', { get: () => asked++ && 0 })
    for (let n = 0; n < 10; n++) client.send('x')
    expect([world.socket.sent.length, asked]).toEqual([10, 10])
  })

  it('[R21] asks the platform nothing for a message that may not wait', () => {
    const { world, client } = proven(plain)
    let asked = 0
    Object.defineProperty(world.socket, 'bufferedAmount', { get: () => asked++ && 0 })
    for (let n = 0; n < 10; n++) client.send('x', { queue: false })
    expect([world.socket.sent.length, asked]).toEqual([10, 0])
  })
})

describe('R21 what weighing text may cost', () => {
  /** How many characters have been looked at. */
  function looked(act: () => void): number {
    const spy = vi.spyOn(String.prototype, 'charCodeAt')
    try {
      act()
      return spy.mock.calls.length
    } finally {
      spy.mockRestore()
    }
  }
  const text = 'x'.repeat(100)

  it('[R16][R21] looks at no character while a queue is far from its bound, binary data in it or not', () => {
    const { client } = setup({ ...plain, queue: { maxBytes: 3000 } })
    const walked = looked(() => {
      client.send(new Uint8Array(10))
      for (let n = 0; n < 5; n++) client.send(text)
      client.send(new Blob([text]))
      for (let n = 0; n < 4; n++) client.send(text)
    })
    expect([walked, client.getStats().queuedMessages]).toEqual([0, 11])
  })

  it('[R16][R21] looks at each character that waits once when the bound is met, and then at those of new messages', () => {
    const { client } = setup({ ...plain, queue: { maxBytes: 1000 } })
    for (let n = 0; n < 3; n++) client.send(text)
    expect(looked(() => client.send(text))).toBe(400)
    expect(looked(() => client.send(text))).toBe(100)
    for (let n = 0; n < 5; n++) client.send(text)
    // Weighed before there is room, and once more before it is turned away.
    expect(looked(() => expect(client.send(text)).toBe('dropped'))).toBe(200)
  })

  it('[R16][R21] looks at no character any more once everything has gone', () => {
    const { world, client } = setup({ ...plain, queue: { maxBytes: 1000 } })
    for (let n = 0; n < 4; n++) client.send(text)
    client.connect()
    world.socket.accept()
    world.socket.die()
    expect(looked(() => client.send(text))).toBe(0)
  })
})

describe('R21 what an idle client may cost', () => {
  it('[R21] shares with all who look the same: the snapshot, and a circuit without failures', () => {
    const lives = [1, 2].map(() => {
      const { world, client } = proven()
      const circuits: unknown[] = []
      client.tap((entry) => entry.type === 'transition' && circuits.push(entry.after.circuit))
      world.advance(25_000)
      return { snapshot: client.getSnapshot(), circuit: circuits[0] }
    })
    expect(lives[1]?.snapshot).toBe(lives[0]?.snapshot)
    expect(lives[0]?.circuit).toMatchObject({ state: 'CLOSED', failures: 0 })
    expect(lives[1]?.circuit).toBe(lives[0]?.circuit)
  })

  it('[R16][R21] shares no queue, however long nothing has waited in it', () => {
    const [one, other] = [setup(plain).client, setup(plain).client]
    one.send('1')
    expect([one, other].map((client) => client.getStats().queuedMessages)).toEqual([1, 0])
    other.send('2')
    other.send('3')
    expect([one, other].map((client) => client.getStats().queuedMessages)).toEqual([1, 2])
  })
})
