/**
 * Owns what happens to an error of a handler that no engine stands around (R36).
 * Must never throw into whoever called the handler.
 */

import { platformTimers, report } from '../host.ts'

export function reportHandlerError(thrown: unknown): void {
  if (report(thrown)) return
  platformTimers.setTimeout(() => {
    throw thrown
  }, 0)
}
