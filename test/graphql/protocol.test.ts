/**
 * The message table of graphql-transport-ws, line by line, in virtual time: G1–G16 of docs/GRAPHQL.md.
 * What the real server makes of it is tested in server.test.ts.
 */

import { describe, expect, it } from 'vitest'
import { acknowledged, greet, listener, open, say, sent, setup, taken, untilRetry } from './stage.ts'

const QUERY = 'subscription Greet($to: String) { greet(to: $to) }'

describe('the socket', () => {
  it('[G1 handshake →] offers the subprotocol graphql-transport-ws', () => {
    const { world, client } = setup()
    client.connect()
    expect(world.socket.protocols).toEqual(['graphql-transport-ws'])
    expect(world.socket.url).toBe('wss://api.example.test/graphql')
  })

  it('[G15 close →] leaves with 1000', async () => {
    const { world, client, log } = await acknowledged()
    client.disconnect()
    await world.advanceAsync(0)
    expect(world.socket.closeCalls).toEqual([{ code: 1000, reason: '' }])
    expect(log.take()).toEqual(['stateChange CLOSING', 'close 1000', 'stateChange CLOSED'])
    expect(world.timers).toBe(0)
    expect(world.watchers).toBe(0)
  })
})

describe('connection_init', () => {
  it('[G2 connection_init →] is the first message on each socket, at once, and goes out once', async () => {
    const { world, client } = setup()
    client.connect()
    client.subscribe(QUERY)
    expect(sent(world.socket)).toEqual([])
    await open(world)
    expect(sent(world.socket)).toEqual([{ type: 'connection_init' }])
    say(world.socket, { type: 'connection_ack' })
    world.advance(1000)
    expect(sent(world.socket).filter(({ type }) => type === 'connection_init')).toHaveLength(1)
    world.socket.die(1006)
    await untilRetry({ world, client })
    await open(world)
    expect(sent(world.socket)).toEqual([{ type: 'connection_init' }])
  })

  it.each([
    ['an object', { token: 'abc' }],
    ['a function', () => ({ token: 'abc' })],
    ['an async function', async () => ({ token: 'abc' })],
  ])('[G2 connection_init →] carries connectionParams: %s', async (_, connectionParams) => {
    const { world, client } = setup({ connectionParams })
    client.connect()
    await open(world)
    expect(sent(world.socket)).toEqual([{ type: 'connection_init', payload: { token: 'abc' } }])
  })
})

describe('connection_ack', () => {
  it('[G3 connection_ack ←] makes the client OPEN, resolves connect() and lets operations out', async () => {
    const { world, client, log } = setup()
    let isReady = false
    client.connect().then(() => {
      isReady = true
    })
    client.subscribe(QUERY, { to: 'Ada' })
    await open(world)
    expect(client.ws.state).toBe('CONNECTING')
    expect(isReady).toBe(false)
    say(world.socket, { type: 'connection_ack', payload: { server: 'test' } })
    await world.settle()
    expect(log.take()).toEqual(['stateChange CONNECTING', 'stateChange OPEN', 'open'])
    expect(isReady).toBe(true)
    expect(sent(world.socket).map(({ type }) => type)).toEqual(['connection_init', 'subscribe'])
  })

  it('[G3 connection_ack ←] reaches message listeners, payload and all, after open', async () => {
    const { world, client } = setup()
    const heard: string[] = []
    client.ws.on('open', () => heard.push('open'))
    client.ws.on('message', ({ data }) => heard.push(data))
    client.connect()
    await open(world)
    say(world.socket, '{"type":"connection_ack","payload":{"user":7}}')
    expect(heard).toEqual(['open', '{"type":"connection_ack","payload":{"user":7}}'])
  })

  it('[G3 connection_ack ←] a second one changes nothing', async () => {
    const { world, client, log } = await acknowledged()
    client.subscribe(QUERY)
    taken(world.socket)
    say(world.socket, { type: 'connection_ack' })
    expect(client.ws.state).toBe('OPEN')
    expect(log.take()).toEqual([])
    expect(sent(world.socket)).toEqual([])
  })
})

