/** Ask and get an answer, over any server that repeats an id: what becomes of a request, in virtual time. */

import { describe, expect, it, vi } from 'vitest'
import { WebSocketReconnect } from '../../src/index.ts'
import { createRequests, RequestError } from '../../src/requests/index.ts'
import { createWorld } from '../support/index.ts'
import {
  type Call,
  cancel,
  connected,
  createEnvelope,
  ending,
  type Outcome,
  reconnect,
  say,
  sent,
  setup,
  within,
} from './stage.ts'

describe('an answer', () => {
  it('belongs to the request whose id it repeats, in whatever order', async () => {
    const { world, requests, ask } = connected()
    const [first, second] = [ask('a'), ask('b')]
    expect(sent(world.socket)).toEqual([
      { id: '1', op: 'a' },
      { id: '2', op: 'b' },
    ])
    expect(requests.pending).toBe(2)
    say(world.socket, { id: '2', result: 'two' })
    say(world.socket, { id: '1', result: 'one' })
    await world.settle()
    expect([first.value, second.value, requests.pending]).toEqual(['one', 'two', 0])
  })

  it('may repeat the id as a number', async () => {
    const { world, ask } = connected()
    const outcome = ask('a')
    say(world.socket, { id: 1, result: 0 })
    await world.settle()
    expect(outcome).toEqual({ value: 0 })
  })

  it('is handed over as it came where nothing says how to read it', async () => {
    const { world, client } = connected()
    const raw = createRequests<string, string>(client, {
      tag: (text, id) => `${id}:${text}`,
      idOf: (data: string) => data.split(':')[0],
    })
    const answer = raw.ask('hello')
    const [id] = String(world.socket.sent[0]).split(':')
    world.socket.receive(`${id}:world`)
    expect(await answer).toBe(`${id}:world`)
  })

  it.each([
    [{ reason: 'no' }, 'an object'],
    ['', 'an empty text'],
    [0, 'zero'],
    [false, 'false'],
  ])('with a failure rejects with REFUSED and the failure as reply: %j, %s', async (error, _what) => {
    const { world, ask } = connected()
    const outcome = ask('a')
    say(world.socket, { id: '1', error })
    await world.settle()
    expect(outcome.error).toBeInstanceOf(RequestError)
    expect([ending(outcome), outcome.error?.reply]).toEqual([['REFUSED', true], error])
  })

  it('with a failure of null, as some servers say beside a result, is no failure', async () => {
    const { world, ask } = connected()
    const outcome = ask('a')
    say(world.socket, { id: '1', result: 'fine', error: null })
    await world.settle()
    expect(outcome).toEqual({ value: 'fine' })
  })

  it('that comes late, twice, or to nobody is ignored', async () => {
    const { world, log, ask } = connected()
    const outcome = ask('a', within(100))
    const waiting = ask('b')
    world.advance(100)
    say(world.socket, { id: '1', result: 'late' })
    say(world.socket, { id: '99', result: 'nobody' })
    for (const id of [null, undefined, '', 'x', {}, [], true]) say(world.socket, { id, result: 'odd' })
    say(world.socket, { id: '2', result: 'yes' })
    say(world.socket, { id: '2', result: 'twice' })
    await world.settle()
    expect([ending(outcome), waiting.value, log.told]).toEqual([['TIMEOUT', true], 'yes', []])
  })

  it('that is malformed is an error event and harms no request', async () => {
    const { world, log, ask } = connected()
    const outcome = ask('a')
    for (const data of ['', '{', 'null', '"id"', new ArrayBuffer(4), '{"id":1']) world.socket.receive(data)
    say(world.socket, { id: '1', result: 'still' })
    await world.settle()
    expect(outcome.value).toBe('still')
    expect(new Set(log.of('error').map(({ code }) => code))).toEqual(new Set(['INVALID_MESSAGE']))
  })

  it.each(['failureOf', 'resultOf'] as const)(
    'that %s cannot read rejects at once, and says what it threw',
    async (name) => {
      const thrown = new Error('unreadable')
      const { world, ask } = connected({
        [name]: () => {
          throw thrown
        },
      })
      const outcome = ask('a')
      say(world.socket, { id: '1', result: 1 })
      await world.settle()
      expect(outcome.error).toBe(thrown)
    },
  )

  it('may come before send has returned', async () => {
    const { world, ask } = connected()
    world.socket.onSend = () => say(world.socket, { id: '1', result: 'at once' })
    const outcome = ask('a')
    await world.settle()
    expect(outcome).toEqual({ value: 'at once' })
  })

  it('is not looked for in pongs', async () => {
    const idOf = vi.fn(() => null)
    const { world, ask } = connected({ idOf, decode: (data) => data }, { heartbeatInterval: 1000 })
    ask('a')
    world.advance(1000)
    world.socket.receive('{"type":"pong"}')
    world.socket.receive('news')
    expect(idOf.mock.calls).toEqual([['news']])
  })

  it('of two sets over one client reaches the one that asked', async () => {
    const { world, client, envelope, ask } = connected()
    const other = createRequests<Call, unknown>(client, envelope)
    const [first, second] = [ask('a'), other.ask({ op: 'b' })]
    expect(sent(world.socket).map(({ id }) => id)).toEqual(['1', '2'])
    say(world.socket, { id: '2', result: 'two' })
    say(world.socket, { id: '1', result: 'one' })
    await world.settle()
    expect([first.value, await second]).toEqual(['one', 'two'])
  })
})

