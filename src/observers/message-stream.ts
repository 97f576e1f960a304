/**
 * Owns the way of a message from a client to whoever reads it (R35, R37): the protocol's own talk hidden, each message
 * decoded once for all readers and only if there is one. Must never keep a message, or let one pass that cannot be read.
 */

import type { WebSocketClient } from '../index.ts'
import { decode, type MessageFormat } from './message-format.ts'

/** A message that the codec could read, and the event it came in. */
export interface Message {
  readonly data: unknown
  readonly event: MessageEvent
}

/** Calls `listener` for each message, at once; returns how to stop. One that throws disturbs nobody. */
export type MessageStream = (listener: (message: Message) => void) => () => void

export function createMessageStream(client: WebSocketClient, format: MessageFormat): MessageStream {
  let heard: MessageEvent | undefined
  let message: Message | undefined
  const read = (event: MessageEvent): Message | undefined => {
    if (event !== heard) {
      heard = event
      message = undefined
      try {
        message = { data: decode(format, client.messageData(event)), event }
      } catch (thrown) {
        client.reportDecodeError(thrown)
      }
    }
    return message
  }
  return (listener) =>
    client.on('message', (event, isControl) => {
      const message = isControl ? undefined : read(event)
      if (message) listener(message)
    })
}
