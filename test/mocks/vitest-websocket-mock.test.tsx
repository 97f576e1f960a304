/**
 * `vitest-websocket-mock` under our hooks: its server, its matchers, its clean-up.
 */

import { cleanup } from '@testing-library/react'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { WS } from 'vitest-websocket-mock'
import { ADDRESS, listenToConsole, press, renderChat, shows } from './scene.tsx'

let server: WS
let console_: ReturnType<typeof listenToConsole>

beforeEach(() => {
  console_ = listenToConsole()
  server = new WS(ADDRESS)
})
afterEach(() => {
  cleanup()
  WS.clean()
  console_.expectSilence()
})

it('connects, sends, receives', async () => {
  renderChat()
  await server.connected
  await shows(/^OPEN/)
  press('Send')
  await expect(server).toReceiveMessage('hello')
  expect(server).toHaveReceivedMessages(['hello'])
  server.send('good morning')
  await shows('OPEN – good morning')
})

it('comes back after the server has closed', async () => {
  renderChat({ baseDelay: 200 })
  await server.connected
  await shows(/^OPEN/)
  server.close({ code: 4000, reason: 'restarting', wasClean: true })
  await shows(/^CLOSED 4000/)
  server = new WS(ADDRESS)
  await server.connected
  await shows(/^OPEN 4000/)
})

it('tries again after an error', async () => {
  renderChat({ baseDelay: 200 })
  await server.connected
  server.error()
  await server.closed
  await shows(/^CLOSED (1006|1000)/)
})

it('says goodbye when it is unmounted', async () => {
  const { unmount } = renderChat()
  await server.connected
  await shows(/^OPEN/)
  unmount()
  await server.closed
})
