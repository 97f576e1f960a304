/**
 * Owns the transactions of an outbox in IndexedDB: the state is the record 0, the messages are those above (S1, S2). Must never
 * accept half of something.
 */

import type { Browser } from './browser.ts'
import { OutboxError } from './outbox-error.ts'
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
  add(
    messages: readonly NewMessage[],
    limit: number,
    first?: number,
    copy?: string | undefined,
    place?: number,
  ): Promise<Numbered>
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
      ask(store.get(0), (state) => work({ store, ask, done }, state))
      transaction.oncomplete = () => {
        if (mode === 'readwrite') onWrite()
        resolve(result)
      }
      transaction.onabort = () => reject(thrown || transaction.error)
    })

  return {
    add: (messages, limit, least = 0, copy, place = 0) =>
      transact<Numbered>('readwrite', 'relaxed', ({ store, ask, done }, state) =>
        ask(store.count(), (count) => {
          const numbers = copy === undefined ? [] : state.copies?.[copy] || []
          const there = Math.min(messages.length, Math.max(0, numbers.length - place))
          const added = messages.slice(there)
          const isMore = added.filter(({ replaces }) => !replaces).length
          if (isMore && count - 1 + isMore > limit) throw new OutboxError('FULL', `${limit} messages`)
          const first = Math.max(state.next, least)
          added.forEach(({ replaces, ...message }, i) => {
            if (replaces)
              ask(store.get(replaces), (old) => (old?.end ? store.put(tombstone(old)) : store.delete(replaces)))
            store.put({ ...message, n: first + i })
          })
          let { copies } = state
          if (copy !== undefined) {
            const own = [...numbers.slice(0, place + there), ...added.map((_, i) => first + i)]
            copies = Object.fromEntries([...Object.entries(copies || {}).slice(-COPIES_KEPT), [copy, own]])
          }
          store.put({ ...state, next: first + added.length, copies })
          done({ client: state.client, first: there ? (numbers[place] as number) : first })
        }),
      ),
    read: () =>
      transact('readonly', 'relaxed', ({ store, ask, done }, { n: _, lease: __, copies: ___, ...state }) =>
        ask(store.getAll(), (all) => done({ ...state, messages: all.slice(1) })),
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
        const until = browser.now() + ms
        const isOurs = !lease || lease.by === by || lease.until < browser.now()
        if (isOurs) store.put({ ...state, lease: ms ? { by, until } : undefined })
        done(isOurs)
      }),
  }
}
