/**
 * Owns the memory in SQLite, held against what every store must do, with a real database in a file; and what it alone can: the
 * user's own tables in the same transaction.
 */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'libsql'
import { afterAll, describe, expect, it } from 'vitest'
import { Refusal, type SessionStore, sqliteStore, Wait } from '../../../src/server/index.ts'
import { storeConformance } from '../../../testing/index.ts'
import { VirtualClock } from '../../../testing/virtual-clock.ts'
import { createScene, settle } from '../../support/session-scene.ts'

const folder = mkdtempSync(join(tmpdir(), 'session-sqlite-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let files = 0
const open = (file = join(folder, `${++files}.db`)) => Object.assign(new Database(file), { file })
type Opened = ReturnType<typeof open>

/** With a clock that knows no end of a turn, a transaction is made when promises have had theirs. */
const clock = new VirtualClock()

describe('sqliteStore over libsql', () => {
  const reopen = (store: SessionStore) => {
    const { file } = store.database as Opened
    ;(store.database as Opened).close()
    return sqliteStore(open(file))
  }
  for (const { name, run } of storeConformance(() => sqliteStore(open()), { reopen })) it(`[S3] ${name}`, run)

  it('works in memory, and with tables of another name beside those of the first', async () => {
    const database = new Database(':memory:')
    const [one, two] = [sqliteStore(database), sqliteStore(database, { prefix: 'other_' })]
    await one.append('log', 1)
    expect(await two.position('log')).toMatchObject({ offset: 0 })
    expect(two.epoch).not.toBe(one.epoch)
  })

  it('waits for the disk before it says that something is done', async () => {
    const database = open()
    sqliteStore(database)
    expect(database.prepare('pragma journal_mode').get()).toMatchObject({ journal_mode: 'wal' })
    expect(database.prepare('pragma synchronous').get()).toMatchObject({ synchronous: 2 })
  })

  it('makes one transaction of all that comes in a turn', async () => {
    const database = open()
    const spoken: string[] = []
    const exec = database.exec.bind(database)
    const store = sqliteStore(database)
    database.exec = (sql: string) => {
      spoken.push(sql)
      return exec(sql)
    }
    await store.raise('a', 0)
    spoken.length = 0
    await Promise.all(Array.from({ length: 100 }, (_, i) => store.commit({ key: 'a', n: i + 1, publish: [] })))
    expect(spoken).toEqual(['begin immediate', 'commit'])
  })

  it('rejects all of a turn when the transaction cannot be, keeps nothing of it, and goes on after that', async () => {
    const database = open()
    const store = sqliteStore(database)
    await store.raise('a', 0)
    database.exec('begin')
    const doomed = [1, 2].map((n) => store.commit({ key: 'a', n, publish: [] }))
    const outcomes = await Promise.allSettled(doomed)
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(await store.last('a')).toBe(0)
    expect(await store.commit({ key: 'a', n: 1, publish: [] })).toEqual({ events: [] })
  })

  it('forgets clients beyond the number it may remember, oldest first, with their refusals', async () => {
    const database = open(':memory:')
    const store = sqliteStore(database)
    let now = 0
    const history = { events: 10, bytes: 1000, age: 1000 }
    store.keep?.({ clientsRemembered: 10, memory: 1e12, history }, () => now)
    await store.raise('first', 0)
    await store.commit({ key: 'first', n: 1, refused: 'no', publish: [] })
    for (let i = 0; i < 1100; i++) {
      now++
      await store.raise(`client-${i}`, 1)
    }
    await store.raise('last', 1)
    const { n } = database.prepare('select count(*) as n from session_clients').get() as { n: number }
    expect(n).toBeLessThan(120)
    expect(await store.last('last')).toBe(1)
    expect(await store.refusals('first')).toEqual([])
  })

  it('frees what silent topics held, an hour after it was too old', async () => {
    const database = open()
    const store = sqliteStore(database)
    let now = 10_000_000
    const history = { events: 10, bytes: 1000, age: 1000 }
    store.keep?.({ clientsRemembered: 10, memory: 1e12, history }, () => now)
    await store.append('silent', 1)
    now += 3_600_001
    await store.append('other', 1)
    expect(database.prepare('select topic from session_events').all()).toMatchObject([{ topic: 'other' }])
    expect(await store.position('silent')).toMatchObject({ offset: 1 })
  })

  it.each([[undefined], [{}], [{ exec() {} }]])('refuses %j as a database', (database) => {
    expect(() => sqliteStore(database as never)).toThrow(/expected an open database/)
  })

  it('refuses a prefix that is no name', () => {
    expect(() => sqliteStore(open(), { prefix: 'x; drop table y' })).toThrow(/cannot begin the name of a table/)
  })
})

describe("the user's own tables", () => {
  const createShop = async () => {
    const database = open()
    database.exec("create table orders (id integer primary key, what text not null check (what <> 'bad'))")
    const orders = () =>
      database
        .prepare('select what from orders order by id')
        .all()
        .map((row) => (row as { what: string }).what)
    const insert = database.prepare('insert into orders (what) values (?)')
    const scene = createScene({
      store: sqliteStore(database, { clock }),
      onSend: ({ data }) => ({
        publish: [{ topic: 'orders', data }],
        write: () => {
          insert.run(data)
          if (data === 'refuse') throw new Refusal('sold out')
          if (data === 'wait') throw new Wait(500)
        },
      }),
    })
    const peer = scene.open('ann')
    peer.say({ t: 'hello', v: 1, c: 'client-1', n: 1 })
    await settle()
    expect(peer.heard()).toHaveLength(1)
    return { ...scene, peer, orders }
  }

  it('[S3] are written exactly once, in the transaction that takes the message', async () => {
    const { peer, orders } = await createShop()
    peer.say({ n: 1, d: 'tea' }, { n: 2, d: 'milk' })
    peer.say({ n: 1, d: 'tea' }, { n: 2, d: 'milk' })
    await settle()
    expect(peer.heard()).toEqual([{ a: 2 }])
    expect(orders()).toEqual(['tea', 'milk'])
  })

  it('[S6] keep nothing of what their write refuses, which is a refusal like any other, and those behind go on', async () => {
    const { peer, orders, store } = await createShop()
    peer.say({ n: 1, d: 'tea' }, { n: 2, d: 'refuse' }, { n: 3, d: 'milk' })
    await settle()
    expect(peer.heard()).toEqual([{ a: 3, x: [[2, 'sold out']] }])
    expect(orders()).toEqual(['tea', 'milk'])
    const { epoch } = await store.position('orders')
    expect((await store.since('orders', { epoch, offset: 0 }, 10))?.map(({ data }) => data)).toEqual(['tea', 'milk'])
  })

  it('keep nothing of what their write puts off', async () => {
    const { peer, orders } = await createShop()
    peer.say({ n: 1, d: 'tea' }, { n: 2, d: 'wait' }, { n: 3, d: 'milk' })
    await settle()
    expect(peer.heard()).toContainEqual({ w: 2, ms: 500 })
    expect(orders()).toEqual(['tea'])
  })

  it('keep nothing of what their write throws by accident; the operator hears what it was', async () => {
    const { peer, orders, troubles } = await createShop()
    peer.say({ n: 1, d: 'tea' }, { n: 2, d: 'bad' })
    await settle()
    expect(peer.heard()).toContainEqual({ w: 2, ms: 1000 })
    expect(orders()).toEqual(['tea'])
    expect(troubles).toMatchObject([{ code: 'HANDLER_FAILED', user: 'ann', cause: expect.any(Error) }])
    expect(String(troubles[0]?.cause)).toMatch(/CHECK/)
  })
})
