/**
 * Owns the question what a server costs when a crowd comes back to it at once and everybody has missed the same: clients that
 * follow a topic, a server killed, events published before it lets anybody in.
 */

import { join } from 'node:path'
import { WebSocket } from 'ws'
import { Session } from '../../src/session/index.ts'
import { type Part, start } from './process.ts'

export interface Memory {
  readonly heap: number
  readonly rss: number
  readonly external: number
  /** Bytes that wait in all sockets, and in the fullest. */
  readonly unread: number
  readonly unreadOfOne: number
  readonly clients: number
}

export interface Crowd {
  readonly clients: number
  readonly events: number
  readonly caughtUp: number
  readonly lost: number
  readonly resets: number
  /** Seconds from the moment the server listens until the last has everything. */
  readonly seconds: number
  readonly empty: Memory
  readonly full: Memory
  readonly peak: Memory
  readonly after: Memory
}

const memoryOf = (server: Part, question = 'look') => server.ask<{ now: Memory; peak: Memory }>(question)

export async function measureCrowd(folder: string, clients: number, events: number): Promise<Crowd> {
  const env = { KIND: 'sqlite', FILE: join(folder, 'crowd.db') }
  let server = await start('server', env)
  const port = server.first
  const { now: empty } = await memoryOf(server, 'rest')
  let missing = clients
  let resets = 0
  let wrong = 0
  let everybody = () => {}
  const all = new Promise<void>((resolve) => {
    everybody = resolve
  })
  const sessions = Array.from({ length: clients }, () => {
    const session = new Session({
      url: `ws://127.0.0.1:${port}`,
      WebSocket: WebSocket as never,
      ...{ baseDelay: 100, maxDelay: 1000, maxRetries: Infinity, circuitBreaker: false, environment: false },
    })
    let seen = 0
    const isLive = new Promise<void>((resolve) => {
      session.follow<{ i: number }>('news', {
        onEvent({ i }, { offset }) {
          if (i !== seen || offset !== seen + 1) wrong++
          if (++seen === events && --missing === 0) everybody()
        },
        onReset: () => void resets++,
        onStatus: (status) => status === 'live' && resolve(),
      })
    })
    session.connect().catch(() => {})
    return { session, isLive }
  })
  await Promise.all(sessions.map(({ isLive }) => isLive))
  const { now: full } = await memoryOf(server, 'rest')
  await server.kill()
  server = await start('server', { ...env, PORT: `${port}`, PUBLISH: `${events}` })
  const begin = performance.now()
  await all
  const seconds = (performance.now() - begin) / 1000
  const { peak } = await memoryOf(server)
  const { now: after } = await memoryOf(server, 'rest')
  await Promise.all(sessions.map(({ session }) => session.close()))
  await server.kill()
  return { clients, events, caughtUp: clients - missing, lost: wrong, resets, seconds, empty, full, peak, after }
}
