/** Owns the list that all visitors share, on the library's own session server. It is kept in memory: the process ends, it ends. */

import type { WebSocketServer } from 'ws'
import { createSessionServer, memoryStore, Refusal } from '../../../src/server/index.ts'

/** UTF-16 code units of an item, and items that are kept. */
const longest = 30
const most = 50

interface Item {
  id: string
  text: string
}

const isId = (value: unknown): value is string => typeof value === 'string' && /^[\w:.-]{8,64}$/.test(value)

export function serveList(server: WebSocketServer): void {
  const store = memoryStore()
  const sessions = createSessionServer<string, Item>({
    store,
    // Nobody logs in here: a browser is told apart by its own id.
    userKey: () => 'guest',
    limits: { frameBytes: 4096, window: 64, clientsRemembered: 10_000, history: { events: most, bytes: 1 << 20 } },

    onSend({ data }) {
      const { id, text } = Object(data)
      if (!isId(id) || typeof text !== 'string' || !text.trim()) throw new Refusal('"id" and "text"')
      if (text.length > longest) throw new Refusal(`at most ${longest} characters`)
      return { publish: [{ topic: 'list', data: { id, text } }] }
    },

    // The position first: what comes in between is told as an event, too.
    async onRequest() {
      const { epoch, offset } = await store.position('list')
      const events = await store.since('list', { epoch, offset: Math.max(0, offset - most) }, most)
      return { position: { epoch, offset }, items: events?.map(({ data }) => data) ?? [] }
    },

    canFollow: ({ topic }) => topic === 'list',
    onError() {},
  })
  server.on('connection', (socket) => sessions.accept(socket, 'guest'))
  server.on('close', () => sessions.close())
}
