/** Owns what the session does with what comes over the wire: the welcome, its own talk, plain messages, and what breaks it. */

import { describe, expect, it } from 'vitest'
import { json } from '../../src/index.ts'
import { handshake } from '../../src/session/handshake.ts'
import { type Framing, jsonFraming, Session } from '../../src/session/index.ts'
import { envelope } from '../properties/chaos/envelope.ts'
import { mulberry32 } from '../support/index.ts'
import { createPeer, createStage, outcomeOf } from './stage.ts'

/** Frames that are none, or nearly one. */
function malformed(seed: number): () => unknown {
  const random = mulberry32(seed)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  const values = [undefined, null, 0, 1, -1, 1.5, 1e99, '', 'x', 'e1', true, [], [[]], [[1]], [[1, 'x']], {}, 2 ** 53]
  const keys = ['t', 'v', 'e', 'a', 'x', 'f', 'b', 'm', 'n', 'd', 'g', 'w', 'ms', 'q', 'p', 's', 'o', 'r', 'u']
  const valid = [
    ...['{"a":1}', '{"g":1}', '{"w":1,"ms":5}', '{"s":"t","o":1,"d":1}', '{"s":"t","e":"e1","o":0,"r":true}'],
    ...['{"p":1,"d":1}', '{"d":1}', '{"s":"t","x":"no"}', '{"p":1,"x":1}'],
  ]
  return () => {
    if (random() < 0.2) {
      const text = pick(valid)
      const at = Math.floor(random() * text.length)
      return text.slice(0, at) + pick(['', '"', '{', '9', '\u0000', 'é']) + text.slice(at + 1)
    }
    if (random() < 0.1) return pick([new ArrayBuffer(3), 7, null, undefined, {}, '', '[', '[]', 'null', '"x"', '{}'])
    const wire: Record<string, unknown> = {}
    for (let i = Math.floor(random() * 4) + 1; i > 0; i--) wire[pick(keys)] = pick(values)
    return JSON.stringify(wire)
  }
}

describe('the handshake', () => {
  it('OPEN means welcomed', async () => {
    const { tab, world, open, say } = createPeer()
    const session = tab()
    const opened = outcomeOf(session.connect())
    expect(world.socket.protocols).toEqual(['rwr.1'])
    await open()
    expect([session.ws.state, opened.isSettled]).toEqual(['CONNECTING', false])
    await say({ t: 'welcome', v: 1, e: 'e1', a: 0, b: 65536, m: 1000 })
    expect([session.ws.state, opened.isSettled]).toEqual(['OPEN', true])
  })

  it('[S5] says the lowest number without an ack, whichever tab it was that drained', async () => {
    const { tab, open, welcome, say, world } = createPeer()
    const [one, two] = [tab(), tab()]
    one.connect()
    await welcome()
    for (const data of ['a', 'b', 'c']) one.send(data)
    await world.settle()
    await say({ a: 2 })
    two.connect()
    expect(await open()).toMatchObject({ n: 3, e: 'e1' })
  })

  it('has the engine’s patience: a server that does not welcome is a timeout', async () => {
    const { tab, open, run } = createPeer()
    const session = tab({ connectTimeout: 3000 })
    const codes: string[] = []
    session.ws.on('error', ({ code }) => codes.push(code))
    session.connect().catch(() => {})
    await open()
    await run(3000)
    expect(codes).toEqual(['CONNECT_TIMEOUT'])
  })

  it('an outbox that cannot be read is a failed attempt', async () => {
    const { tab, outbox, world } = createPeer()
    const { open } = outbox
    outbox.open = (name) => ({ ...open(name), read: () => Promise.reject(new Error('disk')) })
    const session = tab()
    const errors: unknown[] = []
    session.ws.on('error', ({ code }) => errors.push(code))
    session.connect().catch(() => {})
    world.socket.accept()
    await world.settle()
    expect(errors).toContain('HANDSHAKE_FAILED')
    expect(session.ws.getSnapshot().retryAt).not.toBe(null)
  })
})

