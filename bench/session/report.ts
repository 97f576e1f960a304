/** Owns docs/BENCH-SESSION.md: words around figures. Pure. */

import type { Machine } from '../results.ts'
import type { Crowd, Memory } from './crowd.ts'
import type { Contender } from './pace.ts'
import type { InFlight } from './requests.ts'
import type { Stuck } from './stuck.ts'

export type Paces = Map<Contender, (readonly [near: number, far: number])[]>

export interface SessionResults {
  readonly machine: Machine
  /** Of the machine, at the end. */
  readonly load: number
  readonly paces: Paces
  readonly crowd: Crowd
  readonly stuck: Stuck
  readonly requests: InFlight
  /** Ms there and back. */
  readonly delay: number
}

/** What the design asks of ours. */
const ASKED: Record<string, readonly [near: number, far: number]> = {
  'Session, Node': [0, 2000],
  'Session, Node, SQLite': [5000, 2000],
}

const count = (value: number) => Math.round(value).toLocaleString('en-US')
const mib = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`

function spread(values: readonly number[], asked = 0): string {
  const sorted = [...values].sort((a, b) => a - b)
  const median = sorted[(sorted.length - 1) >> 1] as number
  const range = sorted.length > 1 ? ` (${count(sorted[0] as number)}–${count(sorted.at(-1) as number)})` : ''
  return `${count(median)}${range}${asked ? `, asked ${count(asked)}: ${median >= asked ? 'met' : '**not met**'}` : ''}`
}

export function report({ machine, load, paces, crowd, stuck, requests, delay }: SessionResults): string {
  const { cpu, cores, memory, node, browser, versions } = machine
  const rounds = Math.max(...[...paces.values()].map(({ length }) => length))
  const paceRows = [...paces].map(([{ name, promise }, found]) => {
    const [near, far] = [0, 1].map((i) =>
      spread(
        found.map((each) => each[i] as number),
        ASKED[name]?.[i],
      ),
    )
    return `| ${name} | ${far} | ${near} | ${promise} |`
  })
  const memoryRow = (when: string, { heap, rss, unread, unreadOfOne, clients }: Memory) =>
    `| ${when} | ${clients} | ${mib(heap)} | ${mib(rss)} | ${mib(unread)} | ${mib(unreadOfOne)} |`
  const [before, during, after] = requests.timers
  return `# What sessions cost

Written by \`npm run bench:session\`. ${cpu}, ${cores} cores, ${memory}; Node ${node}, ${browser}, ws ${versions.ws}, socket.io ${versions['socket.io']}.
Load of the machine at the end: ${load.toFixed(1)}. Other work on the machine makes every figure worse; compare lines with each other first.

## Pace

Acknowledged sends a second, messages of 100 characters, server and writer in processes of their own. Median of ${rounds} rounds, each with another one
first (least–most). The line takes ${delay} ms there and back; sessions have a window of 32.

| | over a line of ${delay} ms | on loopback | acknowledged means |
|---|---|---|---|
${paceRows.join('\n')}

## A crowd comes back

${count(crowd.clients)} clients follow a topic. The server (SQLite) is killed; ${count(crowd.events)} events happen before it lets anybody in again; all come back at once.
Caught up: **${count(crowd.caughtUp)} of ${count(crowd.clients)}**, ${count(crowd.clients * crowd.events)} events in ${crowd.seconds.toFixed(1)} s, ${crowd.lost} out of place, ${crowd.resets} resets. All clients are one process on the same machine.

| the server's memory | clients | heap | resident | waits in sockets | in the fullest |
|---|---|---|---|---|---|
${memoryRow('nobody is there', crowd.empty)}
${memoryRow('all are there', crowd.full)}
${memoryRow('most while they catch up', crowd.peak)}
${memoryRow('all have caught up', crowd.after)}

Heap is taken every 25 ms with its garbage; the first, second and last line after a collection.

## Who does not read

${count(stuck.clients)} clients ask for ${mib(stuck.missed)} of events each (${mib(stuck.missed * stuck.clients)} in all, 16 kB an event) and read none of it. A client that has more than
64 KiB unread gets no further event until it has read; events are taken from the store in pages of 100, and such a client holds one.
\`limits.unreadBytes\` (4 MiB) is what acks and replies may add before it is disconnected.

| the server's memory, after a collection | clients | heap | resident | waits in sockets | in the fullest |
|---|---|---|---|---|---|
${memoryRow('nobody is there', stuck.before)}
${memoryRow('all are stuck', stuck.stuck)}

## Requests

${count(requests.requests)} requests in flight at once, ${count(requests.answered)} answered. Timers of the process: ${before} before, ${during} while they are in flight, ${after} after.
`
}
