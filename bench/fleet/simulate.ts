/**
 * `npm run simulate`: fleets of the real engine lose their server and come back, in virtual time; then one client alone,
 * after short and long outages, beside what other libraries do. Prints the tables, draws docs/fleet.svg, and fails if the
 * defaults or the preset do not keep what the guide says of them. `--quick`: the small fleet and the lone client;
 * `--recovery [seeds]`: the lone client only; `--million`: two more fleets; `--search`: how the preset was found.
 */

import { writeFileSync } from 'node:fs'
import { argv, env } from 'node:process'
import { type Experiment, type Result, run } from './fleet.ts'
import { answer, assignment, performAll } from './jobs.ts'
import { type Curve, draw } from './plot.ts'
import { OUTAGES, type Recovery, recoveries, SEEDS } from './recovery.ts'
import { type SearchJob, search, searchAll, TARGETS } from './search.ts'
import { contenders, DEFAULTS, PRESET, type Strategy, strategies } from './strategies.ts'

const SEED = Number(env.SIMULATE_SEED || 1)
const OUTAGE = 60
const PICTURE = 'docs/fleet.svg'

interface Scale {
  readonly clients: number
  readonly rate: number
  readonly outage: Experiment['outage']
  /** Seconds that a strategy is watched after recovery; the hopeless ones would take hours. */
  readonly patience: number
  readonly strategies: readonly Strategy[]
}

const drawn = strategies.filter(({ colour }) => colour)
const defaults = strategies.filter(({ name }) => name === DEFAULTS)
const preset = strategies.filter(({ name }) => name === PRESET)
/** The fleet that the guide's table speaks of. */
const LARGE: Scale = {
  ...{ clients: 100_000, rate: 2000, outage: 'refusing', patience: 300 },
  strategies: [...defaults, ...preset],
}
/** A fifth of it, which behaves alike, for the picture: all strategies with a hundred thousand would take twice the time. */
const DRAWN: Scale = { clients: 20_000, rate: 400, outage: 'refusing', patience: 600, strategies: drawn }
const fleets: Scale[] = [
  { clients: 10_000, rate: 500, outage: 'refusing', patience: 600, strategies },
  { clients: 10_000, rate: 500, outage: 'black hole', patience: 300, strategies },
  DRAWN,
  LARGE,
]
if (argv.includes('--million')) {
  fleets.push({ ...LARGE, outage: 'black hole' })
  fleets.push({ ...LARGE, clients: 1_000_000, rate: 5000 })
}
const peers = contenders.filter(({ peer }) => peer)
const isQuick = argv.includes('--quick')
const isRecovery = argv.includes('--recovery')
const seeds = (isRecovery && Number(argv[argv.indexOf('--recovery') + 1])) || SEEDS

interface FleetJob {
  readonly kind: 'fleet'
  readonly scale: Omit<Scale, 'strategies'>
  readonly name: string
}

interface RecoveryJob {
  readonly kind: 'recovery'
  readonly name: string
  readonly seeds: number
}

/** One job, in the child. */
function perform(job: FleetJob | RecoveryJob | SearchJob): unknown {
  if (job.kind === 'search') return search(job)
  const strategy = [...strategies, ...contenders].find(({ name }) => name === job.name) as Strategy
  if (job.kind === 'recovery') return recoveries(strategy, job.seeds)
  const { clients, rate, outage, patience } = job.scale
  const times = { outageMs: OUTAGE * 1000, patienceMs: patience * 1000 }
  return run({ clients, rate, outage, ...times, strategy, seed: SEED })
}

const fleetJob = ({ strategies: _, ...scale }: Scale, { name }: Strategy): FleetJob => ({ kind: 'fleet', scale, name })
const megabytes = (job: FleetJob | RecoveryJob) => 1000 + (job.kind === 'fleet' ? Math.ceil(job.scale.clients / 80) : 0)

const seconds = (value: number | null | undefined): string => (typeof value === 'number' ? value.toFixed(0) : 'never')

function row(name: string, result: Result): string {
  const { t50, t99, meanAttempts, maxAttempts, peak, back, failed, dialsWhileOpen } = result
  const cells = [
    name,
    seconds(t50),
    seconds(t99),
    meanAttempts.toFixed(1),
    maxAttempts,
    peak.toLocaleString('en'),
    `${(back * 100).toFixed(back === 1 ? 0 : 1)} %`,
    failed,
    dialsWhileOpen,
  ]
  return `| ${cells.join(' | ')} |`
}

