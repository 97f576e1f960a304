/**
 * Owns the outbox that outlives its page: one IndexedDB database per name, for all tabs (S2); and memory in its place where the
 * browser has none or refuses it. Must never pretend: `isDurable` says which.
 */

import { type Browser, findBrowser, randomId } from './browser.ts'
import { memoryOutbox } from './memory-outbox.ts'
import { createDatabase, type OutboxDatabase, STORE } from './outbox-database.ts'
import { OutboxError } from './outbox-error.ts'
import { newState } from './outbox-state.ts'
import type { OpenOutbox, OutboxStore } from './outbox-store.ts'
import { createPageCopy } from './page-copy.ts'
import { createTabs } from './tabs.ts'

/** Ms after which a database that does not open is none: some browsers forget to answer. */
const OPEN_TIMEOUT = 5000
/** Ms that a browser is given to clear what a site has kept. */
const CLEARING = 500
/** Bytes below which the device is asked again what is left. */
const SCARCE = 10 * 2 ** 20

/** An outbox in IndexedDB; in memory where there is none, or where the browser refuses it. */
export function indexedDbOutbox(): OutboxStore {
  return { open: (name) => openIndexedDb(findBrowser(), name) }
}

export function openIndexedDb(browser: Browser, name: string): OpenOutbox {
  const id = `rwr:outbox:${name}`
  const me = randomId()
  const copy = createPageCopy(browser, id)
  /** Those who lead, or want to. */
  const leads = new Set<(isLeading: boolean) => void>()
  const bells = new Set<() => void>()
  const tabs = createTabs(browser, id, async (ms) => {
    const database = await current
    return !!database && database.renew(me, ms)
  })
  const memory = memoryOutbox().open(name)
  let opened = 0
  let isOpening = true
  let isDurable = false
  let room: number | undefined

  const ring = () => {
    bells.forEach((bell) => bell())
  }
  const measure = async () => {
    try {
      const { quota = Infinity, usage = 0 } = (await browser.estimate?.()) || {}
      room = Math.max(0, quota - usage)
    } catch {}
  }
  const connect = () =>
    new Promise<IDBDatabase>((resolve, reject) => {
      const request = (browser.indexedDB as IDBFactory).open(id, 1)
      const timer = browser.setTimeout(reject as () => void, OPEN_TIMEOUT)
      request.onupgradeneeded = () =>
        request.result
          .createObjectStore(STORE, { keyPath: 'n', autoIncrement: true })
          .put({ ...newState(randomId()), n: 0 })
      request.onerror = () => reject(request.error)
      request.onsuccess = () => {
        browser.clearTimeout(timer)
        resolve(request.result)
      }
    })
  /** Undefined: there is none, and memory is in its place. */
  const open = async (): Promise<OutboxDatabase | undefined> => {
    try {
      // Again after somebody has cleared what sites have kept, which takes a moment; but not for ever.
      if (++opened > 3) throw 0
      if (opened > 1) await new Promise<void>((resolve) => browser.setTimeout(resolve, CLEARING))
      const db = await connect()
      const database = createDatabase(db, browser, tabs.ring)
      const lost = () => {
        db.close()
        if (db === latest) reopen()
      }
      latest = db
      db.onclose = db.onversionchange = lost
      measure()
      await database.read()
      for (const left of [...copy.inherited]) {
        await database.add(left.messages, 0, left.id)
        copy.forget(left)
      }
      isDurable = true
      rest()
      return database
    } catch (error: any) {
      // The clearing was not over yet.
      if (opened === 2 && error?.name === 'AbortError') return open()
      isDurable = false
      for (const left of [...copy.inherited]) {
        await memory.add(left.messages)
        copy.forget(left)
      }
      for (const lead of leads) lead(true)
      return undefined
    } finally {
      isOpening = false
    }
  }
  let latest: IDBDatabase | undefined
  let current = open()
  current.then(ring)
  const reopen = () => {
    current = open()
    current.then(ring)
  }
  /** A browser keeps an open database, and makes whoever would delete it wait. What is done all the same opens it again. */
  const rest = () =>
    browser.setTimeout(async () => {
      // Those who wait for it to open begin before it is closed.
      await current
      if (bells.size + leads.size) return
      latest?.close()
      opened = 0
    }, 0)
  const within = async <T>(work: (box: OutboxDatabase | OpenOutbox) => Promise<T>): Promise<T> => {
    const used = current
    try {
      return await work((await used) || memory)
    } catch (error: any) {
      if (error?.name === 'QuotaExceededError') {
        await measure()
        throw new OutboxError('FULL', 'no room', Object.assign(error, { room }))
      }
      if (error?.name !== 'InvalidStateError') throw error
      if (used === current) reopen()
      return work((await current) || memory)
    }
  }

  return {
    get isDurable() {
      return isDurable
    },
    get room() {
      if (room !== undefined && room < SCARCE) measure()
      return room
    },
    async add(messages, first) {
      if (!isOpening) return within((box) => box.add(messages, first))
      // Until it is open, this page may die with what it was given.
      const place = copy.keep(messages)
      try {
        return await within((box) => (box as OutboxDatabase).add(messages, first, copy.own.id, place))
      } finally {
        if (place + messages.length === copy.own.messages.length) copy.forget(copy.own)
      }
    },
    read: () => within((box) => box.read()),
    change: (change) => within((box) => box.change(change)),
    lead(listener) {
      let leave = () => {}
      leads.add(listener)
      current.then((database) => {
        if (leads.has(listener) && database) leave = tabs.lead(listener)
        else if (leads.has(listener)) listener(true)
      })
      return () => {
        leads.delete(listener)
        leave()
      }
    },
    watch(listener) {
      const bell = () => listener()
      bells.add(bell)
      const end = tabs.watch(bell)
      return () => {
        bells.delete(bell)
        end()
        rest()
      }
    },
  }
}
