/**
 * Owns what is known of each client of the page: its number, its recording, its breaker. A recording begins when the
 * client is made, or found. Must never keep a client alive that the page has let go.
 */

import { type Breaker, breakerOf } from './breaks/breaker.ts'
import { createRecorder, type Recorder, type RecorderOptions } from './record/recorder.ts'
import { clientsOfPage, insideOf, type ObservedClient, watchClients } from './registry.ts'

/** A client under observation. */
export interface Observed {
  /** 1 for the first that was found. */
  readonly id: number
  readonly client: ObservedClient
  readonly recorder: Recorder
  /** Undefined where it cannot be broken: in a production build. */
  readonly breaker: Breaker | undefined
  /** Of the package that it comes from. */
  readonly version: string
}

type Known = Omit<Observed, 'client'>

export class Desk {
  readonly #options: RecorderOptions
  readonly #known = new WeakMap<ObservedClient, Known>()
  readonly #given: WeakRef<ObservedClient>[] = []
  readonly #stop: () => void
  #count = 0

  /** `given` is for clients that announce themselves to nobody. */
  constructor(options: RecorderOptions = {}, given: readonly ObservedClient[] = []) {
    this.#options = options
    for (const client of given) if (!insideOf(client)) this.#given.push(new WeakRef(client))
    this.#stop = watchClients((client) => void this.#know(client))
    this.all()
  }

  /** Every client that lives, in the order in which they were found. */
  all(): Observed[] {
    const given = this.#given.map((each) => each.deref()).filter((each): each is ObservedClient => !!each)
    return [...given, ...clientsOfPage()]
      .map((client) => ({ client, ...this.#know(client) }))
      .sort((a, b) => a.id - b.id)
  }

  /** Heals every client, stops every recording, and looks at nothing any more. */
  close(): void {
    this.#stop()
    for (const { breaker, recorder } of this.all()) {
      breaker?.heal()
      recorder.stop()
    }
  }

  #know(client: ObservedClient): Known {
    let known = this.#known.get(client)
    if (!known) {
      const version = insideOf(client)?.version ?? ''
      const recorder = createRecorder(client, this.#options)
      known = { id: ++this.#count, recorder, breaker: breakerOf(client), version }
      this.#known.set(client, known)
    }
    return known
  }
}

/** An address that may be shown: without user info and query. */
export const shownUrl = (url: string): string => url.replace(/[?#][^]*/, '').replace(/\/\/[^/]*@/, '//')