describe('messages', () => {
  it('the session’s own talk is hidden from hooks, plain ones are unwrapped, others come as they are', async () => {
    const { tab, welcome, say } = createPeer()
    const session = tab()
    const heard: unknown[] = []
    session.ws.on('message', (event, isControl) => heard.push(isControl ? '-' : session.ws.messageData(event)))
    session.connect()
    await welcome()
    await say({ a: 0 }, { d: { plain: 1 } }, 'not a frame', { foreign: true })
    expect(heard).toEqual(['-', '-', { plain: 1 }, 'not a frame', '{"foreign":true}'])
  })

  it('post sends now or never', async () => {
    const { tab, welcome, heard } = createPeer()
    const session = tab()
    expect(session.post('too early')).toBe('dropped')
    session.connect()
    await welcome()
    expect(session.post({ x: 1 })).toBe('sent')
    expect(heard()).toEqual([{ d: { x: 1 } }])
  })

  it('the heartbeat stays what it is', async () => {
    const { tab, welcome, world, run } = createPeer({ heartbeatInterval: 1000 })
    const session = tab({ heartbeatInterval: 1000 })
    session.connect()
    await welcome()
    await run(1000)
    expect(world.socket.sent).toEqual(['{"type":"ping"}'])
    world.socket.receive('{"type":"pong"}')
    await run(10)
    expect(session.ws.state).toBe('OPEN')
  })

  it('[S9] a request is asked again on the next connection only if it may be done twice, and then says so each time', async () => {
    const { tab, welcome, heard, say, world, run } = createPeer()
    const session = tab()
    session.connect()
    await welcome()
    const lost = outcomeOf(session.request('once'))
    const repeated = outcomeOf(session.request('twice', { whenLost: 'resend' }))
    const [first, second] = heard()
    expect([first, second]).toMatchObject([{ d: 'once' }, { d: 'twice', r: 1 }])
    expect(first).not.toHaveProperty('r')
    world.socket.die(1006)
    await run(5000)
    await welcome()
    expect(lost.error).toMatchObject({ code: 'LOST', sent: true })
    expect(heard()).toEqual([second])
    await say({ p: second.q, d: 'answer' })
    expect(repeated).toMatchObject({ isSettled: true, error: undefined })
    const failed = outcomeOf(session.request('bad'))
    await say({ p: heard()[0].q, x: 'busy' })
    expect(failed.error).toMatchObject({ code: 'REFUSED', reply: 'busy' })
    const controller = new AbortController()
    outcomeOf(session.request('slow', { signal: controller.signal }))
    const { q } = heard()[0]
    controller.abort()
    await world.settle()
    expect(heard()).toEqual([{ q, x: 1 }])
  })
})

