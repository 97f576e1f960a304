/**
 * Nothing lost, nothing twice, order kept, with real parts: three tabs of a Chromium on one IndexedDB, server processes that are
 * killed, SQLite on the disk, a redis-server. `REAL_MESSAGES` and `REAL_KILLS` make it shorter. A kill comes whenever the next
 * share of the messages is done, so that it always finds others on their way.
 */

import { renameSync } from 'node:fs'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import Database from 'libsql'
import { expect, it, onTestFinished } from 'vitest'
import { RedisServer } from '../support/redis-server.ts'
import {
  clean,
  createFolder,
  type Done,
  openReader,
  openTabs,
  ServerProcess,
  verdictOn,
  type Writing,
} from './stage.ts'

const MESSAGES = Number(process.env.REAL_MESSAGES ?? 10_000)
const KILLS = Number(process.env.REAL_KILLS ?? 50)
/** Of a Redis, which takes longer to come back. */
const REDIS_KILLS = Math.max(2, Math.ceil(KILLS / 5))

/** Kills when the next share is done, a moment later by chance: in the middle of anything. */
async function killOften(writing: Writing, kills: number, strike: (kill: number) => Promise<void>): Promise<void> {
  for (let kill = 0; kill < kills; kill++) {
    await writing.until(Math.floor(((kill + 0.5) * MESSAGES) / kills))
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 20))
    await strike(kill)
  }
}

const report = (what: string, figures: object) => console.log(`${what}: ${JSON.stringify(figures)}`)
const seconds = (since: number) => Math.round((performance.now() - since) / 100) / 10

/** What a Redis has in its stream, in order. */
async function readRedis(url: string): Promise<Done[]> {
  const client = new Redis(url)
  const entries = await client.xrange('{real}:stream:log', '-', '+')
  client.disconnect()
  return entries.map(([, fields]) => JSON.parse(fields[1] as string))
}

/** Two servers on one Redis, the tabs and the reader spread over both. */
async function openShared() {
  const redis = await new RedisServer().start()
  onTestFinished(() => redis.remove())
  const folder = createFolder()
  const servers = [await ServerProcess.start(folder, redis.url), await ServerProcess.start(folder, redis.url)] as const
  const ports = servers.map(({ port }) => port)
  const reader = await openReader(ports)
  const tabs = await openTabs(ports)
  return { redis, servers, reader, tabs }
}

it('[S3] three tabs, IndexedDB, and a server on SQLite that is killed again and again: each message once and in order', async () => {
  const folder = createFolder()
  const file = join(folder, 'took.db')
  const server = await ServerProcess.start(folder, file)
  const reader = await openReader([server.port])
  const tabs = await openTabs([server.port])
  const start = performance.now()
  const writing = tabs.write(MESSAGES)
  await killOften(writing, KILLS, async () => {
    await server.kill()
    await server.start()
  })
  const told = (await writing.result).flat()
  const took = seconds(start)
  await reader.until(MESSAGES)
  const kills = server.kills
  await server.kill()
  const database = new Database(file)
  const rows = database.prepare('select client, n, tab, at from took order by place').raw().all() as Done[]
  database.close()
  report(`SQLite, ${kills} kills, ${took} s`, {
    table: verdictOn(rows, MESSAGES),
    reader: verdictOn(reader.heard, MESSAGES),
  })
  expect(kills).toBe(KILLS)
  expect(tabs.areDurable).toBe(true)
  expect(verdictOn(rows, MESSAGES)).toEqual(clean(MESSAGES))
  expect(reader.heard).toEqual(rows)
  expect(reader.resets).toBe(0)
  expect(told.filter(({ error, isUncertain }) => error || isUncertain)).toEqual([])
  expect([told.length, server.troubles, tabs.complaints]).toEqual([MESSAGES, [], []])
})