describe('the timeout', () => {
  it('counts from the call, waiting for a connection included', async () => {
    const { world, client, ask } = setup()
    client.connect()
    const outcome = ask('a', within(1000))
    await world.advanceAsync(999)
    world.socket.accept()
    await world.settle()
    expect([sent(world.socket).length, outcome]).toEqual([1, {}])
    await world.advanceAsync(1)
    expect(ending(outcome)).toEqual(['TIMEOUT', true])
  })

  it('is 10 s unless said otherwise, and says that nothing was sent', async () => {
    const { world, client, ask } = setup({}, { connectTimeout: 60_000 })
    client.connect()
    const outcome = ask('a')
    await world.advanceAsync(9999)
    expect(outcome).toEqual({})
    await world.advanceAsync(1)
    expect(ending(outcome)).toEqual(['TIMEOUT', false])
    world.socket.accept()
    await world.settle()
    expect(world.socket.sent).toEqual([])
  })

  it('tells the server once that nobody waits any more, where the protocol has a word for it', async () => {
    const { world, ask } = connected({ cancel })
    ask('a', within(50))
    await world.advanceAsync(1000)
    expect(sent(world.socket)).toEqual([{ id: '1', op: 'a' }, { cancel: true }])
  })

  it('may be infinite, and longer than a platform’s timers', async () => {
    const { world, ask } = connected()
    const [endless, long] = [ask('a', within(Infinity)), ask('b', within(2 ** 32))]
    await world.advanceAsync(2 ** 32 - 1)
    expect([endless, long]).toEqual([{}, {}])
    await world.advanceAsync(1)
    expect([endless, ending(long)]).toEqual([{}, ['TIMEOUT', true]])
    expect(world.timers).toBe(0)
  })
})

