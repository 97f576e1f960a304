/** Owns what is done on the pages of the bench, and which figures it gives. */

import type { Stage } from './browser.ts'
import type { BenchServer, Values } from './processes.ts'

const floods = [
  { id: 'text100', query: 'text&size=100', count: 40_000 },
  { id: 'binary100', query: 'binary&size=100', count: 40_000 },
  { id: 'text4k', query: 'text&size=4096', count: 15_000 },
  { id: 'binary4k', query: 'binary&size=4096', count: 15_000 },
]

export async function receiveOnPage({ time }: Stage, server: BenchServer, isQuick: boolean): Promise<Values> {
  const values: Values = {}
  await time('ScriptDuration', 'receive', `${server.url}/flood?text&size=100&count=10000`, 10_000)
  for (const { id, query, count: full } of floods) {
    const count = isQuick ? full / 5 : full
    const [, ms] = await time('ScriptDuration', 'receive', `${server.url}/flood?${query}&count=${count}`, count)
    values[id] = (ms * 1e6) / count
  }
  return values
}

const CONCERNED = 100

export async function actOnPage({ call, time, errors }: Stage, server: BenchServer, isQuick: boolean): Promise<Values> {
  const burst = await call<Values>('burst', `${server.url}/flood?text&size=100&count=10000`, 10_000)
  await call('prepare')
  const messages = isQuick ? 20 : CONCERNED
  const [concern, concernMs] = await time<Values>('TaskDuration', 'concern', messages)
  await call('leave')
  // The first time everything is compiled; the second tells what it costs.
  await call('users')
  const [users, usersMs] = await time<Values>('TaskDuration', 'users')
  const [own, ownMs] = await time<Values>('TaskDuration', 'own')
  return {
    burstLost: burst.lost ?? null,
    burstCommits: burst.commits ?? null,
    burstMs: burst.elapsed ?? null,
    concernCommits: concern.commits ?? null,
    concernRenders: concern.renders ?? null,
    concernMs: concernMs / messages,
    usersMs,
    usersCommits: users.commits ?? null,
    usersSockets: users.sockets ?? null,
    ownMs,
    ownCommits: own.commits ?? null,
    ownSockets: own.sockets ?? null,
    errors: errors(),
    left: (users.left ?? 0) + (own.left ?? 0),
  }
}
