/** Owns the outbox in IndexedDB: what is kept, by whom it is drained, and what becomes of it where the browser gets in the way. */

import { IDBDatabase, IDBObjectStore } from 'fake-indexeddb'
import { describe, expect, it, vi } from 'vitest'
import type { NewMessage, OpenOutbox } from '../../src/session/index.ts'
import { openIndexedDb } from '../../src/session/indexed-db-outbox.ts'
import { createProfile } from './browser-scene.ts'

const message = (data: unknown): NewMessage => ({ data, at: 1, size: 20 })
const datas = async (box: OpenOutbox) => (await box.read()).messages.map(({ n, data }) => [n, data])
/** What is due in the next macrotask happens, and nothing that is due later. */
async function macrotask(timers: Map<number, { fn: () => void; ms: number }>) {
  for (const [id, { fn, ms }] of [...timers]) if (!ms && timers.delete(id)) fn()
  await new Promise((resolve) => setImmediate(resolve))
}
const until = (check: () => unknown) => vi.waitFor(() => expect(check()).toBeTruthy(), { interval: 1 })

describe('the store', () => {
  it('[S2] draws numbers across tabs, with none left out and none twice', async () => {
    const profile = createProfile()
    const tabs = [1, 2, 3].map(() => openIndexedDb(profile.tab().browser, 'ann'))
    const firsts = await Promise.all(
      Array.from({ length: 30 }, (_, i) => (tabs[i % 3] as OpenOutbox).add([message(i), message(i)])),
    )
    expect(firsts.map(({ first }) => first).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 30 }, (_, i) => i * 2 + 1),
    )
    const { messages, next } = await (tabs[0] as OpenOutbox).read()
    expect(messages.map(({ n }) => n)).toEqual(Array.from({ length: 60 }, (_, i) => i + 1))
    expect(next).toBe(61)
    // What is gone has had its number.
    const { client } = await (tabs[0] as OpenOutbox).read()
    await tabs[0]?.change({ client, remove: messages.map(({ n }) => n), state: { acked: 60 } })
    expect(await tabs[1]?.add([message('new')])).toMatchObject({ first: 61 })
  })

  it('keeps what it is given for the next page, and one name from another', async () => {
    const profile = createProfile()
    const page = openIndexedDb(profile.tab().browser, 'ann')
    await page.add([message('a')])
    const { client } = await page.read()
    await page.change({ client, state: { sent: 1, epoch: 'e1' } })
    const next = openIndexedDb(profile.tab().browser, 'ann')
    expect(await next.read()).toMatchObject({ sent: 1, epoch: 'e1', acked: 0, messages: [{ n: 1, data: 'a' }] })
    expect((await next.read()).client).toBe((await page.read()).client)
    const other = openIndexedDb(profile.tab().browser, 'bob')
    expect((await other.read()).client).not.toBe((await page.read()).client)
    expect(await datas(other)).toEqual([])
  })

  it('accepts all of a step or nothing of it', async () => {
    const box = openIndexedDb(createProfile().tab().browser, 'ann')
    await box.add([message(1), message(2)])
    await expect(box.add([message(3), message(() => {})])).rejects.toMatchObject({ name: 'DataCloneError' })
    expect(await datas(box)).toEqual([
      [1, 1],
      [2, 2],
    ])
    expect(await box.add([message(3)])).toMatchObject({ first: 3 })
    expect(await box.add([{ ...message('in the place of 1'), replaces: 1 }])).toMatchObject({ first: 4 })
    expect((await datas(box)).map(([n]) => n)).toEqual([2, 3, 4])
  })

  it('closes its database one macrotask after the last has stopped listening, and opens it again for what is done then', async () => {
    const { browser, timers } = createProfile().tab()
    const next = () => macrotask(timers)
    const close = vi.spyOn(IDBDatabase.prototype, 'close')
    const box = openIndexedDb(browser, 'ann')
    const ends = [box.watch(() => {}), box.watch(() => {})]
    await box.add([message('a')])
    ends[0]?.()
    await next()
    expect(close).toHaveBeenCalledTimes(0)
    ends[1]?.()
    // In the same task: it goes into the database that is still open.
    const added = box.add([message('b')])
    await next()
    expect(close).toHaveBeenCalledTimes(1)
    await added
    expect(await datas(box)).toEqual([
      [1, 'a'],
      [2, 'b'],
    ])
    await next()
    expect(close).toHaveBeenCalledTimes(2)
    box.watch(() => {})
    await box.add([message('c')])
    await next()
    expect(close).toHaveBeenCalledTimes(2)
    expect([(await datas(box)).length, box.isDurable]).toEqual([3, true])
    close.mockRestore()
  })

  it('closes no database that is being opened again: what was written meanwhile is kept', async () => {
    const profile = createProfile()
    const { browser, timers } = profile.tab()
    const box = openIndexedDb(browser, 'ann')
    await box.read()
    for (let i = 0; i < 20; i++) {
      await macrotask(timers)
      const added = box.add([message(i)])
      added.catch(() => {})
      box.watch(() => {})()
      // It is closed at some moment of the opening, each time another.
      for (let turn = 0; turn < i; turn++) await new Promise((resolve) => setImmediate(resolve))
      await macrotask(timers)
      await added
    }
    expect(box.isDurable).toBe(true)
    const other = openIndexedDb(profile.tab().browser, 'ann')
    expect(await datas(other)).toEqual(Array.from({ length: 20 }, (_, i) => [i + 1, i]))
  })

  it('closes the database of a page that has only looked at it', async () => {
    const profile = createProfile()
    const { browser, timers } = profile.tab()
    await openIndexedDb(browser, 'ann').read()
    await macrotask(timers)
    await new Promise<void>((resolve) => {
      profile.indexedDB.deleteDatabase('rwr:outbox:ann').onsuccess = () => resolve()
    })
  })

  it('[S1] begins to keep in the very task in which it is asked, with nothing to wait for', async () => {
    const profile = createProfile()
    const box = openIndexedDb(profile.tab().browser, 'ann')
    await box.read()
    const before = vi.spyOn(IDBObjectStore.prototype, 'add')
    box.add([message('a'), message('b')])
    await Promise.resolve()
    await Promise.resolve()
    await Promise.resolve()
    expect(before).toHaveBeenCalledTimes(2)
    before.mockRestore()
  })

  it('[S2] draws no number below one that is asked for, nor one that was drawn before', async () => {
    const box = openIndexedDb(createProfile().tab().browser, 'ann')
    await box.add([message('a')])
    const { first } = await box.add([], 20)
    expect(first).toBeGreaterThanOrEqual(20)
    const next = await box.add([message('b')])
    expect(next.first).toBeGreaterThan(first)
    expect((await box.add([message('c')], 5)).first).toBe(next.first + 1)
    expect((await box.read()).next).toBe(next.first + 2)
  })

  it('lets counts only rise, and never brings back what is gone', async () => {
    const box = openIndexedDb(createProfile().tab().browser, 'ann')
    await box.add([message(1), message(2)])
    const { client, messages } = await box.read()
    const [first, second] = messages
    await box.change({ client, remove: [1], state: { acked: 1, sent: 2, epoch: 'e1' } })
    await box.change({
      client,
      replace: [
        { ...(first as any), end: 'refused' },
        { ...(second as any), isUncertain: true },
      ],
    })
    await box.change({ client, state: { acked: 0, sent: 1 } })
    await box.change({ client: 'another', remove: [2], state: { acked: 2 } })
    expect(await box.read()).toMatchObject({ acked: 1, sent: 2, messages: [{ n: 2, isUncertain: true }] })
  })

  it('rings the other tabs after each write, and not itself', async () => {
    const profile = createProfile()
    const [one, two] = [1, 2].map(() => openIndexedDb(profile.tab().browser, 'ann')) as [OpenOutbox, OpenOutbox]
    await Promise.all([one.read(), two.read()])
    const rung: string[] = []
    const stop = one.watch(() => rung.push('one'))
    two.watch(() => rung.push('two'))
    await one.add([message(1)])
    await until(() => rung.length)
    expect(rung).toEqual(['two'])
    await two.change({ client: (await two.read()).client, remove: [1] })
    await until(() => rung.length > 1)
    expect(rung).toEqual(['two', 'one'])
    stop()
    expect(profile.channels.size).toBe(1)
  })

  it('looks by itself where there is no BroadcastChannel, and when the page is seen again', async () => {
    const profile = createProfile()
    const tab = profile.tab({ channel: undefined })
    const box = openIndexedDb(tab.browser, 'ann')
    await box.read()
    let rung = 0
    const stop = box.watch(() => rung++)
    tab.tick(3000)
    tab.tick(3000)
    expect(rung).toBe(2)
    tab.see()
    expect(rung).toBe(3)
    stop()
    tab.tick(0)
    expect(tab.timers.size).toBe(0)
  })
})

