/**
 * `npm run bench`: measures this library beside its peers, prints tables, and writes bench/results.json, docs/BENCH.md
 * and docs/bench.svg. `--quick` is for trying the bench itself, `--only=dispatch,queue` for one question, `--twice` runs
 * everything twice and marks what does not agree, `--again` marks what does not agree with the run that is written down:
 * two runs of an evening need not be one command. Neither a quick run nor a part overwrites what is published.
 */

import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { plainProgram } from './bundle.ts'
import { drawBench } from './chart.ts'
import { describeMachine } from './machine.ts'
import { type Measure, measures, takesPart } from './measures.ts'
import { peers, RAW } from './peers.ts'
import { type BenchServer, startServer, type Values } from './processes.ts'
import { report } from './report.ts'
import { compare, type Figure, isSameCode, type Results, type Round, summarise } from './results.ts'

const args = process.argv.slice(2)
const isQuick = args.includes('--quick') || !!process.env.BENCH_QUICK
const isTwice = args.includes('--twice')
const isAgain = args.includes('--again')
const only = args
  .find((arg) => arg.startsWith('--only='))
  ?.slice(7)
  .split(',')
const chosen = measures.filter(({ id }) => !only || only.includes(id))
const roundsOf = ({ rounds }: Measure) => (isQuick ? 1 : rounds)

function prepare(): void {
  const [lock, installed] = ['bench/peers/package-lock.json', 'bench/peers/node_modules/.package-lock.json']
  const npm = (command: string[], cwd?: string) =>
    execFileSync('npm', command, { cwd, stdio: ['ignore', 'ignore', 'inherit'], shell: process.platform === 'win32' })
  if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(lock).mtimeMs) {
    console.log('installing the peers …')
    npm(['ci'], 'bench/peers')
  }
  console.log('building …')
  npm(['run', 'build'])
}

/** One round of a measure; the order begins with another peer each time. */
async function play(measure: Measure, round: number, server: BenchServer): Promise<Round> {
  const found = new Map<string, Values>()
  const players = peers.filter((peer) => takesPart(peer, measure))
  for (let i = 0; i < players.length; i++) {
    const peer = players[(i + round) % players.length] as (typeof players)[number]
    found.set(peer.name, await measure.run(peer, server, isQuick))
  }
  const raw = found.get(RAW)
  if (!measure.isBesideRaw || !raw) return found
  found.delete(RAW)
  for (const values of found.values()) {
    for (const id of Object.keys(values)) values[id] = (values[id] ?? 0) - (raw[id] ?? 0)
  }
  return found
}

async function measureAll(server: BenchServer, seconds: Record<string, number>): Promise<Figure[]> {
  const rounds = new Map<Measure, Round[]>(chosen.map((measure) => [measure, []]))
  for (let round = 0; round < Math.max(...chosen.map(roundsOf)); round++) {
    for (const measure of chosen) {
      if (round >= roundsOf(measure)) continue
      const start = performance.now()
      rounds.get(measure)?.push(await play(measure, round, server))
      const took = (performance.now() - start) / 1000
      seconds[measure.id] = (seconds[measure.id] ?? 0) + took
      console.log(`round ${round + 1} of ${roundsOf(measure)}: ${measure.id}, ${took.toFixed(1)} s`)
    }
  }
  // In the order of the table, whoever began.
  const place = ({ peer }: Figure) => peers.findIndex(({ name }) => name === peer)
  return [...rounds].flatMap(([{ id, metrics, reference }, found]) =>
    metrics.flatMap((metric) =>
      summarise(id, metric.id, found, metric.isCount ? undefined : reference).sort((a, b) => place(a) - place(b)),
    ),
  )
}

const start = performance.now()
prepare()
const server = await startServer(await plainProgram('server'))
const seconds: Record<string, number> = {}
let figures = await measureAll(server, seconds)
if (isTwice) figures = compare(figures, await measureAll(server, seconds))
const written = isAgain && (JSON.parse(readFileSync('bench/results.json', 'utf8')) as Results).figures
const isComparable = written && isSameCode(figures, written)
if (isComparable) figures = compare(figures, written)
else if (isAgain) console.log('The run that is written down measured other code, so nothing is compared with it.')
server.stop()

const isMarked = isTwice || !!isComparable
const results: Results = { machine: await describeMachine(), isQuick, isTwice: isMarked, seconds, figures }
const text = report(results)
console.log(`\n${text}`)
const isWhole = !isQuick && !only
const folder = isWhole ? undefined : 'node_modules/.cache/bench/last'
if (folder) mkdirSync(folder, { recursive: true })
const files = {
  [folder ? `${folder}/results.json` : 'bench/results.json']: `${JSON.stringify(results, null, 1)}\n`,
  [folder ? `${folder}/BENCH.md` : 'docs/BENCH.md']: text,
  [folder ? `${folder}/bench.svg` : 'docs/bench.svg']: drawBench(results),
}
for (const [file, content] of Object.entries(files)) writeFileSync(file, content)
for (const [id, took] of Object.entries(seconds)) console.log(`${id}: ${took.toFixed(0)} s`)
console.log(`wrote ${Object.keys(files).join(', ')}, ${((performance.now() - start) / 1000).toFixed(0)} s in all`)
