/**
 * What an operation may be given as, and who hears of its results: G25–G29 of docs/GRAPHQL.md, in virtual time.
 */

import { runInNewContext } from 'node:vm'
import { parse, print } from 'graphql'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { type GraphQLDocument, GraphQLSubscriptionClient } from '../../src/graphql/index.ts'
import type { WebSocketReconnectError } from '../../src/index.ts'
import { collectGarbage } from '../support/garbage.ts'
import { acknowledged, greet, listener, say, sent, setup, taken, untilRetry } from './stage.ts'

const QUERY = 'subscription { news }'

/** What graphql-codegen writes with documentMode: 'string', copied from its output. */
class TypedDocumentString<TResult, TVariables> extends String {
  __apiType?: (variables: TVariables) => TResult
  private value: string
  __meta__?: Record<string, any> | undefined

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value)
    this.value = value
    this.__meta__ = __meta__
  }

  override toString(): string {
    return this.value
  }
}

describe('documents', () => {
  const text = async (query: unknown, options = {}) => {
    const { world, client } = await acknowledged(options)
    client.subscribe(query as string)
    return sent(world.socket)[0]?.payload.query
  }

  it('[G26 document] is a string, or a typed document string', async () => {
    expect(await text(QUERY)).toBe(QUERY)
    expect(await text(new TypedDocumentString(QUERY, { hash: 'x' }))).toBe(QUERY)
  })

  it('[G26 document] carries its source, as `parse` and graphql-tag leave it', async () => {
    expect(await text(parse(QUERY))).toBe(QUERY)
    expect(await text({ kind: 'Document', definitions: [], loc: { source: { body: QUERY } } })).toBe(QUERY)
  })

  it('[G26 document] without its source goes through the option print', async () => {
    expect(await text(parse(QUERY, { noLocation: true }), { print })).toBe('subscription {\n  news\n}')
  })

  it.each([
    ['a document without its source', parse(QUERY, { noLocation: true })],
    ['nothing', undefined],
    ['null', null],
    ['a number', 5],
    ['an empty object', {}],
  ])('[G26 document] without print, %s is a TypeError that says so, and nothing is left', async (_, query) => {
    const { world, client } = await acknowledged()
    expect(() => client.subscribe(query as string)).toThrow(TypeError)
    expect(() => client.subscribe(query as string)).toThrow(/"query" must be a string.*pass \{ print \} of graphql/)
    await expect(client.iterate({ query: query as string }).next()).rejects.toThrow(TypeError)
    world.socket.die(1006)
    await untilRetry({ world, client })
    await greet(world)
    expect(sent(world.socket)).toEqual([{ type: 'connection_init' }])
  })

  const unsayable: [string, unknown][] = [
    ['a Blob', new Blob(['x'])],
    ['a File', new File(['x'], 'x.txt')],
    ['an ArrayBuffer', new ArrayBuffer(4)],
    ['an empty view', new Uint8Array(0)],
    ['a view', new Uint8Array([1, 2, 3])],
    ['a DataView', new DataView(new ArrayBuffer(4))],
    ['a Map', new Map([['a', 1]])],
    ['a Set', new Set([1])],
    ['a FormData', new FormData()],
    ['a RegExp', /x/],
    ['a Promise', Promise.resolve(1)],
    ['an Error', new Error('x')],
    ['a function', () => 1],
    ['a function that holds something', Object.assign(() => 1, { a: 1 })],
    ['a symbol', Symbol('x')],
    ['a bigint', 10n],
    ['NaN', Number.NaN],
    ['Infinity', -Infinity],
  ]

  it.each(unsayable)('[G26 variables] that JSON cannot say throw at once, and name where: %s', async (_, value) => {
    const { world, client } = await acknowledged()
    for (const variables of [{ upload: value }, { input: { upload: value } }, { input: [{ upload: value }] }]) {
      for (const [given, options] of [
        [variables, {}],
        [{}, { extensions: variables }],
      ] as const) {
        expect(() => client.subscribe(QUERY, given, options)).toThrow(TypeError)
        expect(() => client.subscribe(QUERY, given, options)).toThrow(/"upload" is .*, which JSON cannot say/)
        await expect(client.iterate({ query: QUERY, variables: given, ...options }).next()).rejects.toThrow(TypeError)
      }
    }
    world.socket.die(1006)
    await untilRetry({ world, client })
    await greet(world)
    expect(sent(world.socket)).toEqual([{ type: 'connection_init' }])
  })

  it('[G26 variables] that go in circles throw at once', () => {
    const { client } = setup()
    const circular: Record<string, unknown> = {}
    circular.self = circular
    expect(() => client.subscribe(QUERY, circular)).toThrow(TypeError)
  })

  it('[G26 variables] may hold whatever JSON can say in its way', async () => {
    const { world, client } = await acknowledged()
    class Point {
      x = 1
    }
    const date = new Date(0)
    client.subscribe(QUERY, {
      date,
      url: new URL('https://a.test/'),
      point: new Point(),
      tagged: { [Symbol.toStringTag]: 'Money', amount: 1 },
      bare: Object.assign(Object.create(null), { a: 1 }),
      boxed: [new String('x'), new Number(0), new Boolean(false), new String('')],
      own: { toJSON: () => 'said' },
      elsewhere: runInNewContext('({ empty: {}, list: [] })'),
      left: undefined,
      list: [1, undefined, null],
      empty: {},
    })
    expect(sent(world.socket)[0].payload.variables).toEqual({
      date: date.toISOString(),
      url: 'https://a.test/',
      point: { x: 1 },
      tagged: { amount: 1 },
      bare: { a: 1 },
      boxed: ['x', 0, false, ''],
      own: 'said',
      elsewhere: { empty: {}, list: [] },
      list: [1, null, null],
      empty: {},
    })
  })

  // A server hangs up on these (4400), and every other operation with it.
  it.each<[string, unknown, object]>([
    ['a text for variables', 'x', {}],
    ['an empty text for variables', '', {}],
    ['a list for variables', [], {}],
    ['a date for variables', new Date(0), {}],
    ['a function for variables', () => ({}), {}],
    ['a text for extensions', {}, { extensions: 'x' }],
    ['a list for extensions', {}, { extensions: [] }],
    ['a number for operationName', {}, { operationName: 5 }],
  ])('[G26 variables] of the wrong kind throw at once: %s', (_, variables, options) => {
    const { client } = setup()
    expect(() => client.subscribe(QUERY, variables as object, options)).toThrow(TypeError)
    expect(() => client.subscribe(QUERY, variables as object, options)).toThrow(
      /^GraphQLSubscriptionClient: "(variables|extensions|operationName)" must be (an object|a string), got /,
    )
  })

  it('[G26 variables] may be null, and so may extensions and operationName', async () => {
    const { world, client } = await acknowledged()
    client.subscribe(QUERY, null, { extensions: null, operationName: null } as object)
    expect(sent(world.socket)[0].payload).toEqual({
      query: QUERY,
      variables: null,
      extensions: null,
      operationName: null,
    })
  })

  it('[G26 document] carries the types of its result and its variables', async () => {
    const { client } = await acknowledged()
    const typed = new TypedDocumentString<{ price: number }, { of: string }>('subscription …')
    const node = parse(QUERY) as ReturnType<typeof parse> & GraphQLDocument<{ price: number }, { of: string }>
    for (const query of [typed, node]) {
      client.subscribe(query, { of: 'tea' }, { onData: ({ data }) => data?.price.toFixed() })
      // @ts-expect-error the variables are wrong
      client.subscribe(query, { off: 'tea' })
      // @ts-expect-error there is no such field
      client.subscribe(query, { of: 'tea' }, { onData: ({ data }) => data?.prize })
      client
        .iterate({ query, variables: { of: 'tea' } })
        .next()
        .then(({ value }) => value?.data?.price.toFixed())
      // @ts-expect-error the variables are wrong
      client.iterate({ query, variables: { of: 5 } })
    }
    client.subscribe(QUERY, { any: 'thing' }, { onData: ({ data }) => data?.whatever })
    client.subscribe(parse(QUERY), { any: 'thing' })
    client.subscribe<{ news: string }>(QUERY, {}, { onData: ({ data }) => data?.news.trim() })
    // @ts-expect-error a number is no document
    expect(() => client.subscribe(5)).toThrow()
    // @ts-expect-error the endpoint is no option
    new GraphQLSubscriptionClient('wss://a.test', { url: 'wss://b.test' })
  })
})