describe('codec and framing', () => {
  it('a message that the codec of a later version cannot read is shown without its data, and can be discarded', async () => {
    const { tab, world } = createPeer()
    tab().send('written by the version before')
    await world.settle()
    const decode = () => {
      throw new Error('not of this version')
    }
    const session = tab({ codec: { encode: (data) => data, decode } })
    const errors: unknown[] = []
    session.ws.on('error', ({ cause }) => errors.push((cause as Error).message))
    await world.settle()
    expect(session.outbox.entries()).toMatchObject([{ n: 1, data: undefined, status: 'stored' }])
    expect(session.outbox.getSnapshot().size).toBe(1)
    expect(errors).toEqual(['not of this version'])
    await session.outbox.discard(1)
    expect(session.outbox.entries()).toEqual([])
  })

  it('a codec makes of the data what a frame holds, both ways', async () => {
    const { tab, welcome, heard, say, world } = createPeer()
    const session = tab({ codec: json() })
    session.connect()
    await welcome()
    session.send({ a: 1 })
    const answer = session.request({ b: 2 })
    await world.settle()
    const frames = heard()
    expect(frames.map(({ d }) => d)).toEqual(expect.arrayContaining(['{"a":1}', '{"b":2}']))
    expect(session.outbox.entries()).toMatchObject([{ data: { a: 1 } }])
    await say({ p: frames.find(({ q }) => q).q, d: '{"c":3}' })
    expect(await answer).toEqual({ c: 3 })
    const broken = outcomeOf(session.request({}))
    await say({ p: heard()[0].q, d: '{' })
    expect(broken.error).toMatchObject({ code: 'REFUSED', reply: '{' })
    const events: unknown[] = []
    const errors: unknown[] = []
    session.ws.on('error', (error) => errors.push(error))
    session.follow('t', { onEvent: (data) => events.push(data) })
    await say({ s: 't', e: 'e1', o: 0, r: true }, { s: 't', o: 1, d: '{' }, { s: 't', o: 2, d: '{"d":4}' })
    expect([events, errors.length]).toEqual([[{ d: 4 }], 1])
  })

  it('an envelope of one’s own carries all of it', async () => {
    const { tab, done, run, server } = createStage(
      { framing: envelope, onRequest: ({ data }) => data },
      { framing: envelope },
    )
    const session = tab()
    const events: unknown[] = []
    session.follow('log', { onEvent: (data) => events.push(data) })
    session.connect()
    await run(100)
    const delivery = session.send('numbered')
    const answer = session.request('asked')
    await run(100)
    expect([done, events, await answer, delivery.status]).toEqual([['numbered'], ['numbered'], 'asked', 'acked'])
    await server.publish('log', 'published')
    await run(100)
    expect(events).toEqual(['numbered', 'published'])
  })
})

