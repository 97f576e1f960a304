/**
 * Owns what happens to an error of a handler that no engine stands around (R36).
 * Must never throw into whoever called the handler.
 */

export function report(thrown: unknown): void {
  if (typeof reportError === 'function') reportError(thrown)
  else
    setTimeout(() => {
      throw thrown
    })
}
