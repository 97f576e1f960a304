/**
 * Owns what a protocol with a handshake of its own may put between the socket and the engine. A type.
 * Must never name a protocol.
 */
import type { SocketLike } from '../options/world.ts'

import type { CloseTable } from '../policy/close-policy.ts'

/** A protocol that has a handshake of its own on top of the socket's. */
export interface ProtocolAdapter {
  /**
   * Listens to the socket, and answers with the `addEventListener` that the engine uses in its place: `open` when the
   * protocol is ready, `close` when it has ended, with a `failure` where the code is the protocol's own word and not the
   * network's.
   */
  readonly listen: (socket: SocketLike) => SocketLike['addEventListener']
  /** What its close codes mean, in the place of the engine's table (R12). */
  readonly closeTable?: CloseTable
  /** Whether a message that it lets through is its own talk: proof of life, and nothing for hooks, as a pong is. */
  readonly isControl?: (event: MessageEvent) => boolean
  /** What a message holds for those above, where the protocol wraps it. Default: the event's own `data`. */
  readonly messageData?: (event: MessageEvent) => unknown
  /** It asks for credentials anew on every attempt. */
  readonly hasFreshAuth?: boolean
}
