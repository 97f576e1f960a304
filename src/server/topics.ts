/**
 * Owns the fan-out: one ear at the store per topic, however many follow it. An event is written once for all of them.
 */

import type { WebSocketData } from '../policy/payload.ts'
import type { Framing } from '../session/frames.ts'
import type { ServerClock } from './platform.ts'
import type { SessionStore, StreamEvent } from './session-store.ts'
import { Turnstile } from './turnstile.ts'

/** Who hears of the events of a topic. */
export interface Listener {
  /** `text` is the event as a frame. */
  hear(event: StreamEvent, text: () => WebSocketData): void
  /** Something that no store keeps. */
  hearPlain(text: WebSocketData): void
}

interface Topic {
  readonly listeners: Set<Listener>
  stop: () => void
}

export class Topics {
  readonly #store: SessionStore
  readonly #framing: Framing
  readonly #topics = new Map<string, Topic>()
  readonly #turnstile: Turnstile

  constructor(store: SessionStore, framing: Framing, clock: ServerClock) {
    this.#turnstile = new Turnstile(clock)
    this.#store = store
    this.#framing = framing
  }

  /** Resolves when it is one's turn to read a page. */
  turn(): Promise<void> {
    return this.#turnstile.pass()
  }

  join(name: string, listener: Listener): void {
    const known = this.#topics.get(name)
    if (known) {
      known.listeners.add(listener)
      return
    }
    const topic: Topic = { listeners: new Set([listener]), stop: () => {} }
    this.#topics.set(name, topic)
    topic.stop = this.#store.watch(name, (event) => this.#tell(topic, event))
  }

  leave(name: string, listener: Listener): void {
    const topic = this.#topics.get(name)
    if (!topic || !topic.listeners.delete(listener) || topic.listeners.size) return
    this.#topics.delete(name)
    topic.stop()
  }

  post(name: string, data: unknown): void {
    const topic = this.#topics.get(name)
    if (!topic) return
    const text = this.#framing.write({ type: 'plain', data })
    for (const listener of [...topic.listeners]) listener.hearPlain(text)
  }

  #tell(topic: Topic, event: StreamEvent): void {
    let text: WebSocketData | undefined
    const write = () => (text = text ?? this.#framing.write({ ...event, type: 'event' }))
    for (const listener of [...topic.listeners]) listener.hear(event, write)
  }
}
