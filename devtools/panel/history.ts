/**
 * Owns what of a client's life is drawn over time: its phases and circuit, round trips, and how many messages came and went
 * per sample. It outlives the recording, whose ring a busy line fills in a second. Must never grow without end.
 */

import type { TransitionEntry } from '../../src/index.ts'
import { monotonicOf, type Observed } from '../desk.ts'
import type { ObservedClient } from '../registry.ts'

/** At most so many of each kind are kept: ten minutes of samples at 4 Hz. */
const MOST = 2400

export interface PhaseChange {
  readonly at: number
  readonly phase: string
  readonly circuit: string
}

export interface Sample {
  readonly at: number
  readonly received: number
  readonly sent: number
  readonly queued: number
}

export class History {
  readonly phases: PhaseChange[] = []
  readonly roundTrips: { readonly at: number; readonly ms: number }[] = []
  /** Counts per sample, not in all. */
  readonly samples: Sample[] = []
  readonly drops: Record<string, number> = {}
  /** The latest transition; undefined where none has been seen. */
  latest: TransitionEntry | undefined
  /** Phase → phase, last taken. */
  lastStep: readonly [from: string, to: string] | undefined
  readonly now: () => number
  readonly #client: ObservedClient
  readonly #stops: ((() => void) | undefined)[]
  #received: number
  #sent: number

  constructor({ client, recorder }: Pick<Observed, 'client' | 'recorder'>) {
    this.#client = client
    this.now = monotonicOf(client)
    const stats = client.getStats()
    this.#received = stats.messagesReceived
    this.#sent = stats.messagesSent
    for (const entry of recorder.entries()) if (entry.type === 'transition') this.#step(entry, entry.at)
    this.#note(this.phase, client.getCircuitState(), this.now())
    this.#stops = [
      client.tap?.((entry) => {
        if (entry.type === 'transition') this.#step(entry, this.now())
      }),
      client.on('latency', (ms) => push(this.roundTrips, { at: this.now(), ms })),
      client.on('drop', ({ reason }) => {
        this.drops[reason] = (this.drops[reason] || 0) + 1
      }),
    ]
  }

  /** As the chart calls it, as far as that is known. */
  get phase(): string {
    return this.latest ? this.latest.after.phase : this.#client.getSnapshot().status
  }

  /** When the phase acts by itself, ms from now; Infinity if it does not. */
  get remaining(): number {
    if (this.latest) return this.latest.after.until - this.now()
    const { retryAt } = this.#client.getSnapshot()
    return retryAt === null ? Infinity : retryAt - Date.now()
  }

  /** Called at 4 Hz. */
  sample(): void {
    const stats = this.#client.getStats()
    const { messagesReceived, messagesSent, queuedMessages } = stats
    const [received, sent] = [messagesReceived - this.#received, messagesSent - this.#sent]
    push(this.samples, { at: this.now(), received, sent, queued: queuedMessages })
    this.#received = messagesReceived
    this.#sent = messagesSent
    // Without a tap, in production, this is all that one can see.
    if (!this.latest) this.#note(this.phase, stats.circuitState, this.now())
  }

  close(): void {
    for (const stop of this.#stops) stop?.()
  }

  #step(entry: TransitionEntry, at: number): void {
    const { before, after } = entry
    // What was before the first step that was seen, nobody knows how long.
    if (!this.latest) this.#note(before.phase, before.circuit.state, at)
    this.latest = entry
    if (before.phase !== after.phase) this.lastStep = [before.phase, after.phase]
    this.#note(after.phase, after.circuit.state, at)
  }

  #note(phase: string, circuit: string, at: number): void {
    const last = this.phases[this.phases.length - 1]
    if (!last || last.phase !== phase || last.circuit !== circuit) push(this.phases, { at, phase, circuit })
  }
}

function push<T>(list: T[], item: T): void {
  list.push(item)
  if (list.length > MOST) list.splice(0, MOST / 10)
}
