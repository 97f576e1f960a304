/**
 * Owns the table of options: what each is where nobody says, and what it must be, in words. A new option is a line in each
 * of the two, and its docstring in options.ts; the compiler asks for the rest.
 * Must never act: read-options.ts fills in and check-options.ts refuses. Production drops the rules.
 */

import { isAddress, isBag, isFunction, isNumber, isObject, isProtocols, isText } from '../policy/values.ts'
import type { CircuitBreakerOptions, QueueOptions } from './option-groups.ts'
import type { WebSocketReconnectOptions } from './options.ts'

/** The expectation in words, and whether a value meets it. */
export type Rule = readonly [expected: string, fits: (value: unknown) => boolean]
export type Rules<Name extends PropertyKey = string> = Readonly<Record<Name, Rule>>

/** Every option that has a default; times in ms. */
export const DEFAULTS = {
  protocols: [],
  websocketOptions: {},
  maxRetries: 10,
  baseDelay: 1000,
  maxDelay: 30000,
  multiplier: 2,
  jitter: 0.1,
  heartbeatInterval: 30000,
  heartbeatTimeout: 5000,
  heartbeatMessage: '{"type":"ping"}',
  connectTimeout: 10000,
  closeTimeout: 2000,
  minUptime: 5000,
  hiddenTimeout: Infinity,
  circuitBreaker: { failureThreshold: 5, resetTimeout: 60000, halfOpenMaxRequests: 3, resetJitter: 0.5 },
  queue: {
    maxMessages: 1000,
    maxBytes: 1048576,
    overflow: 'reject',
    maxAge: Infinity,
    highWaterMark: 1048576,
    hold: false,
  },
}
/** Those that are made of options themselves. */
export const GROUPS = ['circuitBreaker', 'queue'] as const

const fromZero: Rule = ['a number ≥ 0', (n) => isNumber(n) && n >= 0]
const positive: Rule = ['a number > 0', (n) => isNumber(n) && n > 0]
const count: Rule = ['a whole number ≥ 1', (n) => Number.isInteger(n) && (n as number) >= 1]
const callable: Rule = ['a function', isFunction]
const group: Rule = ['an object or false', (value) => value === false || isBag(value)]

export const BREAKER_RULES: Rules<keyof CircuitBreakerOptions> = {
  failureThreshold: count,
  resetTimeout: positive,
  halfOpenMaxRequests: count,
  resetJitter: fromZero,
}

export const QUEUE_RULES: Rules<keyof QueueOptions> = {
  maxMessages: fromZero,
  maxBytes: fromZero,
  overflow: ["'reject' or 'drop-oldest'", (value) => value === 'reject' || value === 'drop-oldest'],
  maxAge: fromZero,
  highWaterMark: fromZero,
  hold: ['true or false', (value) => typeof value === 'boolean'],
}

/** Every option there is. */
export const OPTION_RULES: Rules<keyof WebSocketReconnectOptions> = {
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