describe('iterate', () => {
  afterEach(() => vi.restoreAllMocks())
  const next = (id: string, n: number) => ({ id, type: 'next', payload: { data: { n } } })

  /** A loop that waits for its first result; `id` is what the server knows it by. */
  const begun = async () => {
    const scene = await acknowledged()
    const results = scene.client.iterate({ query: QUERY })
    const first = results.next()
    await scene.world.settle()
    const [{ id }] = taken(scene.world.socket)
    return { ...scene, results, first, id }
  }

  it('[G27 iterate] yields each result in order, and ends when the server completes', async () => {
    const { world, client } = await acknowledged()
    const seen: unknown[] = []
    const loop = (async () => {
      for await (const { data } of client.iterate({ query: QUERY, variables: { a: 1 }, operationName: 'News' })) {
        seen.push(data.n)
      }
      return 'ended'
    })()
    await world.settle()
    const [{ id, payload }] = taken(world.socket)
    expect(payload).toEqual({ query: QUERY, variables: { a: 1 }, operationName: 'News' })
    say(world.socket, next(id, 1), next(id, 2))
    await world.settle()
    say(world.socket, next(id, 3), { id, type: 'complete' })
    expect(await loop).toBe('ended')
    expect(seen).toEqual([1, 2, 3])
    expect(sent(world.socket)).toEqual([])
  })

  it('[G27 iterate] subscribes with the first turn of the loop, not before', async () => {
    const { world, client } = await acknowledged()
    const results = client.iterate({ query: QUERY })
    await world.settle()
    expect(sent(world.socket)).toEqual([])
    await results.return()
    expect(await results.next()).toEqual({ value: undefined, done: true })
    expect(sent(world.socket)).toEqual([])
  })

  it('[G27 iterate] sends complete when the loop is left', async () => {
    const { world, client } = await acknowledged()
    const loop = (async () => {
      for await (const _ of client.iterate({ query: QUERY })) break
    })()
    await world.settle()
    const [{ id }] = taken(world.socket)
    say(world.socket, next(id, 1), next(id, 2))
    await loop
    expect(sent(world.socket)).toEqual([{ id, type: 'complete' }])
  })

  it('[G27 iterate] return() does not wait for a result that may never come', async () => {
    const { world, client } = await acknowledged()
    const results = client.iterate({ query: QUERY })
    const waiting = [results.next(), results.next()]
    await world.settle()
    const [{ id }] = taken(world.socket)
    expect(await results.return()).toEqual({ value: undefined, done: true })
    expect(await Promise.all(waiting)).toEqual(Array(2).fill({ value: undefined, done: true }))
    expect(sent(world.socket)).toEqual([{ id, type: 'complete' }])
  })

  it('[G27 iterate] throw() does not wait either, and tells the server', async () => {
    const { world, results, first: waiting, id } = await begun()
    await expect(results.throw(new Error('enough'))).rejects.toThrow('enough')
    expect(await waiting).toEqual({ value: undefined, done: true })
    expect(sent(world.socket)).toEqual([{ id, type: 'complete' }])
  })

  it('[G27 iterate] throws the server’s errors as one Error, after what came before them', async () => {
    const { world, results, first, id } = await begun()
    const errors = [{ message: 'one' }, { message: 'two' }]
    say(world.socket, next(id, 1), { id, type: 'error', payload: errors })
    expect(await first).toEqual({ value: { data: { n: 1 } }, done: false })
    const thrown = await results.next().catch((error) => error)
    expect(thrown).toBeInstanceOf(Error)
    expect(thrown).toMatchObject({ message: 'one\ntwo', errors })
    expect(await results.next()).toEqual({ value: undefined, done: true })
    expect(sent(world.socket)).toEqual([])
  })

  it('[G27 iterate] throws the connection’s error when it gives up, and is over', async () => {
    const { world, client } = await acknowledged()
    const results = client.iterate({ query: QUERY })
    const first = results.next().catch((error) => error)
    await world.settle()
    world.socket.die(4403)
    expect((await first) as WebSocketReconnectError).toBe(client.ws.getSnapshot().error)
    client.connect()
    await greet(world)
    expect(sent(world.socket)).toEqual([{ type: 'connection_init' }])
  })

  it('[G27 iterate] keeps that error for a loop that was not waiting, whatever comes after it', async () => {
    const { world, client, results, first, id } = await begun()
    say(world.socket, next(id, 1))
    await first
    world.socket.die(4403)
    client.connect()
    await greet(world)
    expect(sent(world.socket)).toEqual([{ type: 'connection_init' }])
    say(world.socket, { id, type: 'complete' })
    await expect(results.next()).rejects.toMatchObject({ code: 'FATAL_CLOSE' })
  })

  it('[G27 iterate] throws an Error that says so where the server gives no reason', async () => {
    const { world, client } = await acknowledged()
    const first = client.iterate({ query: QUERY }).next()
    await world.settle()
    const [{ id }] = taken(world.socket)
    say(world.socket, { id, type: 'error', payload: [null] })
    await expect(first).rejects.toThrow('The server gave no reason.')
    expect(client.ws.state).toBe('OPEN')
  })

  it('[G27 iterate] goes on over a reconnect', async () => {
    const { world, client, results, first, id } = await begun()
    say(world.socket, next(id, 1))
    const second = results.next()
    await first
    world.socket.die(1006)
    await untilRetry({ world, client })
    await greet(world)
    say(world.socket, next(id, 2))
    expect((await second).value).toEqual({ data: { n: 2 } })
    await results.return()
  })

  it('[G27 iterate] takes each result in one step, however many wait: no list of them is moved', async () => {
    let longest = 0
    const { shift } = Array.prototype
    // Not by a spy, which shifts lists of its own.
    onTestFinished(() => void Object.assign(Array.prototype, { shift }))
    Object.assign(Array.prototype, {
      shift(this: unknown[]) {
        longest = Math.max(longest, this.length)
        return shift.call(this)
      },
    })
    const { world, results, first, id } = await begun()
    for (let n = 0; n < 1000; n++) say(world.socket, next(id, n))
    await first
    for (let n = 1; n < 1000; n++) expect((await results.next()).value).toEqual({ data: { n } })
    expect(longest).toBeLessThan(100)
  })

  it('[G27 iterate] lets go of what has been taken while others wait', async () => {
    const { world, results, first, id } = await begun()
    for (let n = 0; n < 1000; n++) say(world.socket, next(id, n))
    await first
    const gone: WeakRef<object>[] = []
    for (let n = 1; n < 500; n++) gone.push(new WeakRef((await results.next()).value as object))
    await results.next()
    await collectGarbage()
    expect(gone.filter((reference) => reference.deref())).toEqual([])
    expect((await results.next()).value).toEqual({ data: { n: 501 } })
  })

  it('[G27 iterate] holds on to no result once it has been left', async () => {
    const { world, client } = await acknowledged()
    const heard: WeakRef<object>[] = []
    const { subscribe } = client
    vi.spyOn(client, 'subscribe').mockImplementation((query, variables, { onData, ...handlers } = {}) =>
      subscribe.call(client, query, variables, {
        ...handlers,
        onData(result) {
          heard.push(new WeakRef(result))
          onData?.(result)
        },
      }),
    )
    const results = client.iterate({ query: QUERY })
    const first = results.next().then(() => {})
    await world.settle()
    const [{ id }] = taken(world.socket)
    for (let n = 0; n < 100; n++) say(world.socket, next(id, n))
    await first
    await results.return()
    await collectGarbage()
    expect(heard).toHaveLength(100)
    expect(heard.filter((reference) => reference.deref())).toEqual([])
    expect(await results.next()).toEqual({ value: undefined, done: true })
  })

  it('[G27 iterate] loses nothing of a burst', async () => {
    const { world, client } = await acknowledged()
    const seen: number[] = []
    const loop = (async () => {
      for await (const { data } of client.iterate({ query: QUERY })) seen.push(data.n)
    })()
    await world.settle()
    const [{ id }] = taken(world.socket)
    for (let n = 0; n < 10_000; n++) say(world.socket, next(id, n))
    say(world.socket, { id, type: 'complete' })
    await loop
    expect(seen).toEqual(Array.from({ length: 10_000 }, (_, n) => n))
  })
})

