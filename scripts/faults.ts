/**
 * Owns docs/FAULTS.md: every fault of fault-list.ts with the tests that cite its number, found in the tests' source.
 * `npm run faults` writes the page; test/docs/faults-page.test.ts fails if it is stale, a number has no test, or a test cites a
 * number that is not there. Must never run a test.
 */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { groups } from './fault-list.ts'

const runtimes = ['`ws`', 'Node', 'virtual', 'React', 'Chromium', 'netns'] as const
type Runtime = (typeof runtimes)[number]

/** What the tests of a folder run on, the first that fits; on real sockets a test may say that it is for one of the two only. */
const places: [where: string, on: readonly Runtime[]][] = [
  ['test/wire/process', ['`ws`']],
  ['test/wire/', ['`ws`', 'Node']],
  ['test/core/', ['virtual']],
  ['test/devtools/', ['virtual']],
  ['test/hooks/', ['React']],
  ['test/e2e/chromium/', ['Chromium']],
  ['test/netns/', ['netns']],
]
const only: Record<string, readonly Runtime[]> = { wsTest: ['`ws`'], nodeTest: ['Node'] }

interface Citation {
  readonly words: string
  readonly file: string
  readonly on: readonly Runtime[]
}

/** Faults without a test, and why; five at most. */
const untested: Record<number, string> = {}

/** A test's title that begins with faults, and the call it stands in where that decides what it runs on. */
const TITLE =
  /(?:\b(wsTest|nodeTest)\(\s*)?(?:'((?:\[F\d+\] ?)+(?:\\.|[^'\\])*)'|"((?:\[F\d+\] ?)+(?:\\.|[^"\\])*)"|`((?:\[F\d+\] ?)+[^`]*)`)/g

/** Number → the tests that cite it, in the order of `places`. */
function citations(): Map<number, Citation[]> {
  const found = new Map<number, Citation[]>()
  const files = readdirSync('test', { recursive: true, encoding: 'utf8' })
    .map((file) => `test/${file.replaceAll('\\', '/')}`)
    .filter((file) => /\.test\.tsx?$/.test(file))
    .map((file) => ({ file, place: places.findIndex(([where]) => file.startsWith(where)) }))
    .sort((a, b) => a.place - b.place || (a.file < b.file ? -1 : 1))
  for (const { file, place } of files) {
    for (const [, call = '', ...quoted] of readFileSync(file, 'utf8').matchAll(TITLE)) {
      const text = quoted.find((part) => part !== undefined) ?? ''
      const words = text
        .replace(/(\[[FR]\d+\] ?)+/, '')
        .replace(/\$\{[^}]*\}/g, '…')
        .replace(/\\(.)/g, '$1')
        .replace(/ \(ws\)$/, '')
      const on = only[call] ?? places[place]?.[1]
      if (!on) throw new Error(`${file} cites a fault, and scripts/faults.ts does not know what its folder runs on`)
      for (const [, number] of text.matchAll(/\[F(\d+)\]/g))
        found.set(Number(number), [...(found.get(Number(number)) ?? []), { words, file, on }])
    }
  }
  return found
}

/** The page, and what is wrong with it. */
export function faultsPage(): { text: string; complaints: string[] } {
  const cited = citations()
  const complaints: string[] = []
  const known = groups.reduce((sum, [, faults]) => sum + faults.length, 0)
  for (const number of cited.keys())
    if (number < 1 || number > known) complaints.push(`[F${number}] is cited but not listed`)
  if (known !== 75) complaints.push(`75 faults were promised, ${known} are listed`)
  if (Object.keys(untested).length > 5) complaints.push('more than five faults have no test')
  const used = new Map(runtimes.map((runtime) => [runtime, new Set<number>()]))
  const body: string[] = []
  const marks: [start: string, on: Runtime[]][] = []
  let number = 0
  for (const [group, faults] of groups) {
    body.push(`## ${group}`, '')
    for (const [fault, sees, remark] of faults) {
      number++
      const tests = cited.get(number) ?? []
      if (!tests.length && !untested[number]) complaints.push(`[F${number}] (${fault}) has no test`)
      const on = runtimes.filter((runtime) => tests.some((test) => test.on.includes(runtime)))
      for (const runtime of on) used.get(runtime)?.add(number)
      marks.push([`| [${number}](#f${number}) | ${fault}`, on])
      body.push(`### F${number}`, '', `**${fault}.** ${sees}`, '')
      if (remark) body.push(`*${remark}*`, '')
      for (const { words, file, on } of tests) body.push(`- ${on.join(', ')}: ${words} ([source](../${file}))`)
      if (!tests.length) body.push(`- no test: ${untested[number]}`)
      body.push('')
    }
  }
  const shown = runtimes.filter((runtime) => used.get(runtime)?.size)
  const row = ([start, on]: (typeof marks)[number]) =>
    `${start} | ${shown.map((runtime) => (on.includes(runtime) ? '●' : '')).join(' | ')} |`
  const text = [
    '# Faults',
    '',
    'What can go wrong between two ends of a WebSocket, what a user of this library sees of it, and the test that shows it.',
    'This page is written by `npm run faults` from the tests themselves; `npm test` fails when it is stale. A',
    'number such as R14 is a rule of [RULES.md](RULES.md). Where a rule decides otherwise than one would expect of a fault,',
    'the rule is what is tested, and a remark in italics says so.',
    '',
    '**Where they run.** `ws` and Node (its own WebSocket): on real sockets, against a server that misbehaves on request',
    '(`test/support/fault-server.ts`). Virtual: in the virtual world, where time and network obey the test. React: the same',
    'world under a React tree. Chromium: in real pages, driven by the DevTools protocol (`npm run test:browser`).',
    ...(shown.includes('netns')
      ? [
          'netns: on real networks between network namespaces of Linux, with dropped packets and pulled links',
          '(`npm run test:netns`, which needs root and is no part of `npm test`).',
        ]
      : []),
    '',
    `| | fault | ${shown.join(' | ')} |`,
    `|---|---|${shown.map(() => ':-:').join('|')}|`,
    ...marks.map(row),
    `| | **${number - Object.keys(untested).length} of ${number} have a test** | ${shown.map((runtime) => used.get(runtime)?.size).join(' | ')} |`,
    '',
    ...body,
  ]
  return { text: `${text.join('\n').trimEnd()}\n`, complaints }
}

/** `npm run faults`. */
export function main(): boolean {
  const { text, complaints } = faultsPage()
  for (const complaint of complaints) console.error(complaint)
  if (!complaints.length) writeFileSync('docs/FAULTS.md', text)
  return !complaints.length
}