describe('ping and pong', () => {
  it('[G4 ping ←] is answered at once, payload and all, before the acknowledgement and after', async () => {
    const { world, client } = setup()
    client.connect()
    await open(world)
    say(world.socket, { type: 'ping', payload: { n: 1 } }, { type: 'connection_ack' }, { type: 'ping' })
    say(world.socket, { type: 'ping', payload: { n: 2 } })
    expect(sent(world.socket)).toEqual([
      { type: 'connection_init' },
      { type: 'pong', payload: { n: 1 } },
      { type: 'pong' },
      { type: 'pong', payload: { n: 2 } },
    ])
  })

  it('[G5 ping →] is the heartbeat, every heartbeatInterval', async () => {
    const { world } = await acknowledged()
    world.advance(29_999)
    expect(sent(world.socket)).toEqual([])
    world.advance(1)
    expect(taken(world.socket)).toEqual([{ type: 'ping' }])
    say(world.socket, { type: 'pong' })
    world.advance(30_000)
    expect(taken(world.socket)).toEqual([{ type: 'ping' }])
  })

  it('[G5 ping →] unanswered, ends the connection after heartbeatTimeout, and everything is subscribed anew', async () => {
    const { world, client, log } = await acknowledged({ heartbeatInterval: 10_000, heartbeatTimeout: 2000 })
    client.subscribe(QUERY)
    world.advance(12_000)
    expect(log.take()).toEqual(['error HEARTBEAT_TIMEOUT', 'close 1006', 'stateChange CLOSED', 'retry 1 in 1000'])
    await untilRetry({ world, client })
    await greet(world)
    expect(sent(world.socket).map(({ type }) => type)).toEqual(['connection_init', 'subscribe'])
  })

  it('[G5 ping →] is not sent before the acknowledgement', async () => {
    const { world, client } = setup({ heartbeatInterval: 1000, connectTimeout: 60_000 })
    client.connect()
    await open(world)
    world.advance(30_000)
    expect(sent(world.socket)).toEqual([{ type: 'connection_init' }])
  })

  it('[G6 pong ←] measures the latency; one that nobody asked for is welcome at any time', async () => {
    const { world, client } = setup()
    client.connect()
    await open(world)
    say(world.socket, { type: 'pong' }, { type: 'connection_ack' }, { type: 'pong', payload: { unasked: true } })
    expect(client.ws.state).toBe('OPEN')
    world.advance(30_000)
    world.advance(40)
    say(world.socket, { type: 'pong' })
    expect(client.ws.getStats().latency).toBe(40)
    say(world.socket, { type: 'pong', payload: { text: 'x'.repeat(300) } })
    expect(client.ws.state).toBe('OPEN')
  })

  it('[G6 pong ←] does no harm with the heartbeat off', async () => {
    const { world, client } = await acknowledged({ heartbeatInterval: 0 })
    say(world.socket, { type: 'pong' })
    expect(client.ws.state).toBe('OPEN')
  })
})

