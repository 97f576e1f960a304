/**
 * Owns what the programs of the bench ask of a WebSocket library: its plain use, with its own defaults.
 * Must never wrap: a closure in between would be measured as well.
 */

export interface CoreSocket {
  send(data: string): unknown
  close(): unknown
}

export interface CorePeer<Socket extends CoreSocket = CoreSocket> {
  /** Begins to connect, over whatever `globalThis.WebSocket` is then. */
  connect(url: string): Socket
  /** Adds a listener; `open` is every opening, the first and those after a loss. */
  listen(socket: Socket, type: 'open' | 'message', listener: (event: MessageEvent) => void): void
}

/** The adapter of everything that looks like a WebSocket. */
export const webSocketLike = (connect: (url: string) => WebSocket): CorePeer<WebSocket> => ({
  connect(url) {
    const socket = connect(url)
    // What a user who reads binary messages sets; the defaults of browsers and `ws` differ.
    socket.binaryType = 'arraybuffer'
    return socket
  },
  listen: (socket, type, listener) => socket.addEventListener(type, listener as EventListener),
})