describe('handlers', () => {
  afterEach(() => vi.unstubAllGlobals())

  it('[G28 handlers] that throw disturb neither the other operations nor the connection', async () => {
    const reported: unknown[] = []
    vi.stubGlobal('reportError', (error: unknown) => reported.push(error))
    const { world, client } = await acknowledged()
    const fail = (what: string) => () => {
      throw new Error(what)
    }
    const one = listener()
    const bad = { onData: fail('onData'), onError: fail('onError'), onComplete: fail('onComplete') }
    client.subscribe(QUERY, {}, bad)
    client.subscribe(QUERY, {}, bad)
    client.subscribe(QUERY, {}, one)
    const [a, b, c] = taken(world.socket).map(({ id }) => id)
    say(world.socket, { id: a, type: 'next', payload: {} }, { id: a, type: 'error', payload: [] })
    say(world.socket, { id: b, type: 'complete' }, { id: c, type: 'next', payload: { data: 1 } })
    expect(reported.map(String)).toEqual(['Error: onData', 'Error: onError', 'Error: onComplete'])
    expect(one.heard).toEqual([['data', { data: 1 }]])
    expect(client.ws.state).toBe('OPEN')
  })

  it('[G28 handlers] that throw are each reported, also when the connection gives up', async () => {
    const reported: unknown[] = []
    vi.stubGlobal('reportError', (error: unknown) => reported.push(error))
    const { world, client } = await acknowledged()
    for (const n of [1, 2]) {
      const onError = () => {
        throw n
      }
      client.subscribe(QUERY, {}, { onError })
    }
    world.socket.die(4403)
    expect(reported).toEqual([1, 2])
  })

  it('[G28 handlers] are all optional, and so are the variables', async () => {
    const { world, client } = await acknowledged()
    client.subscribe(QUERY)
    client.subscribe(QUERY)
    const [a, b] = taken(world.socket).map(({ id }) => id)
    say(world.socket, { id: a, type: 'next', payload: {} }, { id: a, type: 'error', payload: [] })
    say(world.socket, { id: b, type: 'complete' })
    client.subscribe(QUERY)
    world.socket.die(4403)
    expect(client.ws.state).toBe('FAILED')
  })

  it('[G28 handlers] may subscribe and disconnect from inside', async () => {
    const { world, client } = await acknowledged()
    client.subscribe(QUERY, {}, { onComplete: () => client.subscribe('subscription { next }') })
    const [{ id }] = taken(world.socket)
    say(world.socket, { id, type: 'complete' })
    expect(sent(world.socket).map(({ payload }) => payload.query)).toEqual(['subscription { next }'])
    const [{ id: second }] = taken(world.socket)
    const stop = client.subscribe(QUERY, {}, { onData: () => client.disconnect() })
    const [{ id: third }] = taken(world.socket)
    say(world.socket, { id: third, type: 'next', payload: {} }, { id: second, type: 'next', payload: {} })
    stop()
    expect(client.ws.state).toBe('CLOSING')
    expect([...world.socket.sent, ...world.socket.swallowed]).toEqual([])
  })
})

