/**
 * Owns what happens to an error of a handler that no engine stands around (R36).
 * Must never throw into whoever called the handler.
 */

import { platformTimers, reportToPlatform } from '../runtime/platform.ts'

export function reportHandlerError(thrown: unknown): void {
  if (reportToPlatform(thrown)) return
  platformTimers.setTimeout(() => {
    throw thrown
  }, 0)
}
