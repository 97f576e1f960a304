/**
 * R16: what becomes of every message handed to send().
 * Nothing is lost in silence: a message was sent, is queued, or was dropped with an event.
 */

import { describe, expect, it } from 'vitest'
import type { WebSocketData } from '../../../src/index.ts'
import { blocked, connected, failed, plain, proven, setup, untilRetry } from '../../support/client-scene.ts'
import { mulberry32 } from '../../support/index.ts'

const bytes = (...values: number[]) => new Uint8Array(values)

describe('R16 send by state', () => {
  it('[R16] queues before the first connect()', () => {
    const { world, client } = setup(plain)
    expect(client.send('a')).toBe('queued')
    client.connect()
    world.socket.accept()
    expect(world.socket.sent).toEqual(['a'])
  })

  it('[R16] queues while CONNECTING, waiting, BLOCKED and FAILED', () => {
    const dialling = setup(plain)
    dialling.client.connect()
    expect(dialling.client.send('a')).toBe('queued')
    dialling.world.socket.refuse()
    expect(dialling.client.send('b')).toBe('queued')
    expect(blocked().client.send('c')).toBe('queued')
    const dead = failed()
    expect(dead.client.send('d')).toBe('queued')
    expect(dead.client.getStats().queuedMessages).toBe(1)
    expect([...dialling.log, ...dead.log].filter(([type]) => type === 'drop')).toEqual([])
  })

  it('[R16] hands to the platform while OPEN', () => {
    const { world, client } = connected(plain)
    expect(client.send('a')).toBe('sent')
    expect(world.socket.sent).toEqual(['a'])
    expect(client.getStats().queuedMessages).toBe(0)
  })

  it('[R16] drops while CLOSING and after close()', () => {
    const { world, client, log } = connected(plain)
    client.close()
    expect(client.send('a')).toBe('dropped')
    world.advance(0)
    expect(client.send('b')).toBe('dropped')
    expect(log.of('drop')).toEqual([
      { data: 'a', reason: 'closed' },
      { data: 'b', reason: 'closed' },
    ])
    expect(world.socket.swallowed).toEqual([])
  })

  it('[R16] drops after close() in idle, while waiting, BLOCKED and FAILED', () => {
    for (const scene of [setup(plain), blocked(), failed()]) {
      scene.client.close()
      scene.log.take()
      expect(scene.client.send('x')).toBe('dropped')
      expect(scene.log.of('drop')).toEqual([{ data: 'x', reason: 'closed' }])
    }
  })

  it('[R16] queues again after connect()', () => {
    const { world, client } = connected(plain)
    client.close()
    world.advance(0)
    client.connect()
    expect(client.send('a')).toBe('queued')
    world.socket.accept()
    expect(world.socket.sent).toEqual(['a'])
  })

  it('[R16] never lets {queue: false} wait', () => {
    const { world, client, log } = setup(plain)
    expect(client.send('a', { queue: false })).toBe('dropped')
    client.connect()
    expect(client.send('b', { queue: false })).toBe('dropped')
    world.socket.accept()
    expect(client.send('c', { queue: false })).toBe('sent')
    world.socket.stall(2_000_000)
    expect(client.send('d')).toBe('queued')
    expect(client.send('e', { queue: false })).toBe('sent')
    expect(world.socket.sent).toEqual(['c', 'e'])
    expect(log.of('drop')).toEqual([
      { data: 'a', reason: 'no-queue' },
      { data: 'b', reason: 'no-queue' },
    ])
  })

  it('[R16] drops what cannot go out at once with queue: false', () => {
    const { world, client, log } = setup({ ...plain, queue: false })
    expect(client.send('a')).toBe('dropped')
    expect(log.of('drop')).toEqual([{ data: 'a', reason: 'no-queue' }])
    client.connect()
    world.socket.accept()
    expect(client.send('b')).toBe('sent')
    expect(world.socket.sent).toEqual(['b'])
  })

  it('[R16] tells of a message that cannot go out at once with one drop and no error', () => {
    const { client, log } = setup(plain)
    client.connect()
    log.take()
    expect(client.send('a', { queue: false })).toBe('dropped')
    expect(log.take()).toEqual(['drop a no-queue'])
  })

  it.each([[5], [undefined], [null], [{}], [[1]], [true], [Symbol('s')], [() => 'x']])(
    '[R16] throws a TypeError for %s, in any state',
    (data) => {
      const idle = setup(plain)
      const send = (scene: ReturnType<typeof setup>) => () => scene.client.send(data as unknown as string)
      expect(send(idle)).toThrow(TypeError)
      const open = connected(plain)
      expect(send(open)).toThrow(TypeError)
      expect(open.world.socket.sent).toEqual([])
      const dead = failed()
      expect(send(dead)).toThrow(TypeError)
      open.client.close()
      expect(send(open)).toThrow(TypeError)
      expect(() => idle.client.send(data as unknown as string, { queue: false })).toThrow(TypeError)
      for (const { log } of [idle, open, dead]) expect(log.of('drop')).toEqual([])
    },
  )

  it('[R16] accepts strings, Blobs, ArrayBuffers and views', () => {
    const data: WebSocketData[] = [
      '',
      'text',
      new Blob(['blob']),
      new ArrayBuffer(2),
      bytes(1, 2),
      new DataView(new ArrayBuffer(3)),
      new Float64Array(2),
    ]
    const { world, client } = connected(plain)
    expect(data.map((item) => client.send(item))).toEqual(Array(7).fill('sent'))
    expect(world.socket.sent).toEqual(data)
  })

  it('[R16] refuses what only looks like data', () => {
    const { client } = setup(plain)
    const list = { size: 1, slice: () => [], toString: () => 'List [ 1 ]' }
    for (const data of [new Map(), new Set(), { byteLength: 3 }, { size: 3 }, list]) {
      expect(() => client.send(data as never)).toThrow(TypeError)
    }
  })

  it('[R16] hands on the very Blob it was given, type and all', () => {
    const { world, client } = setup(plain)
    const blob = new Blob(['a'], { type: 'text/plain' })
    client.send(blob)
    client.connect()
    world.socket.accept()
    expect(world.socket.sent[0]).toBe(blob)
  })
})

