/**
 * Owns what a ping says, what counts as its answer, and when a verdict is too late to trust (R14). Pure.
 * Must never decide that a connection is dead: the chart does, by its deadline.
 */

/** A verdict this late (ms) was delayed by sleep or throttling: it judges our timer, not the peer. */
export const LATE = 1000

/** The text to send; throws what `JSON.stringify` or the user's function throws. */
export function pingText(message: string | object | (() => string | object)): string {
  const value = typeof message === 'function' ? message() : message
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  // JSON.stringify answers undefined for what JSON cannot say, and a socket would send that as a word.
  if (typeof text !== 'string') throw new TypeError(`expected a string or an object, got ${typeof value}`)
  return text
}

/** The default `isPong`: `pong` in any case, or JSON whose `type` is `pong`, in a text of at most 256 characters. */
export function isPongText(data: unknown): boolean {
  if (typeof data !== 'string' || data.length > 256) return false
  if (data.length === 4) return data.toLowerCase() === 'pong'
  return data.includes('pong') && JSON.parse(data).type === 'pong'
}
