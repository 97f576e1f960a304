/** Owns the first words of a connection: who is there, what is proven, which version, and what happens to who says otherwise. */

import { afterEach, describe, expect, it, vi } from 'vitest'
import { createSessionServer, memoryStore } from '../../src/server/index.ts'
import type { Framing } from '../../src/session/frames.ts'
import { createScene, Peer, settle } from '../support/session-scene.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

const taking = { onSend: () => ({}) }

describe('hello', () => {
  it('welcomes a client it does not know with f, and one it knows without', async () => {
    const { enter } = createScene()
    const { peer, welcome } = await enter()
    expect(welcome).toEqual({ t: 'welcome', v: 1, e: 'e1', a: 0, f: 1, b: 65_536, m: 8 * 86_400_000 })
    peer.cut()
    expect((await enter()).welcome).toEqual({ t: 'welcome', v: 1, e: 'e1', a: 0, b: 65_536, m: 8 * 86_400_000 })
  })

  it('[S5] raises the ledger to what the client has proof for, and never lowers it', async () => {
    const { enter } = createScene(taking)
    const { peer, welcome } = await enter('ann', { n: 57 })
    expect(welcome).toMatchObject({ a: 56, f: 1 })
    peer.say({ n: 57, d: 'x' })
    await settle()
    expect(peer.heard()).toEqual([{ a: 57 }])
    expect((await enter('ann', { n: 3 })).welcome).toMatchObject({ a: 57 })
  })

  it('keeps apart two users with one client id', async () => {
    const { enter } = createScene(taking)
    const { peer } = await enter('ann')
    peer.say({ n: 1, d: 'x' })
    await settle()
    expect((await enter('bob')).welcome).toMatchObject({ a: 0, f: 1 })
  })
})

describe('a connection that does not belong here', () => {
  it.each([
    ['another word first', { n: 1, d: 'x' }, /first frame must be hello/],
    ['a plain word first', { d: 'x' }, /first frame must be hello/],
    ['what no one says', { hi: 1 }, /first frame must be hello/],
    ['a client id with a slash', { t: 'hello', v: 1, c: 'a/b', n: 1 }, /client id/],
    ['a client id that is too long', { t: 'hello', v: 1, c: 'x'.repeat(65), n: 1 }, /client id/],
    ['a number below 1', { t: 'hello', v: 1, c: 'client-1', n: 0 }, /numbers start at 1/],
    ['a number that is none', { t: 'hello', v: 1, c: 'client-1', n: '1' }, /"n"/],
  ])('with %s is closed with 4400 and words, and the operator hears of it', (_, frame, words) => {
    const { open, troubles } = createScene()
    const peer = open()
    peer.say(frame)
    expect(peer.closed?.code).toBe(4400)
    expect(peer.closed?.reason).toMatch(words)
    expect(troubles).toMatchObject([{ code: 'WIRE_BROKEN', user: 'ann', message: expect.stringMatching(words) }])
  })

  it.each([2, 0, 99])('of version %i is closed with 4406, and the text says both', (v) => {
    const { open, troubles } = createScene()
    const peer = open()
    peer.say({ t: 'hello', v, c: 'client-1', n: 1 })
    expect(peer.closed).toEqual({ code: 4406, reason: `this server speaks session version 1, the client ${v}` })
    expect(troubles.map(({ code }) => code)).toEqual(['WRONG_VERSION'])
  })

  it('and says nothing is closed after helloTimeout, to come again', () => {
    const { open, clock } = createScene({ limits: { helloTimeout: 5000 } })
    const [silent, gone] = [open(), open()]
    gone.cut()
    clock.advance(4999)
    expect(silent.closed).toBe(undefined)
    clock.advance(1)
    expect(silent.closed).toMatchObject({ code: 4408 })
    expect(clock.timers).toBe(0)
  })

  it('and has no user is closed with 4401', () => {
    const { open, troubles } = createScene()
    expect(open(null).closed).toMatchObject({ code: 4401 })
    expect(troubles.map(({ code }) => code)).toEqual(['NO_USER'])
  })

  it('whose user has no name is closed, and the operator told how to give one', async () => {
    const { sessions, troubles } = createScene()
    const peer = new Peer()
    sessions.accept(peer, {} as never)
    peer.say({ t: 'hello', v: 1, c: 'client-1', n: 1 })
    await settle()
    expect(peer.closed).toMatchObject({ code: 1011 })
    expect(String(troubles[0]?.cause)).toMatch(/userKey/)
  })

  it.each([
    ['hello again', { t: 'hello', v: 1, c: 'client-1', n: 1 }, /said once/],
    ['what a server says', { a: 1 }, /what a server says/],
    ['a field of the wrong kind', { q: 'x', d: 1 }, /"q"/],
    ['a number below zero', { n: -1, d: 1 }, /"n"/],
    ['a number that is too large to count', { n: 2 ** 53, d: 1 }, /"n"/],
    ['a frame that is too large', { n: 1, d: 'ü'.repeat(40_000) }, /80\d+ bytes, at most 65536/],
  ])('after the welcome with %s is closed with 4400', async (_, frame, words) => {
    const { enter, troubles } = createScene(taking)
    const { peer } = await enter()
    peer.say(frame)
    expect(peer.closed?.code).toBe(4400)
    expect(peer.closed?.reason).toMatch(words)
    expect(troubles).toMatchObject([{ code: 'WIRE_BROKEN', client: 'client-1' }])
  })
})

