/**
 * Owns the lists of listeners and calls them in order, each isolated from the others (R17).
 * Must never decide when an event is true, nor what a thrown error means: its owner does both.
 */

import { misuse } from '../policy/errors.ts'

type Listener = (...args: never[]) => void

interface Entry {
  readonly fn: Listener
  /** Undefined once it has left. */
  call: Listener | undefined
}

/** Those who listen for one event: adding and leaving cost the same however many they are. */
interface List {
  readonly entries: Set<Entry>
  /** The same in a row, as it was when somebody was last told; undefined where it has changed since. */
  row: readonly Entry[] | undefined
}

/** Whom the emitter tells that a listener has thrown. */
export interface EmitterOwner {
  listenerFailed(thrown: unknown, isErrorListener: boolean): void
}

export class Emitter<Events extends { [K in keyof Events]: Listener }> {
  /** Undefined until somebody listens. */
  #lists: Partial<Record<keyof Events, List>> | undefined
  readonly #owner: EmitterOwner

  constructor(owner: EmitterOwner) {
    this.#owner = owner
  }

  on<K extends keyof Events>(type: K, fn: Events[K]): () => void {
    return this.#add(type, fn, fn)
  }

  once<K extends keyof Events>(type: K, fn: Events[K]): () => void {
    const remove = this.#add(type, fn, (...args) => {
      remove()
      fn(...args)
    })
    return remove
  }

  off<K extends keyof Events>(type: K, fn: Events[K]): void {
    const list = this.#lists?.[type]
    if (list) for (const entry of list.entries) if (entry.fn === fn) remove(list, entry)
  }

  has(type: keyof Events): boolean {
    return !!this.#lists?.[type]?.entries.size
  }

  /** Two parameters instead of a rest: this runs for every message, and a rest is an array each time (R21). */
  emit<K extends keyof Events>(type: K, first?: Parameters<Events[K]>[0], second?: Parameters<Events[K]>[1]): void {
    const list = this.#lists?.[type]
    if (!list) return
    // Who is added meanwhile has not been there when it happened, and is in the next row only.
    const row = (list.row = list.row || [...list.entries])
    for (let i = 0; i < row.length; i++) {
      // A listener removed by an earlier one in this very emission must stay silent: its owner may be gone.
      const call = (row[i] as Entry).call as ((...args: unknown[]) => void) | undefined
      if (call) {
        try {
          // Each payload as documented: `open` comes with nothing, not with two undefineds.
          if (second !== undefined) call(first, second)
          else if (first !== undefined) call(first)
          else call()
        } catch (thrown) {
          this.#owner.listenerFailed(thrown, type === 'error')
        }
      }
    }
  }

  #add(type: keyof Events, fn: Listener, call: Listener): () => void {
    if (typeof fn !== 'function') throw new TypeError(misuse('on', fn))
    const lists: Partial<Record<keyof Events, List>> = (this.#lists = this.#lists || {})
    const list = (lists[type] = lists[type] || { entries: new Set(), row: undefined })
    const entry: Entry = { fn, call }
    list.entries.add(entry)
    list.row = undefined
    return () => remove(list, entry)
  }
}

function remove(list: List, entry: Entry): void {
  entry.call = undefined
  list.entries.delete(entry)
  list.row = undefined
}
