/**
 * Owns the order in which things happen: what listeners must hear is told before the next event is handled, and what they
 * ask for joins the line (R17). Must never know what an event means.
 */

import { Fifo } from './fifo.ts'

/** Whom the loop works for. */
export interface LoopOwner<Event> {
  handle(event: Event): void
  /** Nothing is left to tell or to handle; true if there is something after all. */
  onEmpty(): boolean
  /** Everything is in place. */
  onSettled(): void
}

export class EventLoop<Event> {
  readonly #owner: LoopOwner<Event>
  readonly #inbox = new Fifo<Event>()
  readonly #outbox = new Fifo<() => void>()
  #isBusy = false

  constructor(owner: LoopOwner<Event>) {
    this.#owner = owner
  }

  /** Whether something is left to tell or to handle. */
  get isPending(): boolean {
    return this.hasEvents || this.#outbox.size > 0
  }

  get hasEvents(): boolean {
    return this.#inbox.size > 0
  }

  /** Whether an event that waits passes this test, from the oldest on. */
  someEvent(test: (event: Event) => boolean): boolean {
    return this.#inbox.some(test)
  }

  /** Queues an event. */
  post(event: Event): void {
    this.#inbox.push(event)
    this.run()
  }

  /** Queues something to be told. */
  tell(tell: () => void): void {
    this.#outbox.push(tell)
  }

  /** True, and everything else joins the line until `leave`; false where something is going on already. */
  enter(): boolean {
    return !this.#isBusy && (this.#isBusy = true)
  }

  leave(): void {
    this.#isBusy = false
  }

  /** Works until nothing is left to tell or to handle; a call from inside a listener joins the line. */
  run(): void {
    if (!this.enter()) return
    try {
      for (;;) {
        const tell = this.#outbox.shift()
        if (tell) {
          tell()
          continue
        }
        const event = this.#inbox.shift()
        if (event) this.#owner.handle(event)
        else if (!this.#owner.onEmpty()) break
      }
    } finally {
      this.leave()
    }
    this.#owner.onSettled()
  }
}
