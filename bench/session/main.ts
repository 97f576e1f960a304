/**
 * `npm run bench:session`: what sessions cost and how fast they are, beside socket.io in the same run, and a crowd that comes back.
 * Prints, and writes docs/BENCH-SESSION.md. `--quick` tries the bench itself and writes nothing.
 */

import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { resolve } from 'node:path'
import { describeMachine } from '../machine.ts'
import { measureCrowd } from './crowd.ts'
import { contenders, measurePace } from './pace.ts'
import { type Paces, report } from './report.ts'
import { measureRequests } from './requests.ts'
import { measureStuck } from './stuck.ts'

const isQuick = process.argv.includes('--quick')
const ROUNDS = isQuick ? 1 : 3
const SHARE = isQuick ? 0.05 : 1
/** Ms each way. */
const DELAY = 5

const [lock, installed] = ['bench/peers/package-lock.json', 'bench/peers/node_modules/.package-lock.json']
if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(lock).mtimeMs) {
  console.log('installing the peers …')
  execFileSync('npm', ['ci'], { cwd: 'bench/peers', stdio: ['ignore', 'ignore', 'inherit'] })
}
mkdirSync('node_modules/.cache/bench', { recursive: true })
const folder = mkdtempSync(resolve('node_modules/.cache/bench/session-'))
try {
  const requests = await measureRequests(isQuick ? 1000 : 10_000)
  console.log(JSON.stringify(requests))
  const crowd = await measureCrowd(folder, isQuick ? 100 : 1000, isQuick ? 100 : 1000)
  console.log(JSON.stringify(crowd))
  const stuck = await measureStuck(folder, isQuick ? 10 : 100)
  console.log(JSON.stringify(stuck))
  const paces: Paces = new Map(contenders.map((contender) => [contender, []]))
  for (let round = 0; round < ROUNDS; round++) {
    // The order begins with another each time.
    for (let i = 0; i < contenders.length; i++) {
      const contender = contenders[(i + round) % contenders.length] as (typeof contenders)[number]
      const found = await measurePace(contender, folder, DELAY, SHARE)
      paces.get(contender)?.push(found)
      console.log(`${contender.name}: ${found.map(Math.round).join(' and ')} a second`)
    }
  }
  const machine = await describeMachine()
  const text = report({ machine, load: loadavg()[0] ?? 0, paces, crowd, stuck, requests, delay: DELAY * 2 })
  console.log(`\n${text}`)
  if (!isQuick) writeFileSync('docs/BENCH-SESSION.md', text)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