const number = (value: number) => value.toLocaleString('en')
const tenths = (value: number | null | undefined): string => (typeof value === 'number' ? value.toFixed(1) : 'never')
const promise = (isKept: boolean, words: string): string => `${isKept ? 'kept' : 'BROKEN'}: ${words}`

/** The longest that a client may have to wait between two dials, s. */
function longestWait({ options, peer }: Strategy): number {
  // To the tenth: the highest draw is a little below 1.
  if (peer)
    return Math.round(Math.max(...Array.from({ length: 20 }, (_, i) => peer.delay(i + 1, 0.999, 1) ?? 0)) / 100) / 10
  const { maxDelay = 30_000, circuitBreaker } = options ?? {}
  const { resetTimeout = 60_000, resetJitter = 0.5 } = circuitBreaker || {}
  return Math.max(maxDelay, resetTimeout * (1 + resetJitter)) / 1000
}

const worst = (rows: readonly Recovery[], what: 'median' | 'max'): number =>
  Math.max(...rows.map((row) => row[what] ?? Infinity))

/** Prints what one client goes through, and beside it what a fleet that does the same costs its server. */
function tellRecovery(table: readonly (readonly [Strategy, Recovery[], Result | undefined])[]): string[] {
  console.log(`
One client, alone with a server that refuses for so many seconds and then accepts everybody: seconds from the server's
return to its own, median / maximum of ${seeds} lives (seeds 1–${seeds}). Where nothing is random, the figure only says how that
outage falls between two dials; anything up to the longest wait can happen. At the right: 100,000 of the same against
R = 2,000 after ${OUTAGE} s, seconds until 99 % are back (watched for ${LARGE.patience} s) and dials each.
`)
  const head = ['', ...OUTAGES.map((outage) => `${outage} s`), 'longest wait', 'fleet: 99 % back', 'dials each']
  console.log(`| ${head.join(' | ')} |\n|${head.map(() => '---').join('|')}|`)
  for (const [strategy, rows, fleet] of table) {
    const cells = rows.map(({ median, max }) =>
      median === null && max === null ? 'never' : `${tenths(median)} / ${tenths(max)}`,
    )
    const cost = fleet ? [seconds(fleet.t99), fleet.meanAttempts.toFixed(1)] : ['', '']
    console.log(`| ${[strategy.name, ...cells, longestWait(strategy), ...cost].join(' | ')} |`)
  }
  console.log('')
  for (const { peer } of peers) console.log(`- ${peer?.name}: ${peer?.note}.`)

  return table.flatMap(([{ name, signal }, rows]) => {
    const median = worst(rows, 'median')
    const max = worst(rows, 'max')
    const figures = `in the worst row ${tenths(median)} s in the median, ${tenths(max)} s at most`
    if (name === PRESET) {
      const isKept = median <= TARGETS.median && max <= TARGETS.max
      return promise(
        isKept,
        `${name} is back within ${TARGETS.median} s in the median and ${TARGETS.max} s at most (${figures})`,
      )
    }
    // A second for the draw of R15, and a round trip; news in the middle of a handshake comes too early for both.
    return signal
      ? promise(median <= 1.2, `told \`${signal}\`, the defaults are back within a second (${figures})`)
      : []
  })
}

/** Prints one fleet's table row by row, as the results come in. */
async function tellFleet(scale: Scale, results: readonly Promise<Result>[]): Promise<Result[]> {
  const { clients, rate, outage, patience } = scale
  console.log(
    `\n${number(clients)} clients, R = ${number(rate)}, ${outage} for ${OUTAGE} s, watched for ${patience} s:\n`,
  )
  console.log(
    '| strategy | 50 % back | 99 % back | attempts, mean | max | peak dials/s | back | gave up | dials while open |',
  )
  console.log('|---|---|---|---|---|---|---|---|---|')
  const all: Result[] = []
  for (const [i, { name }] of scale.strategies.entries()) {
    const result = (await results[i]) as Result
    console.log(row(name, result))
    all.push(result)
  }
  return all
}