it('[S3] two servers on one Redis, now one and now the other killed: each message once and in order', async () => {
  const { redis, servers, reader, tabs } = await openShared()
  const start = performance.now()
  const writing = tabs.write(MESSAGES)
  await killOften(writing, KILLS, async (kill) => {
    const server = servers[kill % 2] as ServerProcess
    await server.kill()
    await server.start()
  })
  const told = (await writing.result).flat()
  const took = seconds(start)
  await reader.until(MESSAGES)
  const rows = await readRedis(redis.url)
  const kills = servers.map((server) => server.kills)
  report(`two servers on Redis, ${kills.join(' and ')} kills, ${took} s`, {
    stream: verdictOn(rows, MESSAGES),
    reader: verdictOn(reader.heard, MESSAGES),
  })
  expect(verdictOn(rows, MESSAGES)).toEqual(clean(MESSAGES))
  expect(reader.heard).toEqual(rows)
  expect(reader.resets).toBe(0)
  expect(told.filter(({ error, isUncertain }) => error || isUncertain)).toEqual([])
  expect([told.length, servers.flatMap(({ troubles }) => troubles), tabs.complaints]).toEqual([MESSAGES, [], []])
})

it('[S3] a Redis that is killed and comes back with its log: each message once and in order', async () => {
  const { redis, reader, tabs } = await openShared()
  const start = performance.now()
  const writing = tabs.write(MESSAGES)
  await killOften(writing, REDIS_KILLS, async () => {
    await redis.kill()
    await redis.start()
  })
  const told = (await writing.result).flat()
  const took = seconds(start)
  await reader.until(MESSAGES)
  const rows = await readRedis(redis.url)
  report(`Redis with its log, ${REDIS_KILLS} kills of it, ${took} s`, {
    stream: verdictOn(rows, MESSAGES),
    reader: verdictOn(reader.heard, MESSAGES),
  })
  expect(verdictOn(rows, MESSAGES)).toEqual(clean(MESSAGES))
  expect(reader.heard).toEqual(rows)
  expect(reader.resets).toBe(0)
  expect(told.filter(({ error, isUncertain }) => error || isUncertain)).toEqual([])
  expect([told.length, tabs.complaints]).toEqual([MESSAGES, []])
})

it('[S8] a Redis that comes back without its log: nothing is lost, and what was done twice is flagged uncertain', async () => {
  const { redis, servers, reader, tabs } = await openShared()
  const kept = createFolder()
  const log = join(redis.folder, 'appendonlydir')
  const start = performance.now()
  const writing = tabs.write(MESSAGES)
  await killOften(writing, REDIS_KILLS, async (kill) => {
    await redis.kill()
    // What this life has done is looked at afterwards.
    renameSync(log, join(kept, `${kill}`))
    await redis.start()
  })
  const told = await writing.result
  const took = seconds(start)
  for (const server of servers) await server.kill()
  const lives = [await readRedis(redis.url)]
  for (let kill = REDIS_KILLS - 1; kill >= 0; kill--) {
    await redis.kill()
    redis.forget()
    renameSync(join(kept, `${kill}`), log)
    await redis.start()
    lives.unshift(await readRedis(redis.url))
  }
  const times = new Map<string, number>()
  for (const [, , tab, index] of lives.flat()) times.set(`${tab}/${index}`, (times.get(`${tab}/${index}`) ?? 0) + 1)
  const messages = told.flatMap((ofTab, tab) =>
    ofTab.map((one) => ({ ...one, times: times.get(`${tab}/${one.index}`) ?? 0 })),
  )
  const repeated = messages.filter((one) => one.times > 1)
  const figures = {
    lost: MESSAGES - times.size,
    repeats: repeated.length,
    flagged: messages.filter(({ isUncertain }) => isUncertain).length,
    silent: repeated.filter(({ isUncertain }) => !isUncertain).length,
    outOfOrder: lives.flatMap((life) => life.filter(([, n], i) => i > 0 && n !== (life[i - 1] as Done)[1] + 1)).length,
    resets: reader.resets,
  }
  report(`Redis without its log, ${REDIS_KILLS} kills of it, ${took} s`, figures)
  expect(figures).toMatchObject({ lost: 0, silent: 0, outOfOrder: 0 })
  expect(repeated.length).toBeLessThanOrEqual(32 * REDIS_KILLS)
  expect(messages.filter(({ error }) => error)).toEqual([])
  expect([messages.length, tabs.complaints]).toEqual([MESSAGES, []])
})
