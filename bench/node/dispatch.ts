/**
 * Owns the cost of a message in and a message out, over the fake socket: ns each, the best of several batches, since
 * whatever disturbs a batch only makes it slower.
 */

import { acceptAll, type FakeSocket, installFake, messageEvent } from '../fake-socket.ts'
import type { CorePeer } from '../peers/core.ts'
import { bestOf, heard, sample } from './timing.ts'

/** Messages per batch: short enough to fit between two interruptions. */
const [MANY, FEW] = [50_000, 1000]

export async function run(peer: CorePeer, quick: boolean): Promise<Record<string, number>> {
  installFake()
  const [one, hundred] = [await open(peer, 1), await open(peer, 100)]
  // More than one event, so that no engine can keep what it knows of the last.
  const events = Array.from({ length: 64 }, (_, i) => messageEvent(sample(i)))
  const receive = (socket: FakeSocket) => (times: number) => {
    for (let i = 0; i < times; i++) socket.receive(events[i & 63] as never)
  }
  const text = sample(0)
  const send = (times: number) => {
    for (let i = 0; i < times; i++) one.client.send(text)
  }
  const batches = quick ? 20 : 60
  const result = {
    one: bestOf(batches, MANY, receive(one.socket)),
    hundred: bestOf(batches, FEW, receive(hundred.socket)),
    send: bestOf(batches, MANY, send),
  }
  const all = batches + 1
  return { ...result, lost: all * (MANY + FEW * 100) - heard.count + (all * MANY - one.socket.sent) }
}

async function open(peer: CorePeer, listeners: number) {
  const opened = acceptAll(1)
  const client = peer.connect('ws://example.test/')
  for (let i = 0; i < listeners; i++) {
    // A function of its own each, as every component has one.
    peer.listen(client, 'message', (event) => {
      heard.count++
      heard.characters += event.data.length
    })
  }
  const [socket] = await opened
  return { client, socket: socket as FakeSocket }
}
