/**
 * Owns what is known of each client of the page: its number, its recording, its breaker. A recording begins when the
 * client is made, or found. Must never keep a client alive that the page has let go.
 */

import type { RequestsInside, SessionInside } from '../src/runtime/insides.ts'
import { type Breaker, breakerOf } from './breaks/breaker.ts'
import { createRecorder, type Recorder, type RecorderOptions } from './record/recorder.ts'
import { clientsOfPage, type Given, insideOf, type ObservedClient, outsideOf, watchClients } from './registry.ts'

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
  /** What its session keeps; undefined where it has none. */
  readonly session: SessionInside | undefined
  /** Undefined until something is asked. */
  readonly requests: RequestsInside | undefined
}

type Known = Pick<Observed, 'id' | 'recorder' | 'breaker' | 'version'>

export class Desk {
  readonly #options: RecorderOptions
  readonly #known = new WeakMap<ObservedClient, Known>()
  readonly #given: WeakRef<ObservedClient>[] = []
  readonly #sessions = new WeakMap<object, SessionInside>()
  readonly #stop: () => void
  #first: WeakRef<ObservedClient> | undefined
  #count = 0

  /** `given` is for clients that announce themselves to nobody. */
  constructor(options: RecorderOptions = {}, given: readonly Given[] = []) {
    this.#options = options
    for (const each of given) {
      const client = ('ws' in each ? each.ws : each) as ObservedClient
      this.#first = this.#first || new WeakRef(client)
      if ('ws' in each) this.#sessions.set(client, outsideOf(each))
      if (!insideOf(client)) this.#given.push(new WeakRef(client))
    }
    this.#stop = watchClients((client) => void this.#know(client))
    this.all()
  }

  /** The first of those that were given: whoever names one wants to see it, whatever else the page makes. */
  get first(): ObservedClient | undefined {
    return this.#first?.deref()
  }

  /** Every client that lives, in the order in which they were found. */
  all(): Observed[] {
    const given = this.#given.map((each) => each.deref()).filter((each): each is ObservedClient => !!each)
    return [...given, ...clientsOfPage()]
      .map((client) => {
        const { session = this.#sessions.get(client), requests } = insideOf(client) || {}
        return { client, session, requests, ...this.#know(client) }
      })
      .sort((a, b) => a.id - b.id)
  }

  /** Takes secrets out of a text that is shown. */
  redact(text: string): string {
    return this.#options.redact?.(text) ?? text
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

/** Monotonic ms by the clock that a client goes by. */
export function monotonicOf({ options: { clock } }: Pick<ObservedClient, 'options'>): () => number {
  return clock ? () => clock.monotonic() : () => performance.now()
}