describe('R16 order', () => {
  it('[R16] is first in, first out', () => {
    const { world, client } = setup(plain)
    for (const text of ['a', 'b']) client.send(text)
    client.connect()
    for (const text of ['c', 'd']) client.send(text)
    world.socket.accept()
    client.send('e')
    expect(world.socket.sent).toEqual(['a', 'b', 'c', 'd', 'e'])
  })

  it('[F45][R16] lets what the listeners of open send go out before what was queued', () => {
    const { world, client } = setup(plain)
    client.send('queued 1')
    client.send('queued 2')
    client.on('open', () => expect(client.send('auth')).toBe('sent'))
    client.on('open', () => expect(client.send('subscribe')).toBe('sent'))
    client.connect()
    world.socket.accept()
    expect(world.socket.sent).toEqual(['auth', 'subscribe', 'queued 1', 'queued 2'])
  })

  it('[R16] removes each only after its send succeeded, and stops when the socket leaves OPEN', () => {
    const scene = setup(plain)
    const { world, client } = scene
    for (const text of ['a', 'b', 'c', 'd']) client.send(text)
    client.connect()
    const first = world.socket
    first.onSend = (data) => {
      if (data === 'b') first.readyState = 2
    }
    first.accept()
    expect(first.sent).toEqual(['a', 'b'])
    expect(first.swallowed).toEqual([])
    expect(client.getStats().queuedMessages).toBe(2)
    first.die()
    untilRetry(scene)
    world.socket.accept()
    expect(world.socket.sent).toEqual(['c', 'd'])
  })

  it('[R16] keeps a message whose send threw, and all behind it', () => {
    const scene = setup(plain)
    const { world, client } = scene
    for (const text of ['a', 'b', 'c']) client.send(text)
    client.connect()
    const first = world.socket
    first.onSend = (data) => {
      if (data === 'b') throw new Error('no')
    }
    first.accept()
    expect(first.sent).toEqual(['a'])
    expect(client.getStats().queuedMessages).toBe(2)
    client.reconnect()
    world.socket.accept()
    expect(world.socket.sent).toEqual(['b', 'c'])
  })

  it('[R16] keeps the rest when the connection dies in the middle', () => {
    const scene = setup(plain)
    const { world, client, log } = scene
    for (const text of ['a', 'b', 'c']) client.send(text)
    client.connect()
    const first = world.socket
    first.onSend = (data) => {
      if (data === 'b') first.die()
    }
    first.accept()
    expect(client.getStats().queuedMessages).toBeLessThanOrEqual(2)
    untilRetry(scene)
    world.socket.accept()
    expect([...first.sent, ...world.socket.sent]).toEqual(['a', 'b', 'c'])
    expect(log.of('drop')).toEqual([])
  })

  it('[R16] does not send what a listener of open closed the door on', () => {
    const { world, client, log } = setup(plain)
    client.send('a')
    client.on('open', () => client.close())
    client.connect()
    world.socket.accept()
    expect(world.socket.sent).toEqual([])
    expect(log.of('drop')).toEqual([{ data: 'a', reason: 'closed' }])
  })

  it('[R16] does not resend what was sent before the connection was lost', () => {
    const scene = connected(plain)
    const { world, client } = scene
    client.send('too big')
    world.socket.die(1006)
    untilRetry(scene)
    world.socket.accept()
    expect(world.socket.sent).toEqual([])
  })
})

