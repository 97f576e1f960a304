/**
 * Owns what happens to an error of a handler that no engine stands around (R36).
 * Must never throw into whoever called the handler.
 */

import { reportOrThrow } from '../runtime/platform.ts'

export const reportHandlerError = (thrown: unknown): void => reportOrThrow(thrown)
