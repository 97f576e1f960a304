/**
 * Owns the promise that every example of README and guide runs and does what the text beside it says: against a real `ws`
 * server, or in the virtual world where time or rudeness matters. The examples are read from the document.
 */

import './page.ts'

import * as testingLibrary from '@testing-library/react'
import * as React from 'react'
import * as jsxRuntime from 'react/jsx-runtime'
import * as reactDOM from 'react-dom/client'
import { renderToString } from 'react-dom/server'
import { afterEach, expect, it, vi } from 'vitest'
import * as ws from 'ws'
import * as zod from 'zod'
import * as devtools from '../../devtools/index.ts'
import * as recorderDoor from '../../devtools/recorder.ts'
import * as graphql from '../../hooks/graphql.ts'
import * as hooks from '../../hooks/index.ts'
import * as sessionHooks from '../../hooks/session.ts'
import * as graphqlClient from '../../src/graphql/index.ts'
import * as core from '../../src/index.ts'
import * as requests from '../../src/requests/index.ts'
import * as sessionServer from '../../src/server/index.ts'
import * as session from '../../src/session/index.ts'
import * as testing from '../../testing/index.ts'
import { english, examplesOf } from '../support/book.ts'
import { TestServer } from '../support/echo-server.ts'
import { createWorld } from '../support/index.ts'
import { PATIENCE } from '../support/patience.ts'
import { run, runPage, type Surroundings } from './run.ts'

const { act, cleanup, configure, fireEvent, render, screen, waitFor } = testingLibrary
const { createElement: h, StrictMode } = React
const { WebSocketProvider } = hooks

// The page is made after the setup file has looked for one.
configure({ asyncUtilTimeout: PATIENCE })

const examples = examplesOf(english)
const untested = new Set(examples.map(({ name }) => name))

const modules = {
  react: React,
  'react/jsx-runtime': jsxRuntime,
  'react-websocket-reconnect': hooks,
  'react-websocket-reconnect/core': core,
  'react-websocket-reconnect/graphql': graphqlClient,
  'react-websocket-reconnect/graphql/react': graphql,
  'react-websocket-reconnect/requests': requests,
  'react-websocket-reconnect/server': sessionServer,
  'react-websocket-reconnect/session': session,
  'react-websocket-reconnect/session/react': sessionHooks,
  'react-websocket-reconnect/devtools': devtools,
  'react-websocket-reconnect/devtools/recorder': recorderDoor,
  ws,
  zod,
}

function find(name: string) {
  const found = examples.find((one) => one.name === name)
  if (!found) throw new Error(`neither README nor guide has an example ${name}`)
  untested.delete(name)
  return found
}

const example = (name: string, surroundings: Partial<Surroundings> = {}) =>
  run(find(name), { ...surroundings, modules: { ...modules, ...surroundings.modules } })

// ── what an example lives in ─────────────────────────────────────────────────────────────────────────────────────

const goodbyes: Array<() => unknown> = []

afterEach(async () => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
  cleanup()
  for (const goodbye of goodbyes.splice(0)) await goodbye()
})

async function serve(): Promise<TestServer> {
  const server = await new TestServer().open()
  goodbyes.push(() => server.close())
  return server
}

/** A client in a world of its own, with a component that reads it. */
function stage(component: React.FunctionComponent, options: Partial<core.WebSocketReconnectOptions> = {}) {
  const world = createWorld()
  const client = new core.WebSocketReconnect(world.options({ jitter: 0, ...options }))
  // In a world of its own nobody answers any more, so nobody waits for it.
  goodbyes.push(() => void client.close())
  render(h(WebSocketProvider, { client }, h(component)))
  return { world, client }
}

/** The client behind a provider that owns it. */
function spy() {
  const seen: { client?: core.WebSocketClient } = {}
  const Spy = () => {
    const { client } = hooks.useWebSocket()
    React.useEffect(() => {
      seen.client = client
    })
    return null
  }
  return { seen, Spy }
}

/** Resolves once the client has read everything sent so far, and the server everything the client has. */
const roundTrip = ({ socket }: { socket: ws.WebSocket }) => {
  socket.ping()
  return new Promise((resolve) => socket.once('pong', resolve))
}
const listen = (lines: string[]) => ({ log: (...words: unknown[]) => lines.push(words.join(' ')) })
const click = (name: string | RegExp) => fireEvent.click(screen.getByRole('button', { name }))
const sees = (text: string | RegExp) => screen.findByText(text)

// ── three steps ──────────────────────────────────────────────────────────────────────────────────────────────────

/** The page of the steps, its badges included. */
const app = (surroundings: Partial<Surroundings> = {}): React.FunctionComponent =>
  example('App.tsx', {
    ...surroundings,
    modules: { './Badge': example('Badge.tsx'), './Stats': example('Stats.tsx') },
  }).default

/** A server of the pages, at a port that is free; answers with its address. */
async function serveExample(name: string, more: Record<string, unknown> = {}): Promise<string> {
  const servers: ws.WebSocketServer[] = []
  class AnyPort extends ws.WebSocketServer {
    constructor(options: ws.ServerOptions) {
      super({ ...options, port: 0 })
      servers.push(this)
    }
  }
  example(name, { modules: { ws: { ...ws, WebSocketServer: AnyPort }, ...more } })
  const [server] = servers as [ws.WebSocketServer]
  await new Promise((resolve) => server.once('listening', resolve))
  goodbyes.push(() => {
    for (const socket of server.clients) socket.terminate()
    server.close()
  })
  return `ws://127.0.0.1:${(server.address() as { port: number }).port}`
}

it('App.tsx and server.mjs talk to each other, and the badges tell of it', async () => {
  // The page of these tests came by https, and a newcomer's does not.
  vi.spyOn(console, 'warn').mockImplementation(() => {})
  const App = app({ address: await serveExample('server.mjs') })
  render(h(App))
  await sees('Connected')
  click('Say hello')
  await sees(/^You said: hello at /)
  await sees(/connected 1 ×, 1 sent, 1 received, 0 waiting/)
})

