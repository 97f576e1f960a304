/**
 * Owns what is made of the bytes of a connection: a frame, or the error that tells what was expected. Must never read what
 * is too large or comes too often any further than to name the message in it.
 */

import { type ClientFrame, readClientFrame, type ServerFrame } from '../protocol.ts'
import type { ChatLimits } from './chat-limits.ts'
import type { Connection } from './connection.ts'

type Fault = Extract<ServerFrame, { type: 'error' }>

export function hear(
  connection: Connection,
  data: Buffer,
  isBinary: boolean,
  { frameBytes, burst, perSecond }: ChatLimits,
  now: number,
): ClientFrame | Fault {
  const reading = !isBinary && data.length <= frameBytes ? readClientFrame(data.toString()) : null
  const id = reading ? ('frame' in reading ? idOf(reading.frame) : reading.fault.id) : undefined
  if (!connection.frames.take(now) || now < connection.quietUntil) {
    const retryAfter = Math.max(1000, connection.frames.wait(now))
    connection.quietUntil = now + retryAfter
    const expected = `at most ${burst} frames at once and ${perSecond} a second`
    return { type: 'error', code: 'too-frequent', expected, retryAfter, ...(id ? { id } : {}) }
  }
  if (isBinary) return { type: 'error', code: 'binary', expected: 'text frames with one JSON object each' }
  if (!reading) return { type: 'error', code: 'too-large', expected: `at most ${frameBytes} bytes per frame` }
  return 'fault' in reading ? { type: 'error', ...reading.fault } : reading.frame
}

const idOf = (frame: { type: string; id?: string }) => frame.id
