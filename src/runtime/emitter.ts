/**
 * Owns the lists of listeners and calls them in order, each isolated from the others (R17).
 * Must never decide when an event is true, nor what a thrown error means: its owner does both.
 */

type Listener = (...args: never[]) => void

/** A place in a chain: adding and leaving cost the same however long it is. */
interface Entry {
  /** Undefined once it has left. */
  call: Listener | undefined
  readonly fn: Listener
  readonly id: number
  previous: Entry | undefined
  next: Entry | undefined
}

interface Chain {
  first: Entry | undefined
  last: Entry | undefined
}

/** Whom the emitter tells that a listener has thrown. */
export interface EmitterOwner {
  listenerFailed(thrown: unknown, isErrorListener: boolean): void
}

export class Emitter<Events extends { [K in keyof Events]: Listener }> {
  readonly #chains: { [K in keyof Events]?: Chain } = {}
  readonly #owner: EmitterOwner
  #lastId = 0

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
    for (let entry = this.#chains[type]?.first; entry; entry = entry.next) {
      if (entry.fn === fn) this.#remove(type, entry)
    }
  }

  has(type: keyof Events): boolean {
    return !!this.#chains[type]?.first
  }

  /** Two parameters instead of a rest: this runs for every message, and a rest is an array each time (R21). */
  emit<K extends keyof Events>(type: K, first?: Parameters<Events[K]>[0], second?: Parameters<Events[K]>[1]): void {
    const last = this.#chains[type]?.last?.id || 0
    // Who is added meanwhile has not been there when it happened.
    for (let entry = this.#chains[type]?.first; entry && entry.id <= last; entry = entry.next) {
      // A listener removed by an earlier one in this very emission must stay silent: its owner may be gone.
      const call = entry.call as ((...args: unknown[]) => void) | undefined
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
    const chain: Chain = this.#chains[type] || { first: undefined, last: undefined }
    this.#chains[type] = chain
    const entry: Entry = { call, fn, id: ++this.#lastId, previous: chain.last, next: undefined }
    if (chain.last) chain.last.next = entry
    else chain.first = entry
    chain.last = entry
    return () => this.#remove(type, entry)
  }

  /** What has left still knows its next, for an emission that stands on it. */
  #remove(type: keyof Events, entry: Entry): void {
    const chain = this.#chains[type] as Chain
    if (!entry.call) return
    entry.call = undefined
    if (entry.previous) entry.previous.next = entry.next
    else chain.first = entry.next
    if (entry.next) entry.next.previous = entry.previous
    else chain.last = entry.previous
  }
}
