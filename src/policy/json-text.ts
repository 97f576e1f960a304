/**
 * Owns writing a value as JSON text, and refusing what JSON would lose without a word (R14, R35). Pure.
 * Must never let a Blob or a Map pass as `{}`: the peer would read something that nobody said.
 */

import { misuse } from './errors.ts'
import { isWebSocketData } from './payload.ts'

/** The text; a TypeError for what JSON cannot say. Fields that are undefined or functions are left out, as ever in JSON. */
export function jsonText(value: unknown): string {
  const text: string | undefined = JSON.stringify(value, keep)
  if (text === undefined) throw new TypeError(misuse('json', typeof value))
  return text
}

function keep(this: unknown, key: string, value: unknown): unknown {
  if (typeof value === 'object' && value !== null) {
    const kind = Object.prototype.toString.call(value).slice(8, -1)
    const original = (this as Record<string, unknown>)[key]
    // Node's Buffer has a toJSON that writes twelve bytes for three; other classes know best how they are written.
    if (ArrayBuffer.isView(original) || (original === value && isWebSocketData(value))) {
      throw new TypeError(misuse('jsonBinary', kind, key))
    }
    // What holds its content elsewhere than in fields comes out as {}: a Map, a Set, an Error, a promise, a FormData.
    if (!/^(Object|Array|String|Number|Boolean)$/.test(kind) && !Object.keys(value).length) {
      throw new TypeError(misuse('jsonEmpty', kind, key))
    }
  }
  return value
}
