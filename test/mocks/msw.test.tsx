/**
 * MSW's `ws` under our hooks, in jsdom: its interceptor stands in for the global WebSocket, which the engine looks up
 * when it connects. (Outside jsdom, Node 20 has no WebSocket that MSW could intercept.)
 */

import { act, cleanup, waitFor } from '@testing-library/react'
import { type WebSocketHandlerConnection, ws } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { ADDRESS, listenToConsole, press, renderChat, shows } from './scene.tsx'

const room = ws.link(ADDRESS)
const server = setupServer()
let console_: ReturnType<typeof listenToConsole>

beforeAll(() => server.listen({ onUnhandledRequest: 'error' }))
beforeEach(() => {
  console_ = listenToConsole()
})
afterEach(() => {
  cleanup()
  server.resetHandlers()
  console_.expectSilence()
})
afterAll(() => server.close())

it('connects, sends, receives', async () => {
  server.use(
    room.addEventListener('connection', ({ client }) => {
      client.addEventListener('message', ({ data }) => client.send(`you said ${data}`))
      client.send('welcome')
    }),
  )
  renderChat()
  await shows('OPEN – welcome')
  press('Send')
  await shows('OPEN – welcome | you said hello')
})

it('answers the heartbeat', async () => {
  let pings = 0
  server.use(
    room.addEventListener('connection', ({ client }) => {
      client.addEventListener('message', ({ data }) => {
        if (data === '{"type":"ping"}' && ++pings < 4) client.send('{"type":"pong"}')
      })
    }),
  )
  const { client, pass } = renderChat({ heartbeatInterval: 20_000, heartbeatTimeout: 5000 })
  let pongs = 0
  client.on('latency', () => pongs++)
  await shows(/^OPEN/)
  for (const beat of [1, 2, 3, 4]) {
    pass(20_000)
    await waitFor(() => expect([pings, pongs]).toEqual([beat, Math.min(beat, 3)]))
  }
  pass(5000)
  await shows(/^CLOSED 1006/)
})

it('comes back with what was sent meanwhile after the server has closed', async () => {
  const heard: unknown[] = []
  const peers: WebSocketHandlerConnection['client'][] = []
  server.use(
    room.addEventListener('connection', ({ client }) => {
      client.addEventListener('message', ({ data }) => heard.push(data))
      peers.push(client)
    }),
  )
  const { pass } = renderChat()
  await shows(/^OPEN/)
  act(() => peers[0]?.close(4000, 'restarting'))
  await shows(/^CLOSED 4000/)
  press('Send')
  pass(200)
  await shows(/^OPEN 4000/)
  await waitFor(() => expect([peers.length, heard]).toEqual([2, ['hello']]))
})

it('says goodbye with 1000', async () => {
  const closes: number[] = []
  server.use(
    room.addEventListener('connection', ({ client }) => {
      client.addEventListener('close', ({ code }) => closes.push(code))
    }),
  )
  renderChat()
  await shows(/^OPEN/)
  press('Close')
  await shows(/^CLOSED 1000/)
  await waitFor(() => expect(closes).toEqual([1000]))
})
