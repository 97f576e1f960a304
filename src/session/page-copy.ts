/**
 * Owns the copy of messages that were written while the database was still opening: a page that dies then leaves it to the next one
 * in its tab. Must never be the only place of a message whose `stored` has resolved.
 */

import { isWebSocketData } from '../policy/payload.ts'
import { type Browser, randomId } from './browser.ts'
import type { NewMessage } from './outbox-store.ts'

/** What one page wrote, in order. Its id tells a copy that a duplicated tab has as well. */
export interface Copy {
  readonly id: string
  readonly messages: NewMessage[]
}

export function createPageCopy({ sessionStorage }: Browser, key: string) {
  const own: Copy = { id: randomId(), messages: [] }
  let copies: Copy[] = []
  try {
    copies = JSON.parse(sessionStorage?.getItem(key) || '[]')
  } catch {}
  const save = () => {
    try {
      // Bytes would come back as something else.
      const isSayable = copies.every(({ messages }) =>
        messages.every(({ data }) => typeof data === 'string' || !isWebSocketData(data)),
      )
      if (copies.length && isSayable) sessionStorage?.setItem(key, JSON.stringify(copies))
      else sessionStorage?.removeItem(key)
    } catch {}
  }
  return {
    /** Those of pages before this one. */
    get inherited() {
      return copies.filter((copy) => copy !== own)
    },
    own,
    /** Returns the place of the first one in this page's copy. */
    keep(messages: readonly NewMessage[]): number {
      if (!copies.includes(own)) copies = [...copies, own]
      const place = own.messages.push(...messages) - messages.length
      save()
      return place
    },
    forget(copy: Copy) {
      copies = copies.filter((other) => other !== copy)
      save()
    },
  }
}
