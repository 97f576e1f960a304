/**
 * Owns every option of the engine: its type, default, validation and merging.
 * Must never touch a global, nor guess: a value it cannot use is a TypeError that says what was expected.
 */

import { type BackoffOptions, type Jitter, LONGEST_TIMER } from './backoff.ts'
import type { CircuitLimits } from './circuit-breaker.ts'
import type { QueueLimits } from './message-queue.ts'
import { isRelative, redact, webSocketUrl } from './url.ts'

/** What a `url` or `protocols` provider is told about the attempt it is asked for (R7, R12). */
export interface AttemptContext {
  /** 0 for the first dial, n for the n-th retry. */
  readonly attempt: number
  /** How the connection before this one ended, or null. */
  readonly lastClose: CloseInfo | null
  /** Aborted when the attempt is over; undefined where the platform has no AbortController (R28). */
  readonly signal: AbortSignal | undefined
}

/** The payload of `close` (R23, R25): the requirement's `{code, reason}` and two fields more. */
export interface CloseInfo {
  readonly code: number
  readonly reason: string
  /** Whether the peer took part in the closing handshake. */
  readonly wasClean: boolean
  /** Whether this attempt had ever opened. */
  readonly opened: boolean
}

/** A value, or a function asked afresh on every attempt. */
export type Provided<T> = T | ((context: AttemptContext) => T | PromiseLike<T>)

/** A url, or a function that answers one, or null for none. */
export type Address =
  | string
  | URL
  | ((context: AttemptContext) => string | URL | null | PromiseLike<string | URL | null>)

/**
 * News from the outside world that speeds up or holds back a reconnection (R15). `hidden`: nobody sees the page any more,
 * until `wake` says that somebody does; it matters for `hiddenTimeout` only.
 */
export type WorldNews = 'online' | 'offline' | 'wake' | 'freeze' | 'hidden'

/** Watches the world and calls `notify`; returns how to stop watching. */
export type Environment = (notify: (news: WorldNews) => void) => () => void

/** The time as the engine sees it; tests pass their own. */
export interface Clock {
  /** Wall clock, epoch ms. */
  now(): number
  /** A clock that never jumps, ms from any origin. */
  monotonic(): number
  setTimeout(fn: () => void, ms: number): unknown
  clearTimeout(timer: unknown): void
}

/** The part of a WebSocket that the engine uses; browsers', Node's, `ws`'s and most mocks fit. */
export interface SocketLike {
  readonly readyState: number
  readonly bufferedAmount: number
  readonly protocol: string
  binaryType: string
  send(data: never): void
  close(code?: number, reason?: string): void
  terminate?(): void
  // biome-ignore lint/suspicious/noExplicitAny: browsers', ws's and mocks' listeners take events of different shapes.
  addEventListener(type: string, listener: (event: any) => void): void
}

/** A WebSocket constructor. */
// biome-ignore lint/suspicious/noExplicitAny: constructors of four platforms differ in their third argument.
export type SocketConstructor = new (url: string, protocols?: any, options?: any) => SocketLike

/** Options of the circuit breaker (R8–R11). */
export interface CircuitBreakerOptions {
  /** Consecutive failures that open the circuit, a whole number ≥ 1. Default 5. Lower it for a server that must be spared. */
  failureThreshold?: number | undefined
  /** How long the circuit stays open, ms. Default 60000. */
  resetTimeout?: number | undefined
  /** How many trials may fail before the circuit opens again, a whole number ≥ 1. Default 3 (R11). */
  halfOpenMaxRequests?: number | undefined
  /** The first trial waits up to this fraction of `resetTimeout` more, so that a fleet does not return as one. Default 0.5; 0 dials at once (R10). */
  resetJitter?: number | undefined
}

/** Options of the queue that holds messages while there is no connection (R16). */
export interface QueueOptions {
  /** Default 1000. */
  maxMessages?: number | undefined
  /** Default 1 MiB, text counted as UTF-8. */
  maxBytes?: number | undefined
  /** What happens to the message too many: `'reject'` (default) drops the new one, `'drop-oldest'` makes room. */
  overflow?: 'reject' | 'drop-oldest' | undefined
  /** How long a message may wait, ms. Default Infinity. */
  maxAge?: number | undefined
  /** Above this many bytes of the platform's own buffer, messages wait here. Default 1 MiB. */
  highWaterMark?: number | undefined
  /** Keep the queue after `open` until `flush()`: for servers that must accept a login first. Default false. */
  hold?: boolean | undefined
}

