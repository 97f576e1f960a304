/** Owns the arithmetic of a run: medians, spread, ratios within a round, and whether two runs agree. Pure. */

import type { Values } from './processes.ts'

export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memory: string
  readonly node: string
  readonly browser: string
  readonly react: string
  readonly versions: Readonly<Record<string, string>>
}

/** One peer's figure; null means that it never happened. */
export interface Figure {
  readonly measure: string
  readonly metric: string
  readonly peer: string
  readonly median: number | null
  readonly low: number | null
  readonly high: number | null
  /** Beside the reference of the measure, the median over the rounds; absent where there is none. */
  readonly ratio?: number | undefined
  /** The ratio of the other run, where it is another one by more than a quarter. */
  readonly otherRatio?: number | undefined
}

export interface Results {
  readonly machine: Machine
  readonly isQuick: boolean
  readonly isTwice: boolean
  /** How long each measure took. */
  readonly seconds: Readonly<Record<string, number>>
  readonly figures: readonly Figure[]
}

/** What one round of a measure has found, by peer. */
export type Round = ReadonlyMap<string, Values>

const NEVER = Infinity

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  if (sorted.length % 2) return sorted[middle] as number
  return ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2
}

export function summarise(measure: string, metric: string, rounds: readonly Round[], reference?: string): Figure[] {
  const peers = [...(rounds[0]?.keys() ?? [])]
  const of = (round: Round, peer: string) => round.get(peer)?.[metric]
  return peers
    .filter((peer) => of(rounds[0] as Round, peer) !== undefined)
    .map((peer) => {
      const values = rounds.map((round) => of(round, peer) ?? NEVER)
      const ratios = reference
        ? rounds.map((round) => (of(round, peer) ?? NEVER) / (of(round, reference) ?? 0)).filter(Number.isFinite)
        : []
      return {
        measure,
        metric,
        peer,
        median: finite(median(values)),
        low: finite(Math.min(...values)),
        high: finite(Math.max(...values)),
        ...(ratios.length ? { ratio: median(ratios) } : {}),
      }
    })
}

const finite = (number: number): number | null => (Number.isFinite(number) ? number : null)

/** How far two runs may differ before the table says so. */
const AGREEMENT = 1.25

/** The figures of one run, marked where the other tells another ratio. */
export function compare(first: readonly Figure[], second: readonly Figure[]): Figure[] {
  return first.map((figure) => {
    const other = second.find(
      ({ measure, metric, peer }) => measure === figure.measure && metric === figure.metric && peer === figure.peer,
    )
    if (figure.ratio === undefined || other?.ratio === undefined) return figure
    const apart = Math.max(figure.ratio, other.ratio) / Math.min(figure.ratio, other.ratio)
    return apart > AGREEMENT ? { ...figure, otherRatio: other.ratio } : figure
  })
}

/** Whether two runs measured the same code: its bytes are the same, and hardly are by chance. */
export function isSameCode(first: readonly Figure[], second: readonly Figure[]): boolean {
  const bytes = (figures: readonly Figure[]) =>
    figures.filter(({ measure }) => measure === 'bytes').map(({ peer, metric, median }) => [peer, metric, median])
  return JSON.stringify(bytes(first)) === JSON.stringify(bytes(second))
}

/** A figure of a run; throws an Error for one that was not measured. */
export function find({ figures }: Results, measure: string, metric: string, peer: string): Figure {
  const found = figures.find((figure) => figure.measure === measure && figure.metric === metric && figure.peer === peer)
  if (!found) throw new Error(`no figure "${measure} ${metric} ${peer}" in this run`)
  return found
}
