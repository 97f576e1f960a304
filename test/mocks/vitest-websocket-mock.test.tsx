/**
 * `vitest-websocket-mock` under our hooks: its server, its matchers, its clean-up.
 */

import { act, cleanup } from '@testing-library/react'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { WS } from 'vitest-websocket-mock'
import { PATIENCE } from '../support/patience.ts'
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
  await shows(/^OPEN/)
  await server.connected
  press('Send')
  await expect(server).toReceiveMessage('hello', { timeout: PATIENCE })
  expect(server).toHaveReceivedMessages(['hello'])
  act(() => server.send('good morning'))
  await shows('OPEN – good morning')
})

it('comes back after the server has closed', async () => {
  const { pass } = renderChat()
  await shows(/^OPEN/)
  await server.connected
  act(() => server.close({ code: 4000, reason: 'restarting', wasClean: true }))
  await shows(/^CLOSED 4000/)
  server = new WS(ADDRESS)
  pass(200)
  await shows(/^OPEN 4000/)
  await server.connected
})

it('tries again after an error', async () => {
  const { client, pass } = renderChat()
  await shows(/^OPEN/)
  await server.connected
  act(() => server.error())
  await shows(/^CLOSED (1006|1000)/)
  await server.closed
  pass(200)
  expect(client.state).toBe('CONNECTING')
})

it('says goodbye when it is unmounted', async () => {
  const { unmount } = renderChat()
  await shows(/^OPEN/)
  await server.connected
  unmount()
  await server.closed
})
