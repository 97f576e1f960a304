/**
 * Owns how long the n-th retry waits (R4). Pure: the random number comes in.
 * Must never wait, count retries, or return anything but a whole number of milliseconds within the cap.
 */

/** Browsers and Node keep timers in 32 signed bits: one millisecond more and they fire at once. */
export const LONGEST_TIMER = 2 ** 31 - 1

/**
 * How far a delay may stray: a fraction from 0 to 1 (0.1 is ±10 %), or one of the three classic spreads. `'full'`:
 * anything from 0 to the delay. `'equal'`: from half of it to all of it. `'decorrelated'`: from `baseDelay` to three
 * times the delay before.
 */
export type Jitter = number | 'full' | 'equal' | 'decorrelated'

/** What shapes the delay between two attempts; see the options of the same names. */
export interface BackoffOptions {
  /**
   * First delay, ms.
   * @default 1000
   */
  baseDelay: number
  /**
   * Longest delay, ms, jitter included.
   * @default 30000
   */
  maxDelay: number
  /**
   * Growth per retry, ≥ 1.
   * @default 2
   */
  multiplier: number
  /**
   * Spread around the delay; 0.1 is ±10 %.
   * @default 0.1
   */
  jitter: Jitter
}

/**
 * The delay before retry number `attempt` (1 for the first), in whole milliseconds, never above `maxDelay`: what the
 * engine waits, for a loop of your own.
 *
 * `random` is a number in [0, 1). `previousDelay` matters for `jitter: 'decorrelated'` only, where each delay is drawn
 * between `baseDelay` and three times the one before it.
 *
 * @example backoffDelay(4, { baseDelay: 1000, maxDelay: 30000, multiplier: 2, jitter: 0 }, 0.5) // 8000
 */
export function backoffDelay(
  attempt: number,
  { baseDelay, maxDelay, multiplier, jitter }: BackoffOptions,
  random: number,
  previousDelay: number = baseDelay,
): number {
  const cap = Math.min(maxDelay, LONGEST_TIMER)
  // The exponent is clamped so that no power overflows: 0 × Infinity is NaN, and NaN would dial in a loop.
  const full = Math.min(baseDelay * multiplier ** Math.min(attempt - 1, 1000 / Math.log2(multiplier + 1)), cap)
  let low: number
  let high = full
  if (jitter === 'full') low = 0
  else if (jitter === 'equal') low = full / 2
  else if (typeof jitter === 'number') {
    low = full * (1 - jitter)
    high = full * (1 + jitter)
  } else {
    // Production looks at no word, and of a misspelt one must not come NaN.
    low = baseDelay
    high = Math.max(low, previousDelay * 3)
  }
  // The draw is cut to the cap before it is made, not after: clamping afterwards would gather a fleet on the cap itself.
  return Math.round(low + random * (Math.min(high, cap) - low))
}