describe('a signal', () => {
  it('ends the request at once, and sends exactly one cancel', async () => {
    const { world, ask } = connected({ cancel })
    const controller = new AbortController()
    const outcome = ask('a', { signal: controller.signal })
    const reason = new Error('gone')
    controller.abort(reason)
    controller.abort()
    say(world.socket, { id: '1', result: 'late' })
    await world.advanceAsync(20_000)
    expect([ending(outcome), outcome.error?.reply]).toEqual([['ABORTED', true], reason])
    expect(sent(world.socket)).toEqual([{ id: '1', op: 'a' }, { cancel: true }])
  })

  it('cancels nothing that the server has never heard of', async () => {
    const { world, client, ask } = setup({ cancel })
    client.connect()
    const controller = new AbortController()
    const outcome = ask('a', { signal: controller.signal })
    controller.abort()
    world.socket.accept()
    await world.settle()
    expect([ending(outcome), world.socket.sent]).toEqual([['ABORTED', false], []])
  })

  it('cancels nothing on a connection that has not had the request', async () => {
    const { world, ask } = connected({ cancel })
    const controller = new AbortController()
    const outcome = ask('a', { signal: controller.signal, whenLost: 'resend' })
    world.socket.die(1006)
    controller.abort()
    await world.advanceAsync(1000)
    world.socket.accept()
    await world.settle()
    expect([ending(outcome), world.socket.sent]).toEqual([['ABORTED', true], []])
  })

  it('that is aborted already sends nothing', async () => {
    const { world, requests, ask } = connected({ cancel })
    const outcome = ask('a', { signal: AbortSignal.abort() })
    await world.settle()
    expect([ending(outcome), world.socket.sent, requests.pending]).toEqual([['ABORTED', false], [], 0])
  })

  it('is let go with the answer, so that one signal may serve a whole page', async () => {
    const { world, ask } = connected({ cancel })
    const { signal } = new AbortController()
    const [added, removed] = [vi.spyOn(signal, 'addEventListener'), vi.spyOn(signal, 'removeEventListener')]
    for (let n = 1; n <= 10; n++) {
      ask('a', { signal })
      say(world.socket, { id: n, result: n })
    }
    await world.settle()
    expect(removed.mock.calls.map((call) => call.slice(0, 2))).toEqual(added.mock.calls.map((call) => call.slice(0, 2)))
  })

  it('rejects with what `cancel` throws, and harms no other request', async () => {
    const thrown = new Error('no word for it')
    const { world, ask } = connected({
      cancel: () => {
        throw thrown
      },
    })
    const outcomes = [ask('a', within(100)), ask('b', within(100)), ask('c')]
    await world.advanceAsync(100)
    expect(outcomes).toEqual([{ error: thrown }, { error: thrown }, {}])
  })
})

describe('a connection that ends', () => {
  it('rejects with LOST what it had, and keeps what it had not', async () => {
    const { world, client, ask } = setup()
    const early = ask('early')
    client.connect()
    world.socket.accept()
    await world.settle()
    expect(sent(world.socket)).toEqual([{ id: '1', op: 'early' }])
    world.socket.die(1006)
    const later = ask('later')
    await world.settle()
    expect([ending(early), later]).toEqual([['LOST', true], {}])
    await world.advanceAsync(1000)
    world.socket.accept()
    await world.settle()
    expect(sent(world.socket)).toEqual([{ id: '2', op: 'later' }])
  })

  it('sends again what may be done twice, with the same id and in the same order', async () => {
    const { world, ask } = connected()
    const outcomes = ['a', 'b', 'c'].map((op) => ask(op, { whenLost: 'resend' }))
    const before = sent(world.socket)
    await reconnect(world)
    expect(sent(world.socket)).toEqual(before)
    for (const { id } of before) say(world.socket, { id, result: id })
    await world.settle()
    expect(outcomes.map(({ value }) => value)).toEqual(['1', '2', '3'])
  })

  it('sends each of them once on each connection', async () => {
    const { world, client, ask } = connected()
    ask('a', { whenLost: 'resend', ...within(Infinity) })
    for (let n = 0; n < 5; n++) {
      await reconnect(world)
      expect(sent(world.socket)).toEqual([{ id: '1', op: 'a' }])
    }
    client.reconnect()
    world.socket.accept()
    await world.settle()
    expect(sent(world.socket)).toEqual([{ id: '1', op: 'a' }])
  })

  it('may end while the listeners of `open` still run', async () => {
    const { world, client, ask } = setup()
    const outcome = ask('a')
    client.once('open', () => client.reconnect())
    client.connect()
    world.socket.accept()
    await world.settle()
    expect([world.sockets[0]?.sent, outcome]).toEqual([[], {}])
    world.socket.accept()
    await world.settle()
    expect(sent(world.socket)).toEqual([{ id: '1', op: 'a' }])
  })
})