describe('a connection that falls silent', () => {
  it('is taken for broken between once and twice the limit after its last word, a ping being one', async () => {
    const { enter, clock } = createScene({ limits: { silence: 1000 } })
    const [talking, silent] = [await enter('ann'), await enter('bob')]
    for (let ms = 0; ms < 5000; ms += 500) {
      talking.peer.sayText('{"type":"ping"}')
      clock.advance(500)
      if (ms < 500) expect(silent.peer.closed).toBe(undefined)
    }
    expect(silent.peer.closed).toMatchObject({ code: 4408 })
    expect(talking.peer.closed).toBe(undefined)
    talking.peer.cut()
    expect(clock.timers).toBe(0)
  })
})

describe('what is said before the welcome is out', () => {
  it('waits for it', async () => {
    const { open } = createScene(taking)
    const peer = open()
    peer.say({ t: 'hello', v: 1, c: 'client-1', n: 1 }, { n: 1, d: 'x' }, { n: 2, d: 'y' })
    await settle()
    expect(peer.heard()).toMatchObject([{ t: 'welcome' }, { a: 2 }])
  })

  it.each([
    ['frames', { window: 3 }, 0],
    ['bytes', { pendingBytes: 1000 }, 'x'.repeat(400)],
  ])('is limited in %s', (_, limits, data) => {
    const { open, troubles } = createScene({ limits })
    const peer = open()
    peer.say({ t: 'hello', v: 1, c: 'client-1', n: 1 })
    for (let n = 1; n <= 3; n++) peer.say({ n, d: data })
    expect(peer.closed).toBe(undefined)
    peer.say({ n: 4, d: data })
    expect(peer.closed).toMatchObject({ code: 1008 })
    expect(troubles.map(({ code }) => code)).toEqual(['FLOOD'])
  })

  it('is for nobody when the store cannot say who is there; the client comes again', async () => {
    const store = memoryStore()
    store.last = () => Promise.reject(new Error('down'))
    const { open, troubles } = createScene({ ...taking, store })
    const peer = open()
    peer.say({ t: 'hello', v: 1, c: 'client-1', n: 1 })
    await settle()
    expect(peer.closed).toMatchObject({ code: 1011 })
    expect(troubles.map(({ code }) => code)).toEqual(['STORE_FAILED'])
  })
})

