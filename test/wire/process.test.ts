/**
 * Faults that need a process of their own: one that is stopped and continued, one that an unheard error would kill, and
 * one that would fill up. The last is the proof that nothing remains of a connection (issue: residue).
 */

import { execFileSync } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { FaultServer } from '../support/fault-server.ts'
import { run } from './child.ts'

/** Whether the system says so. */
const isStopped = (pid: number | undefined) =>
  execFileSync('ps', ['-o', 'state=', '-p', String(pid)], { encoding: 'utf8' }).startsWith('T')

async function openServer(): Promise<FaultServer> {
  const server = await FaultServer.open()
  onTestFinished(() => server.close())
  return server
}

test('[F13] a process stopped over its verdict asks again on waking, instead of giving up a healthy line (ws)', async () => {
  const server = await openServer()
  const child = run('paused', [server.url('/mute')])
  const visit = await server.next()
  await child.hear('open')
  await visit.frame(({ opcode }) => opcode === 1)
  while (!isStopped(child.process.pid)) await pause(10)
  visit.text('{"type":"pong"}')
  // The stop itself is the one thing that takes real time here: longer than the timeout and what R14 forgives. It may
  // well take longer still.
  await pause(1400)
  const before = visit.frames.length
  child.process.kill('SIGCONT')
  for (let ping = 0; ping < 3; ping++) {
    await visit.frame(({ opcode }) => opcode === 1)
    visit.text('{"type":"pong"}')
  }
  expect(visit.frames.length).toBeGreaterThan(before)
  expect(child.notes).toEqual([{ about: 'open', connectionId: 1 }])
  expect(server.visits).toHaveLength(1)
})

test('[F74] sockets abandoned in mid-handshake end no process by an unheard error, and hold none (ws)', async () => {
  const server = await openServer()
  const child = run('abandoned', [server.url('/hang'), 'ws://127.0.0.1:1/'])
  await child.hear('timed out')
  child.tell('go')
  expect(await child.ended).toEqual({ code: 0, complaints: '' })
})

for (const kind of ['ws', 'node'] as const) {
  test(`[R20] after 1,000 connections nothing remains: no socket, timer, listener, client or heap (${
    kind === 'ws' ? 'ws' : "Node's own"
  })`, async () => {
    const server = await openServer()
    const child = run('cycles', [kind, server.url('/ok')], ['--expose-gc'])
    const residue = await child.hear('residue')
    console.log(`residue of 1,000 connections (${kind}):`, JSON.stringify(residue))
    expect(residue.after).toEqual(residue.before)
    expect(residue).toMatchObject({ state: 'CLOSED', watchers: 0, events: 600, clients: 500, sockets: 1000 })
    // The last of them may still be on the stack, and the faithful client shows the end of its last socket.
    expect(residue.clientsLeft).toBeLessThanOrEqual(1)
    expect(residue.socketsLeft).toBeLessThanOrEqual(2)
    // Two kilobytes a connection, where a single socket that stayed would weigh ten; what there is levels off.
    expect(residue.heapGrowth).toBeLessThan(2000 * 1024)
    // Nothing holds the process.
    expect((await child.ended).code).toBe(0)
    expect(server.visits).toHaveLength(1200)
    await server.empty()
  })
}
