/**
 * Owns refusing what no option may be, in words, for development: production keeps only the guard of read-options.ts.
 * Must never guess: a value that does not fit is a TypeError that says what was expected and what came.
 */

import { canBeDialled, isObject, shown } from '../policy/values.ts'
import { BREAKER_RULES, OPTION_RULES, QUEUE_RULES, type Rule, type Rules } from './schema.ts'

function refuse(name: string, expected: string, value: unknown): never {
  throw new TypeError(`WebSocketReconnect: "${name}" must be ${expected}, got ${shown(value)}.`)
}

function check(bag: Record<string, unknown>, rules: Rules, prefix = ''): void {
  for (const name of Object.keys(rules)) {
    const [expected, fits] = rules[name] as Rule
    const value = bag[name]
    if ((value !== undefined || name === 'url') && !fits(value)) refuse(prefix + name, expected, value)
  }
}

/** Throws a TypeError for what does not fit; `anyUrl` leaves the url to be judged when it is dialled (R33). */
export function checkOptions(settings: Record<string, unknown>, anyUrl: boolean, given: unknown): void {
  if (!isObject(given)) refuse('options', 'an object with a url', given)
  const { url, baseDelay, maxDelay, circuitBreaker, queue } = settings
  const rules: Record<string, Rule> = { ...OPTION_RULES }
  if (anyUrl) delete rules.url
  check(settings, rules)
  if (!anyUrl && !canBeDialled(url)) {
    refuse('url', 'an address that starts with ws://, wss://, http:// or https://', String(url))
  }
  if ((maxDelay as number) < (baseDelay as number)) {
    refuse('maxDelay', `a number ≥ baseDelay (${baseDelay})`, maxDelay)
  }
  if (circuitBreaker) check(circuitBreaker as Record<string, unknown>, BREAKER_RULES, 'circuitBreaker.')
  if (queue) check(queue as Record<string, unknown>, QUEUE_RULES, 'queue.')
}
