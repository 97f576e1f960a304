/**
 * Owns what happens to an error of a handler that no engine stands around (R36).
 * Must never throw into whoever called the handler.
 */

export { reportOrThrow as reportHandlerError } from '../runtime/platform.ts'
