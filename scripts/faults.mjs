// Writes into docs/FAULTS.md which tests cite each fault, found in the tests' source, and the table of where they run. The
// words of the page are written by hand, in the page. With `--check` it only compares, and fails if the page is stale, a
// number has no test, or a test cites a number that is not there. Must never run a test: that is for npm test.

import { existsSync, readFileSync, writeFileSync } from 'node:fs'

/** Where tests live, and what they run on; in the wire files a test may say that it is for one of the two only. */
const both = ['`ws`', 'Node']
const places = {
  'test/faults/transport.test.ts': both,
  'test/faults/handshake.test.ts': both,
  'test/faults/closing.test.ts': both,
  'test/faults/frames.test.ts': both,
  'test/faults/process.test.ts': ['`ws`'],
  'test/faults/time.test.ts': ['virtual'],
  'test/faults/host.test.ts': ['virtual'],
  'test/hooks/faults.test.tsx': ['React'],
  'test/browser/faults.test.ts': ['Chromium'],
  'test/netns/network.test.ts': ['netns'],
}
const runtimes = ['`ws`', 'Node', 'virtual', 'React', 'Chromium', 'netns']
const only = { wsTest: ['`ws`'], nodeTest: ['Node'] }

/** How many faults there are, and how many of them may be without a test, each with a reason in the place of the tests. */
const FAULTS = 75
const UNTESTED = 5

const target = 'docs/FAULTS.md'

function citations() {
  const found = new Map()
  const title =
    /(?:\b(wsTest|nodeTest)\(\s*)?(?:'((?:\[F\d+\] ?)+(?:\\.|[^'\\])*)'|"((?:\[F\d+\] ?)+(?:\\.|[^"\\])*)"|`((?:\[F\d+\] ?)+[^`]*)`)/g
  for (const [file, where] of Object.entries(places)) {
    if (!existsSync(file)) continue
    for (const [, call, ...quoted] of readFileSync(file, 'utf8').matchAll(title)) {
      const text = quoted.find((part) => part !== undefined) ?? ''
      const words = text
        .replace(/(\[F\d+\] ?)+/, '')
        .replace(/\$\{[^}]*\}/g, '…')
        .replace(/\\(.)/g, '$1')
        .replace(/ \(ws\)$/, '')
      for (const [, number] of text.matchAll(/\[F(\d+)\]/g)) {
        const list = found.get(Number(number)) ?? found.set(Number(number), []).get(Number(number))
        list.push({ words, file, where: only[call] ?? where })
      }
    }
  }
  return found
}

/** The page with its table and its lists of tests written anew, and everything else as it stands. */
function page(before) {
  const cited = citations()
  const complaints = []
  const used = new Map(runtimes.map((runtime) => [runtime, 0]))
  const rows = []
  let untested = 0
  const body = before.replace(/^### F(\d+)\n\n([\s\S]*?)(?=^#|$(?![\s\S]))/gm, (_, digits, section) => {
    const number = Number(digits)
    const prose = section.replace(/^- .*\n?/gm, '').trim()
    const reason = /^- no test: .+$/m.exec(section)?.[0]
    const fault = /^\*\*(.+?)\.?\*\*/.exec(prose)?.[1]
    if (number !== rows.length + 1) complaints.push(`F${rows.length + 1} was expected, F${number} came`)
    if (!fault) complaints.push(`F${number} does not begin with its fault: **…**`)
    const tests = cited.get(number) ?? []
    if (!tests.length) untested++
    if (!tests.length && !reason) complaints.push(`[F${number}] (${fault}) has no test`)
    const on = runtimes.filter((runtime) => tests.some(({ where }) => where.includes(runtime)))
    for (const runtime of on) used.set(runtime, used.get(runtime) + 1)
    rows.push([`| [${number}](#f${number}) | ${fault}`, on])
    const list = tests.map(({ words, file, where }) => `- ${where.join(', ')}: ${words} ([source](../${file}))`)
    return `### F${number}\n\n${prose}\n\n${(tests.length ? list : [reason]).join('\n')}\n\n`
  })
  for (const number of cited.keys())
    if (number < 1 || number > rows.length) complaints.push(`[F${number}] is cited but not listed`)
  if (rows.length !== FAULTS) complaints.push(`${FAULTS} faults were promised, ${rows.length} are listed`)
  if (untested > UNTESTED) complaints.push(`more than ${UNTESTED} faults have no test`)
  const shown = runtimes.filter((runtime) => used.get(runtime))
  const table = [
    `| | fault | ${shown.join(' | ')} |`,
    `|---|---|${shown.map(() => ':-:').join('|')}|`,
    ...rows.map(
      ([start, on]) => `${start} | ${shown.map((runtime) => (on.includes(runtime) ? '●' : '')).join(' | ')} |`,
    ),
    `| | **${rows.length - untested} of ${rows.length} have a test** | ${shown.map((runtime) => used.get(runtime)).join(' | ')} |`,
  ]
  return { text: `${body.replace(/^\|[^\n]*(?:\n\|[^\n]*)*/m, () => table.join('\n')).trimEnd()}\n`, complaints }
}

const before = readFileSync(target, 'utf8')
const { text, complaints } = page(before)
if (process.argv.includes('--check')) {
  if (before !== text) complaints.push(`${target} is stale: run "npm run faults"`)
} else if (!complaints.length) writeFileSync(target, text)
if (complaints.length) {
  console.error(complaints.join('\n'))
  process.exit(1)
}