it('App.tsx sends, shows what arrives, and has one connection under StrictMode', async () => {
  const server = await serve()
  const App = app({ address: server.address })
  render(h(StrictMode, null, h(App)))
  const peer = await server.peer()
  let more = 0
  server.peer().then(() => more++)
  click('Say hello')
  expect(await peer.heard()).toMatch(/^hello at /)
  peer.socket.send('good morning')
  await sees('good morning')
  expect(screen.getAllByRole('listitem')).toHaveLength(1)
  expect(more).toBe(0)
})

it('App.tsx queues while the server is away', async () => {
  const server = await serve()
  const sockets: ws.WebSocket[] = []
  class Watched extends ws.WebSocket {
    constructor(...args: ConstructorParameters<typeof ws.WebSocket>) {
      super(...args)
      sockets.push(this)
    }
  }
  vi.stubGlobal('WebSocket', Watched)
  const App = app({ address: server.address })
  render(h(App))
  const peer = await server.peer()
  peer.socket.terminate()
  await waitFor(() => expect(sockets[0]?.readyState).toBe(ws.WebSocket.CLOSED))
  click('Say hello')
  const back = await server.peer()
  expect(await back.heard()).toMatch(/^hello at /)
})

it('App.tsx renders on a server without connecting, and says that it will', async () => {
  const dials = vi.fn()
  vi.stubGlobal('WebSocket', dials)
  const text = renderToString(h(app()))
  expect(text).toContain('Say hello')
  expect(text).toContain('Connecting')
  expect(dials).not.toHaveBeenCalled()
})

it('Badge.tsx says what is going on, and its button is there when it helps', async () => {
  const { world, client } = stage(example('Badge.tsx').Badge, { circuitBreaker: { failureThreshold: 2 } })
  const buttons = () => screen.queryAllByRole('button').length
  await sees('Not connected')
  act(() => void client.connect())
  await sees('Connecting')
  act(() => world.socket.accept())
  await sees('Connected')
  expect(buttons()).toBe(0)
  act(() => world.socket.die())
  await sees('No connection, trying again')
  await sees(/next try in 1 s/)
  click('Try now')
  await sees('Connecting')
  act(() => world.socket.refuse())
  await sees('No connection, pausing')
  click('Try now')
  await sees('Connecting')
  act(() => world.socket.accept())
  act(() => void client.close())
  await sees('Closing')
  act(() => world.socket.die(1000))
  await sees('Closed')
  expect(buttons()).toBe(0)
  expect(screen.queryByText(/next try/)).toBeNull()
})

it('Badge.tsx offers to start over after giving up', async () => {
  const { world, client } = stage(example('Badge.tsx').Badge, { maxRetries: 0 })
  act(() => void client.connect())
  act(() => world.socket.refuse())
  await sees('No connection')
  click('Try now')
  await sees('Connecting')
})

it('Stats.tsx counts', async () => {
  const { world, client } = stage(example('Stats.tsx').Stats)
  client.send('a')
  await sees('up 0 s, connected 0 ×, 0 sent, 0 received, 1 waiting')
  act(() => void client.connect())
  act(() => world.socket.accept())
  act(() => world.socket.receive('b'))
  act(() => world.advance(3000))
  await sees('up 3 s, connected 1 ×, 1 sent, 1 received, 0 waiting')
})

// ── the hooks ────────────────────────────────────────────────────────────────────────────────────────────────────

it('Controls.tsx: every button does what it says, every handler hears', async () => {
  const lines: string[] = []
  const { world } = stage(example('Controls.tsx', { globals: { console: listen(lines) } }).Controls)
  click('Connect')
  await sees('CONNECTING')
  act(() => world.socket.accept())
  await sees('OPEN')
  click('Send')
  expect(world.socket.sent).toEqual(['hello'])
  click('Reconnect')
  act(() => world.socket.refuse())
  await sees('CLOSED')
  click('Close')
  click('Send')
  expect(lines).toEqual([
    'open',
    'closed 1000 reconnect',
    'HANDSHAKE_FAILED',
    'closed 1006 ',
    'retry 1 in 1000 ms',
    'dropped closed',
  ])
})

it('Price.tsx subscribes at every open, also when it mounts late', async () => {
  const { Price } = example('Price.tsx')
  const { world, client } = stage(() => null)
  client.connect()
  act(() => world.socket.accept())
  render(h(WebSocketProvider, { client }, h(Price, { symbol: 'ABC' })))
  const subscription = '{"type":"subscribe","symbol":"ABC"}'
  expect(world.socket.sent).toEqual([subscription])
  act(() => world.socket.receive('{"symbol":"XYZ","price":"1"}'))
  act(() => world.socket.receive('{"symbol":"ABC","price":"42"}'))
  await sees('ABC 42')
  act(() => world.socket.die())
  act(() => world.advance(1000))
  act(() => world.socket.accept())
  expect(world.socket.sent).toEqual([subscription])
})

it('Latency.tsx shows the round-trip time', async () => {
  const { world, client } = stage(example('Latency.tsx').Latency)
  client.connect()
  act(() => world.socket.accept())
  await sees('not measured yet')
  act(() => world.advance(30_000))
  act(() => world.advance(42))
  act(() => world.socket.receive('{"type":"pong"}'))
  await sees('42 ms')
})

it('Circuit.tsx opens and closes the circuit', async () => {
  const { world, client } = stage(example('Circuit.tsx').Circuit)
  client.connect()
  act(() => world.socket.refuse())
  await sees(/Circuit CLOSED, 1 of 5 failures/)
  click('Open it')
  await sees(/Circuit OPEN/)
  expect(client.state).toBe('BLOCKED')
  click('Close it and try now')
  expect(client.state).toBe('CONNECTING')
  await sees(/Circuit CLOSED, 0 of 5 failures/)
})

it('Feed.tsx shows the newest messages, the last alarm and how many there were', async () => {
  const { world, client } = stage(example('Feed.tsx').Feed)
  client.connect()
  act(() => world.socket.accept())
  act(() => {
    for (let i = 1; i <= 60; i++) world.socket.receive(i === 30 ? 'alarm: fire' : `line ${i}`)
  })
  await sees('60 messages')
  expect(screen.getAllByRole('listitem').map((item) => item.textContent)).toHaveLength(50)
  expect(screen.getAllByRole('listitem')[49]?.textContent).toBe('line 60')
  expect(screen.getByRole('alert').textContent).toBe('alarm: fire')
})

