/**
 * Owns who listens to which topic of a store. A listener that throws must never keep the others from hearing.
 */

import { printError } from './platform.ts'
import type { StreamEvent } from './session-store.ts'

type Listener = (event: StreamEvent) => void

export class Watchers {
  readonly #topics = new Map<string, Set<Listener>>()

  has(topic: string): boolean {
    return this.#topics.has(topic)
  }

  /** The topics that somebody listens to. */
  get topics(): string[] {
    return [...this.#topics.keys()]
  }

  add(topic: string, listener: Listener): () => void {
    // A wrapper of its own: the same function may listen twice.
    const entry: Listener = (event) => listener(event)
    const listeners = this.#topics.get(topic) ?? new Set()
    this.#topics.set(topic, listeners.add(entry))
    return () => {
      listeners.delete(entry)
      if (!listeners.size && this.#topics.get(topic) === listeners) this.#topics.delete(topic)
    }
  }

  tell(event: StreamEvent): void {
    for (const listener of [...(this.#topics.get(event.topic) ?? [])]) {
      try {
        listener(event)
      } catch (error) {
        printError('react-websocket-reconnect/server: a listener of a store threw', error)
      }
    }
  }
}
