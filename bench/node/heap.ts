/** Owns the heap of a connected client that nobody listens to: what is left after collecting, with and without them. */

import { acceptAll, installFake } from '../fake-socket.ts'
import type { CorePeer } from '../peers/core.ts'
import { turn } from './timing.ts'

const CLIENTS = 10_000
/** Some libraries keep a timer until a connection has stood for 5 s: idle is what comes after. */
const PROVEN = 5500

export async function run(peer: CorePeer, quick: boolean): Promise<Record<string, number>> {
  installFake()
  // Before measuring: what is compiled and allocated once.
  await open(peer, 100)
  const before = await collected()
  const clients = await open(peer, CLIENTS)
  await turn(quick ? 200 : PROVEN)
  const bytes = ((await collected()) - before) / clients.length
  return { bytes }
}

async function open(peer: CorePeer, count: number) {
  const opened = acceptAll(count)
  const clients = Array.from({ length: count }, () => peer.connect('ws://example.test/'))
  await opened
  return clients
}

async function collected(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    await turn(20)
    gc?.()
  }
  return process.memoryUsage().heapUsed
}
