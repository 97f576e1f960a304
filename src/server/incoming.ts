/**
 * Owns what counts as a frame from a client. Must never let through what only servers say, or more bytes than were allowed.
 */

import { byteLength, type WebSocketData } from '../policy/payload.ts'
import type { ClientFrame, Framing, PlainFrame } from '../session/frames.ts'
import type { SessionLimits } from './limits.ts'

export interface Incoming {
  readonly frame: ClientFrame | PlainFrame
  readonly bytes: number
}

const THEIRS = ['hello', 'send', 'skip', 'request', 'cancel', 'follow', 'unfollow', 'plain']

/** What belongs to none of the wire is a plain message, as it came. Throws what breaks the wire. */
export function readIncoming(framing: Framing, data: unknown, frameBytes: number): Incoming {
  const bytes = byteLength(data as WebSocketData)
  if (bytes > frameBytes) throw new TypeError(`a frame of ${bytes} bytes, at most ${frameBytes}`)
  const frame = framing.read(data) ?? { type: 'plain', data }
  if (!THEIRS.includes(frame.type)) throw new TypeError(`"${frame.type}" is what a server says`)
  return { frame: frame as ClientFrame | PlainFrame, bytes }
}

/** Whether one more may wait for the welcome: as much as may be on its way after it. */
export const hasRoom = (early: readonly Incoming[], { window, pendingBytes }: SessionLimits): boolean =>
  early.length < window && early.reduce((sum, { bytes }) => sum + bytes, 0) <= pendingBytes