describe('R16 order, when a listener sends or closes while send() or flush() is at work', () => {
  const once = (socket: { onSend: ((data: WebSocketData) => void) | undefined }) => {
    socket.onSend = () => {
      socket.onSend = undefined
      throw new Error('not now')
    }
  }

  it('[R16][R17] lets nothing overtake a message that found an expired one in the queue', () => {
    const { world, client } = setup({ ...plain, queue: { maxAge: 500 } })
    client.send('old')
    world.advance(600)
    client.once('drop', () => client.send('b'))
    client.send('a')
    client.connect()
    world.socket.accept()
    expect(world.socket.sent).toEqual(['a', 'b'])
  })

  it('[R16][R17] lets nothing overtake a message whose send threw', () => {
    const { world, client } = connected(plain)
    const errors: unknown[] = []
    once(world.socket)
    client.once('error', (error) => {
      errors.push(error.code, error.cause)
      client.send('b')
    })
    expect(client.send('a')).toBe('queued')
    world.advance(50)
    expect(world.socket.sent).toEqual(['a', 'b'])
    expect(errors).toEqual(['SOCKET_THREW', expect.any(Error)])
  })

  it('[R16][R17] lets nothing overtake a held message whose send threw', () => {
    const { world, client } = connected({ ...plain, queue: { hold: true } })
    client.send('a')
    once(world.socket)
    client.once('error', () => client.send('b'))
    client.flush()
    client.flush()
    expect(world.socket.sent).toEqual(['a', 'b'])
  })

  it.each([false, true])('[R16][R17] still sends what threw into a listener that closes (held before: %s)', (hold) => {
    const { world, client, log } = connected({ ...plain, queue: { hold } })
    if (hold) client.send('a')
    once(world.socket)
    client.once('error', () => client.close())
    if (hold) client.flush()
    else expect(client.send('a')).toBe('queued')
    expect(client.state).toBe('CLOSING')
    world.advance(1000)
    expect(world.socket.sent).toEqual(['a'])
    expect([client.state, log.of('drop')]).toEqual(['CLOSED', []])
  })

  it.each([false, true])(
    '[R16][R17] drops what goes on throwing once closeTimeout is over (held before: %s)',
    (hold) => {
      const { world, client, log } = connected({ ...plain, queue: { hold } })
      if (hold) client.send('a')
      world.socket.onSend = () => {
        throw new Error('never')
      }
      client.once('error', () => client.close())
      if (hold) client.flush()
      else client.send('a')
      world.advance(2000)
      expect(client.state).toBe('CLOSED')
      expect(log.of('drop')).toEqual([{ data: 'a', reason: 'closed' }])
      expect(client.getStats().queuedMessages).toBe(0)
    },
  )
})

