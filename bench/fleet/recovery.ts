/**
 * Owns the question of the one who looks at the page: the server was away for so long, how long after it am I back?
 * One client a life, one seed a life, nobody else dials. Must never average the wait away: the worst life is told too.
 */

import { run } from './fleet.ts'
import { RTT } from './server.ts'
import type { Strategy } from './strategies.ts'

/** How long the server refuses, s. */
export const OUTAGES: readonly number[] = [1, 2, 5, 10, 20, 30, 35, 45, 60, 90, 120]
export const SEEDS = 40
/** Whoever is not back by then, in s, is counted as never. */
const PATIENCE = 300

export interface Recovery {
  /** The outage, s. */
  readonly outage: number
  /** Seconds after the server until the client was back; null if it never was. */
  readonly median: number | null
  readonly max: number | null
}

/** Seconds until one client is back after an outage of so many; null if it never is. */
export function recover(strategy: Strategy, outage: number, seed: number): number | null {
  const { t100 } = run({
    clients: 1,
    rate: Infinity,
    outage: 'refusing',
    outageMs: outage * 1000,
    patienceMs: PATIENCE * 1000,
    strategy,
    seed,
  })
  return t100 ?? null
}

function summary(outage: number, times: number[]): Recovery {
  times.sort((a, b) => a - b)
  const { length } = times
  const middle = ((times[(length - 1) >> 1] as number) + (times[length >> 1] as number)) / 2
  const last = times[length - 1] as number
  return { outage, median: middle < Infinity ? middle : null, max: last < Infinity ? last : null }
}

/**
 * The same for a search, a tenth of the work: up to the server's return, lives of one seed are the same life, so one of
 * them with an outage that does not end shows when each outage would have ended for it. Takes every handshake for
 * slow. And how often the client dials in the first minute, which is the least that a fleet does.
 */
export function estimate(strategy: Strategy, seeds: number): { rows: Recovery[]; dialsPerMinute: number } {
  const outageMs = ((OUTAGES[OUTAGES.length - 1] as number) + 20) * 1000
  const lives = Array.from({ length: seeds }, (_, i) => {
    const dials: number[] = []
    const onDial = (at: number) => dials.push(at)
    run({ clients: 1, rate: Infinity, outage: 'refusing', outageMs, patienceMs: 0, strategy, seed: i + 1, onDial })
    return dials
  })
  const rows = OUTAGES.map((outage) => {
    const back = (dials: number[]) => (dials.find((at) => at >= outage * 1000) ?? Infinity) - outage * 1000 + RTT.max
    return summary(
      outage,
      lives.map((dials) => back(dials) / 1000),
    )
  })
  return { rows, dialsPerMinute: lives.flat().filter((at) => at < 60_000).length / seeds }
}

/** The lives of one strategy, over every outage and the seeds 1 … `seeds`. */
export function recoveries(strategy: Strategy, seeds = SEEDS, outages = OUTAGES): Recovery[] {
  return outages.map((outage) => {
    const times = Array.from({ length: seeds }, (_, i) => recover(strategy, outage, i + 1) ?? Infinity)
    return summary(outage, times)
  })
}