it('RetryLog.tsx hears events', () => {
  const lines: string[] = []
  const { world, client } = stage(example('RetryLog.tsx', { globals: { console: listen(lines) } }).RetryLog)
  client.connect()
  act(() => world.socket.refuse())
  client.send('x', { queue: false })
  client.send('y')
  act(() => void client.close())
  expect(lines).toEqual(['retry 1 in 1000 ms', 'dropped: no-queue', 'dropped: closed'])
})

it('Hello.tsx sends', async () => {
  const { world, client } = stage(example('Hello.tsx').Hello)
  client.connect()
  act(() => world.socket.accept())
  click('Say hello')
  expect(world.socket.sent).toEqual(['hello'])
})

it('Room.tsx has a connection of its own, for as long as it has a name', async () => {
  const server = await serve()
  const { Room } = example('Room.tsx', { address: server.address })
  const { rerender, unmount } = render(h(Room, { name: null }))
  await sees(/CLOSED/)
  rerender(h(Room, { name: 'one' }))
  const one = await server.peer()
  expect(one.request.url).toBe('/rooms/one')
  await sees('one OPEN')
  one.socket.send('welcome to one')
  await sees('welcome to one')
  click('Say hello')
  expect(await one.heard()).toBe('hello')
  rerender(h(Room, { name: 'two' }))
  // `ws` is terminated right after its close frame (R3), which may or may not overtake it.
  await one.closed
  const two = await server.peer()
  expect(two.request.url).toBe('/rooms/two')
  await waitFor(() => expect(screen.queryByText('welcome to one')).toBeNull())
  await sees('two OPEN')
  unmount()
  expect((await two.closed).code).toBe(1000)
})

it('Market.tsx checks, types and fans out what it receives, and sends orders', async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => {})
  const server = await serve()
  const { Market } = example('Market.tsx', { address: server.address })
  const { unmount } = render(h(Market))
  const peer = await server.peer()
  expect(peer.request.url).toBe('/prices')
  for (const text of ['{', '{"symbol":"ABC"}', '{"symbol":"ABC","price":42}', '{"symbol":"NIL","price":1}'])
    peer.socket.send(text)
  await sees(/ABC 42/)
  expect(screen.getByText(/XYZ –/)).toBeTruthy()
  expect(vi.mocked(console.warn).mock.calls).toEqual([[expect.stringContaining('codec cannot read')]])
  click('Buy XYZ')
  expect(await peer.heard()).toBe('{"buy":"XYZ"}')
  unmount()
  expect((await peer.closed).code).toBe(1000)
})

it('Watchlist.tsx asks for what its components read, again after a loss, and begins anew with another topic', async () => {
  const server = await serve()
  const { Watchlist } = example('Watchlist.tsx', { address: server.address })
  render(h(Watchlist))
  const peer = await server.peer()
  expect(await peer.heard()).toBe('{"type":"subscribe","topics":["news","price:ABC"]}')
  peer.socket.send('{"topic":"price:ABC","price":42}')
  peer.socket.send('{"topic":"price:XYZ","price":1}')
  peer.socket.send('{"topic":"news","text":"Markets are calm"}')
  await sees('Markets are calm')
  await sees('ABC 42')
  click('Show XYZ')
  expect(await peer.heard()).toBe('{"type":"subscribe","topics":["price:XYZ"]}')
  expect(await peer.heard()).toBe('{"type":"unsubscribe","topics":["price:ABC"]}')
  expect(screen.getByText('XYZ –')).toBeTruthy()
  peer.socket.terminate()
  const next = await server.peer()
  expect(await next.heard()).toBe('{"type":"subscribe","topics":["news","price:XYZ"]}')
  next.socket.send('{"topic":"price:XYZ","price":7}')
  await sees('XYZ 7')
})

it('codec.ts reads and writes, in the hooks too', async () => {
  const { commas } = example('codec.ts')
  const { world, client } = stage(() => null)
  client.connect()
  act(() => world.socket.accept())
  const Cells = hooks.createWebSocketContext<string[], string[]>({ codec: commas })
  const Last = () => h('p', null, Cells.useLastMessage()?.join(' + '))
  const Send = () => {
    const send = Cells.useSend()
    return h('button', { onClick: () => send(['x', 'y']) }, 'Send')
  }
  render(h(Cells.Provider, { client }, h(Last), h(Send)))
  act(() => world.socket.receive('a,b'))
  await sees('a + b')
  click('Send')
  expect(world.socket.sent).toEqual(['x,y'])
})

// ── the engine alone ─────────────────────────────────────────────────────────────────────────────────────────────

it('engine.js prints what happens', async () => {
  const server = await serve()
  const lines: string[] = []
  const { ws: client } = example('engine.js', {
    address: server.address,
    globals: { console: listen(lines) },
    locals: ['ws'],
  })
  goodbyes.push(() => client.close())
  const peer = await server.peer()
  expect(await peer.heard()).toBe('hello')
  peer.socket.send('good morning')
  peer.socket.close(1001, 'restarting')
  await waitFor(() => expect(lines.length).toBeGreaterThanOrEqual(4))
  expect(lines.slice(0, 3)).toEqual(['connected', 'message: good morning', 'closed: 1001 restarting'])
  expect(lines[3]).toMatch(/^retry 1 in (9|10)\d\d ms$|^retry 1 in 1100 ms$/)
  await server.close()
  // It may have come back in between; then it is lost again.
  await waitFor(() => expect(lines.join('\n')).toMatch(/^HANDSHAKE_FAILED WebSocketReconnect: could not open/m))
})

it('node.cjs sends the header and says goodbye', async () => {
  const server = await serve()
  const endings: Record<string, () => void> = {}
  const process = { once: (signal: string, fn: () => void) => (endings[signal] = fn) }
  example('node.cjs', { address: server.address, globals: { process } })
  const peer = await server.peer()
  expect(peer.request.headers.authorization).toBe('Bearer token123')
  // The server knows of the connection before the client does.
  await roundTrip(peer)
  endings.SIGTERM?.()
  expect(await peer.closed).toEqual({ code: 1001, reason: 'shutting down' })
})