describe('residue', () => {
  it('[G29 cost] 10,000 operations begin, give up, come back and end, and the engine has not one listener more', async () => {
    const { world, client } = await acknowledged()
    const listening = [vi.spyOn(client.ws, 'on'), vi.spyOn(client.ws, 'once'), vi.spyOn(client.ws, 'subscribe')]
    const heard: number[] = []
    const stops = Array.from({ length: 10_000 }, (_, n) =>
      client.subscribe(QUERY, { n }, { onError: () => heard.push(n) }),
    )
    const messages = taken(world.socket)
    expect(messages.map(({ payload }) => payload.variables.n)).toEqual(stops.map((_, n) => n))
    world.socket.die(4403)
    expect(heard).toEqual(stops.map((_, n) => n))
    client.connect()
    await greet(world)
    expect(taken(world.socket).slice(1)).toEqual(messages)
    for (const stop of stops) stop()
    expect(sent(world.socket)).toEqual(messages.map(({ id }) => ({ id, type: 'complete' })))
    expect(listening.map(({ mock }) => mock.calls.length)).toEqual([0, 0, 0])
  })

  it('[G29 one connection] carries all operations: two different ones share it', async () => {
    const { world, client } = await acknowledged()
    client.subscribe('subscription { a }')
    client.subscribe('subscription { b }')
    client.connect()
    expect(world.dials).toBe(1)
  })

  it('[G29 one timer] is all there is, and after disconnect() none', async () => {
    const { world, client } = await acknowledged()
    for (let n = 0; n < 100; n++) client.subscribe(QUERY)
    expect(world.timers).toBe(1)
    expect(world.clock.peak).toBe(1)
    client.disconnect()
    await world.advanceAsync(0)
    expect([world.timers, world.watchers]).toEqual([0, 0])
  })

  it('[G29 residue] 1,000 cycles of subscribe and unsubscribe leave nothing, neither here nor there', async () => {
    const { world, client } = await acknowledged()
    const open = new Set<string>()
    world.socket.onSend = (data) => {
      const { id, type } = JSON.parse(String(data))
      if (type === 'subscribe') open.add(id)
      if (type === 'complete') open.delete(id)
    }
    const stops: (() => void)[] = []
    for (let n = 0; n < 1000; n++) {
      stops.push(client.subscribe(QUERY, { n }, listener()))
      if (n % 10 === 9) for (const stop of stops.splice(0)) stop()
    }
    expect(world.socket.sent).toHaveLength(2000)
    expect(open.size).toBe(0)
    const subscribed = vi.spyOn(client.ws, 'send')
    world.socket.die(1006)
    await untilRetry({ world, client })
    await greet(world)
    expect(subscribed).not.toHaveBeenCalled()
    expect(world.timers).toBe(1)
  })

  it('[G29 residue] the heap holds on to none of their handlers', async () => {
    const { world, client } = await acknowledged()
    const cycle = (n: number) => {
      const one = listener()
      const stop = client.subscribe(QUERY, { n }, one)
      const [{ id }] = taken(world.socket)
      if (n % 3 === 0) stop()
      else if (n % 3 === 1) say(world.socket, { id, type: 'complete' })
      else say(world.socket, { id, type: 'error', payload: [] })
      return [new WeakRef(one), new WeakRef(stop)]
    }
    const gone = Array.from({ length: 1000 }, (_, n) => cycle(n)).flat()
    await collectGarbage()
    expect(gone.filter((reference) => reference.deref())).toHaveLength(0)
    expect(client.ws.state).toBe('OPEN')
  })

  it('[G29 residue] while there is no connection, too', async () => {
    const { world, client } = setup()
    for (let n = 0; n < 1000; n++) client.subscribe(QUERY, { n }, listener())()
    expect(client.ws.getStats().queuedMessages).toBe(0)
    client.connect()
    await greet(world)
    expect(sent(world.socket)).toEqual([{ type: 'connection_init' }])
  })
})
