/** The shape of a client: what hooks take, whoever made it. R30, R35, R37. */

import { expect, expectTypeOf, it, vi } from 'vitest'
import { GraphQLSubscriptionClient } from '../../src/graphql/index.ts'
import {
  type ClientEvents,
  initialSnapshot,
  type Store,
  type WebSocketClient,
  WebSocketReconnect,
} from '../../src/index.ts'
import { observe } from '../../src/observers/client-observer.ts'
import { createMessageFormat } from '../../src/observers/message-format.ts'
import type { ProtocolAdapter } from '../../src/runtime/protocol-adapter.ts'
import { createWorld } from '../support/index.ts'
import { advanceTimers, fakeViewTime } from './scene.ts'

fakeViewTime()

it('[R30] WebSocketReconnect is one, and the store of its own snapshot', () => {
  expectTypeOf<WebSocketReconnect>().toExtend<WebSocketClient>()
  expectTypeOf<WebSocketReconnect>().toExtend<Store<typeof initialSnapshot>>()
  const client: WebSocketClient = new WebSocketReconnect({ url: 'wss://a.test/' })
  expect(client.getServerSnapshot()).toBe(initialSnapshot)
})

/** A client that is no engine: it passes on what it is told, as one does that another tab connects. */
function followerOf(leader: WebSocketReconnect): WebSocketClient {
  return {
    state: 'CLOSED',
    url: leader.url,
    protocol: '',
    bufferedAmount: 0,
    options: leader.options,
    subscribe: leader.subscribe,
    getSnapshot: leader.getSnapshot,
    getServerSnapshot: leader.getServerSnapshot,
    on: <K extends keyof ClientEvents>(type: K, listener: ClientEvents[K]) => leader.on(type, listener),
    once: (type, listener) => leader.once(type, listener),
    off: (type, listener) => leader.off(type, listener),
    connect: () => leader.connect(),
    close: () => leader.close(),
    reconnect: () => leader.reconnect(),
    retryNow: () => leader.retryNow(),
    send: (data, options) => leader.send(data, options),
    flush: () => leader.flush(),
    drain: () => leader.drain(),
    update: (options) => leader.update(options),
    openCircuit: (ms) => leader.openCircuit(ms),
    closeCircuit: () => leader.closeCircuit(),
    getCircuitState: () => leader.getCircuitState(),
    getStats: () => leader.getStats(),
    messageData: (event) => `unwrapped ${event.data}`,
    reportDecodeError: (cause) => leader.reportDecodeError(cause),
  }
}

it('[R30] an object of that shape is read like any other', () => {
  const world = createWorld()
  const observer = observe(followerOf(new WebSocketReconnect(world.options())), createMessageFormat())
  const heard = vi.fn()
  observer.subscribe(() => {})
  observer.stream(heard)
  observer.client.connect()
  world.socket.accept()
  advanceTimers()
  expect([observer.getSnapshot().state, observer.send('out'), world.socket.sent]).toEqual(['OPEN', 'sent', ['out']])
  world.socket.receive('in')
  expect(heard.mock.calls[0]?.[0]).toMatchObject({ data: 'unwrapped in', event: { data: 'in' } })
})

it('[R37] a protocol may hide its own talk and unwrap the rest; the event stays as it came', () => {
  const world = createWorld()
  const adapter: ProtocolAdapter = {
    listen: (socket) => (type, listener) => socket.addEventListener(type, listener),
    isControl: ({ data }) => data === 'ack',
    messageData: ({ data }) => JSON.parse(data).inner,
  }
  const client = new WebSocketReconnect(world.options(), adapter)
  const observer = observe(client, createMessageFormat())
  const [heard, native] = [vi.fn(), vi.fn()]
  observer.stream(heard)
  client.on('message', (event, isControl) => native(event.data, isControl))
  client.connect()
  world.socket.accept()
  world.socket.receive('ack')
  world.socket.receive('{"inner":1}')
  expect(heard.mock.calls.map(([{ data }]) => data)).toEqual([1])
  expect(native.mock.calls).toEqual([
    ['ack', true],
    ['{"inner":1}', false],
  ])
})

it('[R37] GraphQL’s own talk is hidden from hooks', async () => {
  const world = createWorld()
  const { url, ...options } = world.options()
  const client = new GraphQLSubscriptionClient(url, options)
  const observer = observe(client.ws, createMessageFormat())
  const heard = vi.fn()
  observer.stream(heard)
  client.connect()
  world.socket.accept()
  await world.settle()
  for (const type of ['connection_ack', 'ping', 'pong']) world.socket.receive(JSON.stringify({ type }))
  client.subscribe('subscription { news }')
  world.socket.receive('{"id":"1","type":"next","payload":{"data":1}}')
  expect(heard.mock.calls.map(([{ data }]) => JSON.parse(data as string).type)).toEqual(['next'])
})
