/**
 * `mock-socket` under our hooks: by its constructor as the `WebSocket` option, and in the place of the global one.
 */

import { act, cleanup, waitFor } from '@testing-library/react'
import { WebSocket as MockSocket, Server } from 'mock-socket'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ADDRESS, listenToConsole, press, renderChat, shows } from './scene.tsx'

let server: Server
let console_: ReturnType<typeof listenToConsole>

beforeEach(() => {
  console_ = listenToConsole()
  server = new Server(ADDRESS, { mock: false })
})
afterEach(() => {
  cleanup()
  server.stop()
  console_.expectSilence()
})

describe.each(['option', 'global'])('as the %s', (way) => {
  const open = (options: object = {}) => {
    if (way === 'global') vi.stubGlobal('WebSocket', MockSocket)
    return renderChat(way === 'option' ? { WebSocket: MockSocket, ...options } : options)
  }

  it('connects, sends, receives, says goodbye', async () => {
    server.on('connection', (socket) => {
      socket.on('message', (data) => socket.send(`you said ${data}`))
      socket.send('welcome')
    })
    open()
    await shows('OPEN – welcome')
    press('Send')
    await shows('OPEN – welcome | you said hello')
    press('Close')
    await shows(/^CLOSED 1000/)
    expect(server.clients()).toEqual([])
  })

  it('comes back with what was sent meanwhile after the server has closed', async () => {
    const heard: unknown[] = []
    let connections = 0
    server.on('connection', (socket) => {
      connections++
      socket.on('message', (data) => heard.push(data))
    })
    const { pass } = open()
    await shows(/^OPEN/)
    act(() => {
      for (const socket of server.clients()) socket.close({ code: 4000, reason: 'restarting', wasClean: true })
    })
    await shows(/^CLOSED 4000/)
    press('Send')
    pass(200)
    await shows(/^OPEN 4000/)
    await waitFor(() => expect([connections, heard]).toEqual([2, ['hello']]))
  })

  it('retries while there is no server', async () => {
    const { client, pass, unmount } = open({ url: 'wss://nobody.example.com/' })
    await shows(/^CLOSED 1006/)
    pass(200)
    expect(client.state).toBe('CONNECTING')
    await waitFor(() => expect(client.getSnapshot().retryCount).toBe(2))
    // mock-socket says on the console that there is no server; that is its own voice, not React's.
    vi.mocked(console.error).mockClear()
    vi.mocked(console.warn).mockClear()
    unmount()
  })
})
