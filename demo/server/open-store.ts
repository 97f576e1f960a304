/**
 * Owns where the chat keeps its messages: SQLite in a file of the demo's own, or a Redis that several servers share.
 * Must never keep a process alive, nor end it when Redis is away.
 */

import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Redis } from 'ioredis'
import Database from 'libsql'
import { redisStore, type SessionStore, sqliteStore } from '../../src/server/index.ts'
import type { Bus } from './crowd.ts'

export interface StoreOptions {
  /** The file of the database; its folder is made. */
  path: string
  /** `redis://…`: then that, and no file. */
  redis?: string | undefined
  report?: (text: string) => void
}

export interface OpenStore {
  kind: 'sqlite' | 'redis'
  store: SessionStore
  /** Leads to the servers that share it. */
  bus?: Bus
  close(): Promise<void>
}

export const openStore = (options: StoreOptions): Promise<OpenStore> =>
  options.redis ? openRedis(options.redis, options.report) : openSqlite(options.path)

async function openSqlite(path: string): Promise<OpenStore> {
  await mkdir(dirname(path), { recursive: true })
  const database = new Database(path)
  const store = sqliteStore(database)
  return {
    kind: 'sqlite',
    store,
    async close() {
      await store.close?.()
      database.close()
    },
  }
}

async function openRedis(url: string, report: (text: string) => void = () => {}): Promise<OpenStore> {
  const client = new Redis(url)
  const ear = client.duplicate()
  // It is tried again and again; what went wrong is said when it is something else.
  let said = ''
  const say = ({ message }: Error) => {
    if (message !== said) report(`redis: ${message}; it is tried again`)
    said = message
  }
  for (const one of [client, ear]) one.on('error', say)
  const store = redisStore({ client, prefix: 'chat' })
  const channel = 'chat:people'
  return {
    kind: 'redis',
    store,
    bus: {
      tell: (text) => void client.publish(channel, text).catch(() => {}),
      listen(listener) {
        const hear = (_: string, text: string) => listener(text)
        ear.on('message', hear)
        ear.subscribe(channel).catch(() => {})
        return () => void ear.off('message', hear)
      },
    },
    async close() {
      await store.close?.()
      client.disconnect()
      ear.disconnect()
    },
  }
}
