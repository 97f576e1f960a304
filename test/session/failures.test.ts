/**
 * Owns the table of failures (docs/SESSION.md): each line of it is a test of the same name here, or, where it takes a real browser,
 * in test/e2e/chromium/outbox.test.ts.
 */

import { describe, expect, it, vi } from 'vitest'
import { memoryStore, Refusal } from '../../src/server/index.ts'
import type { NewMessage, OpenOutbox } from '../../src/session/index.ts'
import { openIndexedDb } from '../../src/session/indexed-db-outbox.ts'
import { createProfile } from './browser-scene.ts'
import { createPeer, createStage, outcomeOf } from './stage.ts'

const message = (data: unknown): NewMessage => ({ data, at: 1, size: 20 })
const datas = async (box: OpenOutbox) => (await box.read()).messages.map(({ data }) => data)
const until = (check: () => unknown) => vi.waitFor(() => expect(check()).toBeTruthy(), { interval: 1 })
const storeIn = (tab: ReturnType<ReturnType<typeof createProfile>['tab']>) => ({
  open: (name: string) => openIndexedDb(tab.browser, name),
})

describe('pages that die', () => {
  it('[S1] page dies before the write completes: never accepted, unless its tab has kept a copy', async () => {
    const profile = createProfile()
    const first = profile.tab()
    const box = openIndexedDb(first.browser, 'ann')
    // The database is still opening.
    box.add([message('a'), message('b')]).catch(() => {})
    expect(Object.values(first.storage)).toHaveLength(1)
    // The page is gone before anything else; its tab loads another, over a database that knows of nothing.
    const next = createProfile()
    const reloaded = next.tab({}, first.storage)
    const again = openIndexedDb(reloaded.browser, 'ann')
    again.add([message('c')])
    expect(await datas(again)).toEqual(['a', 'b', 'c'])
    await until(() => !Object.keys(reloaded.storage).length)
  })

  it('[S1] dies after the write, before the send: sent by the next page or tab', async () => {
    const { tab, done, run } = createStage()
    const page = tab()
    const delivery = page.send('written')
    await delivery.stored
    page.close()
    const next = tab()
    next.connect()
    await run(100)
    expect(done).toEqual(['written'])
    expect(next.outbox.size).toBe(0)
  })

  it('[S3] dies after the send, before the ack: sent again, done once, acknowledged once', async () => {
    const { tab, done, run, cut } = createStage()
    const page = tab()
    page.connect()
    await run(100)
    page.send('sent')
    await run(6)
    expect(done).toEqual(['sent'])
    cut()
    page.close()
    const next = tab()
    next.connect()
    await run(100)
    expect(next.outbox.size).toBe(0)
    expect(done).toEqual(['sent'])
  })

  it('[S2] duplicated tab: the same outbox and not a copy of it, and what its storage copied is added once', async () => {
    const profile = createProfile()
    const first = profile.tab()
    const box = openIndexedDb(first.browser, 'ann')
    const added = box.add([message('once')])
    // The tab is duplicated while the database is opening: its storage is copied, with the copy in it.
    const duplicate = profile.tab({}, first.storage)
    const other = openIndexedDb(duplicate.browser, 'ann')
    await added
    expect(await datas(other)).toEqual(['once'])
    expect(await datas(box)).toEqual(['once'])
    expect((await added).first).toBe((await box.read()).messages[0]?.n)
  })
})

