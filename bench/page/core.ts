/** Owns the page that receives messages over the browser's own WebSocket, through a peer's core. */

import type { CorePeer } from '../peers/core.ts'

export const program = (peer: CorePeer) => ({
  /** Resolves once `count` messages have been heard. */
  receive(url: string, count: number): Promise<number> {
    const client = peer.connect(url)
    let [received, size] = [0, 0]
    return new Promise((resolve) => {
      peer.listen(client, 'message', ({ data }) => {
        size += data.length ?? data.byteLength
        if (++received < count) return
        client.close()
        resolve(size)
      })
    })
  },
})
