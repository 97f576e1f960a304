/**
 * Owns one message as this tab knows it, whoever wrote it, and the promises made to whoever wrote it here.
 * Must never decide what becomes of it.
 */

import type { Delivery, OutboxEntry } from './delivery.ts'
import type { NewMessage, StoredMessage } from './outbox-store.ts'

type Writable<T> = { -readonly [K in keyof T]: T[K] }

export interface Item extends Writable<StoredMessage> {
  isAcked?: boolean
  /** The reading of the store that had it last. */
  seen?: number
  entry?: OutboxEntry<any>
  /** Of one that was written here. */
  delivery?: Delivery
  stored?: (error?: unknown) => void
  acked?: (error?: unknown) => void
}

/** A promise that may be ignored, and how to settle it. */
export function promise(): [Promise<void>, (error?: unknown) => void] {
  let settle = (_error?: unknown) => {}
  const result = new Promise<void>((resolve, reject) => {
    settle = (error) => (error ? reject(error) : resolve())
  })
  result.catch(() => {})
  return [result, settle]
}

/** What is kept of it. */
export const record = ({ isAcked, seen, entry, delivery, stored, acked, ...message }: Item): StoredMessage => message

/** The same to be numbered, now or anew. */
export const renewed = (item: Item): NewMessage => {
  const { n, ...message } = record(item)
  return n > 0 ? { ...message, replaces: n } : message
}
