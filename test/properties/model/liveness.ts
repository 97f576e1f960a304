/**
 * Owns how every run ends: liveness. Whatever was done to a client, it finds back to a healthy server, notices a silent
 * one, and leaves nothing behind. Must never rely on what the steps before were: everything is asked of the client.
 */

import { owns } from '../../support/invariants.ts'
import { latest } from './probe.ts'
import type { Run } from './run.ts'

/** A verdict that comes this late is asked for again (R14). */
const LATE = 1000

export async function checkLiveness(run: Run): Promise<void> {
  await recover(run)
  await detectSilence(run)
  await tearDown(run)
}

/** How long an attempt or a connection that is already dead may be taken for alive. */
function patience({ client }: Run): number {
  const { connectTimeout, heartbeatInterval, heartbeatTimeout } = client.options
  return Math.max(connectTimeout, heartbeatInterval && heartbeatInterval + 2 * heartbeatTimeout + LATE)
}

/** The longest that a wanted client may stay away from a healthy server. */
function bound({ client, world, lag }: Run): number {
  const { maxDelay, circuitBreaker } = client.options
  const reset = circuitBreaker ? circuitBreaker.resetTimeout * (1 + circuitBreaker.resetJitter) : 90_000
  const next = latest.circuit.state === 'OPEN' ? latest.circuit.trialAt : latest.until
  const wait = next < Infinity ? Math.max(0, next - world.clock.stamp) : 0
  return lag + wait + Math.max(maxDelay, 30_000) + reset + 1000
}

async function reach(run: Run): Promise<boolean> {
  const { client } = run
  const part = bound(run) / 32
  for (let passed = 0; passed < 32 && client.state !== 'OPEN' && client.state !== 'FAILED'; passed++)
    await run.advance(part)
  return client.state === 'OPEN'
}

/** Wanted, not held, server healthy ⇒ OPEN in bounded time; then proven; then the queue has gone. */
async function recover(run: Run): Promise<void> {
  const { client, checker, world } = run
  run.clearFaults()
  // Somebody looks at the page again.
  if (world.watchers > 0) await run.take({ do: 'news', news: 'wake' })
  if (latest.circuit.state === 'OPEN' && latest.circuit.halfOpenAt === Infinity) await run.take({ do: 'closeCircuit' })

  const { phase } = latest
  const mayRestart =
    latest.phase === 'failed' &&
    latest.exhausted &&
    latest.restartedAt + 60_000 <= world.clock.stamp &&
    world.watchers > 0
  if (mayRestart) await run.take({ do: 'news', news: 'online' })
  else if (phase === 'suspended') await run.take({ do: 'retryNow' })
  else if (phase === 'idle' || phase === 'closed' || phase === 'closing' || phase === 'failed')
    await run.take({ do: 'connect' })
  else if (owns(phase)) await run.advance(patience(run))
  let isOpen = await reach(run)
  // What was under way was still the sick server's, and may have been the last attempt allowed.
  if (owns(phase) && client.state === 'FAILED') {
    await run.take({ do: 'connect' })
    isOpen = await reach(run)
  }
  checker.ok(isOpen, `liveness: ${client.state} though wanted and the server is healthy`)

  await run.advance(client.options.minUptime + 1)
  const { state, retryCount, circuitFailures, connectionId } = client.getSnapshot()
  checker.ok(state === 'OPEN' && retryCount === 0 && circuitFailures === 0, 'R5 a connection that lives is proven')
  // Long enough for the slowest heartbeat to be answered, or not.
  await run.advance(client.options.heartbeatInterval + client.options.heartbeatTimeout + LATE)
  checker.ok(client.getSnapshot().connectionId === connectionId, 'R14 a healthy connection is kept')
  await run.take({ do: 'flush' })
  await run.advance(60)
  checker.ok(client.getStats().queuedMessages === 0 || !client.options.queue, 'R16 the queue flows')
}

/** A peer that has gone silent is noticed within one interval and one timeout (R14). */
async function detectSilence(run: Run): Promise<void> {
  const { client, checker } = run
  const { heartbeatInterval, heartbeatTimeout } = client.options
  if (!heartbeatInterval) return
  const { connectionId } = client.getSnapshot()
  run.stopAnswering()
  await run.advance(heartbeatInterval + heartbeatTimeout)
  checker.ok(client.state !== 'OPEN', 'R14 a silent peer is noticed')
  checker.ok(client.getSnapshot().connectionId === connectionId, 'R14 nobody has answered since')
}

/** After close() nothing remains (R20), and every promise is settled (R24). */
async function tearDown(run: Run): Promise<void> {
  const { client, checker, world } = run
  await run.take({ do: 'close' })
  checker.ok(client.state === 'CLOSED' || client.state === 'CLOSING', 'R23 close() is final')
  await run.advance(client.options.closeTimeout)
  checker.ok(latest.phase === 'closed', 'R23 CLOSING ends within closeTimeout')
  checker.ok(world.timers === 0 && world.watchers === 0, 'R20 nothing remains')
  await world.settle()
  checker.ok(
    checker.promises.every(({ state }) => state !== 'pending'),
    'R24 every connect() is settled',
  )
}