describe('R16 bounds', () => {
  it('[R16] holds 1000 messages unless told otherwise', () => {
    const { client, log } = setup(plain)
    for (let n = 0; n < 1000; n++) expect(client.send(`${n}`)).toBe('queued')
    expect(client.send('too many')).toBe('dropped')
    expect(log.of('drop')).toEqual([{ data: 'too many', reason: 'overflow' }])
    expect(client.getStats().queuedMessages).toBe(1000)
  })

  it('[R16] holds 1 MiB unless told otherwise', () => {
    const { client } = setup(plain)
    expect(client.send('x'.repeat(1_048_576))).toBe('queued')
    expect(client.send('x')).toBe('dropped')
    const other = setup(plain)
    expect(other.client.send('x'.repeat(1_048_577))).toBe('dropped')
  })

  it('[R16] counts text in UTF-8', () => {
    const { client } = setup({ ...plain, queue: { maxBytes: 10 } })
    expect(client.send('€€€')).toBe('queued')
    expect(client.send('ab')).toBe('dropped')
    expect(client.send('a')).toBe('queued')
    const emoji = setup({ ...plain, queue: { maxBytes: 7 } })
    expect(emoji.client.send('😀')).toBe('queued')
    expect(emoji.client.send('é')).toBe('queued')
    expect(emoji.client.send('é')).toBe('dropped')
    expect(emoji.client.send('e')).toBe('queued')
  })

  it('[R16] counts a lone surrogate as what goes on the wire', () => {
    const { client } = setup({ ...plain, queue: { maxBytes: 3 } })
    expect(client.send('\ud800')).toBe('queued')
    const short = setup({ ...plain, queue: { maxBytes: 2 } })
    expect(short.client.send('\ud800')).toBe('dropped')
  })

  it('[R16] counts binary data by its own size', () => {
    const { client } = setup({ ...plain, queue: { maxBytes: 10 } })
    expect(client.send(new Uint8Array(new ArrayBuffer(100), 4, 4))).toBe('queued')
    expect(client.send(new Blob(['1234']))).toBe('queued')
    expect(client.send(new ArrayBuffer(3))).toBe('dropped')
    expect(client.send(new ArrayBuffer(2))).toBe('queued')
  })

  it('[R16] frees the room of what was sent', () => {
    const { world, client } = setup({ ...plain, queue: { maxMessages: 2, maxBytes: 4 } })
    client.send('ab')
    client.send('cd')
    client.connect()
    world.socket.accept()
    world.socket.die()
    expect(client.send('ef')).toBe('queued')
    expect(client.send('gh')).toBe('queued')
    expect(client.send('')).toBe('dropped')
  })

  it("[R16] makes room with overflow: 'drop-oldest'", () => {
    const { world, client, log } = setup({ ...plain, queue: { maxMessages: 2, overflow: 'drop-oldest' } })
    for (const text of ['a', 'b', 'c', 'd']) expect(client.send(text)).toBe('queued')
    expect(log.of('drop')).toEqual([
      { data: 'a', reason: 'overflow' },
      { data: 'b', reason: 'overflow' },
    ])
    client.connect()
    world.socket.accept()
    expect(world.socket.sent).toEqual(['c', 'd'])
  })

  it("[R16] drops as many of the oldest as the bytes need with 'drop-oldest'", () => {
    const { world, client, log } = setup({ ...plain, queue: { maxBytes: 6, overflow: 'drop-oldest' } })
    for (const text of ['aa', 'bb', 'cc']) client.send(text)
    expect(client.send('dddd')).toBe('queued')
    expect(log.of('drop').map((drop) => drop.data)).toEqual(['aa', 'bb'])
    client.connect()
    world.socket.accept()
    expect(world.socket.sent).toEqual(['cc', 'dddd'])
  })

  it("[R16] makes room for a message of exactly maxBytes with 'drop-oldest'", () => {
    const { client, log } = setup({ ...plain, queue: { maxBytes: 4, overflow: 'drop-oldest' } })
    client.send('ab')
    expect(client.send('1234')).toBe('queued')
    expect(log.of('drop')).toEqual([{ data: 'ab', reason: 'overflow' }])
  })

  it("[R16] drops the message itself where there is room for none, with 'drop-oldest'", () => {
    const { client, log } = setup({ ...plain, queue: { maxMessages: 0, overflow: 'drop-oldest' } })
    expect(client.send('a')).toBe('dropped')
    expect(log.of('drop')).toEqual([{ data: 'a', reason: 'overflow' }])
  })

  it("[R16] drops a message that could never fit, and nothing else, with 'drop-oldest'", () => {
    const { client, log } = setup({ ...plain, queue: { maxBytes: 4, overflow: 'drop-oldest' } })
    client.send('ab')
    expect(client.send('12345')).toBe('dropped')
    expect(log.of('drop')).toEqual([{ data: '12345', reason: 'overflow' }])
    expect(client.getStats().queuedMessages).toBe(1)
  })

  it('[R16] knows two equal messages apart', () => {
    const { client, log } = setup({ ...plain, queue: { maxMessages: 1, overflow: 'drop-oldest' } })
    client.send('same')
    expect(client.send('same')).toBe('queued')
    expect(log.of('drop')).toHaveLength(1)
    expect(client.getStats().queuedMessages).toBe(1)
  })

  it('[R16] measures any text as the platform will', () => {
    const chance = mulberry32(16)
    const units = [0x61, 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xd800, 0xdbff, 0xdc00, 0xdfff, 0xe000, 0xffff]
    for (let n = 0; n < 300; n++) {
      const length = 1 + Math.floor(chance() * 4)
      const text = String.fromCharCode(
        ...Array.from({ length }, () => units[Math.floor(chance() * units.length)] as number),
      )
      const wire = new TextEncoder().encode(text).length
      expect(setup({ ...plain, queue: { maxBytes: wire } }).client.send(text)).toBe('queued')
      expect(setup({ ...plain, queue: { maxBytes: wire - 1 } }).client.send(text)).toBe('dropped')
    }
  })

  it('[R16] goes on counting a message whose send threw', () => {
    const { world, client } = setup({ ...plain, queue: { maxBytes: 4 } })
    client.send('abcd')
    client.connect()
    world.socket.onSend = () => {
      throw new Error('no')
    }
    world.socket.accept()
    world.socket.die()
    expect(client.send('x')).toBe('dropped')
  })

  it('[R16] drops what waited longer than maxAge', () => {
    const { world, client, log } = setup({ ...plain, queue: { maxAge: 1000 } })
    client.send('old')
    world.advance(500)
    client.send('young')
    client.connect()
    world.advance(501)
    world.socket.accept()
    expect(world.socket.sent).toEqual(['young'])
    expect(log.of('drop')).toEqual([{ data: 'old', reason: 'expired' }])
  })

  it('[R16] keeps what waited less than maxAge, or any time without maxAge', () => {
    const { world, client } = setup({ ...plain, queue: { maxAge: 1000 } })
    client.send('a')
    client.connect()
    world.advance(999)
    world.socket.accept()
    expect(world.socket.sent).toEqual(['a'])
    const patient = setup(plain)
    patient.client.send('a')
    patient.world.advance(86_400_000)
    patient.client.connect()
    patient.world.socket.accept()
    expect(patient.world.socket.sent).toEqual(['a'])
  })

  it('[R16] sends what a closing connection still holds back again where the platform threw at it', () => {
    const { world, client } = connected({ ...plain, queue: { highWaterMark: 10 } })
    world.socket.stall(11)
    for (const text of ['a', 'b']) client.send(text)
    client.close()
    let threw = 0
    world.socket.onSend = () => {
      if (!threw++) throw new Error('not now')
    }
    world.socket.drain()
    world.advance(50)
    expect([threw, world.socket.sent]).toEqual([1, []])
    world.advance(1000)
    expect(world.socket.sent).toEqual(['a', 'b'])
    expect(world.socket.closeCalls).toHaveLength(1)
  })

  it('[R16] sends what came before a close() to this peer, however much, and what came after it to the next', () => {
    const { world, client } = connected({ ...plain, queue: { highWaterMark: 10 } })
    world.socket.stall(11)
    for (const text of ['a', 'b', 'c']) client.send(text)
    const [old] = world.sockets
    client.once('message', () => {
      client.close()
      client.connect()
      client.send('d')
      client.send('e')
      old?.drain()
    })
    world.socket.receive('go')
    world.socket.accept()
    expect(old?.sent).toEqual(['a', 'b', 'c'])
    expect(world.socket.sent).toEqual(['d', 'e'])
  })

  it('[R16] lets a maxAge that is set later count from then on', () => {
    const { world, client, log } = setup(plain)
    client.send('old')
    world.advance(60_000)
    client.update({ queue: { maxAge: 1000 } })
    world.advance(999)
    client.send('young')
    expect(client.getStats().queuedMessages).toBe(2)
    client.connect()
    world.advance(1)
    expect(log.of('drop')).toEqual([{ data: 'old', reason: 'expired' }])
    client.update({ queue: { maxAge: Infinity } })
    world.advance(60_000)
    expect(client.getStats().queuedMessages).toBe(1)
  })

  it('[R16] counts what text really weighs before it drops anything for it', () => {
    const { client, log } = setup({ ...plain, queue: { maxBytes: 10, overflow: 'drop-oldest' } })
    for (const text of ['aaaa', 'bbbb', 'cc']) expect(client.send(text)).toBe('queued')
    expect(log.of('drop')).toEqual([])
    expect(client.send('0123456789')).toBe('queued')
    expect(log.of('drop').map(({ data }) => data)).toEqual(['aaaa', 'bbbb', 'cc'])
    expect(client.send('é')).toBe('queued')
    expect(client.getStats().queuedMessages).toBe(1)
    for (const text of ['éé', 'é']) expect(client.send(text)).toBe('queued')
    expect(client.send('xxx')).toBe('queued')
    expect(log.of('drop').map(({ data }) => data)).toEqual(['aaaa', 'bbbb', 'cc', '0123456789', 'é'])
  })

  it('[R16] sends binary data as it was when it was queued', () => {
    const { world, client } = setup(plain)
    const view = bytes(1, 2, 3)
    const { buffer } = bytes(4, 5)
    const part = new Uint8Array(bytes(9, 8, 7, 6).buffer, 1, 2)
    const table = new DataView(bytes(1, 1).buffer)
    for (const data of [view, buffer, part, table]) client.send(data)
    for (const data of [view, new Uint8Array(buffer), part]) data.fill(0)
    table.setUint8(0, 0)
    client.connect()
    world.socket.accept()
    const sent = world.socket.sent.map((data) =>
      ArrayBuffer.isView(data)
        ? [...new Uint8Array(data.buffer, data.byteOffset, data.byteLength)]
        : [...new Uint8Array(data as ArrayBuffer)],
    )
    expect(sent).toEqual([
      [1, 2, 3],
      [4, 5],
      [8, 7],
      [1, 1],
    ])
  })
})

