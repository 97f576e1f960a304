/**
 * Owns the demo's one process: an HTTP server that shows the page, and the chat behind the same port.
 * Must never open its file before it has the port: the port is the lock that keeps two processes off one file.
 */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { DemoServer } from './demo-server.ts'
import { Examples } from './examples/examples.ts'
import { isLocal, listen, readPlace } from './listen.ts'

export interface DemoOptions {
  env: Record<string, string | undefined>
  /** Where its file lies unless CHAT_DATA says otherwise; with REDIS_URL there is none. */
  folder: string
  /** Serves the page: Vite's middleware. */
  page: (request: IncomingMessage, response: ServerResponse) => void
  report?: (text: string) => void
}

export interface Demo {
  url: string
  port: number
  demoServer: DemoServer
  close(): Promise<void>
}

export async function startDemo({ env, folder, page, report }: DemoOptions): Promise<Demo> {
  const place = readPlace(env)
  let demoServer: DemoServer | null = null
  const local = isLocal(place.host ?? '127.0.0.1')
  const examples = new Examples({ local })
  const server = createServer((request, response) => {
    if (!demoServer) response.writeHead(503).end()
    else if (!demoServer.request(request, response) && !examples.request(request, response)) page(request, response)
  })
  server.on('upgrade', (request, socket, head) => {
    if (!demoServer) socket.destroy()
    else if (!examples.upgrade(request, socket, head)) demoServer.upgrade(request, socket, head)
  })
  const address = await listen(server, place)
  const file = `${address.address.replace(/[^0-9a-z.]/gi, '_')}-${address.port}.sqlite`
  demoServer = await DemoServer.open({
    store: { path: join(env.CHAT_DATA || folder, file), redis: env.REDIS_URL },
    local,
    testHooks: env.CHAT_TEST_HOOKS === '1',
    ...(report ? { report } : {}),
  })
  const name = isLocal(address.address) || /^(?:::|0\.0\.0\.0)$/.test(address.address) ? 'localhost' : address.address
  return {
    url: `http://${name.includes(':') ? `[${name}]` : name}:${address.port}/`,
    port: address.port,
    demoServer,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      examples.close()
      await demoServer?.close()
      server.closeAllConnections()
      await closed
    },
  }
}
