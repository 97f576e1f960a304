/**
 * The promises of drain() and of close(): when everything has left, and when it is over (R16, R20, R24).
 */

import { describe, expect, it } from 'vitest'
import type { DropInfo, QueueOptions, WebSocketReconnect } from '../../../src/index.ts'
import { blocked, connected, failed, plain, setup, untilRetry } from '../../support/client-scene.ts'

/** What has become of a promise by now. */
function watch(promise: Promise<void>) {
  const seen: { fate: string; error?: unknown } = { fate: 'pending' }
  promise.then(
    () => {
      seen.fate = 'resolved'
    },
    (error) => {
      seen.fate = error.code
      seen.error = error
    },
  )
  return seen
}

describe('R16 drain()', () => {
  it('[R16] resolves at once where nothing waits, in every state but CLOSED and FAILED', async () => {
    const waits = setup(plain)
    waits.client.connect()
    waits.world.socket.refuse()
    const dialling = setup(plain)
    dialling.client.connect()
    for (const { client, world } of [setup(plain), dialling, connected(plain), waits, blocked()]) {
      const seen = watch(client.drain())
      await world.settle()
      expect(seen.fate).toBe('resolved')
    }
  })

  it('[R16] resolves once the queue has gone out, and no earlier', async () => {
    const { world, client } = setup({ ...plain, minUptime: 0 })
    client.send('a')
    const seen = watch(client.drain())
    client.connect()
    await world.settle()
    expect(seen.fate).toBe('pending')
    world.socket.accept()
    await world.settle()
    expect([seen.fate, world.socket.sent]).toEqual(['resolved', ['a']])
    expect(world.timers).toBe(0)
  })

  it("[R16] waits for the platform's own buffer as well, looking every 50 ms", async () => {
    const { world, client } = connected(plain)
    world.socket.stall(10)
    expect(client.send('a')).toBe('sent')
    const seen = watch(client.drain())
    await world.advanceAsync(100_000)
    expect(seen.fate).toBe('pending')
    world.socket.drain(5)
    await world.advanceAsync(50)
    expect(seen.fate).toBe('pending')
    world.socket.drain()
    await world.advanceAsync(49)
    expect(seen.fate).toBe('pending')
    await world.advanceAsync(1)
    expect(seen.fate).toBe('resolved')
    expect(world.timers).toBe(0)
  })

  it('[R16] waits for what the buffer holds back in the queue', async () => {
    const { world, client } = connected({ ...plain, queue: { highWaterMark: 10 } })
    world.socket.stall(11)
    expect(client.send('a')).toBe('queued')
    const seen = watch(client.drain())
    await world.advanceAsync(1000)
    expect(seen.fate).toBe('pending')
    world.socket.drain()
    await world.advanceAsync(50)
    expect([seen.fate, world.socket.sent]).toEqual(['resolved', ['a']])
  })

  it('[R16] waits for flush() with hold', async () => {
    const { world, client } = connected({ ...plain, queue: { hold: true } })
    client.send('a')
    const seen = watch(client.drain())
    await world.advanceAsync(1000)
    expect(seen.fate).toBe('pending')
    client.flush()
    await world.settle()
    expect(seen.fate).toBe('resolved')
  })

  it('[R16] goes on waiting over losses and retries for as long as nothing is lost', async () => {
    const scene = connected(plain)
    const { world, client } = scene
    world.socket.die()
    client.send('a')
    const seen = watch(client.drain())
    untilRetry(scene)
    world.socket.refuse()
    untilRetry(scene)
    await world.settle()
    expect(seen.fate).toBe('pending')
    world.socket.accept()
    await world.settle()
    expect(seen.fate).toBe('resolved')
  })

  it('[R16] rejects with CLOSED_BY_USER when the client is closed, or gets closed', async () => {
    const closed = connected(plain)
    closed.client.close()
    closed.world.advance(0)
    const waits = setup(plain)
    waits.client.connect()
    waits.world.socket.refuse()
    const pending = watch(waits.client.drain())
    waits.client.send('lost')
    const late = watch(waits.client.drain())
    waits.client.close()
    const now = watch(closed.client.drain())
    await closed.world.settle()
    expect([now.fate, pending.fate]).toEqual(['CLOSED_BY_USER', 'resolved'])
    // The message that close() drops is what it had waited for.
    expect(late.fate).toMatch(/^(CLOSED_BY_USER|MESSAGE_DROPPED)$/)
    expect(waits.world.timers).toBe(0)
  })

  it('[R16] rejects with the reason when the client is FAILED, or gives up', async () => {
    const dead = failed({ circuitBreaker: false })
    const fatal = connected(plain)
    fatal.world.socket.die(4400)
    const giving = setup({ ...plain, maxRetries: 0 })
    giving.client.send('kept')
    giving.client.connect()
    const pending = watch(giving.client.drain())
    giving.world.socket.refuse()
    const fates = [watch(dead.client.drain()), watch(fatal.client.drain()), pending]
    await dead.world.settle()
    expect(fates.map(({ fate }) => fate)).toEqual(['RETRIES_EXHAUSTED', 'FATAL_CLOSE', 'RETRIES_EXHAUSTED'])
    expect(pending.error).toBe(giving.client.getSnapshot().error)
    expect(giving.client.getStats().queuedMessages).toBe(1)
  })

  it.each<[DropInfo['reason'], QueueOptions, (client: Client) => void]>([
    ['overflow', { maxMessages: 1 }, (client) => void client.send('b')],
    ['overflow', { maxMessages: 1, overflow: 'drop-oldest' }, (client) => void client.send('b')],
    ['expired', { maxAge: 100 }, () => {}],
    ['no-queue', {}, (client) => void client.update({ queue: false })],
    ['url-changed', {}, (client) => void client.update({ url: 'wss://other.example.test/' })],
  ] as const)(
    '[R16] rejects with MESSAGE_DROPPED when the queue drops something (%s, %o)',
    async (reason, queue, act) => {
      const { world, client, log } = setup({ ...plain, queue })
      client.send('a')
      const first = watch(client.drain())
      const second = watch(client.drain())
      client.connect()
      act(client)
      await world.advanceAsync(100)
      expect([first.fate, second.fate]).toEqual(['MESSAGE_DROPPED', 'MESSAGE_DROPPED'])
      expect((first.error as { cause: unknown }).cause).toEqual(log.of('drop')[0])
      expect(log.of('drop')[0]?.reason).toBe(reason)
    },
  )

  it('[R16] is not concerned by what its sender did not want to wait', async () => {
    const { world, client } = setup(plain)
    client.send('a')
    const seen = watch(client.drain())
    expect(client.send('b', { queue: false })).toBe('dropped')
    await world.settle()
    expect(seen.fate).toBe('pending')
  })

  it('[R16] is not concerned by what was dropped before it was asked', async () => {
    const { world, client } = setup({ ...plain, queue: { maxMessages: 1 } })
    client.send('a')
    client.send('b')
    const seen = watch(client.drain())
    client.connect()
    world.socket.accept()
    await world.settle()
    expect(seen.fate).toBe('resolved')
  })

  it('[R16] rejects when a socket is lost with what the platform still held, however it is lost', async () => {
    const losses: [string, (scene: ReturnType<typeof connected>) => void][] = [
      ['a loss', ({ world }) => world.socket.die()],
      ['reconnect()', ({ client }) => client.reconnect()],
      ['openCircuit()', ({ client }) => client.openCircuit()],
      ['a hidden page', ({ world }) => world.notify('hidden')],
      ['another url', ({ client }) => client.update({ url: 'wss://other.example.test/' })],
    ]
    for (const [what, lose] of losses) {
      const scene = connected({ ...plain, hiddenTimeout: 1000 })
      const { world, client, log } = scene
      world.socket.stall()
      client.send('a')
      const seen = watch(client.drain())
      lose(scene)
      await world.advanceAsync(1000)
      expect([what, seen.fate]).toEqual([what, 'MESSAGE_DROPPED'])
      expect((seen.error as { cause: unknown }).cause).toEqual(log.of('close')[0])
    }
  })

  it('[R16] looks at the buffer of the present socket only', async () => {
    const scene = connected(plain)
    const { world, client } = scene
    world.socket.stall(1000)
    world.socket.die()
    const seen = watch(client.drain())
    await world.settle()
    expect(seen.fate).toBe('resolved')
  })

  it('[R16] resolves for what goes out before the closing handshake, and rejects for what does not', async () => {
    for (const drains of [true, false]) {
      const { world, client } = connected({ ...plain, queue: { highWaterMark: 10 } })
      world.socket.stall(11)
      client.send('a')
      client.close()
      const seen = watch(client.drain())
      await world.advanceAsync(100)
      expect([client.state, seen.fate]).toEqual(['CLOSING', 'pending'])
      if (drains) world.socket.drain()
      await world.advanceAsync(2000)
      expect(client.state).toBe('CLOSED')
      expect(seen.fate === 'resolved').toBe(drains)
    }
  })

  it('[R16] does not claim that a message has left which close() catches in the platform’s buffer', async () => {
    const { world, client } = connected(plain)
    world.socket.stall()
    client.send('a')
    const seen = watch(client.drain())
    client.close()
    await world.advanceAsync(2000)
    expect(client.state).toBe('CLOSED')
    expect(seen.fate).not.toBe('pending')
    expect(seen.fate).not.toBe('resolved')
  })

  it('[R16] is told true inside a listener, with a message sent just before', async () => {
    const { world, client } = setup(plain)
    let seen = { fate: 'none' }
    client.on('open', () => {
      client.send('hello')
      seen = watch(client.drain())
    })
    client.send('queued')
    client.connect()
    world.socket.accept()
    await world.settle()
    expect([seen.fate, world.socket.sent]).toEqual(['resolved', ['hello', 'queued']])
  })

  it('[R16] waits, asked inside a listener after reconnect(), for the next connection', async () => {
    const { world, client } = connected(plain)
    let seen = { fate: 'none' }
    client.on('message', () => {
      client.reconnect()
      expect(client.send('next')).toBe('queued')
      seen = watch(client.drain())
    })
    world.socket.receive('x')
    await world.settle()
    expect(seen.fate).toBe('pending')
    world.socket.accept()
    await world.settle()
    expect([seen.fate, world.socket.sent]).toEqual(['resolved', ['next']])
  })

  it('[R16] causes no unhandled rejection, and settles each caller once', async () => {
    const { world, client } = setup(plain)
    client.send('a')
    client.drain()
    const seen = Array.from({ length: 3 }, () => watch(client.drain()))
    client.connect()
    client.close()
    await world.settle()
    expect(new Set(seen.map(({ fate }) => fate)).size).toBe(1)
    expect(seen[0]?.fate).not.toBe('pending')
  })

  it('[R16] leaves no timer in FAILED, CLOSED or idle', async () => {
    const { world, client } = connected({ ...plain, maxRetries: 0, minUptime: 0 })
    world.socket.stall(10)
    const seen = watch(client.drain())
    expect(world.timers).toBe(1)
    client.close()
    await world.advanceAsync(2000)
    expect([client.state, world.timers]).toEqual(['CLOSED', 0])
    expect(seen.fate).not.toBe('pending')
  })
})