describe('subscribe', () => {
  it('[G7 subscribe →] carries an id of its own, operationName, query, variables and extensions', async () => {
    const { world, client } = await acknowledged()
    client.subscribe(QUERY, { to: 'Ada' }, { operationName: 'Greet', extensions: { trace: 1 } })
    client.subscribe('{ hello }')
    const [first, second] = sent(world.socket)
    expect(first).toEqual({
      id: expect.any(String),
      type: 'subscribe',
      payload: { operationName: 'Greet', query: QUERY, variables: { to: 'Ada' }, extensions: { trace: 1 } },
    })
    expect(second).toEqual({ id: expect.any(String), type: 'subscribe', payload: { query: '{ hello }' } })
    expect(first.id).not.toBe(second.id)
  })

  it('[G7 subscribe →] never goes out before the acknowledgement (4401)', async () => {
    const { world, client } = setup()
    client.subscribe(QUERY)
    client.connect()
    client.subscribe(QUERY)
    await open(world)
    client.subscribe(QUERY)
    expect(sent(world.socket).map(({ type }) => type)).toEqual(['connection_init'])
    say(world.socket, { type: 'connection_ack' })
    expect(sent(world.socket).map(({ type }) => type)).toEqual(['connection_init', ...Array(3).fill('subscribe')])
  })

  it('[G7 subscribe →] goes out once per connection, whoever subscribes from whichever listener (4409)', async () => {
    const { world, client } = setup()
    client.ws.on('stateChange', (state) => {
      if (state === 'OPEN') client.subscribe('subscription { fromStateChange }')
    })
    client.ws.once('open', () => client.subscribe('subscription { fromOpen }'))
    client.ws.once('message', () => client.subscribe('subscription { fromMessage }'))
    client.subscribe('subscription { before }')
    client.connect()
    await greet(world)
    const messages = sent(world.socket).filter(({ type }) => type === 'subscribe')
    expect(messages.map(({ payload }) => payload.query).sort()).toEqual([
      'subscription { before }',
      'subscription { fromMessage }',
      'subscription { fromOpen }',
      'subscription { fromStateChange }',
    ])
    expect(new Set(messages.map(({ id }) => id)).size).toBe(4)
  })
})

describe('next', () => {
  it('[G8 next ←] goes to the operation with its id, interleaved as it comes', async () => {
    const { world, client } = await acknowledged()
    const [a, b] = [listener(), listener()]
    client.subscribe(QUERY, {}, a)
    client.subscribe(QUERY, {}, b)
    const [{ id: idOfA }, { id: idOfB }] = sent(world.socket)
    const next = (id: string, n: number) => ({ id, type: 'next', payload: { data: { n } } })
    say(world.socket, next(idOfA, 1), next(idOfB, 2), next(idOfA, 3))
    expect(a.heard).toEqual([
      ['data', { data: { n: 1 } }],
      ['data', { data: { n: 3 } }],
    ])
    expect(b.heard).toEqual([['data', { data: { n: 2 } }]])
  })

  it('[G8 next ←] is the whole result: errors of fields and extensions included', async () => {
    const { world, client } = await acknowledged()
    const one = listener()
    client.subscribe(QUERY, {}, one)
    const [{ id }] = sent(world.socket)
    const payload = { data: { greet: null }, errors: [{ message: 'no', path: ['greet'] }], extensions: { cost: 1 } }
    say(world.socket, { id, type: 'next', payload })
    expect(one.heard).toEqual([['data', payload]])
  })

  it.each([
    ['null', null],
    ['an empty list', []],
    ['false', false],
  ])('[G8 next ←] has errors only where there are some: %s is none', async (_, errors) => {
    const { world, client } = await acknowledged()
    const one = listener()
    client.subscribe(QUERY, {}, one)
    const [{ id }] = sent(world.socket)
    say(world.socket, { id, type: 'next', payload: { data: 1, errors } })
    expect(one.heard).toStrictEqual([['data', { data: 1 }]])
  })

  it('[G8 next ←] has its errors as a list of objects with a message, however the server spells them', async () => {
    const { world, client } = await acknowledged()
    const one = listener()
    client.subscribe(QUERY, {}, one)
    const [{ id }] = sent(world.socket)
    say(world.socket, { id, type: 'next', payload: { data: 1, errors: { message: 'no', path: ['a'] } } })
    say(world.socket, { id, type: 'next', payload: { data: 2, errors: ['no', 'never'] } })
    expect(one.heard).toEqual([
      ['data', { data: 1, errors: [{ message: 'no', path: ['a'] }] }],
      ['data', { data: 2, errors: [{ message: 'no' }, { message: 'never' }] }],
    ])
  })
})

