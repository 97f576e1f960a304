/** Owns what little HTTP there is before a WebSocket: which path was asked for, and how to say no. */

import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'

/** The path that was asked for, whatever else was sent along: not every request line is a URL. */
export const pathOf = ({ url = '/' }: IncomingMessage) => url.split('?', 1)[0] as string

export function answer(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy())
}
