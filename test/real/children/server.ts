/**
 * A session server as a process of its own, to be killed at any moment: `STORE` is the file of an SQLite database, or the
 * address of a Redis. It does one thing with a message: it writes down that it was done. Must never recognise a message by itself.
 */

import { Redis } from 'ioredis'
import Database from 'libsql'
import { WebSocketServer } from 'ws'
import { createSessionServer, redisStore, sqliteStore } from '../../../src/server/index.ts'

const { STORE = '', PORT = '0' } = process.env
const isRedis = STORE.startsWith('redis:')
const say = (note: object) => process.send?.(note)

function openStore() {
  if (isRedis) {
    const client = new Redis(STORE, { retryStrategy: () => 20, maxRetriesPerRequest: null })
    client.on('error', () => {})
    return redisStore({ client, prefix: 'real' })
  }
  const database = new Database(STORE)
  database.exec(
    'create table if not exists took (place integer primary key, client text, n integer, tab integer, at integer)',
  )
  return sqliteStore(database)
}

const sessions = createSessionServer<string, { tab: number; index: number }>({
  store: openStore(),
  limits: { history: { events: 1_000_000, bytes: 2 ** 30, age: 86_400_000 } },
  onError: ({ code, message, cause }) => say({ code, message: `${message} ${cause ?? ''}` }),
  onSend({ client, n, data: { tab, index } }) {
    const publish = [{ topic: 'log', data: [client, n, tab, index] }]
    if (isRedis) return { publish }
    return {
      publish,
      write: (database: Database.Database) =>
        void database.prepare('insert into took (client, n, tab, at) values (?, ?, ?, ?)').run(client, n, tab, index),
    }
  },
})
const server = new WebSocketServer({ port: Number(PORT), host: '127.0.0.1' })
server.on('listening', () => say({ port: (server.address() as { port: number }).port }))
server.on('connection', (socket) => sessions.accept(socket, 'everybody'))
process.on('disconnect', () => process.exit())