/** Everything `new WebSocketReconnect(options)` accepts. Times are ms; `undefined` means the default. */
export interface WebSocketReconnectOptions {
  /**
   * Where to connect: a string, a `URL`, or a (possibly async) function asked afresh on every attempt, for tokens. Required.
   * A function that answers null says that there is nothing to dial, because the session is over: FAILED, `NO_URL`, until
   * `connect()` (R12, R22).
   */
  url: Address
  /** Subprotocols to offer, or a provider of them. Default `[]`. */
  protocols?: Provided<string | readonly string[]> | undefined
  /**
   * What the constructor takes besides url and protocols, e.g. `{ headers }`: third argument of `ws`, of React Native's or
   * of an explicit `WebSocket`; Node's own takes `headers` and `dispatcher`. Or a (possibly async) function asked afresh
   * on every attempt. Default `{}`. Browsers ignore it, with one development warning (R28).
   */
  websocketOptions?: Provided<object> | undefined
  /** Retries without proof before FAILED, a whole number or Infinity. Default 10. Use Infinity for anything a person looks at (R6). */
  maxRetries?: number | undefined
  /** Delay before the first retry, ms. Default 1000 (R4). */
  baseDelay?: number | undefined
  /** Longest delay, ms. Default 30000 (R4). */
  maxDelay?: number | undefined
  /** Growth of the delay per retry, ≥ 1. Default 2 (R4). */
  multiplier?: number | undefined
  /** Spread of the delay: 0–1, `'full'`, `'equal'` or `'decorrelated'`. Default 0.1, which means ±10 % (R4). */
  jitter?: Jitter | undefined
  /** Adjusts the computed delay; at least 100 ms, at most 2^31−1 (R4). */
  retryDelay?: ((context: RetryContext) => number) | undefined
  /**
   * Asked after every attempt or connection that ended without being asked to. Its answer takes the place of the whole
   * table of close codes: `false` stops, `true` retries with the usual backoff, a number retries after that many ms.
   * Default: by close code (R12). A throw, or another answer, means the default plus an `error`.
   */
  shouldReconnect?: ((close: CloseInfo, attempt: number) => boolean | number) | undefined
  /** Time between pings, ms; 0 switches the heartbeat off. Default 30000 (R14). */
  heartbeatInterval?: number | undefined
  /** How long a ping may go unanswered, ms. Default 5000 (R14). */
  heartbeatTimeout?: number | undefined
  /** What a ping says: a string, an object (sent as JSON) or a function returning either. Default `{"type":"ping"}`. */
  heartbeatMessage?: string | object | (() => string | object) | undefined
  /** Recognises an answer to a ping, for the round-trip time and for what hooks hide; never decides liveness. A throw means false. */
  isPong?: ((data: unknown) => boolean) | undefined
  /** The circuit breaker's options, or false for none. */
  circuitBreaker?: CircuitBreakerOptions | false | undefined
  /** The queue's options, or false for none. */
  queue?: QueueOptions | false | undefined
  /** Deadline over url provider and handshake together, ms. Default 10000 (R3). */
  connectTimeout?: number | undefined
  /** How long CLOSING may last before the close is synthesised, ms. Default 2000. */
  closeTimeout?: number | undefined
  /** How long a connection must live to count as proven, ms; 0 means that `open` is proof. Default 5000 (R5). */
  minUptime?: number | undefined
  /** Applied to every new socket if given. */
  binaryType?: 'blob' | 'arraybuffer' | 'nodebuffer' | 'fragments' | undefined
  /** The constructor to use instead of the platform's. */
  WebSocket?: SocketConstructor | undefined
  /**
   * Close once the page has been hidden this long, ms, keeping the queue, and connect again when it is seen. Default
   * Infinity: a hidden page keeps its connection. Lower it to save batteries and the server's seats.
   */
  hiddenTimeout?: number | undefined
  /** How to learn of online, offline, waking, freezing and hiding; false for not at all. Default: the browser's own events (R15). */
  environment?: Environment | false | undefined
  /** Default `Math.random`. */
  random?: (() => number) | undefined
  /** Default: the platform's. */
  clock?: Clock | undefined
}

