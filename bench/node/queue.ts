/** Owns the cost of a message that has to wait for its connection: to queue it, and to send it at last, ns each. */

import { FakeSocket, installFake } from '../fake-socket.ts'
import type { CorePeer } from '../peers/core.ts'
import { sample, turn } from './timing.ts'

/** Fewer than any library's default limit. */
const MESSAGES = 900
/** So many that every batch is collected in between: what waits has to be kept, and that has its price. */
const CLIENTS = 100

export async function run(peer: CorePeer, quick: boolean): Promise<Record<string, number>> {
  installFake()
  let [queued, flushed, lost] = [Infinity, Infinity, 0]
  // The first clients warm up.
  for (let batch = 0; batch < (quick ? 6 : 20); batch++) {
    const sockets: FakeSocket[] = []
    FakeSocket.onDial = (socket) => sockets.push(socket)
    const clients = Array.from({ length: CLIENTS }, () => peer.connect('ws://example.test/'))
    await turn(5)
    let start = performance.now()
    for (const client of clients) for (let i = 0; i < MESSAGES; i++) client.send(texts[i & 63] as string)
    const count = clients.length * MESSAGES
    queued = Math.min(queued, ((performance.now() - start) * 1e6) / count)
    start = performance.now()
    for (const socket of sockets) socket.accept()
    flushed = Math.min(flushed, ((performance.now() - start) * 1e6) / count)
    lost += count - sockets.reduce((sum, { sent }) => sum + sent, 0)
    for (const client of clients) client.close()
    await turn()
  }
  return { queued, flushed, lost }
}

const texts = Array.from({ length: 64 }, (_, i) => sample(i))