describe('a client that is not open', () => {
  it('waits: requests go out after what greets the server, and after what the queue kept', async () => {
    const { world, client, ask } = setup()
    client.on('open', () => {
      client.send('"hello"')
      ask('login')
    })
    client.send('"earlier"')
    ask('waits')
    client.connect()
    world.socket.accept()
    await world.settle()
    expect(sent(world.socket)).toEqual(['hello', { id: '2', op: 'login' }, 'earlier', { id: '1', op: 'waits' }])
  })

  it('rejects with NOT_OPEN what may not wait', async () => {
    const { world, client, requests, ask } = setup()
    client.connect()
    const outcome = ask('a', { queue: false })
    await world.settle()
    expect([ending(outcome), requests.pending]).toEqual([['NOT_OPEN', false], 0])
    world.socket.accept()
    ask('b', { queue: false })
    expect(sent(world.socket)).toEqual([{ id: '2', op: 'b' }])
  })

  it('has waited for nothing when it is closed: CLOSED, and whether it was sent', async () => {
    const { world, client, requests, ask } = connected()
    const heard = ask('a', { whenLost: 'resend' })
    client.close()
    await world.settle()
    const after = ask('b')
    await world.settle()
    expect([heard, after].map(ending)).toEqual([
      ['CLOSED', true],
      ['CLOSED', false],
    ])
    expect(requests.pending).toBe(0)
  })

  it('closed between two attempts, in which its state does not change, rejects all the same', async () => {
    const { world, client, ask } = connected()
    world.socket.die(1006)
    expect(client.state).toBe('CLOSED')
    const outcome = ask('a')
    client.close()
    await world.settle()
    expect(ending(outcome)).toEqual(['CLOSED', false])
  })

  it('closed inside a listener neither sends nor loses what is asked in it', async () => {
    const { world, client, ask } = connected()
    let outcome: Outcome | undefined
    client.once('message', () => {
      client.close()
      outcome = ask('a')
    })
    world.socket.receive('"now"')
    await world.settle()
    expect([ending(outcome as Outcome), world.socket.sent]).toEqual([['CLOSED', false], []])
  })

  it('that has given up rejects with CLOSED, until it connects again', async () => {
    const { world, client, ask } = setup({}, { maxRetries: 0 })
    client.connect().catch(() => {})
    const outcome = ask('a')
    world.socket.refuse()
    await world.settle()
    expect([client.state, ending(outcome)]).toEqual(['FAILED', ['CLOSED', false]])
    client.connect()
    const next = ask('b')
    world.socket.accept()
    await world.settle()
    expect([next, sent(world.socket)]).toEqual([{}, [{ id: '2', op: 'b' }]])
  })

  it('whose socket throws keeps the request for the next connection', async () => {
    const { world, ask } = connected()
    world.socket.onSend = () => {
      throw new Error('no')
    }
    const outcome = ask('a')
    await reconnect(world)
    expect(sent(world.socket)).toEqual([{ id: '1', op: 'a' }])
    say(world.socket, { id: 1, result: 'there' })
    await world.settle()
    expect(outcome).toEqual({ value: 'there' })
  })
})

describe('ten thousand at once', () => {
  it('share one timer, and leave nothing behind', async () => {
    const { world, client, requests, ask } = connected({ cancel })
    const listeners = [vi.spyOn(client, 'on'), vi.spyOn(client, 'subscribe')]
    const outcomes = Array.from({ length: 10_000 }, (_, n) => {
      const signal = n % 10 ? undefined : new AbortController().signal
      return ask(`${n}`, { ...within(1000 + (n % 1000)), signal })
    })
    expect([requests.pending, world.timers, world.clock.peak]).toEqual([10_000, 1, 1])
    expect(listeners.map(({ mock }) => mock.calls.length)).toEqual([1, 1])
    for (let id = 10_000; id > 5000; id--) say(world.socket, { id, result: id })
    await world.advanceAsync(3000)
    expect(outcomes.filter(({ value }) => value).length).toBe(5000)
    expect(outcomes.filter(({ error }) => error?.code === 'TIMEOUT').length).toBe(5000)
    expect(sent(world.socket).filter((message) => message.cancel).length).toBe(5000)
    expect([requests.pending, world.timers]).toEqual([0, 0])
  })

  it('are all told of a loss', async () => {
    const { world, requests, ask } = connected()
    const outcomes = Array.from({ length: 10_000 }, (_, n) => ask(`${n}`))
    world.socket.die(1006)
    await world.settle()
    expect(outcomes.filter(({ error }) => error?.code === 'LOST' && error.sent).length).toBe(10_000)
    // The one that is left is the engine's, for its retry.
    expect([requests.pending, world.timers]).toEqual([0, 1])
  })
})

