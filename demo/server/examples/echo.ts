/** Owns the second of the two sockets: what it hears, it says. */

import type { WebSocketServer } from 'ws'
import { converse } from './plain.ts'

export function serveEcho(server: WebSocketServer): void {
  server.on('connection', (socket) => converse(socket, (message, say) => say(message)))
}
