/**
 * Owns what a session asks of the engine beyond what everybody may: its way to call what a user has given, and what it must not
 * send. Must never know a frame.
 */

import { WebSocketReconnect } from '../index.ts'
import { byteLength, type WebSocketData } from '../policy/payload.ts'
import type { SendOptions } from '../websocket-client.ts'

export class Engine extends WebSocketReconnect {
  /** Of the largest frame that the server takes: a larger one would end the connection for good. */
  frameBytes = Infinity

  override call(handler: () => void): void {
    super.call(handler)
  }

  override send(data: WebSocketData, options?: SendOptions): 'sent' | 'queued' | 'dropped' {
    return byteLength(data) > this.frameBytes ? 'dropped' : super.send(data, options)
  }
}
