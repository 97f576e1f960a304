/**
 * Our client against the real graphql-ws server on `ws`, in real time and over real sockets (Done-when 1–3 of the
 * GraphQL work; G1–G29 of docs/GRAPHQL.md where the wire matters).
 */

import { afterEach, describe, expect, it, vi } from 'vitest'
import { type GraphQLClientOptions, type GraphQLResult, GraphQLSubscriptionClient } from '../../src/graphql/index.ts'
import type { WebSocketReconnectError } from '../../src/index.ts'
import { TestServer } from '../support/echo-server.ts'
import { GraphQLTestServer, Journal } from '../support/graphql-server.ts'

const cleanups: (() => unknown)[] = []

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
  vi.restoreAllMocks()
})

async function serve(options: ConstructorParameters<typeof GraphQLTestServer>[0] = {}): Promise<GraphQLTestServer> {
  const server = await new GraphQLTestServer(options).open()
  cleanups.push(() => server.crash())
  return server
}

/** A client with short waits. */
function clientFor({ address }: { address: string }, options: GraphQLClientOptions = {}): GraphQLSubscriptionClient {
  const client = new GraphQLSubscriptionClient(address, { baseDelay: 10, maxDelay: 50, ...options })
  cleanups.push(() => client.disconnect())
  return client
}

/** Handlers that write into a journal. */
function heard(journal = new Journal()) {
  return {
    journal,
    next: () => journal.next<GraphQLResult>('data'),
    onData: (result: unknown) => journal.add('data', result),
    onError: (error: unknown) => journal.add('error', error),
    onComplete: () => journal.add('complete'),
  }
}

const errorOf = (client: GraphQLSubscriptionClient) =>
  new Promise<WebSocketReconnectError>((resolve) => client.ws.once('error', resolve))
const closeOf = (client: GraphQLSubscriptionClient) =>
  new Promise<{ code: number }>((resolve) => client.ws.once('close', resolve))

