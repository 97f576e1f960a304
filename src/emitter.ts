/**
 * Owns the lists of listeners and calls them in order, each isolated from the others (R17).
 * Must never decide when an event is true, nor what a thrown error means: the shell does both.
 */

type Listener = (...args: never[]) => void

interface Entry {
  call: Listener | undefined
  readonly fn: Listener
}

/** A typed event emitter whose lists are replaced, never edited, so that a running emission is not disturbed. */
export class Emitter<Events extends { [K in keyof Events]: Listener }> {
  readonly #lists: { [K in keyof Events]?: readonly Entry[] } = {}
  readonly #onThrow: (thrown: unknown, type: keyof Events) => void

  constructor(onThrow: (thrown: unknown, type: keyof Events) => void) {
    this.#onThrow = onThrow
  }

  on<K extends keyof Events>(type: K, fn: Events[K]): () => void {
    const entry: Entry = { call: fn, fn }
    this.#lists[type] = [...(this.#lists[type] || []), entry]
    return () => this.#remove(type, (other) => other === entry)
  }

  once<K extends keyof Events>(type: K, fn: Events[K]): () => void {
    const entry: Entry = {
      fn,
      call: (...args) => {
        off()
        fn(...args)
      },
    }
    this.#lists[type] = [...(this.#lists[type] || []), entry]
    const off = () => this.#remove(type, (other) => other === entry)
    return off
  }

  off<K extends keyof Events>(type: K, fn: Events[K]): void {
    this.#remove(type, (entry) => entry.fn === fn)
  }

  has(type: keyof Events): boolean {
    return !!this.#lists[type]
  }

  /** Two parameters instead of a rest: this runs for every message, and a rest is an array each time (R21). */
  emit<K extends keyof Events>(type: K, first?: Parameters<Events[K]>[0], second?: Parameters<Events[K]>[1]): void {
    const list = this.#lists[type]
    if (!list) return
    for (let i = 0; i < list.length; i++) {
      // A listener removed by an earlier one in this very emission must stay silent: its owner may be gone.
      const call = (list[i] as Entry).call as ((...args: unknown[]) => void) | undefined
      if (call) {
        try {
          // Each payload as documented: `open` comes with nothing, not with two undefineds.
          if (second !== undefined) call(first, second)
          else if (first !== undefined) call(first)
          else call()
        } catch (thrown) {
          this.#onThrow(thrown, type)
        }
      }
    }
  }

  #remove(type: keyof Events, gone: (entry: Entry) => boolean): void {
    const rest: Entry[] = []
    for (const entry of this.#lists[type] || []) {
      if (gone(entry)) entry.call = undefined
      else rest.push(entry)
    }
    this.#lists[type] = rest.length ? rest : undefined
  }
}