it('lend.tsx lends its client and leaves it alone', async () => {
  const server = await serve()
  const { client, Connection } = example('lend.tsx', { address: server.address })
  goodbyes.push(() => client.close())
  const { unmount } = render(h(Connection, null, h(example('Badge.tsx').Badge)))
  await sees('Not connected')
  await act(() => client.connect())
  await sees('Connected')
  unmount()
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(client.state).toBe('OPEN')
})

it('Session.tsx logs in by an address, and out by none', async () => {
  const server = await serve()
  const { Session } = example('Session.tsx', { address: server.address })
  const { seen, Spy } = spy()
  const page = (user: string | null) => h(Session, { user }, h(Spy))
  const { rerender } = render(page(null))
  expect(seen.client?.getSnapshot().status).toBe('idle')
  const drops: string[] = []
  seen.client?.on('drop', ({ data, reason }) => drops.push(`${data}: ${reason}`))
  seen.client?.send('early')
  rerender(page('ada'))
  const ada = await server.peer()
  expect(ada.request.url).toBe('/socket?user=ada')
  await waitFor(() => expect(seen.client?.state).toBe('OPEN'))
  rerender(page(null))
  expect((await ada.closed).code).toBe(1000)
  expect(seen.client?.send('too late')).toBe('dropped')
  expect(drops).toEqual(['early: url-changed', 'too late: closed'])
  rerender(page('grace'))
  const grace = await server.peer()
  expect(grace.request.url).toBe('/socket?user=grace')
})

// ── GraphQL ──────────────────────────────────────────────────────────────────────────────────────────────────────

type Message = { type: string; id: string; payload: any }

/** As much of the protocol as the examples need; the real server is in test/graphql. */
async function serveGraphQL(answer: (message: Message, say: (message: object) => void, socket: ws.WebSocket) => void) {
  const server = new TestServer((wss) => {
    wss.options.handleProtocols = () => 'graphql-transport-ws'
    wss.on('connection', (socket) =>
      socket.on('message', (data) =>
        answer(JSON.parse(String(data)), (message) => socket.send(JSON.stringify(message)), socket),
      ),
    )
  })
  await server.open()
  goodbyes.push(() => server.close())
  return server
}

/** The endpoint's client, so that its connection can be ended. */
const kept = () => {
  class Kept extends graphqlClient.GraphQLSubscriptionClient {
    constructor(...args: ConstructorParameters<typeof graphqlClient.GraphQLSubscriptionClient>) {
      super(...args)
      goodbyes.push(() => this.disconnect())
    }
  }
  return { 'react-websocket-reconnect/graphql': { ...graphqlClient, GraphQLSubscriptionClient: Kept } }
}

it('Tea.tsx subscribes, shows the price, and is subscribed again after a loss', async () => {
  let price = 4
  const server = await serveGraphQL(({ type, id, payload }, say) => {
    if (type === 'connection_init') say({ type: 'connection_ack' })
    if (type !== 'subscribe') return
    expect(payload.variables).toEqual({ of: 'tea' })
    say({ id, type: 'next', payload: { data: { price: price++ } } })
  })
  render(h(example('Tea.tsx', { address: server.address }).Tea))
  await sees('4')
  const peer = await server.peer()
  peer.socket.terminate()
  await sees('5')
})

it('TeaWithToken.tsx sends its token, shows the price, and says when there is none', async () => {
  const server = await serveGraphQL(({ type, id, payload }, say) => {
    if (type === 'connection_init') {
      expect(payload).toEqual({ token: 's3cret' })
      say({ type: 'connection_ack' })
    }
    if (type === 'subscribe') say({ id, type: 'next', payload: { data: { price: 7 } } })
  })
  render(h(example('TeaWithToken.tsx', { address: server.address }).App, { token: 's3cret' }))
  await sees('…')
  await sees('7')
})

it('prices.ts asks for a token, prints what comes, and leaves', async () => {
  const stopped = vi.fn()
  const server = await serveGraphQL(({ type, id, payload }, say) => {
    if (type === 'connection_init') {
      expect(payload).toEqual({ token: 't1' })
      say({ type: 'connection_ack' })
    }
    if (type === 'subscribe') say({ id, type: 'next', payload: { data: { price: 7 } } })
    if (type === 'complete') stopped()
  })
  const lines: string[] = []
  const fetch = async () => ({ text: async () => 't1' })
  const { leave } = example('prices.ts', {
    address: server.address,
    globals: { fetch, console: listen(lines) },
    modules: kept(),
  })
  const peer = await server.peer()
  await waitFor(() => expect(lines).toEqual(['7 ']))
  leave()
  await vi.waitFor(() => expect(stopped).toHaveBeenCalledTimes(1))
  expect((await peer.closed).code).toBe(1000)
})

it('loop.ts takes what comes until it has heard enough, and unsubscribes', async () => {
  const stopped = vi.fn()
  const server = await serveGraphQL(({ type, id }, say) => {
    if (type === 'connection_init') say({ type: 'connection_ack' })
    if (type === 'subscribe')
      for (const greetings of ['hi', 'bye', 'too late']) say({ id, type: 'next', payload: { data: { greetings } } })
    if (type === 'complete') stopped()
  })
  const lines: string[] = []
  const globals = { console: listen(lines) }
  await example('loop.ts', { address: server.address, globals, modules: kept() }).finished
  expect(lines).toEqual(['hi', 'bye'])
  await vi.waitFor(() => expect(stopped).toHaveBeenCalledTimes(1))
})

it('codes.ts prints why the server has refused', async () => {
  const server = await serveGraphQL(({ type }, _say, socket) => {
    if (type === 'connection_init') socket.close(4403, 'Forbidden')
  })
  const lines: string[] = []
  example('codes.ts', {
    address: server.address,
    globals: { console: { error: listen(lines).log } },
    modules: kept(),
  })
  await waitFor(() => expect(lines).toEqual(['FATAL_CLOSE 4403 Forbidden']))
})

