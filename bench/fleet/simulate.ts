/**
 * `npm run simulate`: fleets of the real engine lose their server and come back, in virtual time. Prints the tables,
 * draws docs/fleet.svg, and fails if the defaults do not keep what the README says of them.
 * Each experiment runs in a process of its own, as many at a time as there are cores (SIMULATE_JOBS changes that).
 */

import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { argv, env, execPath } from 'node:process'
import { type Experiment, type Result, run } from './fleet.ts'
import { type Curve, draw } from './plot.ts'
import { DEFAULTS, type Strategy, strategies } from './strategies.ts'

const SEED = Number(env.SIMULATE_SEED || 1)
const OUTAGE = 60
const PICTURE = 'docs/fleet.svg'

interface Scale {
  readonly clients: number
  readonly rate: number
  readonly outage: Experiment['outage']
  /** Seconds that a strategy is watched after recovery; the hopeless ones would take hours. */
  readonly patience: number
  readonly only?: string
}

const all: Scale[] = [
  { clients: 10_000, rate: 500, outage: 'refusing', patience: 3600 },
  { clients: 10_000, rate: 500, outage: 'black hole', patience: 1800 },
  { clients: 100_000, rate: 2000, outage: 'refusing', patience: 600 },
  { clients: 100_000, rate: 2000, outage: 'black hole', patience: 600, only: DEFAULTS },
]
if (argv.includes('--million')) {
  all.push({ clients: 1_000_000, rate: 5000, outage: 'refusing', patience: 600, only: DEFAULTS })
}
/** `--quick`: the small fleet alone; the picture stays as it is. */
const scales = argv.includes('--quick') ? all.slice(0, 2) : all

/** Runs one experiment in a process of its own. */
function experiment(scale: Scale, strategy: Strategy): Promise<Result> {
  const megabytes = 1000 + Math.ceil(scale.clients / 80)
  const flags = [`--max-old-space-size=${megabytes}`, '--max-semi-space-size=64', '--stack-trace-limit=0']
  return new Promise((resolve, reject) => {
    const args = [...flags, argv[1] as string, '--experiment', JSON.stringify(scale), strategy.name]
    const child = spawn(execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    let output = ''
    child.stdout.on('data', (chunk) => {
      output += chunk
    })
    child.on('close', (code) => {
      if (code === 0) resolve(JSON.parse(output))
      else reject(new Error(`${strategy.name} with ${scale.clients} clients ended with code ${code}`))
    })
  })
}

/** One experiment, in the child. */
function perform(scale: Scale, name: string): void {
  const { options } = strategies.find((strategy) => strategy.name === name) as Strategy
  const { clients, rate, outage, patience } = scale
  const result = run({
    clients,
    rate,
    outage,
    outageMs: OUTAGE * 1000,
    patienceMs: patience * 1000,
    options,
    seed: SEED,
  })
  process.stdout.write(JSON.stringify(result))
}

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

async function main(): Promise<void> {
  const wanted = scales.flatMap((scale) =>
    strategies.filter(({ name }) => !scale.only || name === scale.only).map((strategy) => ({ scale, strategy })),
  )
  const lanes: Promise<unknown>[] = Array(Number(env.SIMULATE_JOBS) || availableParallelism()).fill(Promise.resolve())
  const results = wanted.map(({ scale, strategy }, i) => {
    const result = (lanes[i % lanes.length] as Promise<unknown>).then(() => experiment(scale, strategy))
    lanes[i % lanes.length] = result
    return result
  })

  console.log(`The engine itself, in virtual time, seed ${SEED}. Every client is connected and proven when the server goes
down for ${OUTAGE} s; all lose their connections within 0.1 s. While down, the server either refuses at once or swallows every
packet (black hole). Once up, it accepts R connections a second (token bucket, a tenth of a second deep) and has no
backlog: an attempt too many hears nothing and ends by the client's connectTimeout. Round trips take 20–200 ms.
Times are seconds after recovery; attempts are per client, from the crash to the return.`)

  const checks: string[] = []
  const curves: Curve[] = []
  let dialsWhileOpen = 0
  let last: Scale | undefined
  for (const [i, { scale, strategy }] of wanted.entries()) {
    const result = (await results[i]) as Result
    if (scale !== last) {
      console.log(
        `\n${number(scale.clients)} clients, R = ${number(scale.rate)}, ${scale.outage} for ${OUTAGE} s, watched for ${scale.patience} s:\n`,
      )
      console.log(
        '| strategy | 50 % back | 99 % back | attempts, mean | max | peak dials/s | back | gave up | dials while open |',
      )
      console.log('|---|---|---|---|---|---|---|---|---|')
      last = scale
    }
    console.log(row(strategy.name, result))
    dialsWhileOpen += result.dialsWhileOpen
    if (scale.clients !== 100_000 || scale.outage !== 'refusing') continue
    curves.push({
      name: strategy.name,
      colour: strategy.colour,
      width: strategy.name === DEFAULTS ? 3 : 1.5,
      note: `99 % back after ${typeof result.t99 === 'number' ? `${result.t99.toFixed(0)} s` : `more than ${scale.patience} s`}, ${result.meanAttempts.toFixed(1)} attempts each`,
      arrivals: result.arrivals,
    })
    if (strategy.name === DEFAULTS) {
      const kept = typeof result.t99 === 'number' && result.t99 <= 110 && result.maxAttempts <= 7 && result.back === 1
      checks.push(
        `${kept ? 'kept' : 'BROKEN'}: with the defaults 99 % are back within 110 s (${seconds(result.t99)} s), with at most 7 attempts each (${result.maxAttempts})`,
      )
    }
  }
  checks.push(`${dialsWhileOpen ? 'BROKEN' : 'kept'}: nobody dials while its circuit is open`)
  if (curves.length > 0) {
    const title = '100,000 clients lose their server for 60 s: dials per second'
    writeFileSync(PICTURE, draw({ title, curves, outageSeconds: OUTAGE, rate: 2000, seconds: 240, top: 100_000 }))
    checks.push(`wrote ${PICTURE}`)
  }
  console.log(`\n${checks.join('\n')}`)
  process.exitCode = checks.some((check) => check.startsWith('BROKEN')) ? 1 : 0
}

const at = argv.indexOf('--experiment')
if (at > 0) perform(JSON.parse(argv[at + 1] as string), argv[at + 2] as string)
else await main()