describe('operations on the real server', () => {
  it('[G8 next ←] queries: one result, then complete', async () => {
    const client = clientFor(await serve())
    await client.connect()
    const one = heard()
    client.subscribe('query Hello($name: String) { hello(name: $name) }', { name: 'Ada' }, one)
    expect(await one.next()).toEqual({ data: { hello: 'Hello Ada' } })
    await one.journal.next('complete')
    expect(client.ws.protocol).toBe('graphql-transport-ws')
  })

  it('[G8 next ←] errors of fields come with the result', async () => {
    const client = clientFor(await serve())
    client.connect()
    const one = heard()
    client.subscribe('{ broken }', {}, one)
    expect(await one.next()).toMatchObject({ data: { broken: null }, errors: [{ message: 'broken on purpose' }] })
    await one.journal.next('complete')
  })

  it('[G8 next ←] mutations and subscriptions: what one says the other hears, over one connection', async () => {
    const server = await serve()
    const client = clientFor(server)
    client.connect()
    const [said, count, mutation] = [heard(), heard(), heard()]
    client.subscribe('subscription { said }', {}, said)
    client.subscribe('subscription Count($to: Int!) { count(to: $to) }', { to: 3 }, count)
    await server.journal.next('listening')
    client.subscribe('mutation { say(text: "good morning") }', {}, mutation)
    expect(await said.next()).toEqual({ data: { said: 'good morning' } })
    expect(await mutation.next()).toEqual({ data: { say: 1 } })
    for (const n of [1, 2, 3]) expect(await count.next()).toEqual({ data: { count: n } })
    await count.journal.next('complete')
    expect(server.connections).toBe(1)
  })

  it('[G7 subscribe →] operationName and extensions arrive', async () => {
    const payloads: unknown[] = []
    const server = await serve({ onSubscribe: (_, __, payload) => void payloads.push(payload) })
    const client = clientFor(server)
    client.connect()
    const one = heard()
    const query = 'query A { hello(name: "a") } query B { hello(name: "b") }'
    client.subscribe(query, undefined, { ...one, operationName: 'B', extensions: { trace: 7 } })
    expect(await one.next()).toEqual({ data: { hello: 'Hello b' } })
    expect(payloads).toEqual([{ operationName: 'B', query, extensions: { trace: 7 } }])
  })

  it('[G9 error ←] an invalid operation is refused with its errors, and the connection goes on', async () => {
    const client = clientFor(await serve())
    client.connect()
    const [bad, worse, good] = [heard(), heard(), heard()]
    client.subscribe('{ nope }', {}, bad)
    client.subscribe('subscription { refused }', {}, worse)
    client.subscribe('{ hello }', {}, good)
    expect(await bad.journal.next('error')).toEqual([
      { message: expect.stringContaining('Cannot query field "nope"'), locations: [{ line: 1, column: 3 }] },
    ])
    expect(await worse.next()).toMatchObject({ errors: [{ message: 'refused on purpose' }] })
    expect(await good.next()).toEqual({ data: { hello: 'Hello world' } })
    expect(bad.journal.count('complete')).toBe(0)
  })

  it('[G11 complete →] unsubscribing stops the source on the server', async () => {
    const server = await serve()
    const client = clientFor(server)
    client.connect()
    const [one, other] = [heard(), heard()]
    const stop = client.subscribe('subscription { said }', {}, one)
    client.subscribe('subscription { said }', {}, other)
    await server.journal.next('listening')
    await server.journal.next('listening')
    stop()
    await server.journal.next('silent')
    server.say('still here')
    expect(await other.next()).toEqual({ data: { said: 'still here' } })
    expect(one.journal.count('data')).toBe(0)
    expect([server.listeners, server.connections]).toEqual([1, 1])
  })

  it('[G5 ping →] [G6 pong ←] the heartbeat is answered, the latency measured', async () => {
    const pings = new Journal()
    const client = clientFor(await serve({ onPing: (_, payload) => pings.add('ping', payload) }), {
      heartbeatInterval: 20,
      heartbeatMessage: { type: 'ping', payload: { from: 'us' } },
    })
    const latency = new Promise((resolve) => client.ws.once('latency', resolve))
    client.connect()
    expect(await pings.next('ping')).toEqual({ from: 'us' })
    expect(await latency).toBeGreaterThanOrEqual(0)
    await pings.next('ping')
    expect(client.ws.state).toBe('OPEN')
  })

  it('[G4 ping ←] a ping of the server is answered', async () => {
    const pongs = new Journal()
    const server = await serve({ onPong: (_, payload) => pongs.add('pong', payload) })
    const client = clientFor(server)
    await client.connect()
    server.sockets[0]?.send('{"type":"ping","payload":{"n":1}}')
    expect(await pongs.next('pong')).toEqual({ n: 1 })
  })

  it('[G15 close →] disconnect() is a normal closure for the server', async () => {
    const server = await serve()
    const client = clientFor(server)
    await client.connect()
    client.disconnect()
    expect(await server.journal.next('bye')).toBe(1000)
    expect(server.connections).toBe(0)
  })

  it('[G27 iterate] runs to the end of a subscription, and frees the source when left early', async () => {
    const server = await serve()
    const client = clientFor(server)
    client.connect()
    const counted: number[] = []
    const query = 'subscription Count($to: Int!) { count(to: $to) }'
    for await (const { data } of client.iterate({ query, variables: { to: 5 } })) counted.push(data.count)
    expect(counted).toEqual([1, 2, 3, 4, 5])

    const results = client.iterate({ query: 'subscription { said }' })
    const first = results.next()
    await server.journal.next('listening')
    server.say('one')
    expect((await first).value).toEqual({ data: { said: 'one' } })
    await results.return()
    await server.journal.next('silent')
    expect(server.listeners).toBe(0)

    await expect(client.iterate({ query: '{ nope }' }).next()).rejects.toThrow('Cannot query field "nope"')
  })
})

describe('coming back to the real server', () => {
  it('[G20 reconnect] a restart in mid-subscription resumes with the subscriptions in place, none doubled', async () => {
    const server = await serve()
    const client = clientFor(server, { connectionParams: () => ({ token: 'abc' }) })
    client.connect()
    const [one, two] = [heard(), heard()]
    client.subscribe('subscription { said }', {}, one)
    client.subscribe('subscription Again { said }', {}, two)
    for (let round = 0; round < 5; round++) {
      expect(await server.journal.next('init')).toEqual({ token: 'abc' })
      await server.journal.next('listening')
      await server.journal.next('listening')
      server.say(`round ${round}`)
      expect(await one.next()).toEqual({ data: { said: `round ${round}` } })
      expect(await two.next()).toEqual({ data: { said: `round ${round}` } })
      expect([server.operations, server.connections, server.listeners]).toEqual([2, 1, 2])
      if (round === 4) break
      await server.crash()
      await server.journal.next('silent')
      await server.journal.next('silent')
      await server.open()
    }
    // Nothing was heard twice, and the server was asked for two operations each time, no more.
    expect([one, two].map(({ journal }) => journal.count('data'))).toEqual([0, 0])
    expect(server.journal.count('listening')).toBe(0)
  })

  it('[G20 reconnect] what was subscribed and unsubscribed while the server was away is as one would expect', async () => {
    const server = await serve()
    const client = clientFor(server)
    await client.connect()
    const [stays, goes, comes] = [heard(), heard(), heard()]
    client.subscribe('subscription { said }', {}, stays)
    const stop = client.subscribe('subscription { said }', {}, goes)
    await server.journal.next('listening')
    await server.journal.next('listening')
    await server.crash()
    stop()
    client.subscribe('subscription { said }', {}, comes)
    await server.open()
    await server.journal.next('listening')
    await server.journal.next('listening')
    server.say('back')
    expect(await stays.next()).toEqual({ data: { said: 'back' } })
    expect(await comes.next()).toEqual({ data: { said: 'back' } })
    expect(goes.journal.count('data')).toBe(0)
    expect(server.listeners).toBe(2)
  })
})