describe('servers and lines that die', () => {
  it('[S3] server dies before commit: no ack, sent again', async () => {
    const { tab, done, run, restart } = createStage()
    const session = tab()
    session.connect()
    await run(100)
    session.send('lost on its way')
    await run(1)
    restart()
    expect(done).toEqual([])
    await run(3000)
    expect(done).toEqual(['lost on its way'])
  })

  it('[S3][S10] server dies after commit, before ack or in the middle of the fan-out: the ack and the rest come later', async () => {
    const { tab, done, run, restart } = createStage()
    const session = tab()
    const heard: unknown[] = []
    const reader = tab({ outbox: false })
    reader.follow('log', { onEvent: (data) => heard.push(data) }, { epoch: 'e1', offset: 0 })
    reader.connect()
    session.connect()
    await run(100)
    const delivery = outcomeOf(session.send('committed').acked)
    await run(6)
    expect([done, heard, delivery.isSettled]).toEqual([['committed'], [], false])
    restart()
    await run(3000)
    expect([done, heard]).toEqual([['committed'], ['committed']])
    expect(delivery).toMatchObject({ isSettled: true, error: undefined })
  })

  it('[S6] ack lost, refusal lost: the next welcome repeats both', async () => {
    const { tab, run, cut } = createStage({
      onSend({ data }) {
        if (data === 'bad') throw new Refusal('no')
      },
    })
    const session = tab()
    session.connect()
    await run(100)
    const [good, bad] = ['good', 'bad'].map((data) => outcomeOf(session.send(data).acked))
    await run(6)
    cut()
    await run(3000)
    expect(good).toMatchObject({ isSettled: true, error: undefined })
    expect(bad?.error).toMatchObject({ code: 'REFUSED', why: 'no' })
  })

  it('line half-open: the heartbeat ends it, and the session goes on over the next', async () => {
    const { tab, done, run, world } = createStage({}, { heartbeatInterval: 1000, heartbeatTimeout: 500 })
    const session = tab()
    session.connect()
    await run(100)
    world.socket.goSilent()
    world.socket.onSend = undefined
    session.send('into the void')
    await run(5000)
    expect(done).toEqual(['into the void'])
    expect(session.outbox.size).toBe(0)
  })

  it('[S3][S10] server restarts, store kept: nothing is seen twice', async () => {
    const { tab, done, run, restart } = createStage()
    const session = tab()
    const heard: unknown[] = []
    let resets = 0
    session.follow('log', { onEvent: (data) => heard.push(data), onReset: () => resets++ })
    session.connect()
    await run(100)
    for (let i = 0; i < 10; i++) {
      session.send(i)
      await run(7)
      if (i % 3 === 0) restart()
    }
    await run(5000)
    expect(done).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(heard).toEqual(done)
    expect(resets).toBe(0)
  })

  it('[S8] server restarts, memory lost: what was unacknowledged is flagged, and streams are reset once', async () => {
    const { tab, done, run, restart } = createStage()
    const session = tab()
    const resets: unknown[] = []
    session.follow('log', { onEvent: () => {}, onReset: (position) => resets.push(position) })
    session.connect()
    await run(100)
    session.send('acked')
    await run(100)
    const unsure = session.send('unsure')
    await run(6)
    restart(memoryStore({ epoch: 'e2' }))
    await run(3000)
    expect(done).toEqual(['acked', 'unsure', 'unsure'])
    expect(unsure).toMatchObject({ status: 'acked', isUncertain: true })
    expect(resets).toEqual([{ epoch: 'e2', offset: expect.any(Number) }])
    const sure = session.send('sure')
    await run(100)
    expect(sure).toMatchObject({ status: 'acked', isUncertain: false })
  })

  it("[S8] the same with whenUncertain: 'hold': it waits for retry or discard, and so do those behind it", async () => {
    const { tab, done, run, restart } = createStage({}, { outbox: { name: 'ann', whenUncertain: 'hold' } })
    const session = tab()
    session.connect()
    await run(100)
    for (const data of ['retried', 'discarded']) session.send(data)
    await run(6)
    restart(memoryStore({ epoch: 'e2' }))
    session.send('behind')
    await run(3000)
    expect(done).toEqual(['retried', 'discarded'])
    expect(session.outbox.entries()).toMatchObject([
      { data: 'retried', status: 'uncertain', isHeld: true },
      { data: 'discarded', isHeld: true },
      { data: 'behind', status: 'stored', isHeld: false },
    ])
    const [retried, discarded] = session.outbox.entries()
    await session.outbox.discard(discarded?.n as number)
    await session.outbox.retry(retried?.n as number)
    await run(1000)
    expect(done).toEqual(['retried', 'discarded', 'retried', 'behind'])
    expect(session.outbox.entries()).toEqual([])
  })

  it('[S10] the store lost its last second: a position behind the client’s is a reset', async () => {
    const { tab, welcome, say } = createPeer()
    const session = tab()
    const heard: unknown[] = []
    session.follow(
      't',
      { onEvent: (data) => heard.push(data), onReset: (position) => heard.push(position) },
      { epoch: 'e1', offset: 9 },
    )
    session.connect()
    await welcome()
    await say({ s: 't', e: 'e1', o: 7, r: false }, { s: 't', o: 8, d: 'eight' })
    expect(heard).toEqual([{ epoch: 'e1', offset: 7 }, 'eight'])
  })

  it('[S8] ledger forgot the client: as memory lost; and maxAge is no more than the server’s memory', async () => {
    const { tab, welcome, heard, say, world, run } = createPeer()
    const session = tab()
    session.connect()
    await welcome({ f: 1 })
    const delivery = session.send('sent')
    await world.settle()
    expect(delivery.isUncertain).toBe(false)
    world.socket.die(1006)
    await run(5000)
    await welcome({ f: 1, m: 10_000 })
    expect(delivery).toMatchObject({ isUncertain: true, status: 'uncertain' })
    expect(heard()).toEqual([{ n: 1, d: 'sent' }])
    world.socket.die(1006)
    const late = outcomeOf(session.send('late').acked)
    await run(20_000)
    await welcome({ m: 10_000 })
    expect(heard()).toEqual([
      { n: 1, x: 1 },
      { n: 2, x: 1 },
    ])
    await say({ a: 2 })
    expect(late.error).toMatchObject({ code: 'EXPIRED' })
    expect(session.outbox.entries().map(({ status }) => status)).toEqual(['expired', 'expired'])
  })

  it('[S1] our own store went back, as after a power cut: numbers that the server knows are given to nothing else', async () => {
    const { tab, welcome, heard, say } = createPeer()
    const session = tab()
    const deliveries = ['a', 'b', 'c'].map((data) => session.send(data))
    session.connect()
    // It has had 1 and 2 before the power cut, and those were other messages.
    await welcome({ a: 2 })
    expect(heard()).toEqual([
      { n: 3, x: 1 },
      { n: 4, d: 'a' },
      { n: 5, d: 'b' },
      { n: 6, d: 'c' },
    ])
    await say({ a: 6 })
    expect(deliveries.map(({ n, status }) => [n, status])).toEqual([
      [4, 'acked'],
      [5, 'acked'],
      [6, 'acked'],
    ])
  })

  it('an impossible welcome is a broken wire', async () => {
    const { tab, welcome, world } = createPeer()
    const session = tab()
    session.ws.on('error', () => {})
    session.connect().catch(() => {})
    await welcome({ a: 2 ** 52 })
    expect(world.socket.closeCalls).toMatchObject([{ code: 4400 }])
  })

  it('server too old / new: 4406, FAILED, and both versions are named', async () => {
    const { tab, world, open, say } = createPeer()
    const session = tab()
    session.ws.on('error', () => {})
    session.connect().catch(() => {})
    await open()
    await say({ t: 'welcome', v: 2, e: 'e1', a: 0, b: 1, m: 1 })
    expect(session.ws.state).toBe('FAILED')
    expect(world.socket.closeCalls).toMatchObject([
      { code: 4406, reason: 'this client speaks version 1, the server 2' },
    ])
    expect(session.ws.getSnapshot().lastClose).toMatchObject({ code: 4406 })
    const other = createPeer()
    const theirs = other.tab()
    theirs.ws.on('error', () => {})
    theirs.connect().catch(() => {})
    await other.open()
    other.world.socket.die(4406, 'this server speaks session version 2, the client 1')
    expect(theirs.ws.state).toBe('FAILED')
  })
})

