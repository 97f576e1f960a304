/**
 * Owns every option of the engine: its type, default, validation and merging.
 * Must never touch a global, nor guess: a value it cannot use is a TypeError that says what was expected.
 */

import { type BackoffOptions, type Jitter, LONGEST_TIMER } from './backoff.ts'
import type { CircuitLimits } from './circuit-breaker.ts'
import type { QueueLimits } from './message-queue.ts'
import { checkOptions } from './option-rules.ts'
import { canBeDialled, isBag, isNumber, isObject, isText, shown } from './values.ts'

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
  /** Of a world under test that renders whatever it does: views hear their news at once, and sample and wait by this clock. */
  readonly drivesViews?: boolean | undefined
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

/** Every option that has a default; times in ms. What values are allowed is in option-rules.ts. */
const DEFAULTS = {
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
  circuitBreaker: {},
  queue: {},
}
const GROUPS = {
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
type Bag = Record<string, unknown>

/** `undefined` means the default. */
function fill(bag: object, defaults: object): Bag {
  const result: Bag = { ...defaults, ...bag }
  for (const name in defaults) if (result[name] === undefined) result[name] = (defaults as Bag)[name]
  return result
}

/**
 * What production refuses: only what would do harm, in a few words, a number that is none or negative, more jitter than
 * there is delay, and a url that nothing can dial.
 */
function guard(settings: Bag, anyUrl: boolean): void {
  const refuse = (name: string, value: unknown) => {
    throw new TypeError(`WebSocketReconnect: ${name} ${shown(value)}`)
  }
  const check = (bag: Bag, defaults: object, prefix = '') => {
    for (const name in defaults) {
      const value = bag[name]
      const mayBeText = name === 'jitter' && isText(value)
      const isHarmless = isNumber(value) && value >= 0 && (name !== 'jitter' || value <= 1)
      if (isNumber((defaults as Bag)[name]) && !mayBeText && !isHarmless) refuse(prefix + name, value)
    }
  }
  check(settings, DEFAULTS)
  for (const name in GROUPS) {
    if (settings[name]) check(settings[name] as Bag, GROUPS[name as 'queue'], `${name}.`)
  }
  if (!anyUrl && !canBeDialled(settings.url)) refuse('url', settings.url)
}

/**
 * Fills in the defaults; throws a TypeError that names the option, what was expected and what came. `anyUrl` leaves the
 * url to be judged when it is dialled (R33).
 */
export function readOptions(options: WebSocketReconnectOptions, anyUrl = false): Settings {
  if (latest && !anyUrl && isEqual(latest.given, Object(options))) return latest.settings
  const settings = fill(options, DEFAULTS)
  for (const name in GROUPS) {
    if (isBag(settings[name])) settings[name] = fill(settings[name] as object, GROUPS[name as 'queue'])
  }
  // Bundlers drop what stands behind the question; a page without a bundler has no `process`, and is told everything.
  let check: (settings: Bag, anyUrl: boolean, given: unknown) => void = guard
  try {
    if (process.env.NODE_ENV !== 'production') check = checkOptions
  } catch {
    check = checkOptions
  }
  check(settings, anyUrl, options)
  const frozen = Object.freeze(settings) as unknown as Settings
  if (!anyUrl) latest = { given: copyOptions(options), settings: frozen }
  return frozen
}

/**
 * The options that were read last. Whoever makes ten thousand clients makes them alike, and they share what was read: an
 * object of some thirty names is the largest thing that an idle client would hold.
 */
let latest: { readonly given: WebSocketReconnectOptions; readonly settings: Settings } | undefined

/** Its own copy, so that nobody changes it from the outside. */
export const copyOptions = (options: WebSocketReconnectOptions): WebSocketReconnectOptions => {
  const copy = { ...options }
  for (const name of ['circuitBreaker', 'queue'] as const) {
    if (isObject(copy[name])) copy[name] = { ...(copy[name] as object) }
  }
  return copy
}

/** Whether two bags say the same, groups by what they hold. */
function isEqual(a: object, b: object, isGroup = false): boolean {
  const names = Object.keys(a)
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => {
      const [one, other] = [(a as never)[name], (b as never)[name]]
      // A name that only one of them has is a difference, even where it stands for undefined.
      if (Object.is(one, other)) return name in b
      if (isGroup || (name !== 'circuitBreaker' && name !== 'queue')) return false
      return isObject(one) && isObject(other) && isEqual(one, other, true)
    })
  )
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
