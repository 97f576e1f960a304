import SturdyWebSocket from 'sturdy-websocket'
import { type CorePeer, webSocketLike } from './core.ts'

const like = webSocketLike((url) => new SturdyWebSocket(url))

export const peer: CorePeer<WebSocket> = {
  ...like,
  listen(socket, type, listener) {
    like.listen(socket, type, listener)
    // Its `open` is only the first one.
    if (type === 'open') socket.addEventListener('reopen', listener as EventListener)
  },
}
