/**
 * MSW's `ws` under our hooks, in jsdom: its interceptor stands in for the global WebSocket, which the engine looks up
 * when it connects. (Outside jsdom, Node 20 has no WebSocket that MSW could intercept.)
 */

import { cleanup } from '@testing-library/react'
import { ws } from 'msw'
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
  renderChat({ heartbeatInterval: 20, heartbeatTimeout: 200 })
  await shows(/^(CLOSED|CONNECTING) 1006/)
  expect(pings).toBe(4)
})

it('comes back with what was sent meanwhile after the server has closed', async () => {
  const heard: unknown[] = []
  let connections = 0
  server.use(
    room.addEventListener('connection', ({ client }) => {
      client.addEventListener('message', ({ data }) => heard.push(data))
      if (++connections === 1) setTimeout(() => client.close(4000, 'restarting'), 20)
    }),
  )
  renderChat({ baseDelay: 200 })
  await shows(/^CLOSED 4000/)
  press('Send')
  await shows(/^OPEN 4000/)
  expect([connections, heard]).toEqual([2, ['hello']])
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
  expect(closes).toEqual([1000])
})