// ── questions ────────────────────────────────────────────────────────────────────────────────────────────────────

it('token.tsx asks for a token on every attempt, once more after 4401, and for another user', async () => {
  const server = await serve()
  let tokens = 0
  const fetch = vi.fn(async (_path: string, _init: { signal?: AbortSignal }) => {
    const token = `t/${++tokens}`
    return { ok: true, json: async () => ({ token }) }
  })
  const { Connection } = example('token.tsx', { address: server.address, globals: { fetch } })
  const { GaveUp } = example('GaveUp.tsx')
  const { seen, Spy } = spy()
  const page = (userId: string) => h(Connection, { userId }, h(GaveUp), h(Spy))
  const { rerender } = render(page('ada'))
  const first = await server.peer()
  expect(first.request.url).toBe('/socket?token=t%2F1')
  expect(fetch.mock.calls[0]?.[1].signal?.aborted).toBe(false)
  await waitFor(() => expect(seen.client?.state).toBe('OPEN'))

  rerender(page('ada'))
  rerender(page('grace'))
  // `ws` is terminated right after its close frame (R3), which may or may not overtake it.
  await first.closed
  const second = await server.peer()
  expect(second.request.url).toBe('/socket?token=t%2F2')

  second.socket.close(4401)
  const third = await server.peer()
  expect(third.request.url).toBe('/socket?token=t%2F3')
  third.socket.close(4401)
  await sees(/FATAL_CLOSE, last close code 4401/)
  expect(seen.client?.state).toBe('FAILED')
  expect(screen.getByRole('alert').textContent).not.toContain('t%2F')
})

it('token.tsx takes a refused token for a failed attempt, and the console shows why', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
  const server = await serve()
  const answers = [
    { ok: false, status: 503 },
    { ok: true, json: async () => ({ token: 'late' }) },
  ]
  const fetch = vi.fn(async () => answers.shift())
  const { Connection } = example('token.tsx', { address: server.address, globals: { fetch } })
  render(h(Connection, { userId: 'ada' }))
  const peer = await server.peer()
  expect(peer.request.url).toBe('/socket?token=late')
  expect(warn).toHaveBeenCalledWith(expect.stringContaining('function failed'), new Error('no token: 503'))
  expect(fetch).toHaveBeenCalledTimes(2)
})

it('token.tsx stops when the session is over, and Expired.tsx says so', async () => {
  const fetch = vi.fn(async () => ({ ok: false, status: 401 }))
  const { Connection } = example('token.tsx', { globals: { fetch } })
  const { Expired } = example('Expired.tsx')
  const { seen, Spy } = spy()
  render(h(Connection, { userId: 'ada' }, h(Expired), h(Spy)))
  await sees(/Your session is over/)
  expect(seen.client?.getSnapshot()).toMatchObject({ status: 'failed', retryAt: null })
  expect(fetch).toHaveBeenCalledTimes(1)
})

it('GaveUp.tsx says why, and tries again', async () => {
  const { world, client } = stage(example('GaveUp.tsx').GaveUp, { maxRetries: 0 })
  act(() => void client.connect())
  act(() => world.socket.refuse())
  expect((await screen.findByRole('alert')).textContent).toMatch(/RETRIES_EXHAUSTED, last close code 1006/)
  click('Try again')
  expect(client.state).toBe('CONNECTING')
  act(() => world.socket.accept())
  act(() => world.socket.die(4400))
  await waitFor(() => expect(screen.getByRole('alert').textContent).toMatch(/FATAL_CLOSE, last close code 4400/))
})

it('policy.ts stops, waits or goes on as it says', () => {
  vi.useFakeTimers()
  const { client } = example('policy.ts')
  const world = createWorld()
  client.update({ WebSocket: world.WebSocket, jitter: 0 })
  goodbyes.push(() => void client.close())
  const retries: number[] = []
  client.on('retry', ({ delay }: core.RetryInfo) => retries.push(delay))
  const live = (code: number) => {
    client.retryNow()
    world.socket.accept()
    world.socket.die(code)
  }
  live(4001)
  live(4400)
  expect(retries).toEqual([60_000, 2000])
  live(4000)
  expect(client.getSnapshot()).toMatchObject({ status: 'failed', error: { code: 'FATAL_CLOSE' } })
})

it('TryNow.tsx skips the wait, and the circuit, and rests while there is nothing to do', async () => {
  const { world, client } = stage(example('TryNow.tsx').TryNow, { circuitBreaker: { failureThreshold: 2 } })
  const button = () => screen.getByRole<HTMLButtonElement>('button', { name: 'Try now' })
  act(() => void client.connect())
  await waitFor(() => expect(button().disabled).toBe(true))
  act(() => world.socket.refuse())
  await waitFor(() => expect(button().disabled).toBe(false))
  click('Try now')
  expect(world.dials).toBe(2)
  act(() => world.socket.refuse())
  await waitFor(() => expect(button().disabled).toBe(false))
  expect(client.state).toBe('BLOCKED')
  click('Try now')
  expect(world.dials).toBe(3)
  act(() => world.socket.accept())
  await waitFor(() => expect(button().disabled).toBe(true))
})

it('Ring.tsx rings for equal messages, too', async () => {
  const { Ring } = example('Ring.tsx')
  const play = vi.fn()
  const { world, client } = stage(() => h(Ring, { play }))
  act(() => void client.connect())
  act(() => world.socket.accept())
  for (const [i, text] of ['ring', 'ring', 'hello', 'ring'].entries()) {
    act(() => world.socket.receive(text))
    await waitFor(() => expect(play).toHaveBeenCalledTimes([1, 2, 2, 3][i] as number))
  }
})

it('report.ts sends its result and leaves, or says that it could not', async () => {
  const server = await serve()
  const { report } = example('report.ts', { address: server.address })
  const done = report('42')
  const peer = await server.peer()
  expect(await peer.heard()).toBe('42')
  expect((await peer.closed).code).toBe(1000)
  await done

  const world = createWorld()
  class Hopeless extends core.WebSocketReconnect {
    constructor(options: core.WebSocketReconnectOptions) {
      super(world.options({ ...options, maxRetries: 0 }))
    }
  }
  const stranded = { 'react-websocket-reconnect/core': { ...core, WebSocketReconnect: Hopeless } }
  const failure = example('report.ts', { modules: stranded }).report('43')
  world.socket.refuse()
  await expect(failure).rejects.toMatchObject({ code: 'RETRIES_EXHAUSTED' })
})

