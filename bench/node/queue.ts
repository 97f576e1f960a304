/**
 * Owns the cost of a message that has to wait for its connection: to queue it, and to send it at last, ns each. The median
 * of the batches and not the best: what waits has to be kept, so collecting garbage is part of it, and so is code that runs
 * once per outage and is never as warm as a message's way in.
 */

import { FakeSocket, installFake } from '../fake-socket.ts'
import type { CorePeer } from '../peers/core.ts'
import { median } from '../results.ts'
import { sample, turn } from './timing.ts'

/** Fewer than any library's default limit. */
const MESSAGES = 900
const CLIENTS = 300

export async function run(peer: CorePeer, quick: boolean): Promise<Record<string, number>> {
  installFake()
  const texts = Array.from({ length: 64 }, (_, i) => sample(i))
  const count = CLIENTS * MESSAGES
  const [queued, flushed]: [number[], number[]] = [[], []]
  const since = (start: number) => ((performance.now() - start) * 1e6) / count
  let lost = 0
  for (let batch = 0; batch < (quick ? 5 : 15); batch++) {
    const sockets: FakeSocket[] = []
    FakeSocket.onDial = (socket) => sockets.push(socket)
    const clients = Array.from({ length: CLIENTS }, () => peer.connect('ws://example.test/'))
    await turn(5)
    let start = performance.now()
    for (const client of clients) for (let i = 0; i < MESSAGES; i++) client.send(texts[i & 63] as string)
    queued.push(since(start))
    start = performance.now()
    for (const socket of sockets) socket.accept()
    flushed.push(since(start))
    lost += count - sockets.reduce((sum, { sent }) => sum + sent, 0)
    for (const client of clients) client.close()
    await turn()
  }
  return { queued: median(queued), flushed: median(flushed), lost }
}
