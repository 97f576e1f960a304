/** A client with a quick heartbeat in a process that its parent stops and continues; it reports every event. */

import { WebSocket } from 'ws'
import { WebSocketReconnect } from '../../../src/index.ts'

const client = new WebSocketReconnect({
  url: process.argv[2] as string,
  WebSocket,
  heartbeatInterval: 100,
  heartbeatTimeout: 100,
  environment: false,
})
const tell = (about: string, more: object = {}) => process.send?.({ about, ...more })
client.on('open', () => tell('open', { connectionId: client.getSnapshot().connectionId }))
client.on('close', ({ code }) => tell('close', { code }))
client.on('error', ({ code }) => tell('error', { code }))
client.connect()