describe('the lead', () => {
  it('[S2] is held by one tab, and passes on when it leaves or is robbed', async () => {
    const profile = createProfile()
    const boxes = [1, 2].map(() => openIndexedDb(profile.tab().browser, 'ann'))
    await Promise.all(boxes.map((box) => box.read()))
    const leads = [false, false]
    const [leave] = boxes.map((box, i) => box.lead((isLeading) => (leads[i] = isLeading)))
    await until(() => leads[0])
    expect(leads).toEqual([true, false])
    profile.steal()
    await until(() => leads[1])
    await until(() => !leads[0])
    leave?.()
    expect(leads).toEqual([false, true])
  })

  it('is a lease in the database where there are no locks', async () => {
    const profile = createProfile()
    const tabs = [1, 2].map(() => profile.tab({ locks: undefined }))
    const boxes = tabs.map(({ browser }) => openIndexedDb(browser, 'ann'))
    await Promise.all(boxes.map((box) => box.read()))
    const leads = [false, false]
    const [leave] = boxes.map((box, i) => box.lead((isLeading) => (leads[i] = isLeading)))
    await until(() => leads[0])
    tabs[1]?.tick(3000)
    await boxes[1]?.read()
    expect(leads).toEqual([true, false])
    leave?.()
    await boxes[0]?.read()
    tabs[1]?.tick(3000)
    await until(() => leads[1])
    // A page that was frozen, and whose lease has run out, finds that another has it.
    tabs[0]?.tick(3000)
    await boxes[0]?.read()
    expect(leads).toEqual([true, true])
  })

  it('is not kept by a lease of a tab that has died before the clock was set back', async () => {
    const profile = createProfile()
    const tabs = [1, 2].map(() => profile.tab({ locks: undefined }))
    const boxes = tabs.map(({ browser }) => openIndexedDb(browser, 'ann'))
    await Promise.all(boxes.map((box) => box.read()))
    const leads = [false, false]
    for (const [i, box] of boxes.entries()) box.lead((isLeading) => (leads[i] = isLeading))
    await until(() => leads[0])
    tabs[1]?.tick(-3_600_000)
    await boxes[1]?.read()
    expect(leads[1]).toBe(true)
  })
})