describe('R16 back-pressure', () => {
  it('[R16] queues above 1 MiB of bufferedAmount, not at it', () => {
    const { world, client } = proven(plain)
    world.socket.stall(1_048_575)
    expect(client.send('1')).toBe('sent')
    expect(client.bufferedAmount).toBe(1_048_576)
    expect(client.send('2')).toBe('sent')
    expect(client.send('3')).toBe('queued')
    expect(world.socket.sent).toEqual(['1', '2'])
  })

  it('[R16] honours highWaterMark', () => {
    const { world, client } = proven({ ...plain, queue: { highWaterMark: 10 } })
    world.socket.stall(10)
    expect(client.send('a')).toBe('sent')
    expect(client.send('b')).toBe('queued')
  })

  it('[R16] lets the queue go at highWaterMark, not only below', () => {
    const { world, client } = setup({ ...plain, queue: { highWaterMark: 100 } })
    client.send('a')
    client.connect()
    world.socket.stall(100)
    world.socket.accept()
    expect(world.socket.sent).toEqual(['a'])
  })

  it('[R16] flows again as the buffer drains, in order', () => {
    const { world, client } = proven({ ...plain, queue: { highWaterMark: 10 } })
    world.socket.stall(11)
    for (const text of ['aaaaaa', 'bbbbbb', 'cccccc']) client.send(text)
    world.advance(500)
    expect(world.socket.sent).toEqual([])
    world.socket.drain(6)
    world.advance(50)
    expect(world.socket.sent).toEqual(['aaaaaa'])
    world.socket.drain(6)
    world.advance(50)
    expect(world.socket.sent).toEqual(['aaaaaa', 'bbbbbb'])
    world.socket.drain()
    world.advance(50)
    expect(world.socket.sent).toEqual(['aaaaaa', 'bbbbbb', 'cccccc'])
    expect(world.timers).toBe(0)
  })

  it('[R2][R16] looks every 50 ms whether the buffer has drained, whatever is sent meanwhile', () => {
    const { world, client } = connected({ ...plain, queue: { highWaterMark: 10 } })
    world.socket.stall(11)
    client.send('a')
    world.advance(40)
    world.socket.drain()
    client.send('b')
    world.advance(10)
    expect(world.socket.sent).toEqual(['a', 'b'])
  })

  it('[R16] flows again after what a listener of message had to leave in the queue', () => {
    const { world, client } = connected(plain)
    world.socket.stall(2 ** 20 + 1)
    client.once('message', () => client.send('a'))
    world.socket.receive('hello')
    world.socket.drain()
    world.advance(50)
    expect(world.socket.sent).toEqual(['a'])
  })

  it('[R16] polls for what a listener of message has flushed into a full buffer', () => {
    const { world, client } = connected({ ...plain, queue: { hold: true } })
    client.send('a')
    world.socket.stall(2 ** 20 + 1)
    client.once('message', () => client.flush())
    world.socket.receive('hello')
    world.socket.drain()
    world.advance(50)
    expect(world.socket.sent).toEqual(['a'])
  })

  it('[R16] lets nothing overtake the queue', () => {
    const { world, client } = proven({ ...plain, queue: { highWaterMark: 10 } })
    world.socket.stall(11)
    client.send('first')
    world.socket.drain()
    client.send('second')
    world.advance(50)
    expect(world.socket.sent).toEqual(['first', 'second'])
  })

  it('[R16] stops filling a buffer that is full, after open too', () => {
    const { world, client } = setup({ ...plain, queue: { highWaterMark: 10 } })
    for (const text of ['aaaaaa', 'bbbbbb', 'cccccc']) client.send(text)
    client.connect()
    world.socket.stall()
    world.socket.accept()
    expect(world.socket.sent).toEqual(['aaaaaa', 'bbbbbb'])
    world.socket.drain()
    world.advance(50)
    expect(world.socket.sent).toEqual(['aaaaaa', 'bbbbbb', 'cccccc'])
  })

  it('[R16] takes its pings past the queue', () => {
    const { world, client } = connected({ ...plain, heartbeatInterval: 30_000 })
    world.socket.stall(2_000_000)
    client.send('a')
    world.advance(30_000)
    expect(world.socket.sent).toEqual(['{"type":"ping"}'])
  })

  it('[R16] keeps what the buffer held back when the connection is lost', () => {
    const scene = proven(plain)
    const { world, client } = scene
    world.socket.stall(2_000_000)
    client.send('a')
    world.socket.die()
    untilRetry(scene)
    world.socket.accept()
    expect(world.socket.sent).toEqual(['a'])
  })

  it('[R16] tells bufferedAmount of the platform and the queue in the stats', () => {
    const { world, client } = proven(plain)
    expect([client.bufferedAmount, client.getStats().bufferedAmount]).toEqual([0, 0])
    world.socket.stall(77)
    expect([client.bufferedAmount, client.getStats().bufferedAmount]).toEqual([77, 77])
  })
})