it('AskBeforeLeaving.tsx asks only while messages wait', async () => {
  const { client } = stage(example('AskBeforeLeaving.tsx').AskBeforeLeaving)
  const isAsked = () => !window.dispatchEvent(new window.Event('beforeunload', { cancelable: true }))
  expect(isAsked()).toBe(false)
  client.send('still here')
  expect(isAsked()).toBe(true)
  cleanup()
  expect(isAsked()).toBe(false)
})

it('headers.ts asks for a fresh token on every attempt', async () => {
  const server = await serve()
  let tokens = 0
  const client = example('headers.ts', { address: server.address }).createClient(async () => `t${++tokens}`)
  goodbyes.push(() => client.close())
  client.connect()
  const peer = await server.peer()
  expect(peer.request.headers.authorization).toBe('Bearer t1')
  peer.socket.terminate()
  const back = await server.peer()
  expect(back.request.headers.authorization).toBe('Bearer t2')
})

it('Countdown.tsx counts down', () => {
  vi.useFakeTimers()
  const { world, client } = stage(example('Countdown.tsx').Countdown, { clock: undefined, baseDelay: 2000 })
  client.connect()
  act(() => world.socket.refuse())
  const pass = (ms: number) => act(() => void vi.advanceTimersByTime(ms))
  pass(20)
  screen.getByText('Next try in 2 s')
  pass(1000)
  screen.getByText('Next try in 1 s')
  pass(1000)
  expect(screen.queryByText(/Next try/)).toBeNull()
  expect(world.dials).toBe(2)
})

it('Login.tsx goes before the queue, after every open', () => {
  const { Login } = example('Login.tsx')
  const { world, client } = stage(() => h(Login, { token: 's3cret' }))
  client.connect()
  client.send('earlier')
  act(() => world.socket.accept())
  const login = '{"type":"login","token":"s3cret"}'
  expect(world.socket.sent).toEqual([login, 'earlier'])
  act(() => world.socket.die())
  client.send('meanwhile')
  act(() => world.advance(1000))
  act(() => world.socket.accept())
  expect(world.socket.sent).toEqual([login, 'meanwhile'])
})

it('hold.tsx keeps everything back until the server has said welcome', async () => {
  const server = await serve()
  const { Connection } = example('hold.tsx', { address: server.address })
  const Early = () => {
    const { send } = hooks.useWebSocket()
    React.useEffect(() => void send('early'), [send])
    return null
  }
  render(h(Connection, { token: 's3cret' }, h(Early)))
  const peer = await server.peer()
  const heard: string[] = []
  peer.socket.on('message', (data) => heard.push(String(data)))
  expect(await peer.heard()).toBe('{"type":"login","token":"s3cret"}')
  peer.socket.send('{"type":"news"}')
  await roundTrip(peer)
  expect(heard).not.toContain('early')
  peer.socket.send('{"type":"welcome"}')
  expect(await peer.heard()).toBe('early')
})

it('outbox.ts sends again what was not acknowledged', async () => {
  const server = await serve()
  const client = new core.WebSocketReconnect({ url: server.address, baseDelay: 50 })
  goodbyes.push(() => client.close())
  const outbox = example('outbox.ts').createOutbox(client)
  const ack = (peer: { socket: ws.WebSocket }, text: string) =>
    peer.socket.send(JSON.stringify({ type: 'ack', id: JSON.parse(text).id }))

  outbox.say('before the first open')
  client.connect()
  const peer = await server.peer()
  const early = await peer.heard()
  ack(peer, early)
  await vi.waitFor(() => expect(outbox.unanswered.size).toBe(0))

  outbox.say('into the void')
  const lost = await peer.heard()
  peer.socket.send(JSON.stringify({ type: 'seen', id: JSON.parse(lost).id }))
  await roundTrip(peer)
  expect(outbox.unanswered.size).toBe(1)
  expect(JSON.parse(lost)).toMatchObject({ type: 'say', body: 'into the void' })
  peer.socket.terminate()
  const back = await server.peer()
  expect(await back.heard()).toBe(lost)
  ack(back, lost)
  await vi.waitFor(() => expect(outbox.unanswered.size).toBe(0))
})

it('server.mjs answers the heartbeat', async () => {
  const client = new core.WebSocketReconnect({ url: await serveExample('server.mjs'), heartbeatInterval: 20 })
  goodbyes.push(() => client.close())
  client.connect()
  client.send('hello')
  const echo = new Promise((resolve) => client.on('message', ({ data }, isPong) => !isPong && resolve(data)))
  await new Promise((resolve) => client.once('latency', resolve))
  expect(await echo).toBe('You said: hello')
  expect(client.state).toBe('OPEN')
})

it('answer.js answers what the engine sends, and nothing else', () => {
  const { answerPing } = example('answer.js')
  const world = createWorld()
  const client = new core.WebSocketReconnect(world.options())
  goodbyes.push(() => void client.close())
  client.connect()
  world.socket.accept()
  world.advance(30_000)
  const sent: string[] = []
  const socket = { send: (text: string) => sent.push(text) }
  expect(answerPing(socket, world.socket.sent[0])).toBe(true)
  expect(answerPing(socket, 'hello')).toBe(false)
  expect(sent).toEqual(['{"type":"pong"}'])
})

