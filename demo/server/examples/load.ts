/** Owns the first of the two sockets: once a second, what the demo's process costs its machine. */

import type { WebSocketServer } from 'ws'
import { converse } from './plain.ts'

export function serveLoad(server: WebSocketServer): void {
  server.on('connection', (socket) => {
    let before = process.cpuUsage()
    let at = performance.now()
    const say = converse(socket, () => {})
    const tell = () => {
      const { user, system } = process.cpuUsage(before)
      const cpu = (user + system) / 1000 / Math.max(1, performance.now() - at)
      before = process.cpuUsage()
      at = performance.now()
      say({ cpu, megabytes: Math.round(process.memoryUsage.rss() / 1e6), visitors: server.clients.size })
    }
    tell()
    const timer = setInterval(tell, 1000)
    socket.on('close', () => clearInterval(timer))
  })
}