describe('R16 hold', () => {
  const held = { ...plain, queue: { hold: true } }

  it('[R16] waits for flush() after every open', () => {
    const scene = setup(held)
    const { world, client } = scene
    client.send('a')
    client.connect()
    world.socket.accept()
    expect(client.send('b')).toBe('queued')
    expect(world.socket.sent).toEqual([])
    client.flush()
    expect(world.socket.sent).toEqual(['a', 'b'])
    expect(client.send('c')).toBe('sent')
    world.advance(5000)
    world.socket.die()
    client.send('d')
    untilRetry(scene)
    world.socket.accept()
    expect(client.send('e')).toBe('queued')
    expect(world.socket.sent).toEqual([])
    client.flush()
    expect(world.socket.sent).toEqual(['d', 'e'])
  })

  it('[R16] holds back what is sent after open, however long, until flush()', () => {
    const { world, client } = connected({ ...plain, queue: { hold: true } })
    client.send('a')
    world.advance(10_000)
    expect(world.socket.sent).toEqual([])
    client.flush()
    expect(world.socket.sent).toEqual(['a'])
  })

  it('[R16] lets the open listeners and {queue: false} through', () => {
    const { world, client } = setup(held)
    client.send('waiting')
    client.on('open', () => expect(client.send('login')).toBe('sent'))
    client.connect()
    world.socket.accept()
    expect(client.send('more login', { queue: false })).toBe('sent')
    expect(world.socket.sent).toEqual(['login', 'more login'])
    client.flush()
    expect(world.socket.sent).toEqual(['login', 'more login', 'waiting'])
  })

  it('[R16] goes on as the buffer drains after flush()', () => {
    const { world, client } = setup({ ...plain, queue: { hold: true, highWaterMark: 10 } })
    client.send('a')
    client.connect()
    world.socket.accept()
    world.advance(5000)
    world.socket.stall(11)
    client.flush()
    expect(world.socket.sent).toEqual([])
    world.socket.drain()
    world.advance(50)
    expect(world.socket.sent).toEqual(['a'])
  })

  it('[R16] polls nothing while it holds', () => {
    const { world, client } = setup(held)
    client.send('a')
    client.connect()
    world.socket.accept()
    world.advance(5000)
    expect(world.timers).toBe(0)
    expect(world.socket.sent).toEqual([])
  })

  it('[R16] takes a flush() too early for nothing', () => {
    const { world, client } = setup(held)
    client.send('a')
    client.flush()
    client.connect()
    client.flush()
    world.socket.accept()
    expect(world.socket.sent).toEqual([])
  })
})

