/**
 * A server as a process of its own: `KIND` memory, sqlite or socket.io; `FILE`; `PORT`; `PUBLISH` so many events of `BYTES` before
 * anybody is let in. Asked by a message, it says what its memory came to.
 */

import Database from 'libsql'
import { type WebSocket, WebSocketServer } from 'ws'
import { createSessionServer, memoryStore, sqliteStore } from '../../src/server/index.ts'
import { serve } from '../peers/socket-io.ts'

const { KIND, FILE = '', PORT = '0', PUBLISH = '0', BYTES = '100', REQUESTS = '256' } = process.env
const say = (note: unknown) => process.send?.(note)
process.on('disconnect', () => process.exit())

if (KIND === 'socket.io') say(await serve(Number(PORT)))
else {
  const store = KIND === 'sqlite' ? sqliteStore(new Database(FILE)) : memoryStore()
  let kept = 0
  /** Requests are answered when it is said, so that all are in flight together. */
  const releases: (() => void)[] = []
  const sessions = createSessionServer<string, { text: string }>({
    store,
    limits: { history: { events: 10_000, bytes: 64 << 20 }, requests: Number(REQUESTS) },
    onSend: ({ data }) => ({ publish: [{ topic: 'written', data }] }),
    onRequest: async ({ data }) => {
      kept++
      await new Promise<void>((resolve) => releases.push(resolve))
      return data
    },
  })
  // What came while it was away; to the clients it is missed.
  await Promise.all(
    Array.from({ length: Number(PUBLISH) }, (_, i) => sessions.publish('news', { i, text: 'x'.repeat(Number(BYTES)) })),
  )
  const server = new WebSocketServer({ port: Number(PORT), host: '127.0.0.1', maxPayload: 65_536 })
  server.on('connection', (socket) => sessions.accept(socket, 'everybody'))
  server.on('listening', () => say((server.address() as { port: number }).port))

  let peak = look()
  const timer = setInterval(() => {
    const now = look()
    for (const name of Object.keys(now) as (keyof typeof now)[]) peak[name] = Math.max(peak[name], now[name])
  }, 25)
  timer.unref()
  process.on('message', (question) => {
    if (question === 'release') for (const release of releases.splice(0)) release()
    // A quiet moment first: what is garbage is nobody's memory.
    if (question === 'rest') {
      globalThis.gc?.()
      peak = look()
    }
    say({ now: look(), peak, kept })
  })

  function look() {
    const { heapUsed, rss, external } = process.memoryUsage()
    let unread = 0
    let unreadOfOne = 0
    for (const { bufferedAmount } of server.clients as Set<WebSocket>) {
      unread += bufferedAmount
      unreadOfOne = Math.max(unreadOfOne, bufferedAmount)
    }
    return { heap: heapUsed, rss, external, unread, unreadOfOne, clients: server.clients.size }
  }
}
