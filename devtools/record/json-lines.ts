/**
 * Owns a recording as JSON Lines: one entry a line, what `replay` of `/testing` takes. Must never lose `Infinity`, which
 * deadlines are made of.
 */

import type { RecordedEntry } from './entry.ts'

/** JSON has no word for it, but every parser reads a number that is too big as just that. */
const HUGE = '1e999'

/** A value as JSON, or as the source of a literal where `infinity` is a name. */
export const write = (value: unknown, infinity = HUGE): string =>
  JSON.stringify(value, (_, part) => {
    if (typeof part === 'function') return 'retry'
    return part === Infinity ? '\0+' : part === -Infinity ? '\0-' : part
  }).replace(/"\\u0000([+-])"/g, (_, sign) => (sign === '-' ? `-${infinity}` : infinity))

export const toJsonLines = (entries: readonly RecordedEntry[]): string =>
  entries.map((entry) => `${write(entry)}\n`).join('')
