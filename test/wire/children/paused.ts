/**
 * A client with a quick heartbeat in a process that stops itself in the very call that sends the first ping, so that the
 * answer comes while nobody is there to read it. Its parent continues it; it reports every event.
 */

import { WebSocket } from 'ws'
import { WebSocketReconnect } from '../../../src/index.ts'

let pings = 0
class Stopping extends WebSocket {
  override send(...ping: unknown[]): void {
    super.send(ping[0] as string)
    if (++pings === 1) process.kill(process.pid, 'SIGSTOP')
    // What is asked after waking may be answered in its own time: how quick the other process is, is not the matter.
    else client.update({ heartbeatTimeout: 100_000 })
  }
}

const client = new WebSocketReconnect({
  url: process.argv[2] as string,
  WebSocket: Stopping as typeof WebSocket,
  heartbeatInterval: 100,
  heartbeatTimeout: 100,
  environment: false,
})
const tell = (about: string, more: object = {}) => process.send?.({ about, ...more })
client.on('open', () => tell('open', { connectionId: client.getSnapshot().connectionId }))
client.on('close', ({ code }) => tell('close', { code }))
client.on('error', ({ code }) => tell('error', { code }))
client.connect()
