/**
 * Owns WebSocket frames as bytes (RFC 6455 §5), for a server that must be able to break every rule of them.
 * Writes any frame, legal or not; reads only what a client may send. Must never be lenient by accident: what is wrong
 * in a frame is wrong because the caller asked for it.
 */

import { createHash } from 'node:crypto'

export const CONTINUATION = 0x0
export const TEXT = 0x1
export const BINARY = 0x2
export const CLOSE = 0x8
export const PING = 0x9
export const PONG = 0xa

/** The parts of a frame head that a fault may bend. */
export interface Bend {
  /** Whether this is the last frame of its message. Default true. */
  fin?: boolean
  /** The three reserved bits, 0–7. Default 0. */
  rsv?: number
  /** Mask the payload, as only clients may. Default false. */
  mask?: boolean
  /** Declare this length instead of the payload's own. */
  length?: number
}

/** One frame from the server. */
export function frame(opcode: number, payload: Buffer | string = '', bend: Bend = {}): Buffer {
  const { fin = true, rsv = 0, mask = false } = bend
  const body = Buffer.from(payload as string)
  const length = bend.length ?? body.length
  const short = length < 126 ? length : length < 2 ** 16 ? 126 : 127
  const size = Buffer.alloc(short < 126 ? 0 : short === 126 ? 2 : 8)
  if (short === 126) size.writeUInt16BE(length)
  if (short === 127) size.writeBigUInt64BE(BigInt(length))
  const head = Buffer.from([(fin ? 0x80 : 0) | (rsv << 4) | opcode, (mask ? 0x80 : 0) | short])
  if (!mask) return Buffer.concat([head, size, body])
  const key = Buffer.from([1, 2, 3, 4])
  return Buffer.concat([head, size, key, unmask(body, key)])
}

/** A close frame with any code whatever, or, without one, with no payload. */
export function closeFrame(code?: number, reason: Buffer | string = ''): Buffer {
  if (code === undefined) return frame(CLOSE)
  const body = Buffer.alloc(2)
  body.writeUInt16BE(code)
  return frame(CLOSE, Buffer.concat([body, Buffer.from(reason as string)]))
}

/** A frame from the client, unmasked. */
export interface ClientFrame {
  readonly opcode: number
  readonly fin: boolean
  readonly payload: Buffer
  /** The payload as text. */
  readonly text: string
  /** The code of a close frame; undefined where it has none. */
  readonly code: number | undefined
}

/** Cuts a client's bytes into frames. Throws on what no client may send, and on a payload beyond `limit`. */
export function readFrames(onFrame: (frame: ClientFrame) => void, limit: number): (chunk: Buffer) => void {
  let pending: Buffer = Buffer.alloc(0)
  return (chunk) => {
    pending = pending.length ? Buffer.concat([pending, chunk]) : chunk
    for (;;) {
      if (pending.length < 2) return
      const [first, second] = [pending[0] as number, pending[1] as number]
      if (!(second & 0x80)) throw new Error('a client frame that is not masked')
      const short = second & 0x7f
      const start = short < 126 ? 2 : short === 126 ? 4 : 10
      if (pending.length < start + 4) return
      const length = short < 126 ? short : short === 126 ? pending.readUInt16BE(2) : Number(pending.readBigUInt64BE(2))
      if (length > limit) throw new Error(`a client frame of ${length} bytes`)
      const end = start + 4 + length
      if (pending.length < end) return
      const payload = unmask(pending.subarray(start + 4, end), pending.subarray(start, start + 4))
      pending = pending.subarray(end)
      const opcode = first & 0x0f
      onFrame({
        opcode,
        fin: (first & 0x80) !== 0,
        payload,
        text: payload.toString(),
        code: opcode === CLOSE && length > 1 ? payload.readUInt16BE(0) : undefined,
      })
    }
  }
}

/** The answer to a client's `Sec-WebSocket-Key` (RFC 6455 §4.2.2). */
export const acceptKey = (key: string): string =>
  createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')

function unmask(bytes: Buffer, key: Buffer): Buffer {
  const result = Buffer.allocUnsafe(bytes.length)
  for (let i = 0; i < bytes.length; i++) result[i] = (bytes[i] as number) ^ (key[i & 3] as number)
  return result
}