it('heartbeat.ts speaks the server’s words, or none', () => {
  vi.useFakeTimers()
  const { otherWords, noAnswer } = example('heartbeat.ts')
  const worlds = [otherWords, noAnswer].map((client: core.WebSocketReconnect) => {
    const world = createWorld()
    client.update({ WebSocket: world.WebSocket })
    client.connect()
    world.socket.accept()
    goodbyes.push(() => client.close())
    return world
  })
  const latencies: number[] = []
  otherWords.on('latency', (ms: number) => latencies.push(ms))
  vi.advanceTimersByTime(30_000)
  expect(worlds[0]?.socket.sent).toEqual(['{"op":"heartbeat"}'])
  worlds[0]?.socket.receive('{"op":"heartbeat-ack"}')
  expect(latencies).toHaveLength(1)
  vi.advanceTimersByTime(35_001) // the verdict waits one turn of the event loop (R14)
  expect(otherWords.state).toBe('CLOSED')
  vi.advanceTimersByTime(600_000)
  expect(worlds[1]?.socket.sent).toEqual([])
  expect(noAnswer.state).toBe('OPEN')
})

it.each(['Badge', 'Price'])('%s.test.tsx passes, and React has nothing to complain about', async (name) => {
  // As Testing Library has it where the runner's functions are global.
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true)
  const complaints = vi.spyOn(console, 'error')
  vi.spyOn(console, 'warn').mockImplementation(() => {}) // of a server that has gone silent
  const tests: Array<() => Promise<void>> = []
  const test = (_name: string, body: () => Promise<void>) => tests.push(body)
  example(`${name}.test.tsx`, {
    modules: {
      vitest: { expect, test },
      '@testing-library/react': testingLibrary,
      'react-websocket-reconnect/testing': testing,
      [`./${name}`]: example(`${name}.tsx`),
    },
  })
  expect(tests).toHaveLength(1)
  for (const body of tests) await body()
  expect(complaints.mock.calls).toEqual([])
  complaints.mockRestore()
})

it('Tools.tsx puts a button on the page that opens the panel, which goes with the component', async () => {
  const world = createWorld()
  vi.stubGlobal('WebSocket', world.WebSocket)
  const { App } = example('Tools.tsx', { modules: { './Badge': example('Badge.tsx') } })
  const { unmount } = render(h(App))
  act(() => world.socket.accept())
  const root = () => document.querySelector('websocket-devtools')?.shadowRoot
  await waitFor(() => expect(root()?.querySelector('.launcher')?.textContent).toBe('WS OPEN'))
  fireEvent.click(root()?.querySelector('.launcher') as Element)
  expect(root()?.querySelector('[role=tabpanel]')?.textContent).toContain('OPEN')
  unmount()
  expect(root()).toBeUndefined()
})

it('recorder.ts keeps what has happened, redacted, as a log that replays and as a test', async () => {
  const { client, recorder, report } = example('recorder.ts')
  const world = createWorld()
  client.update({ WebSocket: world.WebSocket })
  goodbyes.push(() => void client.close())
  client.connect()
  world.socket.accept()
  world.socket.receive('{"token":"secret"}')
  expect(recorder.dropped).toBe(0)
  const { log, test } = await report()
  expect(testing.replay(log).map(({ after }) => after.phase)).toEqual(['idle', 'connecting', 'open'])
  expect(log + test).not.toContain('secret')
  expect(test).toContain('world.socket.accept()')
})

it('replay.ts tells what has happened, and plays it again to the same phases', () => {
  vi.useFakeTimers()
  const lines: string[] = []
  const { client, stop, explain, replayed } = example('replay.ts', {
    modules: { 'react-websocket-reconnect/testing': testing },
    globals: { console: listen(lines) },
  })
  const world = createWorld()
  client.update({ WebSocket: world.WebSocket })
  goodbyes.push(() => void client.close())
  client.connect()
  world.socket.refuse()
  vi.advanceTimersByTime(2000)
  world.socket.accept()
  stop()
  client.close()
  explain()
  expect(lines).toEqual([
    'idle: optionsChanged -> idle',
    'idle: connect -> connecting',
    'connecting: socketClosed -> waiting',
    'HANDSHAKE_FAILED',
    'waiting: timeout -> connecting',
    'connecting: opened -> open',
  ])
  expect(replayed()).toEqual(['idle', 'connecting', 'waiting', 'connecting', 'open'])
})

it('environment.ts wakes a client, and lets go of it', () => {
  let tell: ((state: string) => void) | undefined
  const remove = vi.fn()
  const addEventListener = (_type: string, listener: (state: string) => void) => {
    tell = listener
    return { remove }
  }
  const { environment } = example('environment.ts', { modules: { 'react-native': { AppState: { addEventListener } } } })
  const world = createWorld()
  const client = new core.WebSocketReconnect(world.options({ environment, jitter: 0 }))
  client.connect()
  world.socket.refuse()
  tell?.('background')
  tell?.('active')
  world.advance(999)
  expect(world.dials).toBe(2)
  client.close()
  expect(remove).toHaveBeenCalledTimes(1)
})

it.each(['engine', 'hooks'])('%s.html connects without a bundler, and shows it', async (name) => {
  const server = await serve()
  const cdn = 'https://unpkg.com/react-websocket-reconnect/dist/browser'
  const roots: reactDOM.Root[] = []
  const clients: core.WebSocketReconnect[] = []
  class Kept extends core.WebSocketReconnect {
    constructor(options: core.WebSocketReconnectOptions) {
      super(options)
      clients.push(this)
    }
  }
  const createRoot = (element: Element) => {
    const root = reactDOM.createRoot(element)
    roots.push(root)
    return root
  }
  goodbyes.push(async () => {
    for (const root of roots) act(() => root.unmount())
    for (const client of clients) await client.close()
    document.body.innerHTML = ''
  })
  runPage(find(`${name}.html`), {
    address: server.address,
    modules: {
      [`${cdn}/core.js`]: { ...core, WebSocketReconnect: Kept },
      [`${cdn}/react.js`]: hooks,
      'https://esm.sh/react@19': React,
      'https://esm.sh/react-dom@19/client?external=react': { ...reactDOM, createRoot },
    },
  })
  await server.peer()
  await waitFor(() => expect(screen.getByRole('status').textContent).toMatch(/^open$/i))
})

// ── delivery ─────────────────────────────────────────────────────────────────────────────────────────────────────

