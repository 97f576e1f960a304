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

/** What can travel over a WebSocket. */
export type WebSocketData = string | Blob | ArrayBuffer | ArrayBufferView

/** News from the outside world that speeds up or holds back a reconnection (R15). */
export type WorldNews = 'online' | 'offline' | 'wake' | 'freeze'

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
  addEventListener(type: string, listener: (event: never) => void): void
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
  /** Where to connect: a string, a `URL`, or a (possibly async) function asked afresh on every attempt, for tokens (R12, R22). Required. */
  url: Provided<string | URL>
  /** Subprotocols to offer, or a provider of them. Default `[]`. */
  protocols?: Provided<string | readonly string[]> | undefined
  /** Third argument of `ws`, React Native's or an explicit `WebSocket`, e.g. `{ headers }`. Default `{}`. Browsers ignore it, with one development warning (R28). */
  websocketOptions?: object | undefined
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
  /** Whether to retry after a close we did not cause. Default: by close code (R12). A throw means the default plus an `error`. */
  shouldReconnect?: ((close: CloseInfo, attempt: number) => boolean) | undefined
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
  /** How to learn of online, offline, waking and freezing; false for not at all. Default: the browser's own events (R15). */
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
  readonly url: Provided<string | URL>
  readonly protocols: Provided<string | readonly string[]>
  readonly websocketOptions: object
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

/** Shows a value in an error text without spelling out what could be a secret. */
const show = (value: unknown): string =>
  typeof value === 'string'
    ? JSON.stringify(redact(value.slice(0, 80)))
    : typeof value === 'number' || value === null
      ? String(value)
      : Array.isArray(value)
        ? 'an array'
        : `a value of type ${typeof value}`

function fail(name: string, expected: string, value: unknown): never {
  throw new TypeError(`WebSocketReconnect: "${name}" must be ${expected}, got ${show(value)}.`)
}

type Bag = Readonly<Record<string, unknown>>
type Kind = '' | 'integer' | 'integer or Infinity' | 'positive'

/** Reads one number: `undefined` means the default, anything else that does not fit is an error. */
function number(
  bag: Bag,
  name: string,
  fallback: number,
  kind: Kind = '',
  min = 0,
  max = Infinity,
  prefix = '',
): number {
  const value = bag[name] === undefined ? fallback : bag[name]
  const fits =
    typeof value === 'number' &&
    (kind === 'positive' ? value > 0 : value >= min) &&
    value <= max &&
    (!kind.startsWith('integer') || Number.isInteger(value) || (kind !== 'integer' && value === Infinity))
  const whole = kind.startsWith('integer') ? 'a whole number' : 'a number'
  const bound = kind === 'positive' ? '> 0' : max < Infinity ? `from ${min} to ${max}` : `≥ ${min}`
  if (!fits) fail(prefix + name, `${whole} ${bound}${kind === 'integer or Infinity' ? ' or Infinity' : ''}`, value)
  return value as number
}

const isObject = (value: unknown): value is Bag => typeof value === 'object' && value !== null

function group(bag: Bag, name: string): Bag | false {
  const value = bag[name] === undefined ? {} : bag[name]
  return value === false || (isObject(value) && !Array.isArray(value)) ? value : fail(name, 'an object or false', value)
}

/** Checks a field that is one of a few types, where it is given at all. */
function optional(bag: Bag, name: string, expected: string, fits: (value: unknown) => unknown): void {
  if (bag[name] !== undefined && !fits(bag[name])) fail(name, expected, bag[name])
}

const isFunction = (value: unknown): value is (...args: never[]) => unknown => typeof value === 'function'

