/**
 * Owns what each option must be, in words, for development: production keeps only the guard of schema.ts.
 * Must never guess: a value that does not fit is a TypeError that says what was expected and what came.
 */

import {
  canBeDialled,
  isAddress,
  isBag,
  isFunction,
  isNumber,
  isObject,
  isProtocols,
  isText,
  shown,
} from '../policy/values.ts'

/** The expectation in words, and whether a value meets it. */
type Rule = readonly [expected: string, fits: (value: unknown) => boolean]
type Rules = Readonly<Record<string, Rule>>

const fromZero: Rule = ['a number ≥ 0', (n) => isNumber(n) && n >= 0]
const positive: Rule = ['a number > 0', (n) => isNumber(n) && n > 0]
const count: Rule = ['a whole number ≥ 1', (n) => Number.isInteger(n) && (n as number) >= 1]
const callable: Rule = ['a function', isFunction]
const group: Rule = ['an object or false', (value) => value === false || isBag(value)]

export const BREAKER_RULES: Rules = {
  failureThreshold: count,
  resetTimeout: positive,
  halfOpenMaxRequests: count,
  resetJitter: fromZero,
}

export const QUEUE_RULES: Rules = {
  maxMessages: fromZero,
  maxBytes: fromZero,
  overflow: ["'reject' or 'drop-oldest'", (value) => value === 'reject' || value === 'drop-oldest'],
  maxAge: fromZero,
  highWaterMark: fromZero,
  hold: ['true or false', (value) => typeof value === 'boolean'],
}

/** Every option there is. */
export const OPTION_RULES: Rules = {
  url: ['a string that is not empty, a URL, or a function returning one', isAddress],
  protocols: ['a string, an array of strings, or a function', (value) => isProtocols(value) || isFunction(value)],
  websocketOptions: ['an object, or a function returning one', (value) => isFunction(value) || isBag(value)],
  maxRetries: ['a whole number ≥ 0, or Infinity', (n) => n === Infinity || (Number.isInteger(n) && (n as number) >= 0)],
  baseDelay: fromZero,
  maxDelay: fromZero,
  multiplier: ['a number ≥ 1', (n) => isNumber(n) && n >= 1],
  jitter: [
    "a number from 0 to 1, 'full', 'equal' or 'decorrelated'",
    (value) =>
      isNumber(value) ? value >= 0 && value <= 1 : isText(value) && /^(full|equal|decorrelated)$/.test(value),
  ],
  retryDelay: callable,
  shouldReconnect: callable,
  heartbeatInterval: fromZero,
  heartbeatTimeout: positive,
  heartbeatMessage: [
    'a string, an object, or a function returning either',
    (value) => isText(value) || isObject(value) || isFunction(value),
  ],
  isPong: callable,
  circuitBreaker: group,
  queue: group,
  connectTimeout: positive,
  closeTimeout: positive,
  minUptime: fromZero,
  hiddenTimeout: fromZero,
  binaryType: ["a string such as 'arraybuffer'", isText],
  WebSocket: callable,
  environment: ['a function or false', (value) => value === false || isFunction(value)],
  random: callable,
  clock: [
    'an object with now, monotonic, setTimeout and clearTimeout',
    (value) => isObject(value) && [value.now, value.monotonic, value.setTimeout, value.clearTimeout].every(isFunction),
  ],
}

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
  const rules = { ...OPTION_RULES }
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
