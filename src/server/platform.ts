/**
 * Owns the server's look at the outside world: its clock, chance, the end of a turn, the console.
 * Must never do so while it loads (R28).
 */

/** The time as the server sees it; the clock of a virtual world fits. */
export interface ServerClock {
  /** Wall clock, epoch ms. */
  now(): number
  /** Calls `fn` once after `ms` milliseconds; returns what `clearTimeout` takes. */
  setTimeout(fn: () => void, ms: number): unknown
  /** Forgets a timer. */
  clearTimeout(timer: unknown): void
  /** Calls `fn` once what has arrived together is dealt with. Without it: when promises have had their turn. */
  endOfTurn?(fn: () => void): void
}

export const platformClock: ServerClock = {
  now: () => Date.now(),
  setTimeout(fn, ms) {
    const timer = setTimeout(fn, ms) as unknown as { unref?(): void }
    // No timer of ours keeps a process alive: its sockets do.
    timer.unref?.()
    return timer
  },
  clearTimeout: (timer) => clearTimeout(timer as never),
  endOfTurn: (fn) => void setImmediate(fn),
}

export function atEndOfTurn(clock: ServerClock, fn: () => void): void {
  if (clock.endOfTurn) clock.endOfTurn(fn)
  else void Promise.resolve().then(fn)
}

/** Nobody else has it: it names one life of a memory. */
export function newEpoch(): string {
  let text = Date.now().toString(36)
  while (text.length < 16) text += Math.random().toString(36).slice(2, 10)
  return text.slice(0, 16)
}

/** Undefined before Node 15. */
export const newAbortController = (): AbortController | undefined =>
  typeof AbortController === 'function' ? new AbortController() : undefined

export const printError = (text: string, cause: unknown): void => console.error(text, cause)
