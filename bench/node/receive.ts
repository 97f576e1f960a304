/** Owns the processor time of a received message over a real socket, `ws` below it: ns each, all threads counted. */

import { WebSocket } from 'ws'
import type { CorePeer } from '../peers/core.ts'

export async function run(peer: CorePeer, quick: boolean): Promise<Record<string, number>> {
  ;(globalThis as { WebSocket: unknown }).WebSocket = WebSocket
  let lost = 0
  const flood = async (size: number, kind: 'text' | 'binary', full: number) => {
    const count = quick ? full / 10 : full
    const { ns, received } = await receive(
      peer,
      `${process.env.BENCH_SERVER}/flood?${kind}&size=${size}&count=${count}`,
      count,
    )
    lost += count - received
    return ns
  }
  await flood(100, 'text', 50_000)
  const text100 = await flood(100, 'text', 400_000)
  const binary100 = await flood(100, 'binary', 400_000)
  const text4k = await flood(4096, 'text', 100_000)
  const binary4k = await flood(4096, 'binary', 100_000)
  return { text100, binary100, text4k, binary4k, lost }
}

async function receive(peer: CorePeer, url: string, count: number) {
  let [received, bytes] = [0, 0]
  let start: NodeJS.CpuUsage | undefined
  const client = peer.connect(url)
  const ns = await new Promise<number>((resolve) => {
    peer.listen(client, 'message', ({ data }) => {
      start ??= process.cpuUsage()
      bytes += data.length ?? data.byteLength
      if (++received < count) return
      const { user, system } = process.cpuUsage(start)
      resolve(((user + system) * 1000) / count)
    })
  })
  client.close()
  if (!bytes) throw new Error('nothing was received')
  return { ns, received }
}
