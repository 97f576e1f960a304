/** socket.io from where it is installed, for the bench of sessions. */

import { Server } from 'socket.io'
import { io } from 'socket.io-client'

export const connect = io

/** Acknowledges at once, and keeps nothing. */
export function serve(port: number): Promise<number> {
  const server = new Server(port, { transports: ['websocket'] })
  server.on('connection', (socket) => socket.on('send', (_data, acknowledge) => acknowledge()))
  return new Promise((resolve) => {
    const { httpServer } = server
    if (httpServer.listening) resolve((httpServer.address() as { port: number }).port)
    else httpServer.once('listening', () => resolve((httpServer.address() as { port: number }).port))
  })
}
