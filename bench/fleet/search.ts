/**
 * `npm run simulate -- --search`: how the figures of the preset `interactive` were found (R38). Every combination of the
 * grid below is asked how long one client takes to return after each outage; whoever keeps the promise is asked what it
 * costs a fleet. Must never look at a combination that could break the promise by one unlucky draw.
 */

import { writeFileSync } from 'node:fs'
import { interactive, type Jitter } from '../../src/index.ts'
import { run } from './fleet.ts'
import { performAll } from './jobs.ts'
import { estimate } from './recovery.ts'
import type { Strategy } from './strategies.ts'

export interface Figures {
  readonly maxDelay: number
  readonly multiplier: number
  readonly jitter: Jitter
  readonly failureThreshold: number
  readonly resetTimeout: number
  readonly resetJitter: number
  readonly halfOpenMaxRequests: number
}

/** What R38 promises: s for one client, s and dials for 100,000 of them at 2,000 a second. */
export const TARGETS = { median: 5, max: 12, t99: 65, attempts: 16 }
/** No wait may be longer, ms: a round trip of the refusal before it and of the dial after it take up to 400 ms. */
const LONGEST_WAIT = 11_600
/** How many are asked with 400 seeds. */
const BEST = 16

const grid: { readonly [Name in keyof Figures]: readonly Figures[Name][] } = {
  maxDelay: [8000, 10_000, 11_000],
  multiplier: [1.5, 2],
  jitter: ['equal', 'full'],
  failureThreshold: [3, 5],
  resetTimeout: [2500, 3000, 4000, 5000, 5800],
  resetJitter: [0.5, 1, 1.5, 2, 3],
  halfOpenMaxRequests: [1, 3],
}

export interface SearchJob {
  readonly kind: 'search'
  readonly figures: readonly Figures[]
  /** Seeds of the recovery, or clients of the fleet. */
  readonly seeds?: number
  readonly clients?: number
  readonly seed?: number
}

interface Found {
  /** Of one client, s: the row of its recovery table where each is worst. */
  readonly median: number
  readonly max: number
  /** The fewest dials that a fleet can need: those of the outage, and one more. */
  readonly least: number
  /** Of a fleet: s until 99 % are back, and dials each. */
  readonly t99: number
  readonly attempts: number
}

const strategyOf = ({ maxDelay, multiplier, jitter, ...circuitBreaker }: Figures): Strategy => ({
  name: 'candidate',
  options: { maxRetries: Infinity, maxDelay, multiplier, jitter, circuitBreaker },
})

/** In the child: the worst row of each candidate's recovery table, or what its fleet does. */
export function search({ figures, seeds, clients = 0, seed = 1 }: SearchJob): Partial<Found>[] {
  return figures.map((each) => {
    const strategy = strategyOf(each)
    if (seeds) {
      const { rows, dialsPerMinute } = estimate(strategy, seeds)
      return {
        median: Math.max(...rows.map(({ median }) => median ?? 1e9)),
        max: Math.max(...rows.map(({ max }) => max ?? 1e9)),
        least: dialsPerMinute + 1,
      }
    }
    const outage = { outage: 'refusing', outageMs: 60_000, patienceMs: 300_000 } as const
    const { t99 = 1e9, meanAttempts } = run({ ...outage, clients, rate: clients / 50, strategy, seed })
    return { t99, attempts: meanAttempts }
  })
}

const combinations = (): Figures[] => {
  let all: Partial<Figures>[] = [{}]
  for (const [name, values] of Object.entries(grid)) {
    all = all.flatMap((each) => (values as unknown[]).map((value) => ({ ...each, [name]: value })))
  }
  return all as Figures[]
}

const longestWait = ({ maxDelay, resetTimeout, resetJitter }: Figures): number =>
  Math.max(maxDelay, resetTimeout * (1 + resetJitter))

/** How near to breaking its promise a candidate is: the worst of its four shares; 1 is the promise itself. */
const strain = ({ median, max, t99, attempts }: Omit<Found, 'least'>): number =>
  Math.max(median / TARGETS.median, max / TARGETS.max, t99 / TARGETS.t99, attempts / TARGETS.attempts)

type Candidate = Figures & Partial<Found>

/** Asks about all candidates in the same way, some at a time. */
async function ask(candidates: readonly Candidate[], how: Partial<SearchJob>, atOnce: number): Promise<Candidate[]> {
  const jobs: SearchJob[] = []
  for (let i = 0; i < candidates.length; i += atOnce) {
    const figures = candidates.slice(i, i + atOnce).map((each) => {
      const { maxDelay, multiplier, jitter, failureThreshold, resetTimeout, resetJitter, halfOpenMaxRequests } = each
      return { maxDelay, multiplier, jitter, failureThreshold, resetTimeout, resetJitter, halfOpenMaxRequests }
    })
    jobs.push({ kind: 'search', figures, ...how })
  }
  const found = (await Promise.all(performAll<SearchJob, Partial<Found>[]>(jobs, () => 1500))).flat()
  return candidates.map((each, i) => ({ ...each, ...found[i] }))
}

const names = Object.keys(grid) as (keyof Figures)[]

function table(candidates: readonly Candidate[]): string {
  const head = [...names, 'worst median', 'worst case', 'fleet t99', 'attempts', 'strain']
  const rows = candidates.map((each) => [
    ...names.map((name) => each[name]),
    ...[each.median, each.max, each.t99, each.attempts].map((value) => value?.toFixed(1) ?? '–'),
    strain(each as Found).toFixed(3),
  ])
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')
}

export async function searchAll(): Promise<void> {
  const everything = combinations()
  const safe = everything.filter((each) => longestWait(each) <= LONGEST_WAIT)
  console.log(`${everything.length} combinations, ${safe.length} of them without a wait above ${LONGEST_WAIT} ms.`)
  const isFit = ({ median = 1e9, max = 1e9, least = 1e9 }: Candidate) =>
    median <= TARGETS.median && max <= TARGETS.max && least <= TARGETS.attempts
  const quick = (await ask(safe, { seeds: 40 }, 20)).filter(isFit)
  console.log(
    `${quick.length} keep ${TARGETS.median} s in the median and ${TARGETS.max} s at most over 40 seeds, with dials to spare.`,
  )
  const small = await ask(quick, { clients: 1000 }, 20)
  // A small fleet strays by a tenth: whoever is near is asked again at a size where chance weighs little.
  const near = small.filter((each) => strain(each as Found) <= 1.1)
  console.log(`${near.length} of them keep t99 and attempts, give or take a tenth, with a fleet of 1,000.`)
  const larger = await ask(near, { clients: 4000, seed: 2 }, 4)
  larger.sort((a, b) => strain(a as Found) - strain(b as Found))
  const best = await ask(larger.slice(0, BEST), { seeds: 400 }, 1)
  console.log(`\nThe least strained ${BEST} of them with 4,000 clients, and 400 seeds each:\n\n${table(best)}`)
  console.log(`
The preset is the least strained of those that leave multiplier, failureThreshold and halfOpenMaxRequests at their
defaults and never wait longer than 10 s: ${JSON.stringify(interactive, (_, value) => (value === Infinity ? 'Infinity' : value))}`)
  const file = 'node_modules/.cache/bench/search.json'
  writeFileSync(file, JSON.stringify({ small, larger }))
  console.log(`All that were asked about are in ${file}.`)
}