describe('servers that misbehave', () => {
  it('[G16 connectTimeout] one that never acknowledges is left after connectTimeout, and tried again', async () => {
    let isMute = true
    const server = await serve({ onConnect: () => (isMute ? new Promise<boolean>(() => {}) : true) })
    const client = clientFor(server, { connectTimeout: 100 })
    client.ws.once('error', () => client.ws.update({ connectTimeout: 100_000 }))
    const error = errorOf(client)
    const connected = client.connect()
    expect((await error).code).toBe('CONNECT_TIMEOUT')
    isMute = false
    await connected
    expect(client.ws.getStats()).toMatchObject({ state: 'OPEN', connections: 1 })
  })

  it('[G14 close ←] one that rejects credentials (4403) stops the client, visibly', async () => {
    const server = await serve({ onConnect: () => false })
    const client = clientFor(server)
    const one = heard()
    client.subscribe('{ hello }', {}, one)
    const error = await client.connect().catch((thrown) => thrown)
    expect(error).toMatchObject({
      name: 'WebSocketReconnectError',
      code: 'FATAL_CLOSE',
      cause: { code: 'HANDSHAKE_FAILED', cause: { code: 4403, reason: 'Forbidden' } },
    })
    expect(await one.journal.next('error')).toBe(error)
    expect(client.ws.state).toBe('FAILED')
    expect(client.ws.getSnapshot().lastClose).toMatchObject({ code: 4403, reason: 'Forbidden' })
  })

  it('[G18 4401] one that wants fresh credentials gets them once: with success, and without', async () => {
    for (const valid of ['token 2', 'none']) {
      const server = await serve({
        onConnect: ({ connectionParams, extra }) => {
          if (connectionParams?.token === valid) return true
          ;(extra as { socket: WebSocket }).socket.close(4401, 'Unauthorized')
          return new Promise<boolean>(() => {})
        },
      })
      let asked = 0
      const client = clientFor(server, { connectionParams: async () => ({ token: `token ${++asked}` }) })
      const outcome = await client.connect().then(
        () => 'OPEN',
        ({ code }) => code,
      )
      expect([outcome, asked]).toEqual([valid === 'none' ? 'FATAL_CLOSE' : 'OPEN', 2])
    }
  })

  it('[G14 close ←] one that lost patience with slow connectionParams (4408) is tried again', async () => {
    const server = await serve({ connectionInitWaitTimeout: 30 })
    const release: (() => void)[] = []
    const client = clientFor(server, {
      connectionParams: () => (release.length ? {} : new Promise<object>((resolve) => release.push(() => resolve({})))),
    })
    const error = errorOf(client)
    const connected = client.connect()
    expect(await error).toMatchObject({ code: 'HANDSHAKE_FAILED', cause: { code: 4408 } })
    await connected
    expect(client.ws.state).toBe('OPEN')
  })

  it('[G14 close ←] one that breaks inside (4500) stops the client', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {})
    const server = await serve({
      onSubscribe: () => {
        throw new Error('out of order')
      },
    })
    const client = clientFor(server)
    await client.connect()
    const one = heard()
    client.subscribe('{ hello }', {}, one)
    expect(await one.journal.next('error')).toMatchObject({ code: 'FATAL_CLOSE', cause: { cause: { code: 4500 } } })
  })

  it('[G14 close ←] one that does not speak the protocol (4406) stops the client', async () => {
    const wss = await serve()
    const client = clientFor(wss, { protocols: () => [] })
    expect(await client.connect().catch((error) => error)).toMatchObject({ cause: { cause: { code: 4406 } } })
    expect(client.ws.state).toBe('FAILED')
  })

  /** A server that is played by hand, over a real socket. */
  async function played() {
    const server = await new TestServer().open()
    cleanups.push(() => server.close())
    const client = clientFor(server)
    const one = heard()
    client.subscribe('subscription { said }', {}, one)
    client.connect()
    const peer = await server.peer()
    expect(await peer.heard()).toBe('{"type":"connection_init"}')
    const say = (message: object) => peer.socket.send(JSON.stringify(message))
    return { server, client, one, peer, say }
  }

  it('[G12 unknown id ←] one that sends results for an id of nobody is listened to all the same', async () => {
    const { client, one, peer, say } = await played()
    say({ type: 'connection_ack' })
    const { id } = JSON.parse(await peer.heard())
    for (const type of ['next', 'complete']) say({ id: 'nobody', type, payload: {} })
    say({ id: 'nobody', type: 'error', payload: [] })
    say({ id, type: 'next', payload: { data: { said: 'x' } } })
    expect(await one.next()).toEqual({ data: { said: 'x' } })
    expect(client.ws.state).toBe('OPEN')
  })

  it('[G10 complete ←] one that completes early has its word: the operation is over, and stays so', async () => {
    const { server, one, peer, say } = await played()
    say({ type: 'connection_ack' })
    const { id } = JSON.parse(await peer.heard())
    say({ id, type: 'complete' })
    await one.journal.next('complete')
    peer.socket.terminate()
    const again = await server.peer()
    expect(await again.heard()).toBe('{"type":"connection_init"}')
    again.socket.send('{"type":"connection_ack"}')
    again.socket.send('{"type":"ping"}')
    expect(await again.heard()).toBe('{"type":"pong"}')
  })

  it.each(['before', 'after'])(
    '[G13 invalid message ←] one that sends garbage %s the acknowledgement is left with 4400',
    async (when) => {
      const { client, one, peer, say } = await played()
      if (when === 'after') {
        say({ type: 'connection_ack' })
        await peer.heard()
      }
      peer.socket.send('\u0000 not json')
      expect(await peer.closed).toEqual({ code: 4400, reason: 'Invalid message' })
      expect(await one.journal.next('error')).toMatchObject({ name: 'WebSocketReconnectError' })
      expect(client.ws.state).toBe('FAILED')
      expect(client.ws.getSnapshot().lastClose).toMatchObject({ code: 4400 })
    },
  )

  it('[G13 invalid message ←] binary frames are garbage too', async () => {
    const { peer, say } = await played()
    say({ type: 'connection_ack' })
    peer.socket.send(new Uint8Array([1, 2, 3]))
    expect((await peer.closed).code).toBe(4400)
  })
})