const curve = ({ name, colour = '#000000' }: Strategy, { t99, meanAttempts, arrivals }: Result): Curve => ({
  name: name.replace(/`/g, ''),
  colour,
  width: name === DEFAULTS || name === PRESET ? 3 : 1.5,
  note: `99 % back after ${typeof t99 === 'number' ? `${t99.toFixed(0)} s` : `more than ${DRAWN.patience} s`}, ${meanAttempts.toFixed(1)} attempts each`,
  arrivals,
})

function judgeLarge(results: readonly Result[]): string[] {
  return LARGE.strategies.flatMap(({ name }, i) => {
    const { t99, back, maxAttempts, meanAttempts } = results[i] as Result
    const isBack = (within: number) => back === 1 && typeof t99 === 'number' && t99 <= within
    if (name === DEFAULTS) {
      const words = `with the defaults 99 % are back within 110 s (${seconds(t99)} s), with at most 7 attempts each (${maxAttempts})`
      return promise(isBack(110) && maxAttempts <= 7, words)
    }
    if (name !== PRESET) return []
    const words = `with ${name} 99 % are back within ${TARGETS.t99} s (${seconds(t99)} s), with ${TARGETS.attempts} attempts each (${meanAttempts.toFixed(1)})`
    return promise(isBack(TARGETS.t99) && meanAttempts <= TARGETS.attempts, words)
  })
}

async function main(): Promise<void> {
  const scales = isRecovery ? [] : isQuick ? fleets.slice(0, 2) : fleets
  const crowds = isRecovery || isQuick ? [] : peers
  // The long ones first, so that no core is idle at the end.
  const jobs = [
    ...[...scales].reverse().flatMap((scale) => scale.strategies.map((strategy) => fleetJob(scale, strategy))),
    ...crowds.map((strategy) => fleetJob(LARGE, strategy)),
    ...contenders.map(({ name }): RecoveryJob => ({ kind: 'recovery', name, seeds })),
  ]
  const results = performAll<FleetJob | RecoveryJob, unknown>(jobs, megabytes)
  const lookUp = <Answer>(wanted: FleetJob | RecoveryJob): Promise<Answer> => {
    const text = JSON.stringify(wanted)
    return results[jobs.findIndex((job) => JSON.stringify(job) === text)] as Promise<Answer>
  }

  const checks: string[] = []
  let large: Result[] = []
  let picture: Result[] = []
  let dialsWhileOpen = 0
  if (scales.length > 0) {
    console.log(`The engine itself, in virtual time, seed ${SEED}. Every client is connected and proven when the server goes
down for ${OUTAGE} s; all lose their connections within 0.1 s. While down, the server either refuses at once or swallows every
packet (black hole). Once up, it accepts R connections a second (token bucket, a tenth of a second deep) and has no
backlog: an attempt too many hears nothing and ends by the client's connectTimeout. Round trips take 20–200 ms.
Times are seconds after recovery; attempts are per client, from the crash to the return.`)
  }
  for (const scale of scales) {
    const all = await tellFleet(
      scale,
      scale.strategies.map((strategy) => lookUp<Result>(fleetJob(scale, strategy))),
    )
    if (scale === LARGE) large = all
    if (scale === DRAWN) picture = all
    for (const result of all) dialsWhileOpen += result.dialsWhileOpen
  }
  if (scales.length > 0) checks.push(promise(dialsWhileOpen === 0, 'nobody dials while its circuit is open'))
  checks.push(...(large.length > 0 ? judgeLarge(large) : []))

  const table = contenders.map(async (strategy): Promise<[Strategy, Recovery[], Result | undefined]> => {
    const rows = await lookUp<Recovery[]>({ kind: 'recovery', name: strategy.name, seeds })
    if (crowds.includes(strategy)) return [strategy, rows, await lookUp<Result>(fleetJob(LARGE, strategy))]
    const same = LARGE.strategies.findIndex(
      ({ name }) => name === (strategy === contenders[0] ? DEFAULTS : strategy.name),
    )
    return [strategy, rows, large[same]]
  })
  checks.push(...tellRecovery(await Promise.all(table)))

  if (picture.length > 0) {
    const { rate, clients } = DRAWN
    const title = `${number(clients)} clients lose their server for ${OUTAGE} s: dials per second`
    const curves = drawn.map((strategy, i) => curve(strategy, picture[i] as Result))
    writeFileSync(PICTURE, draw({ title, curves, outageSeconds: OUTAGE, rate, seconds: 240, top: 100_000 }))
    checks.push(`wrote ${PICTURE}`)
  }
  console.log(`\n${checks.join('\n')}`)
  process.exitCode = checks.some((check) => check.startsWith('BROKEN')) ? 1 : 0
}

const job = assignment() as Parameters<typeof perform>[0] | undefined
if (job) answer(perform(job))
else if (argv.includes('--search')) await searchAll()
else await main()