describe('what is asked wrongly', () => {
  const envelope = createEnvelope()

  it.each([
    [within(0), '"timeout" must be a number of ms > 0, got 0.'],
    [within(-1), '"timeout" must be a number of ms > 0, got -1.'],
    [within(Number.NaN), '"timeout" must be a number of ms > 0, got NaN.'],
    [within('10' as never), '"timeout" must be a number of ms > 0, got "10".'],
    [{ whenLost: 'retry' }, '"whenLost" must be \'reject\' or \'resend\', got "retry".'],
    ['fast', '"options" must be an object, got "fast".'],
    [{ signal: new AbortController() }, '"signal" must be an AbortSignal, got a value of type object.'],
  ])('rejects with a TypeError that says what it takes: %j', async (options, text) => {
    const { world, requests } = connected()
    await expect(requests.ask({ op: 'a' }, options as never)).rejects.toThrow(
      new TypeError(`WebSocketReconnect: ${text}`),
    )
    expect([requests.pending, world.timers, world.socket.sent]).toEqual([0, 0, []])
  })

  it('takes null for no options', async () => {
    const { world, requests } = connected()
    const answer = requests.ask({ op: 'a' }, null as never)
    say(world.socket, { id: 1, result: 1 })
    expect(await answer).toBe(1)
  })

  it('rejects with what `tag` throws, and for what it returns that cannot travel', async () => {
    const thrown = new RangeError('too long')
    const { world, requests } = connected({
      tag: ({ op }) => {
        if (op === 'throws') throw thrown
        return { op } as never
      },
    })
    await expect(requests.ask({ op: 'throws' })).rejects.toBe(thrown)
    await expect(requests.ask({ op: 'object' })).rejects.toThrow(
      'WebSocketReconnect: "tag" must be a function that returns a string, Blob, ArrayBuffer or view, got a value of type object.',
    )
    expect([requests.pending, world.timers, world.socket.sent]).toEqual([0, 0, []])
  })

  it.each([
    [undefined, envelope, '"client" must be a WebSocketClient, got undefined.'],
    ['client', envelope, '"client" must be a WebSocketClient, got "client".'],
    [{}, envelope, '"client" must be a WebSocketClient, got a value of type object.'],
    ['real', undefined, '"how" must be an object with tag and idOf, got undefined.'],
    ['real', { ...envelope, tag: 'id' }, '"tag" must be a function, got "id".'],
    ['real', { ...envelope, idOf: undefined }, '"idOf" must be a function, got undefined.'],
    ['real', { ...envelope, failureOf: 1 }, '"failureOf" must be a function, got 1.'],
    ['real', { ...envelope, resultOf: null }, '"resultOf" must be a function, got null.'],
    ['real', { ...envelope, decode: {} }, '"decode" must be a function, got a value of type object.'],
    ['real', { ...envelope, cancel: [] }, '"cancel" must be a function, got a value of type array.'],
  ])('createRequests throws a TypeError that says what it takes: %#', (client, how, text) => {
    const real = new WebSocketReconnect(createWorld().options())
    expect(() => createRequests((client === 'real' ? real : client) as never, how as never)).toThrow(
      new TypeError(`WebSocketReconnect: ${text}`),
    )
  })

  it('says in production the code alone, and is harmed by no bad argument', async () => {
    const { world, requests } = connected()
    vi.stubEnv('NODE_ENV', 'production')
    const outcomes = [Number.NaN, -1, 'x'].map((ms) => requests.ask({ op: 'a' }, within(ms as number)))
    const lost = requests.ask({ op: 'b' })
    await world.advanceAsync(5000)
    const { armed } = world.clock
    world.socket.die()
    await expect(lost).rejects.toMatchObject({ message: 'WebSocketReconnect: LOST', name: 'RequestError' })
    expect((await Promise.allSettled(outcomes)).map(({ status }) => status)).toEqual(Array(3).fill('rejected'))
    expect(armed).toBeLessThan(10)
    vi.unstubAllEnvs()
  })

  it('says everything where a page has no `process`', async () => {
    const { world, requests } = connected()
    vi.stubGlobal('process', undefined)
    const ends = [requests.ask({ op: 'a' }), requests.ask({ op: 'b' }, within(0))].map((end) => end.catch(String))
    world.socket.die()
    await world.settle()
    expect(() => createRequests({} as never, envelope)).toThrow('"client" must be a WebSocketClient')
    vi.unstubAllGlobals()
    expect(await Promise.all(ends)).toEqual([
      expect.stringMatching(/the connection ended before the answer came.*it may have happened/),
      expect.stringContaining('"timeout" must be a number of ms > 0, got 0.'),
    ])
  })
})