describe('the requirement’s own calls', () => {
  it('[G1 handshake →] its subprotocol cannot even complete the handshake with a real server; ours corrects it', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => {})
    const server = await serve()
    const asWritten = { protocols: ['graphql-ws'], heartbeatMessage: JSON.stringify({ type: 'connection_init' }) }
    const client = clientFor(server, { ...asWritten, maxRetries: 10, heartbeatInterval: 20 })
    await client.connect()
    const one = heard()
    const unsubscribe = client.subscribe('subscription { said }', {}, one)
    await server.journal.next('listening')
    // Several heartbeats long: connection_init as a ping would have been answered with 4429.
    for (let n = 0; n < 3; n++) await new Promise((resolve) => client.ws.once('latency', resolve))
    server.say('hello')
    expect(await one.next()).toEqual({ data: { said: 'hello' } })
    unsubscribe()
    await server.journal.next('silent')
    client.disconnect()
    expect((await closeOf(client)).code).toBe(1000)
  })
})

describe('residue on the real server', () => {
  it('[G29 residue] 1,000 cycles of subscribe and unsubscribe leave nothing', async () => {
    const server = await serve()
    const client = clientFor(server)
    await client.connect()
    for (let n = 0; n < 1000; n++) {
      const stop = client.subscribe('subscription { said }', {}, heard())
      // Some are gone before the server has looked at them, some after.
      if (n % 2) await server.journal.next('listening')
      stop()
    }
    const last = heard()
    client.subscribe('{ hello }', {}, last)
    await last.journal.next('complete')
    expect(server.connections).toBe(1)
    while (server.listeners) await server.journal.next('silent')
    while (server.operations) await server.journal.next('ended')
    expect(client.ws.state).toBe('OPEN')
  })
})