describe('what is no frame', () => {
  it('of the heartbeat is answered at once, even before the hello', () => {
    const { open } = createScene()
    const peer = open()
    peer.sayText('{"type":"ping"}')
    expect(peer.heard()).toEqual([{ type: 'pong' }])
    expect(peer.closed).toBe(undefined)
  })

  it('goes to onPlain as it came, a plain frame as what it holds, and what that throws is its own', async () => {
    const heard: unknown[] = []
    const { enter, troubles } = createScene({
      onPlain: ({ data, user }) => {
        heard.push([user, data])
        if (heard.length === 3) throw new Error('mine')
      },
    })
    const { peer } = await enter()
    const bytes = new Uint8Array([1, 2])
    peer.sayText('not json')
    peer.sayText(bytes)
    peer.say({ d: { cursor: 1 } })
    await settle()
    expect(heard).toEqual([
      ['ann', 'not json'],
      ['ann', bytes],
      ['ann', { cursor: 1 }],
    ])
    expect(troubles.map(({ code }) => code)).toEqual(['HANDLER_FAILED'])
    expect(peer.closed).toBe(undefined)
  })
})

describe('a flood', () => {
  const never = { onSend: () => new Promise<undefined>(() => {}) }

  it('is told once to wait, and ends with 1008 when it goes on', async () => {
    const { enter, troubles } = createScene({ ...never, limits: { window: 10 } })
    const { peer } = await enter()
    for (let n = 1; n <= 14; n++) peer.say({ n, d: 'x' })
    expect(peer.heard()).toEqual([{ w: 12, ms: 1000 }])
    for (let n = 15; n <= 30; n++) peer.say({ n, d: 'x' })
    expect(peer.closed).toMatchObject({ code: 1008 })
    expect(troubles.map(({ code }) => code)).toEqual(['FLOOD'])
  })

  it('that waits when told to loses nothing', async () => {
    const kept: unknown[] = []
    const { enter } = createScene({
      onSend: async ({ data }) => {
        kept.push(data)
      },
      limits: { window: 10 },
    })
    const { peer } = await enter()
    let next = 1
    while (next <= 100) {
      for (let n = next; n < next + 15 && n <= 100; n++) peer.say({ n, d: n })
      for (let i = 0; i < 6; i++) await settle()
      const heard = peer.heard()
      next = 1 + Math.max(...heard.flatMap(({ a }) => (a === undefined ? [] : [Number(a)])))
      expect(heard.filter(({ w }) => w !== undefined).length).toBeLessThanOrEqual(1)
    }
    expect(kept).toEqual(Array.from({ length: 100 }, (_, i) => i + 1))
    expect(peer.closed).toBe(undefined)
  })

  it('of bytes is one as well', async () => {
    const { enter } = createScene({ ...never, limits: { pendingBytes: 1000 } })
    const { peer } = await enter()
    for (let n = 1; n <= 5; n++) peer.say({ n, d: 'x'.repeat(400) })
    expect(peer.heard()).toEqual([{ w: 4, ms: 1000 }])
  })
})

describe('a message larger than all that may be on its way', () => {
  it('is taken all the same, by itself', async () => {
    const { enter } = createScene({ ...taking, limits: { pendingBytes: 1000 } })
    const { peer } = await enter()
    peer.say({ n: 1, d: 'x'.repeat(2000) }, { n: 2, d: 'y' })
    await settle()
    expect(peer.heard()).toEqual([{ a: 2 }])
  })
})

