/**
 * Owns a browser for the tests of the outbox's database: fake-indexeddb, locks and bells of one profile, a page's own session storage.
 * Must never share anything between two profiles.
 */

import { IDBFactory } from 'fake-indexeddb'
import type { Browser, Channel } from '../../src/session/browser.ts'

/** One profile of a browser: what its tabs share. */
export function createProfile() {
  const indexedDB = new IDBFactory()
  const channels = new Set<Channel & { name: string }>()
  const waiting: { name: string; run: () => Promise<void>; reject: (error: Error) => void }[] = []
  let held: (typeof waiting)[number] | undefined

  const next = () => {
    held = waiting.shift()
    if (held) held.run()
  }
  const locks = {
    request(name: string, callback: () => Promise<void>) {
      return new Promise<void>((resolve, reject) => {
        const entry = {
          ...{ name, reject },
          run: async () => {
            await callback()
            resolve()
            if (held === entry) next()
          },
        }
        waiting.push(entry)
        if (!held) next()
      })
    },
  }
  return {
    indexedDB,
    /** Somebody takes the lock from whoever holds it. */
    steal() {
      const from = held
      next()
      from?.reject(new Error('AbortError'))
    },
    /** A tab of this profile. `copied`: the session storage of the tab that it was duplicated from. */
    tab(missing: Partial<Browser> = {}, copied: Record<string, string> = {}) {
      const storage: Record<string, string> = { ...copied }
      const timers = new Map<number, { fn: () => void; ms: number }>()
      let lastTimer = 0
      let onVisible = () => {}
      let now = 1000
      const browser: Browser = {
        ...{ indexedDB, locks: locks as never },
        sessionStorage: {
          getItem: (key) => storage[key] ?? null,
          setItem: (key, value) => void (storage[key] = value),
          removeItem: (key) => void delete storage[key],
        },
        channel(name) {
          const channel: Channel & { name: string } = {
            name,
            onmessage: null,
            postMessage() {
              for (const other of channels)
                if (other !== channel && other.name === name) Promise.resolve().then(() => other.onmessage?.({}))
            },
            close: () => void channels.delete(channel),
          }
          channels.add(channel)
          return channel
        },
        onVisible(listener) {
          onVisible = listener
          return () => {}
        },
        now: () => now,
        setTimeout: (fn, ms) => {
          timers.set(++lastTimer, { fn, ms })
          return lastTimer
        },
        clearTimeout: (timer) => void timers.delete(timer as number),
        ...missing,
      }
      return {
        ...{ browser, storage, timers },
        see: () => onVisible(),
        /** Time passes; every timer that is armed fires once. */
        tick(ms: number) {
          now += ms
          for (const [id, { fn }] of [...timers]) {
            timers.delete(id)
            fn()
          }
        },
      }
    },
    channels,
  }
}