describe('what concerns one operation costs no other', () => {
  /** Two operations; the server says something of the first. */
  async function twoOperations() {
    const scene = await acknowledged()
    const { client, world } = scene
    const [one, other] = [listener(), listener()]
    client.subscribe(QUERY, {}, one)
    client.subscribe(QUERY, {}, other)
    const [{ id }, { id: idOfOther }] = taken(world.socket)
    const goesOn = () => {
      say(world.socket, { id: idOfOther, type: 'next', payload: { data: 1 } })
      expect(other.heard).toEqual([['data', { data: 1 }]])
      expect([client.ws.state, world.socket.closeCalls, scene.log.take()]).toEqual(['OPEN', [], []])
    }
    return { ...scene, id, one, goesOn }
  }

  const nothing = [{ message: 'The server gave no reason.' }]
  it.each<[string, object, object[]]>([
    [
      'a list',
      { payload: [{ message: 'no', extensions: { code: 'X' } }] },
      [{ message: 'no', extensions: { code: 'X' } }],
    ],
    ['one error', { payload: { message: 'no', path: ['a'] } }, [{ message: 'no', path: ['a'] }]],
    ['a result with errors', { payload: { data: null, errors: [{ message: 'no' }] } }, [{ message: 'no' }]],
    ['one error within errors', { payload: { errors: { message: 'no' } } }, [{ message: 'no' }]],
    ['a text', { payload: 'no' }, [{ message: 'no' }]],
    ['a list of texts', { payload: ['no', 'never'] }, [{ message: 'no' }, { message: 'never' }]],
    ['errors beside the type', { errors: [{ message: 'no' }] }, [{ message: 'no' }]],
    ['a message beside the type', { message: 'no' }, [{ message: 'no' }]],
    ['an object without a message', { payload: { code: 7 } }, [{ code: 7, message: '{"code":7}' }]],
    ['a message that is no text', { payload: [{ message: 7 }] }, [{ message: '{"message":7}' }]],
    ['a number', { payload: 7 }, [{ message: '7' }]],
    ['a list of nothing', { payload: [null] }, nothing],
    ['an empty list', { payload: [] }, nothing],
    ['null', { payload: null }, nothing],
    ['nothing', {}, nothing],
  ])('[G9 error ←] fails its operation alone, with the server’s words: %s', async (_, said, errors) => {
    const { world, id, one, goesOn } = await twoOperations()
    say(world.socket, { id, type: 'error', ...said }, { id, type: 'next', payload: { data: 2 } })
    expect(one.heard).toEqual([['error', errors]])
    goesOn()
    expect(sent(world.socket)).toEqual([])
  })

  it.each([
    ['no payload', {}],
    ['null', { payload: null }],
    ['a text', { payload: 'x' }],
    ['a list', { payload: [{ data: 1 }] }],
  ])('[G8 next ←] that cannot be read fails its operation alone, and the server is told: %s', async (_, said) => {
    const { world, id, one, goesOn } = await twoOperations()
    say(world.socket, { id, type: 'next', ...said }, { id, type: 'next', payload: { data: 2 } })
    expect(one.heard).toEqual([['error', [{ message: 'The server sent a result that cannot be read.' }]]])
    goesOn()
    expect(sent(world.socket)).toEqual([{ id, type: 'complete' }])
  })

  it.each([null, {}, [{ message: 'no' }], 'x'])(
    '[G10 complete ←] may carry a payload, which says nothing: %j',
    async (payload) => {
      const { world, id, one, goesOn } = await twoOperations()
      say(world.socket, { id, type: 'complete', payload })
      expect(one.heard).toEqual([['complete']])
      goesOn()
    },
  )

  it('[G12 id ←] may be the number that our text spells', async () => {
    const { world, id, one, goesOn } = await twoOperations()
    say(world.socket, { id: Number(id), type: 'next', payload: { data: 1 } })
    say(world.socket, { id: Number(id), type: 'complete' })
    expect(one.heard).toEqual([['data', { data: 1 }], ['complete']])
    goesOn()
  })

  it.each([
    ['next', null],
    ['error', { message: 'x' }],
  ])('[G12 unknown id ←] is ignored, whatever its %s holds', async (type, payload) => {
    const { world, one, goesOn } = await twoOperations()
    say(world.socket, { id: 'stranger', type, payload })
    expect(one.heard).toEqual([])
    goesOn()
    expect(sent(world.socket)).toEqual([])
  })
})

