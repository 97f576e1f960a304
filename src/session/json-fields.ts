/**
 * Owns the fields of a JSON frame: what each must be, and how a text becomes an object of them. Must never let through one of
 * the wrong kind.
 */

import { jsonText } from '../policy/json-text.ts'
import type { Position, RefusalNote, SessionFrame } from './frames.ts'

export type Wire = Record<string, unknown>

function check<T>(isSo: boolean, value: unknown, name: string): T {
  if (!isSo) throw new TypeError(`session frame: "${name}" must not be ${typeof value}`)
  return value as T
}

export const count = (value: unknown, name: string): number =>
  check(Number.isSafeInteger(value) && (value as number) >= 0, value, name)
export const text = (value: unknown, name: string): string => check(typeof value === 'string', value, name)
const list = (value: unknown): unknown[] => check(Array.isArray(value), value, 'x')

export const notes = (value: unknown): readonly RefusalNote[] =>
  value === undefined
    ? []
    : list(value)
        .map(list)
        .map(([n, why]) => [count(n, 'x'), text(why, 'x')])

export const position = ({ e, o }: Wire): Position => ({ epoch: text(e, 'e'), offset: count(o, 'o') })

/** What an application has given is looked at; the data of `send` and `event` has been JSON before. */
export const toText = (frame: SessionFrame, wire: object): string =>
  'id' in frame || frame.type === 'plain' ? jsonText(wire) : JSON.stringify(wire)

/** JSON would drop a key whose value is undefined. */
export const said = (data: unknown): unknown => (data === undefined ? null : data)

/** Null for what is no object, and so no frame. */
export function toWire(data: unknown): Wire | null {
  try {
    const wire: unknown = typeof data === 'string' && JSON.parse(data)
    return wire && !Array.isArray(wire) ? (Object(wire) === wire ? (wire as Wire) : null) : null
  } catch {
    return null
  }
}
