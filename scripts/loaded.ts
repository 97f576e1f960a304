// `npm run test:loaded`: the whole of `npm test`, several times in a row, on a machine that is kept busy by four loops. No test
// may depend on how fast the machine is, so all runs must be green, only slower.
// `npm run test:loaded -- 5` runs it five times; RUNS and LOOPS set both numbers.

import { type ChildProcess, spawn } from 'node:child_process'

const runs = Number(process.argv[2] || process.env.RUNS || 3)
const loops = Number(process.env.LOOPS || 4)
if (!(runs > 0 && loops >= 0)) throw new TypeError('expected: npm run test:loaded -- <runs>, with LOOPS as a number')

const busy = Array.from({ length: loops }, () => spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }))
/** The run under way: npm with all that it has started. */
let current: ChildProcess | undefined
const rest = () => {
  for (const loop of busy) loop.kill('SIGKILL')
  try {
    if (current?.pid) process.kill(-current.pid)
  } catch {
    // It has ended by itself.
  }
}
process.on('exit', rest)
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130))

/** Runs it once; what it prints is only shown where something is red. */
const once = () =>
  new Promise<{ seconds: number; tally: string; output: string; isGreen: boolean }>((resolve) => {
    const start = performance.now()
    const child = spawn('npm', ['test'], { stdio: ['ignore', 'pipe', 'pipe'], detached: true })
    current = child
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (text) => {
        output += text
      })
    }
    child.on('close', (status) => {
      current = undefined
      const seconds = Math.round((performance.now() - start) / 1000)
      const tally = output.match(/^\d+ passed, \d+ failed.*$/gm)?.at(-1) ?? 'no tally'
      resolve({ seconds, tally, output, isGreen: status === 0 })
    })
  })

let red = 0
for (let run = 1; run <= runs; run++) {
  const { seconds, tally, output, isGreen } = await once()
  if (!isGreen) {
    red++
    console.log(output)
  }
  console.log(`run ${run} of ${runs} under ${loops} busy loops: ${isGreen ? 'green' : 'RED'}, ${seconds} s; ${tally}`)
}
process.exit(red ? 1 : 0)
