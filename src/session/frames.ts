/**
 * Owns what the two ends of a session say to each other, version 1 (docs/SESSION-WIRE.md): the frames by long names, which
 * client and server work with and which somebody else's envelope may carry. Types. Must never know how a frame is written.
 */

import type { WebSocketData } from '../policy/payload.ts'

/** What both ends must speak; the subprotocol is `rwr.1`. */
export const VERSION = 1
export const SUBPROTOCOL = 'rwr.1'

/** Where a reader stands in a stream: everything up to `offset` of the counting that `epoch` names. */
export interface Position {
  readonly epoch: string
  readonly offset: number
}

/** The number of a message that will never be taken, and why. */
export type RefusalNote = readonly [n: number, why: string]

/** From client to server. */
export type ClientFrame =
  /** First on every connection. `next` is the lowest number without an ack: all below is proven done (S5). */
  | {
      readonly type: 'hello'
      readonly version: number
      readonly client: string
      readonly next: number
      readonly epoch?: string | undefined
    }
  | { readonly type: 'send'; readonly n: number; readonly data: unknown }
  /** There is no message of this number any more: nothing is done, and it counts as done. */
  | { readonly type: 'skip'; readonly n: number }
  | { readonly type: 'request'; readonly id: number; readonly data: unknown; readonly isIdempotent?: boolean }
  | { readonly type: 'cancel'; readonly id: number }
  /** Without `from`: from now on. */
  | { readonly type: 'follow'; readonly topic: string; readonly from?: Position | undefined }
  | { readonly type: 'unfollow'; readonly topic: string }

/** From server to client. */
export type ServerFrame =
  /** Everything up to `acked` is done, `refused` among it. */
  | {
      readonly type: 'welcome'
      readonly version: number
      readonly epoch: string
      readonly acked: number
      readonly refused: readonly RefusalNote[]
      /** The server's ledger has no such client. */
      readonly isForgotten: boolean
      /** Bytes of the largest frame it takes. */
      readonly frameBytes: number
      /** Ms that it remembers a client after its last word. */
      readonly memory: number
    }
  /** Cumulative (S6). */
  | { readonly type: 'ack'; readonly n: number; readonly refused: readonly RefusalNote[] }
  /** Go back to `n`: once per gap (S7). */
  | { readonly type: 'gap'; readonly n: number }
  /** Not now: go back to `n`, in `ms`. */
  | { readonly type: 'wait'; readonly n: number; readonly ms: number }
  | { readonly type: 'reply'; readonly id: number; readonly data: unknown }
  | { readonly type: 'failure'; readonly id: number; readonly reason: unknown }
  /** `isContinued`: everything after the position that was asked for follows; else what lies between is not to be had (S10). */
  | { readonly type: 'following'; readonly topic: string; readonly position: Position; readonly isContinued: boolean }
  | { readonly type: 'notFollowing'; readonly topic: string; readonly why: string }
  | { readonly type: 'event'; readonly topic: string; readonly offset: number; readonly data: unknown }

/** Both ways, at most once. */
export interface PlainFrame {
  readonly type: 'plain'
  readonly data: unknown
}

export type SessionFrame = ClientFrame | ServerFrame | PlainFrame

/**
 * How frames are written: the session's own JSON, or an envelope of yours. The heartbeat's ping and pong are not frames.
 * `read` answers null for a message that belongs to none of this: it is a plain one, handed on as it came.
 * It throws for a frame that breaks the wire (the connection is closed with 4400).
 */
export interface Framing {
  write(frame: SessionFrame): WebSocketData
  read(data: unknown): SessionFrame | null
}
