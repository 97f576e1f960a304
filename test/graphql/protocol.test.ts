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
    ['next without id', { type: 'next', payload: {} }],
    ['next with a number for an id', { type: 'next', id: 1, payload: {} }],
    ['next without payload', { type: 'next', id: '1' }],
    ['next with a text for a payload', { type: 'next', id: '1', payload: 'x' }],
    ['error without a list', { type: 'error', id: '1', payload: { message: 'x' } }],
    ['error with a list of nothing', { type: 'error', id: '1', payload: [null] }],
    ['error without a message', { type: 'error', id: '1', payload: [{}] }],
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
