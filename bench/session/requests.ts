/** Owns the question how many timers requests in flight hold, and whether one is left when they are over. */

import { WebSocket } from 'ws'
import { Session } from '../../src/session/index.ts'
import { start } from './process.ts'

export interface InFlight {
  readonly requests: number
  readonly answered: number
  /** Timers of the process: before, while all are in flight, and after. */
  readonly timers: readonly [before: number, during: number, after: number]
}

const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length

export async function measureRequests(requests: number): Promise<InFlight> {
  const server = await start('server', { KIND: 'memory', REQUESTS: `${requests}` })
  const session = new Session<number, number>({
    url: `ws://127.0.0.1:${server.first}`,
    WebSocket: WebSocket as never,
    heartbeatInterval: 0,
  })
  await session.connect()
  await idle()
  const before = timers()
  const answers = Array.from({ length: requests }, (_, i) => session.request(i, { timeout: 300_000 }))
  const during = timers()
  // The server holds them until it has all.
  while ((await server.ask<{ kept: number }>('count')).kept < requests) await idle()
  server.ask('release')
  const answered = (await Promise.all(answers)).filter((answer, i) => answer === i).length
  await idle()
  const after = timers()
  await session.close()
  await server.kill()
  return { requests, answered, timers: [before, during, after] }
}

/** Everything that is due has had its turn. */
const idle = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
