/** The engine of this repository. */

import { WebSocketReconnect } from '../../src/index.ts'
import type { CorePeer } from './core.ts'

export const peer: CorePeer<WebSocketReconnect> = {
  connect(url) {
    const socket = new WebSocketReconnect({ url, binaryType: 'arraybuffer' })
    socket.connect()
    return socket
  },
  listen: (socket, type, listener) => void socket.on(type, listener as () => void),
}
