/** Owns what all plain examples have in common: pings are answered, and what is no JSON object is no message. */

import type { WebSocket } from 'ws'

export type Message = Readonly<Record<string, unknown>>

/** How to say something; who is gone or reads nothing is told nothing. */
export type Say = (message: object) => void

/** More unread bytes than this, and whoever it is has long stopped reading. */
const unreadLimit = 1 << 20

/** Hears each message of a visitor, but for pings, which it answers. */
export function converse(socket: WebSocket, hear: (message: Message, say: Say) => void): Say {
  const say: Say = (message) => {
    if (socket.readyState === 1 && socket.bufferedAmount < unreadLimit) socket.send(JSON.stringify(message))
  }
  socket.on('message', (data) => {
    const message = read(String(data))
    if (message?.type === 'ping') say({ type: 'pong' })
    else if (message) hear(message, say)
  })
  return say
}

function read(text: string): Message | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value && !Array.isArray(value) ? (value as Message) : null
  } catch {
    return null
  }
}