describe('error', () => {
  it('[G9 error ←] ends the operation with its errors: no complete, no complete sent, no revival', async () => {
    const { world, client } = await acknowledged()
    const one = listener()
    const stop = client.subscribe(QUERY, {}, one)
    const [{ id }] = taken(world.socket)
    const payload = [{ message: 'Cannot query field "nope"', locations: [{ line: 1, column: 3 }] }]
    say(
      world.socket,
      { id, type: 'error', payload },
      { id, type: 'next', payload: { data: 1 } },
      { id, type: 'complete' },
    )
    expect(one.heard).toEqual([['error', payload]])
    stop()
    expect(sent(world.socket)).toEqual([])
    world.socket.die(1006)
    await untilRetry({ world, client })
    await greet(world)
    expect(sent(world.socket)).toEqual([{ type: 'connection_init' }])
  })
})

describe('complete', () => {
  it('[G10 complete ←] ends the operation: told once, no complete sent, no revival', async () => {
    const { world, client } = await acknowledged()
    const one = listener()
    const stop = client.subscribe(QUERY, {}, one)
    const [{ id }] = taken(world.socket)
    say(world.socket, { id, type: 'next', payload: { data: 1 } }, { id, type: 'complete' }, { id, type: 'complete' })
    expect(one.heard).toEqual([['data', { data: 1 }], ['complete']])
    stop()
    expect(sent(world.socket)).toEqual([])
    world.socket.die(1006)
    await untilRetry({ world, client })
    await greet(world)
    expect(sent(world.socket)).toEqual([{ type: 'connection_init' }])
  })

  it('[G10 complete ←] is the only message that completes: an id on a pong or a second connection_ack is none', async () => {
    const { world, client } = await acknowledged()
    const one = listener()
    client.subscribe(QUERY, {}, one)
    const [{ id }] = taken(world.socket)
    say(world.socket, { type: 'pong', id }, { type: 'ping', id }, { type: 'connection_ack', id })
    say(world.socket, { id, type: 'next', payload: { data: 1 } })
    expect(one.heard).toEqual([['data', { data: 1 }]])
  })

  it('[G11 complete →] is sent when somebody unsubscribes, once, and what was still on its way is ignored', async () => {
    const { world, client } = await acknowledged()
    const one = listener()
    const stop = client.subscribe(QUERY, {}, one)
    const [{ id }] = taken(world.socket)
    stop()
    stop()
    expect(taken(world.socket)).toEqual([{ id, type: 'complete' }])
    say(world.socket, { id, type: 'next', payload: { data: 1 } }, { id, type: 'error', payload: [] })
    say(world.socket, { id, type: 'complete' })
    expect(one.heard).toEqual([])
    expect(client.ws.state).toBe('OPEN')
  })

  it('[G11 complete →] is not sent for what the server has never heard of', async () => {
    const { world, client, log } = setup()
    client.subscribe(QUERY)()
    client.connect()
    const stop = client.subscribe(QUERY)
    await open(world)
    stop()
    say(world.socket, { type: 'connection_ack' })
    expect(sent(world.socket)).toEqual([{ type: 'connection_init' }])
    const late = client.subscribe(QUERY)
    taken(world.socket)
    world.socket.die(1006)
    late()
    await untilRetry({ world, client })
    await greet(world)
    expect(sent(world.socket)).toEqual([{ type: 'connection_init' }])
    expect(log.of('drop')).toEqual([])
  })

  it('[G11 complete →] may be asked for from inside onData', async () => {
    const { world, client } = await acknowledged()
    const heard: unknown[] = []
    const stop = client.subscribe(
      QUERY,
      {},
      {
        onData(result) {
          heard.push(result)
          stop()
        },
      },
    )
    const [{ id }] = taken(world.socket)
    say(world.socket, { id, type: 'next', payload: { data: 1 } }, { id, type: 'next', payload: { data: 2 } })
    expect(heard).toEqual([{ data: 1 }])
    expect(sent(world.socket)).toEqual([{ id, type: 'complete' }])
  })
})