describe('the options', () => {
  it.each([
    [{}, /"store" must be a store/],
    [{ store: memoryStore(), limits: { frameByte: 1 } }, /no limit "frameByte"/],
    [{ store: memoryStore(), limits: { frameBytes: 0 } }, /"frameBytes" must be a number from 1, got 0/],
    [{ store: memoryStore(), limits: { memory: Number.NaN } }, /"memory" must be/],
    [{ store: memoryStore(), limits: { history: { events: Infinity } } }, /"history.events" must be/],
    [undefined, /"store" must be a store/],
    [{ store: memoryStore(), onsend: () => {} }, /no option "onsend"\. Known are store, limits, onSend/],
    [{ store: memoryStore(), onSend: 'handler' }, /"onSend" must be a function, got string/],
    [{ store: memoryStore(), userKey: 'id' }, /"userKey" must be a function/],
    [{ store: memoryStore(), framing: { read: () => null } }, /"framing" must have read, write/],
    [{ store: memoryStore(), clock: {} }, /"clock" must have now, setTimeout, clearTimeout/],
  ])('%j are refused', (options, words) => {
    expect(() => createSessionServer(options as never)).toThrow(words)
  })

  it('may leave out what is undefined', () => {
    expect(() => createSessionServer({ store: memoryStore(), onSend: undefined, clock: undefined })).not.toThrow()
  })

  it('are followed by sockets, and what is none is refused', () => {
    const { sessions } = createScene()
    expect(() => sessions.accept({} as never, 'ann')).toThrow(/must be a WebSocket/)
    expect(sessions.connections).toEqual([])
  })

  it('take an envelope of one own', async () => {
    const framing: Framing = {
      write: (frame) => JSON.stringify({ op: frame.type, body: frame }),
      read: (data) => JSON.parse(String(data)).body,
    }
    const { open } = createScene({ ...taking, framing })
    const peer = open()
    peer.say({ body: { type: 'hello', version: 1, client: 'client-1', next: 1 } })
    await settle()
    peer.say({ body: { type: 'send', n: 1, data: 'x' } })
    await settle()
    expect(peer.heard()).toMatchObject([
      { op: 'welcome', body: { acked: 0, isForgotten: true } },
      { op: 'ack', body: { n: 1 } },
    ])
    peer.sayText('{')
    expect(peer.closed).toMatchObject({ code: 4400 })
  })
})

describe('closing the server', () => {
  it('closes every connection and whoever comes after, and lets go of the store', async () => {
    const { enter, open, sessions, clock } = createScene(taking)
    const { peer } = await enter()
    expect(sessions.connections).toMatchObject([{ user: 'ann', client: 'client-1', isOpen: true }])
    sessions.close()
    expect(peer.closed).toMatchObject({ code: 1001 })
    expect(open().closed).toMatchObject({ code: 1001 })
    expect(sessions.connections).toEqual([])
    expect(clock.timers).toBe(0)
  })

  it('of one connection is anybody, and posts go to the one alone', async () => {
    const { enter, sessions } = createScene()
    const { peer } = await enter()
    sessions.connections[0]?.post({ hello: 'you' })
    expect(peer.heard()).toEqual([{ d: { hello: 'you' } }])
    sessions.connections[0]?.close(4403, 'not any more')
    expect(peer.closed).toEqual({ code: 4403, reason: 'not any more' })
  })
})

describe('the operator', () => {
  it('is no danger to the server: what onError throws is printed', () => {
    const printed = vi.spyOn(console, 'error').mockImplementation(() => {})
    const { open } = createScene({
      onError: () => {
        throw new Error('mine')
      },
    })
    const peer = open()
    peer.say({ n: 1 })
    expect(peer.closed).toMatchObject({ code: 4400 })
    expect(printed).toHaveBeenCalledOnce()
  })

  it('who listens to nothing reads of handlers and store on the console, and of no client', async () => {
    const printed = vi.spyOn(console, 'error').mockImplementation(() => {})
    const { enter } = createScene({
      onError: undefined,
      onSend: () => {
        throw new Error('mine')
      },
    })
    const { peer } = await enter()
    peer.say({ n: 1, d: 0 })
    expect(printed).toHaveBeenCalledOnce()
    peer.say({ a: 1 })
    expect(printed).toHaveBeenCalledOnce()
  })
})
