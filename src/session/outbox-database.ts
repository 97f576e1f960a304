/**
 * Owns the transactions of an outbox in IndexedDB: the state is the record 0, the messages are those above (S1, S2). Must never
 * accept half of something.
 */

import type { Browser } from './browser.ts'
import { mergeState, tombstone } from './outbox-state.ts'
import type { NewMessage, Numbered, OpenOutbox, OutboxState } from './outbox-store.ts'

export const STORE = 'outbox'
/** Copies that are remembered: a duplicated tab may bring one a second time. */
const COPIES_KEPT = 5

interface DatabaseState extends OutboxState {
  readonly n: 0
  /** Where there are no locks: who drains, and until when. */
  readonly lease?: { readonly by: string; readonly until: number } | undefined
  /** The numbers that the messages of a page's copy were given. */
  readonly copies?: Readonly<Record<string, readonly number[]>>
}

export interface OutboxDatabase extends Pick<OpenOutbox, 'read' | 'change'> {
  /** `copy` and `place`: these are also in a copy, and may be here already. */
  add(messages: readonly NewMessage[], first?: number, copy?: string | undefined, place?: number): Promise<Numbered>
  /** Takes or keeps the lease for so long, or gives it back with 0; whether it is ours. */
  renew(by: string, ms: number): Promise<boolean>
}

interface Transaction<T> {
  readonly store: IDBObjectStore
  /** What is thrown in `answer` ends the transaction, and is what it rejects with. */
  ask<R>(request: IDBRequest<R>, answer: (result: R) => void): void
  /** What it resolves with once it is complete. */
  done(result: T): void
}

export function createDatabase(db: IDBDatabase, browser: Browser, onWrite: () => void): OutboxDatabase {
  /** Known after the first look at the state. */
  let client = ''
  const transact = <T>(
    mode: IDBTransactionMode,
    durability: IDBTransactionDurability,
    work: (transaction: Transaction<T>, state: DatabaseState) => void,
  ) =>
    new Promise<T>((resolve, reject) => {
      const transaction = db.transaction(STORE, mode, { durability })
      const store = transaction.objectStore(STORE)
      let result: T
      let thrown: unknown
      const ask: Transaction<T>['ask'] = (request, answer) => {
        request.onsuccess = () => {
          try {
            answer(request.result)
          } catch (error) {
            thrown = error
            transaction.abort()
          }
        }
      }
      const done = (value: T) => {
        result = value
      }
      ask(store.get(0), (state) => {
        client = state.client
        work({ store, ask, done }, state)
      })
      transaction.oncomplete = () => {
        if (mode === 'readwrite') onWrite()
        resolve(result)
      }
      transaction.onabort = () => reject(thrown || transaction.error)
    })

  /**
   * In one go, with nothing to wait for: a page that goes in this very task leaves it behind all the same. The database draws
   * the numbers, and gives none twice.
   */
  const addBlindly = (messages: readonly NewMessage[]) =>
    new Promise<Numbered>((resolve, reject) => {
      const transaction = db.transaction(STORE, 'readwrite', { durability: 'relaxed' })
      const store = transaction.objectStore(STORE)
      try {
        const [first] = messages.map((message) => store.add(message))
        transaction.commit?.()
        transaction.oncomplete = () => {
          onWrite()
          resolve({ client, first: first?.result as number })
        }
        transaction.onabort = () => reject(transaction.error)
      } catch (error) {
        transaction.abort()
        reject(error)
      }
    })

  return {
    add: (messages, least = 0, copy = '', place = 0) => {
      if (messages.length && !copy && !messages.some(({ replaces }) => replaces)) return addBlindly(messages)
      return transact<Numbered>('readwrite', 'relaxed', ({ store, ask, done }, state) => {
        const known = state.copies?.[copy] || []
        const there = Math.min(messages.length, Math.max(0, known.length - place))
        const numbers = known.slice(0, place + there)
        // A number that is written by hand lifts those that are drawn.
        if (least > 1) {
          store.put({ n: least - 1 })
          store.delete(least - 1)
        }
        const finish = () => {
          done({ client, first: numbers[place] as number })
          if (!copy) return
          const copies = [...Object.entries(state.copies || {}).slice(-COPIES_KEPT), [copy, numbers]]
          store.put({ ...state, copies: Object.fromEntries(copies) })
        }
        if (!messages.length)
          ask(store.add({}), (n) => {
            store.delete(n)
            done({ client, first: n as number })
          })
        else if (there === messages.length) finish()
        messages.slice(there).forEach(({ replaces, ...message }, i, { length }) => {
          if (replaces)
            ask(store.get(replaces), (old) => (old?.end ? store.put(tombstone(old)) : store.delete(replaces)))
          ask(store.add(message), (n) => {
            numbers.push(n as number)
            if (i === length - 1) finish()
          })
        })
      })
    },
    read: () =>
      transact('readonly', 'relaxed', ({ store, ask, done }, { n: _, lease: __, copies: ___, ...state }) =>
        ask(store.getAll(), (all) => {
          const { acked, sent, forgotten } = state
          const messages = all.slice(1)
          // What has a number counts, also where its page died before it could say so; the last is the highest.
          done({ ...state, next: Math.max(all[all.length - 1].n, acked, sent, forgotten) + 1, messages })
        }),
      ),
    change: ({ client, remove = [], replace = [], state: to }) =>
      // The mark must not be lost to a power cut, and with it goes all that was kept before (S8).
      transact('readwrite', to?.sent ? 'strict' : 'relaxed', ({ store, ask }, state) => {
        if (client !== state.client) return
        for (const n of remove) store.delete(n)
        for (const message of replace) ask(store.get(message.n), (known) => known && store.put(message))
        if (to) store.put({ ...state, ...mergeState(state, to) })
      }),
    renew: (by, ms) =>
      transact<boolean>('readwrite', 'relaxed', ({ store, done }, state) => {
        const { lease } = state
        const now = browser.now()
        const until = now + ms
        // One that would last longer than any does was taken before the clock was set back.
        const isOurs = !lease || lease.by === by || lease.until < now || (ms > 0 && lease.until > until)
        if (isOurs) store.put({ ...state, lease: ms ? { by, until } : undefined })
        done(isOurs)
      }),
  }
}
