/**
 * Owns what the chat server knows of one connection, and how a frame reaches it.
 * Must never let a peer that does not read fill the memory.
 */

import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import { RateLimiter } from '../rate-limiter.ts'
import type { ChatLimits } from './chat-limits.ts'

export interface Connection {
  readonly socket: WebSocket
  readonly raw: Duplex
  readonly frames: RateLimiter
  readonly faults: RateLimiter
  readonly openedAt: number
  heardAt: number
  nick: string
  /** Empty until joined. */
  room: string
  pings: number
  pongs: number
  /** Set while too frequent: until then everything is refused, or a later message could overtake a refused one. */
  quietUntil: number
}

export function connectionOf(
  socket: WebSocket,
  raw: Duplex,
  { burst, perSecond, faults, faultsPerSecond }: ChatLimits,
  { wall, monotonic }: { wall: number; monotonic: number },
): Connection {
  return {
    socket,
    raw,
    frames: new RateLimiter(burst, perSecond, monotonic),
    faults: new RateLimiter(faults, faultsPerSecond, monotonic),
    openedAt: wall,
    heardAt: wall,
    nick: '',
    room: '',
    pings: 0,
    pongs: 0,
    quietUntil: 0,
  }
}

/** Sends a frame, or lets go of a connection that has left too many bytes unread; it will come back and ask. */
export function write({ socket }: Connection, frame: string, unreadBytes: number): void {
  if (socket.readyState !== socket.OPEN) return
  if (socket.bufferedAmount > unreadBytes) socket.terminate()
  else socket.send(frame)
}

/** Ends it as a broken line would. */
export function reset(raw: Duplex): void {
  const socket = raw as Socket
  if (typeof socket.resetAndDestroy === 'function') socket.resetAndDestroy()
  else socket.destroy()
}
