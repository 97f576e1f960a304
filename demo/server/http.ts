/** Owns what little HTTP there is before a WebSocket: which path was asked for, by which page, and how to say no. */

import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'

/** The path that was asked for, whatever else was sent along: not every request line is a URL. */
export const pathOf = ({ url = '/' }: IncomingMessage) => url.split('?', 1)[0] as string

let strangers = 0

/** The id that a page gives itself, so that it can be told apart however often it connects; others get a number. */
export const pageOf = ({ url = '/' }: IncomingMessage): string =>
  /[?&]page=([A-Za-z0-9_-]{8,64})(?:&|$)/.exec(url)?.[1] ?? String(++strangers)

export function answer(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy())
}
