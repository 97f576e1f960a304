/**
 * Node's own WebSocket where `ws` is not installed, on a real server: what it is given besides the address arrives.
 */

import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import Module from 'node:module'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'
import { WebSocketServer } from 'ws'
import { WebSocketReconnect, type WebSocketReconnectOptions } from '../../src/index.ts'

const platform = Module as unknown as { _load(id: string, ...rest: unknown[]): unknown }

/** What a server hears of a client that has the platform's own WebSocket and nothing else. */
async function dialled(options: Partial<WebSocketReconnectOptions>) {
  const load = platform._load
  vi.spyOn(platform, '_load').mockImplementation(function (this: unknown, id: string, ...rest: unknown[]) {
    if (id === 'ws') throw Object.assign(new Error("Cannot find module 'ws'"), { code: 'MODULE_NOT_FOUND' })
    return load.call(this, id, ...rest)
  })
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await once(server, 'listening')
  const client = new WebSocketReconnect({
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    heartbeatInterval: 0,
    ...options,
  })
  onTestFinished(async () => {
    vi.restoreAllMocks()
    await client.close()
    server.close()
  })
  const [[, request]] = await Promise.all([once(server, 'connection'), client.connect()])
  return { client, server, request: request as IncomingMessage }
}

test("[R28] sends headers through Node's own WebSocket where ws is not installed", async () => {
  const { client, request } = await dialled({ websocketOptions: { headers: { Authorization: 'Bearer token123' } } })
  expect(request.headers.authorization).toBe('Bearer token123')
  expect(client.state).toBe('OPEN')
})

test('[R28] sends headers and protocols side by side, from functions asked for each attempt', async () => {
  let asked = 0
  const { client, server, request } = await dialled({
    protocols: ['v2.example', 'v1.example'],
    websocketOptions: async () => ({ headers: { 'x-attempt': String(++asked) } }),
  })
  expect(request.headers['x-attempt']).toBe('1')
  expect(request.headers['sec-websocket-protocol']?.split(/,\s*/)).toEqual(['v2.example', 'v1.example'])
  expect(client.protocol).toBe('v2.example')
  const again = once(server, 'connection')
  client.reconnect()
  const [, second] = await again
  expect((second as IncomingMessage).headers['x-attempt']).toBe('2')
})

test("[R28] opens through Node's own WebSocket without options as ever", async () => {
  const { client, request } = await dialled({ protocols: 'v1.example' })
  expect(request.headers['sec-websocket-protocol']).toBe('v1.example')
  expect(client.protocol).toBe('v1.example')
})