describe('R16 drops', () => {
  it('[R16] drops what is queued on close(), one drop each, in order', () => {
    const scenes = [setup(plain), setup(plain), blocked(), failed()]
    scenes[1]?.client.connect()
    for (const { client, log } of scenes) {
      client.send('a')
      client.send('b')
      log.take()
      client.close()
      expect(log.of('drop')).toEqual([
        { data: 'a', reason: 'closed' },
        { data: 'b', reason: 'closed' },
      ])
      expect(client.getStats().queuedMessages).toBe(0)
    }
  })

  it('[R16] drops what is queued when the url changes, one drop each', () => {
    const { client, log } = setup(plain)
    client.send('a')
    client.send('b')
    client.update({ url: 'wss://other.test/' })
    expect(log.of('drop')).toEqual([
      { data: 'a', reason: 'url-changed' },
      { data: 'b', reason: 'url-changed' },
    ])
    expect(client.send('c')).toBe('queued')
  })

  it('[R16] drops nothing when giving up: FAILED keeps the queue for the next connect()', () => {
    const { world, client, log } = setup({ ...plain, maxRetries: 0 })
    client.send('a')
    client.connect()
    world.socket.refuse()
    expect(client.state).toBe('FAILED')
    expect(log.of('drop')).toEqual([])
    client.connect()
    world.socket.accept()
    expect(world.socket.sent).toEqual(['a'])
  })

  it('[R16] never throws for network trouble: a socket whose send throws keeps the message', () => {
    const { world, client } = connected(plain)
    world.socket.onSend = () => {
      throw new Error('no')
    }
    let answer: string | undefined
    expect(() => {
      answer = client.send('a')
    }).not.toThrow()
    expect(answer).toBe('queued')
    client.reconnect()
    world.socket.accept()
    expect(world.socket.sent).toEqual(['a'])
  })
})