describe('one outbox and many', () => {
  it('[S3][S4] two tabs drain at once: both send the same numbers, and it does no harm', async () => {
    const profile = createProfile()
    const { tab, done, run } = createStage()
    const tabs = [1, 2].map(() => tab({ outbox: { name: 'ann', store: storeIn(profile.tab()) } }))
    for (const each of tabs) each.connect()
    await run(100)
    await until(() => tabs.every(({ ws }) => ws.state === 'OPEN') || run(10))
    const sent = Array.from({ length: 20 }, (_, i) => i)
    for (const i of sent) tabs[i % 2]?.send(i)
    profile.steal()
    await vi.waitFor(async () => {
      await run(20)
      expect(done).toHaveLength(20)
      expect(tabs.map(({ outbox }) => outbox.size)).toEqual([0, 0])
    })
    expect([...done].sort((a, b) => Number(a) - Number(b))).toEqual(sent)
  })

  it('another user logs in: another name, another outbox; the first one waits for its owner or clear()', async () => {
    const { tab, done, run } = createStage()
    const ann = tab()
    await ann.send('of ann').stored
    const bob = tab({ outbox: { name: 'bob' } })
    bob.connect()
    bob.send('of bob')
    await run(100)
    expect(done).toEqual(['of bob'])
    expect(ann.outbox.size).toBe(1)
    await ann.outbox.clear()
    expect(ann.outbox.size).toBe(0)
    ann.connect()
    await run(100)
    expect(done).toEqual(['of bob'])
  })

  it('one message can never be taken: refused, visible, and the order of the rest is kept', async () => {
    const { tab, welcome, heard, say } = createPeer()
    const session = tab()
    session.connect()
    const big = outcomeOf(session.send('x'.repeat(300)).acked)
    session.send('small')
    // The server takes less than this client would send.
    await welcome({ b: 200 })
    expect(heard()).toEqual([
      { n: 1, x: 1 },
      { n: 2, d: 'small' },
    ])
    await say({ a: 2 })
    expect(big.error).toMatchObject({ code: 'REFUSED', why: 'too-large' })
    expect(() => session.send('x'.repeat(300))).toThrow(expect.objectContaining({ code: 'TOO_LARGE' }))
  })
})

