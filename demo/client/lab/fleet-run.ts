/**
 * Owns one run of a fleet: its clients gather, their server is cut off, and each comes back as its options say. Must never leave a
 * client behind, nor run for ever.
 */

import { WebSocketReconnect, type WebSocketReconnectOptions } from '../../../src/index.ts'

/** An attempt after the crash. */
export interface Knock {
  /** Ms after the crash. */
  at: number
  /** Ms after the crash when it was open; null if it has failed, or is not answered yet. */
  openAt: number | null
}

export type FleetPhase = 'gathering' | 'away' | 'done'

export interface FleetView {
  phase: FleetPhase
  size: number
  gathered: number
  knocks: readonly Knock[]
}

export interface FleetOptions {
  size: number
  url: string
  /** What differs from the defaults. */
  options: Partial<Omit<WebSocketReconnectOptions, 'url'>>
  /** Cuts the fleet off. */
  crash: () => Promise<unknown>
  /** Longest time that is waited for the last one, ms. */
  limit?: number
}

export class FleetRun {
  readonly #given: FleetOptions
  readonly #clients: WebSocketReconnect[]
  readonly #knocks: Knock[] = []
  readonly #timer: ReturnType<typeof setTimeout>
  #phase: FleetPhase = 'gathering'
  #gathered = 0
  #crashedAt: number | null = null
  #finish: () => void = () => {}
  /** Resolves when enough are back, when it has lasted too long, or when it is closed. */
  readonly done = new Promise<void>((resolve) => {
    this.#finish = resolve
  })

  constructor(given: FleetOptions) {
    this.#given = given
    this.#clients = Array.from({ length: given.size }, () => this.#member())
    this.#timer = setTimeout(() => this.close(), given.limit ?? 120_000)
    this.#start().catch(() => this.close())
  }

  get view(): FleetView {
    const { size } = this.#given
    return { phase: this.#phase, size, gathered: this.#gathered, knocks: this.#knocks.map((knock) => ({ ...knock })) }
  }

  /** Ends all of its connections. */
  close(): void {
    if (this.#phase === 'done') return
    this.#phase = 'done'
    clearTimeout(this.#timer)
    for (const client of this.#clients) client.close()
    this.#finish()
  }

  #member(): WebSocketReconnect {
    const { url, options } = this.#given
    let knock: Knock | null = null
    const client = new WebSocketReconnect({
      ...options,
      // Asked at each attempt: the moment at which the client knocks, whatever the browser makes of it.
      url: () => {
        knock = this.#crashedAt === null ? null : { at: this.#since(), openAt: null }
        if (knock) this.#knocks.push(knock)
        return url
      },
    })
    client.on('open', () => {
      if (!knock || this.#phase === 'done') return
      knock.openAt = this.#since()
      if (backs(this.#knocks).length >= enough(this.#given.size)) this.close()
    })
    client.on('close', () => {
      this.#crashedAt ??= performance.now()
    })
    return client
  }

  async #start(): Promise<void> {
    // One after the other: the browser makes those wait that come all at once, and this is not what is measured.
    for (const client of this.#clients) {
      if (this.#phase === 'done') return
      await client.connect()
      this.#gathered++
    }
    this.#phase = 'away'
    await this.#given.crash()
  }

  #since(): number {
    return performance.now() - (this.#crashedAt ?? 0)
  }
}

/** Ms in a bar of the picture. */
export const bucket = 250

/** 99 %: the last one of a hundred may have had bad luck. */
export const enough = (size: number) => Math.ceil(size * 0.99)

/** When each was back, ms after the crash, earliest first. */
const backs = (knocks: readonly Knock[]): number[] => knocks.flatMap(({ openAt }) => openAt ?? []).sort((a, b) => a - b)

/** When 99 % were back, ms after the crash; null while they are not. */
export const backAfter = ({ knocks, size }: Pick<FleetView, 'knocks' | 'size'>): number | null =>
  backs(knocks)[enough(size) - 1] ?? null

/** How many knock in each bucket, and how many of these get in at this. */
export function countsOf(knocks: readonly Knock[]): { all: number; open: number }[] {
  const last = Math.max(-1, ...knocks.map(({ at }) => Math.floor(at / bucket)))
  const counts = Array.from({ length: last + 1 }, () => ({ all: 0, open: 0 }))
  for (const { at, openAt } of knocks) {
    const count = counts[Math.floor(at / bucket)]
    if (!count) continue
    count.all++
    if (openAt !== null) count.open++
  }
  return counts
}

export const peakOf = (knocks: readonly Knock[]): number => Math.max(0, ...countsOf(knocks).map(({ all }) => all))
