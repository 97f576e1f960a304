/** Owns the heap of a client over a real connection, `ws` below it: kB each, socket included. */

import { WebSocket } from 'ws'
import type { CorePeer } from '../peers/core.ts'
import { turn } from './timing.ts'

const CLIENTS = 1000
const AT_ONCE = 50

export async function run(peer: CorePeer, quick: boolean): Promise<Record<string, number>> {
  ;(globalThis as { WebSocket: unknown }).WebSocket = WebSocket
  await open(peer, AT_ONCE)
  const before = await collected()
  const clients = await open(peer, CLIENTS)
  await turn(quick ? 200 : 5500)
  return { bytes: ((await collected()) - before) / clients.length }
}

async function open(peer: CorePeer, count: number) {
  const clients = []
  while (clients.length < count) {
    const some = Array.from({ length: AT_ONCE }, () => peer.connect(`${process.env.BENCH_SERVER}/idle`))
    let left = AT_ONCE
    await new Promise<void>((resolve) => {
      for (const client of some) peer.listen(client, 'open', () => --left || resolve())
    })
    clients.push(...some)
  }
  return clients
}

async function collected(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    await turn(50)
    gc?.()
  }
  return process.memoryUsage().heapUsed
}