describe('R16 a platform without bufferedAmount', () => {
  const blind = (options: Parameters<typeof connected>[0] = {}) => {
    const scene = connected({ ...plain, minUptime: 0, ...options })
    ;(scene.world.socket as { bufferedAmount?: number }).bufferedAmount = undefined as never
    Object.defineProperty(scene.world.socket, 'bufferedAmount', { value: undefined })
    return scene
  }

  it('[R16] takes messages at once', () => {
    const { world, client } = blind()
    expect([client.send('a'), client.send('b')]).toEqual(['sent', 'sent'])
    expect(world.socket.sent).toEqual(['a', 'b'])
    expect([client.bufferedAmount, client.getStats().bufferedAmount, world.timers]).toEqual([0, 0, 0])
  })

  it('[R16] loses no goodbye: what was sent before close() has gone out', () => {
    const { world, client } = blind()
    client.send('bye')
    client.close()
    expect(world.socket.sent).toEqual(['bye'])
    expect(world.socket.closeCalls).toHaveLength(1)
  })

  it('[R16] flushes its queue and its drain()', async () => {
    const { world, client } = blind({ queue: { hold: true } })
    client.send('a')
    const drained = client.drain()
    client.flush()
    await drained
    expect(world.socket.sent).toEqual(['a'])
  })

  it('[R14] is judged by what it hears alone', () => {
    const { world, client } = blind({ heartbeatInterval: 30_000 })
    world.advance(30_000)
    client.send('more')
    world.socket.receive('pong')
    world.advance(30_000)
    expect([world.socket.sent.length, client.state]).toEqual([3, 'OPEN'])
    world.advance(5000)
    expect(client.state).toBe('CLOSED')
  })
})

describe('R16 a socket that is no longer OPEN, though nobody has said so', () => {
  it('[R16] gets no message: it waits for the next one', () => {
    const scene = proven(plain)
    const { world, client } = scene
    world.socket.readyState = 2
    expect(client.send('a')).toBe('queued')
    expect(world.socket.swallowed).toEqual([])
    world.socket.die()
    untilRetry(scene)
    world.socket.accept()
    expect(world.socket.sent).toEqual(['a'])
  })

  it('[R16] gets no message after its close event either, whatever it says of itself', () => {
    const { world, client } = proven(plain)
    const { socket } = world
    Object.assign(socket, { close: () => {} })
    socket.dispatch('close', { code: 1006 })
    expect(socket.readyState).toBe(1)
    expect([client.send('a'), client.send('b', { queue: false })]).toEqual(['queued', 'dropped'])
    expect(socket.sent).toEqual([])
  })
})

describe('R16 the age of messages', () => {
  it('[R16] counts from when they came, whatever maxAge has been since', () => {
    const { world, client, log } = setup({ ...plain, queue: { maxAge: 1000 } })
    client.send('a')
    world.advance(500)
    client.update({ queue: { maxAge: 900 } })
    world.advance(399)
    expect(log.of('drop')).toEqual([])
    client.connect()
    world.advance(1)
    expect(log.of('drop')).toEqual([{ data: 'a', reason: 'expired' }])
  })

  it('[R16] is that of the message itself after a send that threw', () => {
    const { world, client, log } = connected({ ...plain, queue: { maxAge: 1000, hold: true } })
    client.send('a')
    world.advance(500)
    client.send('b')
    world.socket.onSend = () => {
      throw new Error('no')
    }
    client.flush()
    world.advance(500)
    expect(log.of('drop')).toEqual([{ data: 'a', reason: 'expired' }])
    world.advance(500)
    expect(log.of('drop').map(({ data }) => data)).toEqual(['a', 'b'])
  })

  it('[R16] makes room as soon as it is up, though the timer is late', () => {
    const { world, client, log } = setup({ ...plain, queue: { maxAge: 1000, maxMessages: 1 } })
    client.send('old')
    world.block(1000)
    expect(client.send('new')).toBe('queued')
    expect(log.of('drop')).toEqual([{ data: 'old', reason: 'expired' }])
  })

  it('[R16] is looked at before anything goes out, though the timer is late', () => {
    const { world, client, log } = setup({ ...plain, queue: { maxAge: 1000 } })
    client.send('old')
    client.connect()
    world.block(1000)
    world.socket.accept()
    expect(world.socket.sent).toEqual([])
    expect(log.of('drop')).toEqual([{ data: 'old', reason: 'expired' }])
  })
})

describe('R16 bounds, once they have been met', () => {
  it('[R16] are kept as they are while messages come and go', () => {
    const { world, client } = connected({ ...plain, queue: { maxBytes: 10, highWaterMark: 0 } })
    world.socket.stall(1)
    for (const text of ['aaaa', 'bbbb', 'c']) expect(client.send(text)).toBe('queued')
    world.socket.onSend = () => world.socket.stall()
    world.socket.bufferedAmount = 0
    world.advance(50)
    // The first has gone: six bytes are free, and not one more.
    expect([client.getStats().queuedMessages, client.send('dddddd')]).toEqual([2, 'dropped'])
    expect(client.send('ddddd')).toBe('queued')
    expect(client.send('e')).toBe('dropped')
  })
})