describe('ids', () => {
  it.each(['next', 'error', 'complete'])('[G12 unknown id ←] is ignored: %s', async (type) => {
    const { world, client, log } = await acknowledged()
    const one = listener()
    client.subscribe(QUERY, {}, one)
    taken(world.socket)
    say(world.socket, { id: 'stranger', type, payload: type === 'error' ? [{ message: 'x' }] : { data: 1 } })
    expect(one.heard).toEqual([])
    expect(client.ws.state).toBe('OPEN')
    expect(log.take()).toEqual([])
    expect(sent(world.socket)).toEqual([])
  })
})

describe('what no server may send', () => {
  const garbage: [string, unknown][] = [
    ['no JSON', 'hello'],
    ['an empty text', ''],
    ['null', 'null'],
    ['an array', '[]'],
    ['no type', {}],
    ['a type of nobody', { type: 'data', id: '1', payload: {} }],
    ['a type of the older protocol', { type: 'ka' }],
    ['a type that is the client’s', { type: 'subscribe', id: '1', payload: { query: '{ a }' } }],
    ['a list for a type', { type: ['ping'], id: '1' }],
    ['next without id', { type: 'next', payload: {} }],
    ['next with an object for an id', { type: 'next', id: {}, payload: {} }],
    ['error with null for an id', { type: 'error', id: null, payload: [{ message: 'x' }] }],
    ['error without id', { type: 'error', payload: [{ message: 'x' }] }],
    ['complete without id', { type: 'complete' }],
  ]

  it.each(garbage)('[G13 invalid message ←] ends the connection with 4400 for good: %s', async (_, message) => {
    const { world, client, log } = await acknowledged()
    const one = listener()
    client.subscribe(QUERY, {}, one)
    say(world.socket, message)
    expect(world.socket.closeCalls).toEqual([{ code: 4400, reason: 'Invalid message' }])
    expect(log.told).toEqual(['error FATAL_CLOSE', 'close 4400', 'stateChange FAILED'])
    const [error] = log.of('error')
    expect(error?.cause).toMatchObject({ code: 'INVALID_MESSAGE', cause: expect.any(Error) })
    expect(one.heard).toEqual([['error', error]])
    expect(world.timers).toBe(0)
  })

  const early: [string, unknown][] = [
    ['next before its time', { type: 'next', id: '1', payload: {} }],
    ['error before its time', { type: 'error', id: '1', payload: [] }],
    ['complete before its time', { type: 'complete', id: '1' }],
  ]

  it.each([...garbage, ...early])('[G13 invalid message ←] before the acknowledgement too: %s', async (_, message) => {
    const { world, client, log } = setup()
    const connected = client.connect()
    await open(world)
    log.take()
    say(world.socket, message)
    expect(world.socket.closeCalls).toEqual([{ code: 4400, reason: 'Invalid message' }])
    expect(log.told).toEqual(['error INVALID_MESSAGE', 'close 4400', 'stateChange FAILED'])
    await expect(connected).rejects.toMatchObject({ code: 'INVALID_MESSAGE' })
    // The server's own farewell comes too late to mean anything.
    await world.advanceAsync(0)
    expect(client.ws.state).toBe('FAILED')
  })
})