describe('R20 the promise of close()', () => {
  it.each([
    ['idle', () => setup(plain)],
    [
      'waiting',
      () => {
        const scene = setup(plain)
        scene.client.connect()
        scene.world.socket.refuse()
        return scene
      },
    ],
    [
      'CONNECTING',
      () => {
        const scene = setup(plain)
        scene.client.connect()
        return scene
      },
    ],
    ['BLOCKED', () => blocked()],
    ['FAILED', () => failed()],
    [
      'CLOSED',
      () => {
        const scene = setup(plain)
        scene.client.close()
        return scene
      },
    ],
  ] as [string, () => ReturnType<typeof setup>][])('[R20] resolves at once in %s', async (_where, begin) => {
    const { world, client } = begin()
    const seen = watch(client.close())
    expect(client.state).toBe('CLOSED')
    await world.settle()
    expect(seen.fate).toBe('resolved')
  })

  it('[R20] resolves when the peer has answered, and not before', async () => {
    const { world, client, log } = connected(plain)
    world.socket.deaf = true
    const seen = watch(client.close())
    await world.advanceAsync(500)
    expect([client.state, seen.fate]).toEqual(['CLOSING', 'pending'])
    world.socket.die(1000)
    await world.settle()
    expect([client.state, seen.fate]).toEqual(['CLOSED', 'resolved'])
    expect(log.of('close')).toHaveLength(1)
  })

  it('[R20] resolves after closeTimeout where the peer never answers', async () => {
    const { world, client } = connected({ ...plain, closeTimeout: 300 })
    world.socket.deaf = true
    const seen = watch(client.close())
    await world.advanceAsync(299)
    expect(seen.fate).toBe('pending')
    await world.advanceAsync(1)
    expect([client.state, seen.fate]).toEqual(['CLOSED', 'resolved'])
  })

  it('[R20] resolves for every caller, and never rejects', async () => {
    const { world, client } = connected(plain)
    world.socket.deaf = true
    const seen = [watch(client.close()), watch(client.close(4000)), watch(client.close())]
    await world.advanceAsync(2000)
    expect(seen.map(({ fate }) => fate)).toEqual(['resolved', 'resolved', 'resolved'])
    const last = watch(client.close())
    await world.settle()
    expect(last.fate).toBe('resolved')
  })

  it('[R20] does not wait for a connection that a connect() has begun meanwhile', async () => {
    for (const begin of ['connect', 'reconnect', 'retryNow'] as const) {
      const { world, client } = connected(plain)
      world.socket.deaf = true
      const seen = watch(client.close())
      client[begin]()
      await world.settle()
      expect([client.state, seen.fate]).toEqual(['CONNECTING', 'resolved'])
    }
  })

  it('[R20] resolves for a close() inside a listener once that is done, whatever else was in line', async () => {
    const { world, client } = connected(plain)
    let seen = { fate: 'none' }
    let stateThen = ''
    client.on('message', () => {
      world.socket.die()
      seen = watch(
        client.close().then(() => {
          stateThen = client.state
        }),
      )
    })
    world.socket.receive('x')
    await world.advanceAsync(0)
    expect([seen.fate, stateThen, client.state, world.timers]).toEqual(['resolved', 'CLOSED', 'CLOSED', 0])
  })

  it('[R20] is CLOSED by the time it resolves, and its close event has been told', async () => {
    const { world, client, log } = connected(plain)
    const closed = client.close()
    world.advance(0)
    await closed
    expect([client.state, log.of('close').length]).toEqual(['CLOSED', 1])
  })

  it('[R23] throws for a wrong code or reason instead of answering with a promise', () => {
    const { client } = connected(plain)
    expect(() => client.close(1006)).toThrow(RangeError)
    expect(() => client.close(1000, 'x'.repeat(124))).toThrow(RangeError)
  })
})

type Client = WebSocketReconnect
