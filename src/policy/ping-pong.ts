/**
 * Owns what a ping says, what counts as its answer, and when a verdict is too late to trust (R14). Pure.
 * Must never decide that a connection is dead: the machine does, by its deadline.
 */

import { jsonText } from './json-text.ts'

/** A verdict this late (ms) was delayed by sleep or throttling: it judges our timer, not the peer. */
export const LATE = 1000

/** The text to send; throws what the user's function throws, and a TypeError for what JSON cannot say or loses. */
export function pingText(message: string | object | (() => string | object)): string {
  const value = typeof message === 'function' ? message() : message
  return typeof value === 'string' ? value : jsonText(value)
}

/** The default `isPong`: `pong` in any case, or JSON whose `type` is `pong`, in a text of at most 256 characters. */
export function isPongText(data: unknown): boolean {
  if (typeof data !== 'string' || data.length > 256) return false
  if (data.length === 4) return data.toLowerCase() === 'pong'
  return data.includes('pong') && JSON.parse(data).type === 'pong'
}
