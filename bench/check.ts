/**
 * `npm run bench:check`: the figures of this library that do not depend on the machine's speed (bytes, commits, renders,
 * lost messages, sockets, heap), each held to its budget in bench/budgets.json. Needs the built package, Chromium and no
 * peer. Must never measure time.
 */

import { readFileSync } from 'node:fs'
import { requireBuild } from '../scripts/built.ts'
import { onPage, type Stage } from './browser.ts'
import { plainProgram, weigh } from './bundle.ts'
import { OURS, peers } from './peers.ts'
import { actOnPage } from './plays.ts'
import { type BenchServer, runNode, startServer, type Values } from './processes.ts'

/** One frame at 60 Hz: more commits than one for each nobody could see. */
const FRAME = 16

requireBuild()

const budgets: Record<string, number> = JSON.parse(readFileSync('bench/budgets.json', 'utf8'))
const imports = peers.find(({ name }) => name === OURS)?.imports

async function measure(server: BenchServer): Promise<Values> {
  const node = (program: string, adapter = 'ours') => runNode(program, adapter, true, server)
  const [dispatch, queue, recovery] = [await node('dispatch'), await node('queue'), await node('recovery')]
  const [heap, raw] = [await node('heap'), await node('heap', 'raw')]
  const play = (stage: Stage) => actOnPage(stage, server, true)
  const react = await onPage('react.tsx', 'ours.react.tsx', server, play)
  const allowed = Math.floor((react.burstMs ?? 0) / FRAME) + 1
  return {
    'core, bytes min+gzip': await weigh(imports?.core ?? ''),
    'React entry, bytes min+gzip': await weigh(imports?.react ?? ''),
    'idle client, bytes of heap': Math.round((heap.bytes ?? 0) - (raw.bytes ?? 0)),
    'messages lost to listeners': dispatch.lost ?? null,
    'messages lost from the queue': queue.lost ?? null,
    'messages lost over outages': recovery.lost ?? null,
    'messages sent twice over outages': recovery.twice ?? null,
    'sockets left after close()': recovery.left ?? null,
    'seconds until a silent line is noticed (virtual time)': recovery.noticed ?? null,
    'burst of 10,000: messages lost': react.burstLost ?? null,
    'burst of 10,000: commits beyond one per 16 ms': Math.max(0, (react.burstCommits ?? Infinity) - allowed),
    'a message for 1 of 1,000 components: commits': react.concernCommits ?? null,
    'a message for 1 of 1,000 components: renders': react.concernRenders ?? null,
    '1,000 users of one provider: commits': react.usersCommits ?? null,
    '1,000 users of one provider: sockets': react.usersSockets ?? null,
    '1,000 connections: sockets': react.ownSockets ?? null,
    '1,000 connections: commits': react.ownCommits ?? null,
    'sockets left after unmounting': react.left ?? null,
    'errors thrown into the page': react.errors ?? null,
  }
}

const server = await startServer(await plainProgram('server'))
const values = await measure(server)
server.stop()

let failed = 0
const names = [...new Set([...Object.keys(values), ...Object.keys(budgets)])]
for (const name of names) {
  const [value, budget] = [values[name], budgets[name]]
  const isWithin = typeof value === 'number' && budget !== undefined && value <= budget
  if (!isWithin) failed++
  const say = (number: number | null | undefined) => (number == null ? 'nothing' : number.toLocaleString('en'))
  console.log(
    isWithin
      ? ` ✓ ${name}: ${say(value)} of ${say(budget)}`
      : ` ✗ ${name}: the budget in bench/budgets.json is ${say(budget)}, this build has ${say(value)}.`,
  )
}
console.log(`${names.length - failed} passed, ${failed} failed`)
process.exitCode = failed ? 1 : 0