/** Fills in the defaults; throws a TypeError that names the option, what was expected and what came. */
export function readOptions(options: WebSocketReconnectOptions): Settings {
  const given = (isObject(options) ? options : fail('options', 'an object with a url', options)) as Bag
  const { url, protocols, jitter = 0.1, heartbeatMessage = '{"type":"ping"}' } = given as unknown as Settings
  if (!isFunction(url)) {
    const isText = (typeof url === 'string' && url.trim()) || (isObject(url) && 'href' in url)
    if (!isText) fail('url', 'a non-empty string, a URL or a function returning one', url)
    // What is relative may still meet a page when it connects; what has a scheme can be judged here (R22).
    if (!isRelative(url) && !webSocketUrl(url)) {
      fail('url', 'an address that starts with ws://, wss://, http:// or https://', String(url))
    }
  }
  optional(given, 'protocols', 'a string, an array of strings or a function', (value) =>
    Array.isArray(value)
      ? value.every((one) => typeof one === 'string')
      : typeof value === 'string' || isFunction(value),
  )
  const isNamed = jitter === 'full' || jitter === 'equal' || jitter === 'decorrelated'
  if (!isNamed && !(typeof jitter === 'number' && jitter >= 0 && jitter <= 1)) {
    fail('jitter', "a number from 0 to 1, 'full', 'equal' or 'decorrelated'", jitter)
  }
  optional(
    given,
    'heartbeatMessage',
    'a string, an object or a function',
    (value) => ['string', 'function'].includes(typeof value) || isObject(value),
  )
  for (const name of ['retryDelay', 'shouldReconnect', 'isPong', 'random', 'WebSocket']) {
    optional(given, name, 'a function', isFunction)
  }
  optional(given, 'environment', 'a function or false', (value) => value === false || isFunction(value))
  for (const name of ['websocketOptions', 'clock']) optional(given, name, 'an object', isObject)

  const breaker = group(given, 'circuitBreaker')
  const queue = group(given, 'queue')
  const baseDelay = number(given, 'baseDelay', 1000)
  const settings: Settings = {
    ...options,
    protocols: protocols === undefined ? [] : protocols,
    websocketOptions: given.websocketOptions === undefined ? {} : (given.websocketOptions as object),
    jitter,
    heartbeatMessage,
    baseDelay,
    maxRetries: number(given, 'maxRetries', 10, 'integer or Infinity'),
    maxDelay: number(given, 'maxDelay', 30000, '', baseDelay),
    multiplier: number(given, 'multiplier', 2, '', 1),
    heartbeatInterval: number(given, 'heartbeatInterval', 30000),
    heartbeatTimeout: number(given, 'heartbeatTimeout', 5000, 'positive'),
    connectTimeout: number(given, 'connectTimeout', 10000, 'positive'),
    closeTimeout: number(given, 'closeTimeout', 2000, 'positive'),
    minUptime: number(given, 'minUptime', 5000),
    circuitBreaker: breaker && {
      failureThreshold: number(breaker, 'failureThreshold', 5, 'integer', 1, Infinity, 'circuitBreaker.'),
      resetTimeout: number(breaker, 'resetTimeout', 60000, 'positive', 0, Infinity, 'circuitBreaker.'),
      halfOpenMaxRequests: number(breaker, 'halfOpenMaxRequests', 3, 'integer', 1, Infinity, 'circuitBreaker.'),
      resetJitter: number(breaker, 'resetJitter', 0.5, '', 0, Infinity, 'circuitBreaker.'),
    },
    queue: queue && {
      maxMessages: number(queue, 'maxMessages', 1000, '', 0, Infinity, 'queue.'),
      maxBytes: number(queue, 'maxBytes', 1048576, '', 0, Infinity, 'queue.'),
      maxAge: number(queue, 'maxAge', Infinity, '', 0, Infinity, 'queue.'),
      highWaterMark: number(queue, 'highWaterMark', 1048576, '', 0, Infinity, 'queue.'),
      overflow: queue.overflow === undefined ? 'reject' : (queue.overflow as 'reject'),
      hold: !!queue.hold,
    },
  }
  if (queue) {
    optional(queue, 'overflow', "'reject' or 'drop-oldest'", (value) => value === 'reject' || value === 'drop-oldest')
  }
  return Object.freeze(settings)
}

/** Merges new options over old ones: groups by key, everything else by value (R27). */
export function mergeOptions(
  old: WebSocketReconnectOptions,
  change: Partial<WebSocketReconnectOptions>,
): WebSocketReconnectOptions {
  const merged = { ...old, ...change }
  if (!merged.url) merged.url = old.url
  for (const name of ['circuitBreaker', 'queue'] as const) {
    if (isObject(change[name]) && isObject(old[name])) merged[name] = { ...old[name], ...change[name] }
  }
  return merged
}

/** A user's delay, made safe: at least 100 ms, and short enough for a timer (R4). */
export const clampDelay = (delay: number): number => Math.min(Math.max(Math.round(delay) || 0, 100), LONGEST_TIMER)