describe('browsers that get in the way', () => {
  /** A database whose puts fail for want of room while `isFull`. */
  function crowded(profile: ReturnType<typeof createProfile>) {
    const state = { isFull: false }
    const { indexedDB } = profile
    const proxy = {
      open(...args: Parameters<IDBFactory['open']>) {
        const request = indexedDB.open(...args)
        request.addEventListener('success', () => {
          const db = request.result
          const transaction = db.transaction.bind(db)
          db.transaction = (...given: Parameters<IDBDatabase['transaction']>) => {
            const made = transaction(...given)
            const store = made.objectStore('outbox')
            const add = store.add.bind(store)
            store.add = (value) => {
              if (state.isFull) throw Object.assign(new Error('no room'), { name: 'QuotaExceededError' })
              return add(value)
            }
            made.objectStore = () => store
            return made
          }
        })
        return request
      },
    }
    return { state, indexedDB: proxy as never }
  }

  it('quota full: an error that tells what is left, nothing half-accepted, and before the bound at once', async () => {
    const profile = createProfile()
    const { state, indexedDB } = crowded(profile)
    let quota = 1e9
    const browser = profile.tab({ indexedDB, estimate: async () => ({ quota, usage: 1000 }) })
    const { tab } = createStage()
    const session = tab({ outbox: { name: 'ann', store: storeIn(browser) } })
    await session.send('fits').stored
    state.isFull = true
    quota = 1010
    const delivery = session.send('does not')
    await expect(delivery.stored).rejects.toMatchObject({ code: 'FULL', cause: { room: 10 } })
    await expect(delivery.acked).rejects.toMatchObject({ code: 'FULL' })
    expect(session.outbox.entries().map(({ data }) => data)).toEqual(['fits'])
    expect(() => session.send('now known to be too much')).toThrow(expect.objectContaining({ code: 'FULL' }))
    state.isFull = false
    quota = 1e9
    await until(() => {
      try {
        session.send('fits again')
        return true
      } catch {
        return false
      }
    })
  })

  it('user clears site data while open: another client id, what was written here is kept, isDurable tells', async () => {
    const profile = createProfile()
    const browser = profile.tab()
    const store = storeIn(browser)
    const { tab, done, run } = createStage()
    const session = tab({ outbox: { name: 'ann', store } })
    await session.send('before').stored
    const look = async () => {
      const box = store.open('ann')
      box.watch(() => {})
      return (await box.read()).client
    }
    const client = await look()
    const clear = async () => {
      await new Promise<void>((resolve) => {
        profile.indexedDB.deleteDatabase('rwr:outbox:ann').onsuccess = () => resolve()
      })
      browser.tick(500)
    }
    await clear()
    await until(() => session.outbox.entries()[0]?.status === 'stored' && session.outbox.isDurable)
    expect(await look()).not.toBe(client)
    session.connect()
    await vi.waitFor(async () => {
      await run(20)
      expect(done).toEqual(['before'])
    })
    // Twice, and no more after that.
    await clear()
    await until(() => session.outbox.isDurable)
    session.send('between')
    await clear()
    await until(() => !session.outbox.isDurable)
    session.send('after')
    await vi.waitFor(async () => {
      await run(200)
      expect(done).toContain('after')
    })
  })

  it.each([
    ['there is none', undefined],
    [
      'it is refused',
      {
        open() {
          throw Object.assign(new Error('denied'), { name: 'SecurityError' })
        },
      },
    ],
  ])('private window: where IndexedDB is refused there is memory, and isDurable says so (%s)', async (_, indexedDB) => {
    const browser = createProfile().tab({ indexedDB: indexedDB as never })
    const { tab, done, run } = createStage()
    const session = tab({ outbox: { name: 'ann', store: storeIn(browser) } })
    session.connect()
    session.send('kept in memory')
    await run(100)
    expect(done).toEqual(['kept in memory'])
    expect(session.outbox.isDurable).toBe(false)
    expect(session.outbox.getSnapshot().isDurable).toBe(false)
  })

  it('a database that never answers is none', async () => {
    const browser = createProfile().tab({ indexedDB: { open: () => ({}) } as never })
    const { tab, done, run } = createStage()
    const session = tab({ outbox: { name: 'ann', store: storeIn(browser) } })
    session.connect()
    session.send('waits')
    await run(100)
    expect(done).toEqual([])
    browser.tick(5000)
    await run(3000)
    expect(done).toEqual(['waits'])
  })
})