/** What `retryDelay` may look at. */
export interface RetryContext {
  /** Number of the retry this delay is for, 1 for the first. */
  readonly attempt: number
  /** The delay that R4 computed, ms. */
  readonly delay: number
  /** How the last connection ended, or null. */
  readonly lastClose: CloseInfo | null
}

/** The options with every default in place; what `client.options` shows. */
export interface Settings extends BackoffOptions, Readonly<Omit<WebSocketReconnectOptions, keyof BackoffOptions>> {
  readonly url: Address
  readonly protocols: Provided<string | readonly string[]>
  readonly websocketOptions: Provided<object>
  readonly hiddenTimeout: number
  readonly maxRetries: number
  readonly heartbeatInterval: number
  readonly heartbeatTimeout: number
  readonly heartbeatMessage: string | object | (() => string | object)
  readonly connectTimeout: number
  readonly closeTimeout: number
  readonly minUptime: number
  readonly circuitBreaker: CircuitLimits | false
  readonly queue: QueueLimits | false
}

/** The breaker that stands in where there is none: it never opens by itself, but can be opened by hand (R13). */
export const MANUAL_BREAKER: CircuitLimits = {
  failureThreshold: Infinity,
  halfOpenMaxRequests: Infinity,
  resetTimeout: 60000,
  resetJitter: 0.5,
}

/** What an option must be: its default, the expectation in words, and whether a value meets it. */
type Rule = readonly [fallback: unknown, expected: string, fits: (value: unknown) => boolean]
type Schema = Readonly<Record<string, Rule>>

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
const isFunction = (value: unknown): value is (...args: never[]) => unknown => typeof value === 'function'
const isText = (value: unknown): value is string => typeof value === 'string'
/** Whether this is an object with names for its parts. */
export const isBag = (value: unknown): value is object => isObject(value) && !Array.isArray(value)
const isGroup = (value: unknown): boolean => value === false || isBag(value)

/** Whether this can be offered as subprotocols. */
export const isProtocols = (value: unknown): value is string | readonly string[] =>
  isText(value) || (Array.isArray(value) && value.every(isText))

const isNumber = (value: unknown): value is number => typeof value === 'number'
const fromZero = (fallback: number): Rule => [fallback, 'a number ≥ 0', (n) => isNumber(n) && n >= 0]
const positive = (fallback: number): Rule => [fallback, 'a number > 0', (n) => isNumber(n) && n > 0]
const count = (fallback: number): Rule => [
  fallback,
  'a whole number ≥ 1',
  (n) => Number.isInteger(n) && (n as number) >= 1,
]
const callable: Rule = [undefined, 'a function', isFunction]

export const BREAKER: Schema = {
  failureThreshold: count(5),
  resetTimeout: positive(60000),
  halfOpenMaxRequests: count(3),
  resetJitter: fromZero(0.5),
}

export const QUEUE: Schema = {
  maxMessages: fromZero(1000),
  maxBytes: fromZero(1048576),
  overflow: ['reject', "'reject' or 'drop-oldest'", (value) => value === 'reject' || value === 'drop-oldest'],
  maxAge: fromZero(Infinity),
  highWaterMark: fromZero(1048576),
  hold: [false, 'true or false', (value) => typeof value === 'boolean'],
}

/** Every option there is, with its default and its limits. */
export const SCHEMA: Schema = {
  url: [undefined, 'a string that is not empty, a URL, or a function returning one', isAddress],
  protocols: [[], 'a string, an array of strings, or a function', (value) => isProtocols(value) || isFunction(value)],
  websocketOptions: [{}, 'an object, or a function returning one', (value) => isFunction(value) || isBag(value)],
  maxRetries: [
    10,
    'a whole number ≥ 0, or Infinity',
    (n) => n === Infinity || (Number.isInteger(n) && (n as number) >= 0),
  ],
  baseDelay: fromZero(1000),
  maxDelay: fromZero(30000),
  multiplier: [2, 'a number ≥ 1', (n) => isNumber(n) && n >= 1],
  jitter: [
    0.1,
    "a number from 0 to 1, 'full', 'equal' or 'decorrelated'",
    (value) =>
      isNumber(value) ? value >= 0 && value <= 1 : isText(value) && /^(full|equal|decorrelated)$/.test(value),
  ],
  retryDelay: callable,
  shouldReconnect: callable,
  heartbeatInterval: fromZero(30000),
  heartbeatTimeout: positive(5000),
  heartbeatMessage: [
    '{"type":"ping"}',
    'a string, an object, or a function returning either',
    (value) => isText(value) || isObject(value) || isFunction(value),
  ],
  isPong: callable,
  circuitBreaker: [{}, 'an object or false', isGroup],
  queue: [{}, 'an object or false', isGroup],
  connectTimeout: positive(10000),
  closeTimeout: positive(2000),
  minUptime: fromZero(5000),
  hiddenTimeout: fromZero(Infinity),
  binaryType: [undefined, "a string such as 'arraybuffer'", isText],
  WebSocket: callable,
  environment: [undefined, 'a function or false', (value) => value === false || isFunction(value)],
  random: callable,
  clock: [
    undefined,
    'an object with now, monotonic, setTimeout and clearTimeout',
    (value) => isObject(value) && [value.now, value.monotonic, value.setTimeout, value.clearTimeout].every(isFunction),
  ],
}