describe('a server that breaks the wire', () => {
  it.each([
    ['a field of the wrong kind', '{"a":"x"}'],
    ['what only clients say', '{"n":1,"d":1}'],
    ['a second welcome', '{"t":"welcome","v":1,"e":"e1","a":0,"b":1,"m":1}'],
    ['an ack for what was never sent', '{"a":9}'],
  ])('is left with 4400, and not tried again: %s', async (_, frame) => {
    const { tab, welcome, say, world, run } = createPeer()
    const session = tab()
    const errors: string[] = []
    session.ws.on('error', ({ code }) => errors.push(code))
    session.connect()
    await welcome()
    await say(frame)
    expect(world.socket.closeCalls).toMatchObject([{ code: 4400 }])
    expect(session.ws.state).toBe('FAILED')
    await run(60_000)
    expect(world.dials).toBe(1)
    expect(errors.length).toBeGreaterThan(0)
  })

  it('talks before the welcome', async () => {
    const { tab, open, say, world } = createPeer()
    const session = tab()
    session.ws.on('error', () => {})
    session.connect().catch(() => {})
    await open()
    await say({ a: 0 })
    expect(world.socket.closeCalls).toMatchObject([{ code: 4400 }])
  })

  it('100,000 malformed frames are let through as what they are, or end the connection, and nothing is thrown', () => {
    const frame = malformed(7)
    const codes = new Set<string>()
    const tellers = [
      'no frame',
      'closed',
      'welcome',
      'ack',
      'gap',
      'wait',
      'reply',
      'failure',
      'following',
      'notFollowing',
      'event',
      'plain',
    ]
    const seen: Record<string, number> = {}
    let socket = connect()
    function connect() {
      const listeners: Record<string, (event?: unknown) => void> = {}
      const closes: (number | undefined)[] = []
      const shake = handshake(jsonFraming, async () => 'hello')
      const listen = shake.listen({
        ...{ readyState: 1, bufferedAmount: 0, protocol: '', binaryType: '', send() {} },
        close: (code?: number) => void closes.push(code),
        addEventListener: (type: string, listener: (event?: any) => void) => void (listeners[type] = listener),
      })
      listen('close', () => (seen.closed = (seen.closed || 0) + 1))
      listen('message', (event: MessageEvent) => {
        const { type = 'no frame' } = shake.frameOf(event) || {}
        seen[type] = (seen[type] || 0) + 1
      })
      listeners.message?.({ data: '{"t":"welcome","v":1,"e":"e1","a":0,"b":65536,"m":1000}' })
      return { listeners, closes }
    }
    for (let i = 0; i < 100_000; i++) {
      socket.listeners.message?.({ data: frame() })
      if (!socket.closes.length) continue
      codes.add(socket.closes.join())
      socket = connect()
    }
    expect([...codes].sort()).toEqual(['4400', '4406'].filter((code) => codes.has(code)))
    expect(codes).toContain('4400')
    expect(Object.keys(seen).filter((type) => !tellers.includes(type))).toEqual([])
    expect(Object.keys(seen).length).toBeGreaterThan(8)
    expect(seen.closed).toBeGreaterThan(10_000)
  })

  it('5,000 of them leave a session that works', async () => {
    const frame = malformed(8)
    const { tab, world, welcome, run } = createPeer()
    const session = tab()
    session.ws.on('error', () => {})
    session.follow('t', { onEvent: () => {} })
    session.connect()
    await welcome()
    for (let i = 0; i < 5000; i++) {
      world.socket.receive(frame())
      if (session.ws.state === 'OPEN') continue
      await run(0)
      session.ws.retryNow()
      world.sockets.splice(0, world.sockets.length - 1)
      await welcome()
    }
    world.socket.die(1006)
    await run(10)
    session.ws.retryNow()
    await welcome()
    const delivery = session.send('still alive')
    await world.settle()
    const [said] = world.socket.sent.splice(0).slice(-1)
    expect(JSON.parse(String(said))).toMatchObject({ d: 'still alive' })
    world.socket.receive(`{"a":${delivery.n}}`)
    await world.settle()
    expect(delivery.status).toBe('acked')
  })

  it('the session’s JSON reads back what it writes, and refuses what JSON would lose', () => {
    const { write, read }: Framing = jsonFraming
    const frames = [
      { type: 'hello', version: 1, client: 'c', next: 1, epoch: undefined },
      { type: 'hello', version: 1, client: 'c', next: 1, epoch: 'e' },
      { type: 'send', n: 1, data: { a: [1] } },
      { type: 'skip', n: 2 },
      { type: 'request', id: 3, data: null, isIdempotent: true },
      { type: 'cancel', id: 4 },
      { type: 'follow', topic: 't', from: { epoch: 'e', offset: 0 } },
      { type: 'unfollow', topic: 't' },
      {
        ...{ type: 'welcome', version: 1, epoch: 'e', acked: 0, refused: [[1, 'x']] },
        ...{ isForgotten: true, frameBytes: 9, memory: 9 },
      },
      { type: 'ack', n: 0, refused: [] },
      { type: 'gap', n: 1 },
      { type: 'wait', n: 1, ms: 0 },
      { type: 'reply', id: 1, data: 0 },
      { type: 'failure', id: 1, reason: 'x' },
      { type: 'following', topic: 't', position: { epoch: 'e', offset: 9 }, isContinued: false },
      { type: 'notFollowing', topic: 't', why: 'x' },
      { type: 'event', topic: 't', offset: 1, data: null },
      { type: 'plain', data: 'x' },
    ] as const
    for (const frame of frames) expect(read(write(frame as never))).toEqual(frame)
    expect(read(write({ type: 'send', n: 1, data: undefined }))).toEqual({ type: 'send', n: 1, data: null })
    expect(() => write({ type: 'plain', data: new Map() })).toThrow(TypeError)
  })

  it('is a class that can be used without a browser', () => {
    expect(new Session({ url: 'wss://example.test/', outbox: { name: 'node' } }).ws.state).toBe('CLOSED')
  })
})
