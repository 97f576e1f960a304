/** Owns the chat server's limits: what a connection may do, and for how long. */

export interface ChatLimits {
  connections: number
  peoplePerRoom: number
  /** A larger frame is answered with an error. */
  frameBytes: number
  /** A frame larger than this is not even read to its end: the connection closes with 1009. */
  hardFrameBytes: number
  /** Frames of one connection: a burst, then so many per second. */
  burst: number
  perSecond: number
  /** Bad frames of one connection: a burst is answered with errors, more per second than this close it with 1008. */
  faults: number
  faultsPerSecond: number
  /** Bytes a connection may leave unread before it is let go; it will come back and ask for what it missed. */
  unreadBytes: number
  /** One part of the history, bytes. */
  historyBytes: number
  /** Time to join, and time without any frame (hidden tabs ping once a minute), ms. */
  joinTimeout: number
  idleTimeout: number
}

export const chatLimits: ChatLimits = {
  connections: 200,
  peoplePerRoom: 100,
  frameBytes: 16 * 1024,
  hardFrameBytes: 1024 * 1024,
  burst: 20,
  perSecond: 10,
  faults: 10,
  faultsPerSecond: 0.2,
  unreadBytes: 4 * 1024 * 1024,
  historyBytes: 64 * 1024,
  joinTimeout: 10_000,
  idleTimeout: 150_000,
}