/** Whether this can be an address, or a provider of one. */
export function isAddress(url: unknown): url is Address {
  return isText(url) ? url.trim() !== '' : isFunction(url) || (isObject(url) && String(url) === url.href)
}

function refuse(name: string, expected: string, value: unknown): never {
  // A value is shown only as far as it cannot be a secret (R19).
  const shown = isText(value)
    ? `"${redact(value).slice(0, 80)}"`
    : isObject(value) || isFunction(value)
      ? `a value of type ${Array.isArray(value) ? 'array' : typeof value}`
      : String(value)
  throw new TypeError(`WebSocketReconnect: "${name}" must be ${expected}, got ${shown}.`)
}

/** Reads a bag by its schema: `undefined` means the default, and what does not fit is refused. */
function read(
  bag: Readonly<Record<string, unknown>>,
  schema: Schema,
  prefix = '',
  unread?: string,
): Record<string, unknown> {
  const result: Record<string, unknown> = { ...bag }
  for (const name of Object.keys(schema)) {
    const [fallback, expected, fits] = schema[name] as Rule
    const value = (result[name] = bag[name] === undefined ? fallback : bag[name])
    const isRead = name !== unread && (value !== undefined || name === 'url')
    if (isRead && !fits(value)) refuse(prefix + name, expected, value)
  }
  return result
}

/**
 * Fills in the defaults; throws a TypeError that names the option, what was expected and what came. `anyUrl` leaves the
 * url to be judged when it is dialled (R33).
 */
export function readOptions(options: WebSocketReconnectOptions, anyUrl = false): Settings {
  if (!isObject(options)) refuse('options', 'an object with a url', options)
  const settings = read(options, SCHEMA, '', anyUrl ? 'url' : undefined)
  const { url, baseDelay, maxDelay, circuitBreaker, queue } = settings as unknown as Settings
  // What is relative may still meet a page when it connects; what has a scheme can be judged here (R22).
  if (!anyUrl && !isFunction(url) && !isRelative(url) && !webSocketUrl(url)) {
    refuse('url', 'an address that starts with ws://, wss://, http:// or https://', String(url))
  }
  if (maxDelay < baseDelay) refuse('maxDelay', `a number ≥ baseDelay (${baseDelay})`, maxDelay)
  if (circuitBreaker) settings.circuitBreaker = read({ ...circuitBreaker }, BREAKER, 'circuitBreaker.')
  if (queue) settings.queue = read({ ...queue }, QUEUE, 'queue.')
  return Object.freeze(settings) as unknown as Settings
}

/** Merges new options over old ones: groups by key, everything else by value (R27). */
export function mergeOptions(
  old: WebSocketReconnectOptions,
  change: Partial<WebSocketReconnectOptions>,
): WebSocketReconnectOptions {
  const merged = { ...old, ...change }
  if (merged.url === undefined) merged.url = old.url
  for (const name of ['circuitBreaker', 'queue'] as const) {
    if (isObject(change[name]) && isObject(old[name])) merged[name] = { ...old[name], ...change[name] }
  }
  return merged
}

/** A user's delay, made safe: at least 100 ms, and short enough for a timer (R4). */
export const clampDelay = (delay: number): number => Math.min(Math.max(Math.round(delay) || 0, 100), LONGEST_TIMER)
