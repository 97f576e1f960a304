/**
 * Owns what the chat knows of one connection, and what it is told past the session: who is there. Must never outlive it.
 */

import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import { RateLimiter } from '../rate-limiter.ts'
import type { ChatLimits } from './chat-limits.ts'
import type { Line } from './line.ts'

/** Whom the session speaks with: nobody logs in here, so every connection is a guest of its own. */
export interface Guest {
  readonly socket: WebSocket
  readonly raw: Duplex
  /** Of the page, whichever of its connections this is. */
  readonly id: string
  readonly openedAt: number
  heardAt: number
  pings: number
  pongs: number
  /** Both empty until it has said where it is. */
  room: string
  nick: string
  /** How often it may write, and ask. */
  readonly pace: RateLimiter
  readonly questions: RateLimiter
  /** Set once the session knows it: what goes out to it, and how to tell it something in passing. */
  line?: Line
  tell?: (data: object) => void
}

export function newGuest(
  socket: WebSocket,
  raw: Duplex,
  id: string,
  { burst, perSecond }: ChatLimits,
  { wall, monotonic }: { wall: number; monotonic: number },
): Guest {
  return {
    ...{ socket, raw, id, openedAt: wall, heardAt: wall, pings: 0, pongs: 0, room: '', nick: '' },
    pace: new RateLimiter(burst, perSecond, monotonic),
    questions: new RateLimiter(burst, perSecond, monotonic),
  }
}

/** Ends its connection as a broken line would. */
export function reset({ raw }: Pick<Guest, 'raw'>): void {
  const socket = raw as Socket
  if (typeof socket.resetAndDestroy === 'function') socket.resetAndDestroy()
  else socket.destroy()
}

/** Ends it at its first word after the greeting, or soon: by then the page believes that it is connected. */
export function resetSoon(guest: Guest): void {
  let words = 0
  const timer = setTimeout(() => reset(guest), 1000).unref()
  guest.socket.on('message', () => ++words > 1 && reset(guest)).once('close', () => clearTimeout(timer))
}
