/**
 * Abandons `ws` sockets in every way there is, at each stage of a handshake nobody answers, with no `error` listener of
 * its own. An unhandled `error` would end this process; a timer left behind would keep it.
 */

import { WebSocket } from 'ws'
import { WebSocketReconnect, type WebSocketReconnectOptions } from '../../../src/index.ts'

const [, , hang = '', closedPort = ''] = process.argv

function dial(url: string, options: Partial<WebSocketReconnectOptions> = {}): WebSocketReconnect {
  const client = new WebSocketReconnect({ url, WebSocket, environment: false, closeTimeout: 50, ...options })
  client.connect()
  return client
}

// Closed, replaced and cut off in the very task that dialled.
dial(hang).close()
const cutOff = dial(hang)
cutOff.openCircuit()
cutOff.close()
const replaced = dial(hang)
replaced.reconnect()
// Refused after it was let go.
dial(closedPort).close()
const waiting = [replaced, ...Array.from({ length: 4 }, () => dial(hang))]
const timedOut = dial(hang, { connectTimeout: 20, maxRetries: 0, circuitBreaker: false })
timedOut.on('stateChange', (state) => state === 'FAILED' && process.send?.({ about: 'timed out' }))

process.on('message', () => {
  // The handshakes are under way by now: the server has seen them.
  waiting[0]?.close()
  waiting[1]?.close(4000, 'gone')
  waiting[2]?.reconnect()
  waiting[2]?.close()
  waiting[3]?.update({ url: closedPort })
  waiting[3]?.close()
  waiting[4]?.openCircuit()
  waiting[4]?.close()
  process.disconnect()
})
