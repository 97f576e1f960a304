/**
 * Owns what can travel over a WebSocket, and how much it weighs (R16, R21). Pure.
 * Must never copy or change a payload.
 */

import { isFunction, isNumber, isText } from './values.ts'

/** What can travel over a WebSocket. */
export type WebSocketData = string | Blob | ArrayBuffer | ArrayBufferView

/** Whether a value can travel: told by shape, because under jsdom and across frames `instanceof` says no. */
export function isWebSocketData(data: unknown): data is WebSocketData {
  if (typeof data === 'string' || ArrayBuffer.isView(data)) return true
  // Lists of libraries have a size and a slice as well; only a Blob says of what type it is.
  const { byteLength, slice, type } = Object(data)
  return isFunction(slice) && (isNumber(byteLength) || isText(type))
}

/** Bytes of a message, text as UTF-8. */
export function byteLength(data: WebSocketData): number {
  if (typeof data !== 'string') return payloadSize(data)
  let bytes = data.length
  for (let i = 0; i < data.length; i++) {
    const unit = data.charCodeAt(i)
    if (unit > 0x7f) bytes += unit < 0x800 ? 1 : 2
    // A pair is four bytes for its two units; a surrogate alone goes out as U+FFFD, which is three.
    if (unit >= 0xd800 && unit < 0xdc00 && (data.charCodeAt(i + 1) & 0xfc00) === 0xdc00) i++
  }
  return bytes
}

/** The cheap size of a payload: what its own length says. */
export function payloadSize(data: unknown): number {
  if (typeof data === 'string') return data.length
  const { byteLength, size } = Object(data)
  return byteLength || size || 0
}
