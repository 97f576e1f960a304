/** Without a queue and a backoff it has neither, so it gets those of its README's first example. */

import { ArrayQueue, ConstantBackoff, type Websocket, WebsocketBuilder } from 'websocket-ts'
import type { CorePeer } from './core.ts'

export const peer: CorePeer<Websocket> = {
  connect(url) {
    const socket = new WebsocketBuilder(url).withBuffer(new ArrayQueue()).withBackoff(new ConstantBackoff(1000)).build()
    socket.binaryType = 'arraybuffer'
    return socket
  },
  listen: (socket, type, listener) => socket.addEventListener(type, (_socket, event) => listener(event)),
}
