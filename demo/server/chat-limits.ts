/** Owns the chat server's limits: what a connection may do, and for how long. */

export interface ChatLimits {
  connections: number
  peoplePerRoom: number
  /** Rooms that anything was ever written in. */
  rooms: number
  /** Bytes of a session's frame; a larger one ends the connection with 4400. */
  frameBytes: number
  /** A frame larger than this is not even read to its end: the connection closes with 1009. */
  hardFrameBytes: number
  /** Messages of one connection: a burst, then so many per second; the others wait. The same for what it asks. */
  burst: number
  perSecond: number
  /** Bytes a connection may leave unread before it is let go; it will come back and ask for what it missed. */
  unreadBytes: number
  /** Time without any frame (hidden tabs ping once a minute), ms. */
  idleTimeout: number
}

export const chatLimits: ChatLimits = {
  connections: 200,
  peoplePerRoom: 100,
  rooms: 32,
  frameBytes: 16 * 1024,
  hardFrameBytes: 1024 * 1024,
  burst: 20,
  perSecond: 10,
  unreadBytes: 4 * 1024 * 1024,
  idleTimeout: 150_000,
}
