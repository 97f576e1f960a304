/** Owns the question what a client costs that has asked for everything and reads nothing: a line that is full, for each of many. */

import { join } from 'node:path'
import { WebSocket } from 'ws'
import type { Memory } from './crowd.ts'
import { start } from './process.ts'

export interface Stuck {
  readonly clients: number
  /** Bytes of all events that each of them misses. */
  readonly missed: number
  readonly before: Memory
  readonly stuck: Memory
}

const EVENTS = 1000
const BYTES = 16_000

export async function measureStuck(folder: string, clients: number): Promise<Stuck> {
  const env = { KIND: 'sqlite', FILE: join(folder, 'stuck.db'), PUBLISH: `${EVENTS}`, BYTES: `${BYTES}` }
  const server = await start('server', env)
  const look = (question: string) => server.ask<{ now: Memory }>(question)
  const { now: before } = await look('rest')
  const sockets = await Promise.all(
    Array.from({ length: clients }, async (_, i) => {
      const socket = new WebSocket(`ws://127.0.0.1:${server.first}`, 'rwr.1')
      await new Promise((resolve) => socket.once('open', resolve))
      socket.send(JSON.stringify({ t: 'hello', v: 1, c: `stuck-${i}`, n: 1 }))
      const welcome = await new Promise<string>((resolve) => socket.once('message', (data) => resolve(String(data))))
      socket.pause()
      socket.send(JSON.stringify({ s: 'news', e: JSON.parse(welcome).e, o: 0 }))
      return socket
    }),
  )
  // Until two looks agree: everything is full that can be.
  let { now: stuck } = await look('rest')
  for (let isSteady = 0; isSteady < 20; ) {
    const { now } = await look('rest')
    isSteady = now.unread === stuck.unread && now.unread > 0 ? isSteady + 1 : 0
    stuck = now
  }
  for (const socket of sockets) socket.terminate()
  await server.kill()
  return { clients, missed: EVENTS * BYTES, before, stuck }
}