/** A server that answers what a test says. */
async function serveAnswers(answer: (message: any, socket: ws.WebSocket) => unknown) {
  const server = new TestServer((wss) => {
    wss.on('connection', (socket) =>
      socket.on('message', (data) => {
        const text = answer(JSON.parse(String(data)), socket)
        if (text !== undefined) socket.send(JSON.stringify(text))
      }),
    )
  })
  await server.open()
  goodbyes.push(() => server.close())
  return server
}

it('rpc.ts asks, is told no, and knows what may have happened', async () => {
  let isDown = false
  const server = await serveAnswers(({ id, method, params }, socket) => {
    if (method !== 'rename') return
    if (isDown) return socket.terminate()
    return params.name ? { id, result: true } : { id, error: { code: 7 } }
  })
  const { client, rename } = example('rpc.ts', { address: server.address })
  goodbyes.push(() => client.close())
  expect([await rename('ada'), await rename('')]).toEqual(['renamed', 'no: {"code":7}'])
  isDown = true
  expect(await rename('grace')).toBe('perhaps renamed, look again')
  client.close()
  expect(await rename('never')).toBe('not renamed')
})

it('Search.tsx shows the answer to the newest question', async () => {
  const { world, client } = stage(example('Search.tsx').Search)
  act(() => {
    client.connect()
    world.socket.accept()
  })
  const find = (text: string) => fireEvent.change(screen.getByLabelText('Find'), { target: { value: text } })
  find('a')
  find('ad')
  await sees('looking …')
  const asked = world.socket.sent.map((data) => JSON.parse(String(data)))
  expect(asked.map((message) => message.find)).toEqual(['a', 'ad'])
  for (const { id, find: text } of asked)
    await act(async () => world.socket.receive(JSON.stringify({ answerTo: id, found: [`${text}a`] })))
  await sees('ada')
  expect(screen.getAllByRole('listitem')).toHaveLength(1)
})

/** The page's session server, at the address that is returned; each answer of `onSend` and so on is the page's own. */
const serveSession = () => serveExample('session-server.mjs')

/** Sessions that are closed with the test. */
const keptSession = () => {
  const made: session.Session[] = []
  class Kept extends session.Session {
    constructor(options: session.SessionOptions) {
      super({ ...options, WebSocket: ws.WebSocket as never })
      made.push(this)
      goodbyes.push(() => this.close())
    }
  }
  return { made, modules: { 'react-websocket-reconnect/session': { ...session, Session: Kept } } }
}

it('session-server.mjs and sure.ts: done, or refused and told why', async () => {
  const address = await serveSession()
  const { modules: more } = keptSession()
  const { session: ada, say } = example('sure.ts', { address, modules: more })
  expect(await say('hello')).toBe('done')
  expect(await say('x'.repeat(3000))).toBe('REFUSED too long')
  expect(await ada.request({})).toMatchObject({ position: { offset: 1 }, said: [{ from: 'ada', text: 'hello' }] })
})

it('SureRoom.tsx shows at once what is sent, and then what has been done', async () => {
  const address = await serveSession()
  render(h(example('SureRoom.tsx', { address }).Room, { user: 'ada' }))
  click('Say hello')
  await sees('…')
  await sees('ada: hello')
  expect(screen.queryByText('…')).toBeNull()
})

/** A session without a connection, whose outbox holds what a server has refused and what waits. */
async function refused() {
  const address = await serveSession()
  const client = new session.Session<{ text: string }>({ url: `${address}/?user=ada`, outbox: { name: 'ada' } })
  goodbyes.push(() => client.close())
  client.connect()
  await client.send({ text: 'x'.repeat(3000) }).acked.catch(() => {})
  const within = (component: React.FunctionComponent<any>, props: object = {}) =>
    render(h(sessionHooks.SessionProvider, { session: client }, h(component, props)))
  return { client, within }
}

it('NotTaken.tsx lists what was refused, tries it again, and forgets it', async () => {
  const { client, within } = await refused()
  within(example('NotTaken.tsx').NotTaken)
  await sees('too long')
  click('Again')
  await waitFor(() => expect(client.outbox.entries()).toMatchObject([{ status: 'refused', n: 2 }]))
  await sees('too long')
  click('Forget it')
  await waitFor(() => expect(screen.queryByText('too long')).toBeNull())
  expect(client.outbox.entries()).toEqual([])
})

it('LogOut.tsx says what would be lost, forgets it, and closes', async () => {
  const { client, within } = await refused()
  await client.close()
  client.send({ text: 'unsent' })
  const onGone = vi.fn()
  within(example('LogOut.tsx').LogOut, { onGone })
  click('Log out and lose 1 unsent')
  await waitFor(() => expect(onGone).toHaveBeenCalledTimes(1))
  expect([client.outbox.entries(), client.ws.state]).toEqual([[], 'CLOSED'])
})

it('Documents.tsx has an outbox and a connection for each document', async () => {
  const urls: string[] = []
  const server = new TestServer((wss) => wss.on('connection', (_, request) => urls.push(String(request.url))))
  await server.open()
  goodbyes.push(() => server.close())
  render(h(example('Documents.tsx', { address: server.address }).Documents, { user: 'ada', ids: ['one', 'two'] }))
  click('one: 0 unsaved')
  await sees('one: 1 unsaved')
  await sees('two: 0 unsaved')
  await waitFor(() => expect([...urls].sort()).toEqual(['/docs/one', '/docs/two']))
})

it('Board.tsx loads the state, and goes on from there', async () => {
  const store = sessionServer.memoryStore()
  const scores: Record<string, number> = { ada: 1 }
  const sessions = sessionServer.createSessionServer<string>({
    store,
    onRequest: async () => ({ position: await store.position('scores'), scores }),
  })
  const server = new TestServer((wss) => wss.on('connection', (socket) => void sessions.accept(socket, 'ada')))
  await server.open()
  goodbyes.push(() => server.close())
  await sessions.publish('scores', ['old', 0])
  const { SessionProvider } = sessionHooks
  render(h(SessionProvider, { url: server.address }, h(example('Board.tsx').Board)))
  await sees('{"ada":1}')
  await sessions.publish('scores', ['bob', 2])
  await sees('{"ada":1,"bob":2}')
})

it('has a test for every example', () => {
  expect([...untested]).toEqual([])
})
