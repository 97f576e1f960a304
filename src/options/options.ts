/**
 * Owns what every option of the engine is, and says it to its user. Types only.
 * Must never hold a value: what each is where nobody says, and what it must be, is in schema.ts.
 */

import type { Jitter } from '../policy/backoff.ts'
import type { CloseInfo } from '../policy/close-policy.ts'
import type { CircuitBreakerOptions, QueueOptions } from './option-groups.ts'
import type { Address, Resolvable, RetryContext } from './providers.ts'
import type { Clock, Environment, SocketConstructor } from './world.ts'

/** Everything `new WebSocketReconnect(options)` accepts. Times are ms; `undefined` means the default. */
export interface WebSocketReconnectOptions {
  /**
   * Where to connect: a string, a `URL`, or a function `({ attempt, lastClose, signal }) => url`, also async, asked
   * afresh on every attempt, for tokens. A function that answers `null` says that the session is over and there is
   * nothing to dial: FAILED with `NO_URL`, until `connect()`.
   * @default required
   * @see docs/guide/recipes.md#how-do-i-refresh-a-token
   */
  url: Address
  /**
   * Subprotocols to offer: a string, an array, or the same kind of function as `url`.
   * @default []
   */
  protocols?: Resolvable<string | readonly string[]> | undefined
  /**
   * What the platform's WebSocket takes besides, such as `{ headers }`, or a function that returns it, also async,
   * asked afresh on every attempt. It is the third argument of `ws`, of React Native's WebSocket and of one you give;
   * Node's own takes `headers` and `dispatcher`. Browsers ignore it, with one warning in development.
   * @default {}
   * @see docs/guide/recipes.md#how-do-i-send-headers
   */
  websocketOptions?: Resolvable<object> | undefined
  /**
   * Retries before giving up, a whole number or `Infinity`, counted since the last proven connection. **`Infinity` for
   * anything a person looks at.**
   * @default 10
   */
  maxRetries?: number | undefined
  /**
   * Wait before the first retry, ms. Raise it for background jobs.
   * @default 1000
   */
  baseDelay?: number | undefined
  /**
   * Longest wait, ms, jitter included. Raise it when many clients share one server.
   * @default 30000
   */
  maxDelay?: number | undefined
  /**
   * Growth of the wait per retry, ≥ 1.
   * @default 2
   */
  multiplier?: number | undefined
  /**
   * Spread of the wait: 0 to 1, where 0.1 is ±10 %, or `'full'`, `'equal'`, `'decorrelated'`. Raise it when many
   * clients share one server.
   * @default 0.1
   */
  jitter?: Jitter | undefined
  /**
   * `({ attempt, delay, lastClose }) => ms`: adjusts a wait. Its answer is raised to 100 ms at least; a throw, or what is
   * no number, means the computed delay, and an `error`. For a rule of your own, such as longer waits at night.
   * @default none
   */
  retryDelay?: ((context: RetryContext) => number) | undefined
  /**
   * Asked after every attempt or connection that ended without your asking. Its answer takes the place of the whole
   * table of close codes: `false` stops, `true` retries with the usual backoff, a number retries after that many ms. A
   * throw, or another answer, means the table, and an `error`.
   * @default by close code
   * @see docs/guide/recipes.md#when-does-it-retry-and-how-do-i-decide-that
   */
  shouldReconnect?: ((close: CloseInfo, attempt: number) => boolean | number) | undefined
  /**
   * Time between pings, ms. Lower it to notice dead lines sooner; `0`, which means no pings, for servers that answer
   * none.
   * @default 30000
   * @see docs/guide/recipes.md#my-server-answers-no-ping
   */
  heartbeatInterval?: number | undefined
  /**
   * How long a ping may go unanswered, ms; any message is an answer. Raise it on slow lines.
   * @default 5000
   */
  heartbeatTimeout?: number | undefined
  /**
   * The ping: a string, an object (sent as JSON), or a function returning either. Change it to what your server
   * understands.
   * @default '{"type":"ping"}'
   * @see docs/guide/recipes.md#my-server-answers-no-ping
   */
  heartbeatMessage?: string | object | (() => string | object) | undefined
  /**
   * Recognises an answer to a ping, for the round-trip time and for what the hooks hide while a ping waits. It never
   * decides whether the line lives: any message proves that. A throw means false.
   * @default text or JSON "pong"
   */
  isPong?: ((data: unknown) => boolean) | undefined
  /**
   * The circuit breaker's options, or `false` for none.
   * @default as below
   */
  circuitBreaker?: CircuitBreakerOptions | false | undefined
  /**
   * The queue's options, or `false` for none: what cannot go now is dropped.
   * @default as below
   */
  queue?: QueueOptions | false | undefined
  /**
   * Deadline for the url function and the handshake together, ms. Raise it for slow lines.
   * @default 10000
   */
  connectTimeout?: number | undefined
  /**
   * How long a closing handshake may take, ms; then the client is CLOSED without the peer's answer.
   * @default 2000
   */
  closeTimeout?: number | undefined
  /**
   * How long a connection must live to count as a success, ms. `0`: opening is enough.
   * @default 5000
   */
  minUptime?: number | undefined
  /**
   * Set on every new socket if given, for example `'arraybuffer'`.
   * @default untouched
   */
  binaryType?: 'blob' | 'arraybuffer' | 'nodebuffer' | 'fragments' | undefined
  /**
   * The constructor to use; the platform's is looked up when connecting. For mocks, and for platforms that have none.
   * @default the platform's
   */
  WebSocket?: SocketConstructor | undefined
  /**
   * Close once the page has been hidden this long, ms, keeping the queue, and come back when it is seen. Lower it to
   * spare batteries and the server's seats.
   * @default Infinity
   * @see docs/guide/recipes.md#how-do-i-spare-batteries-while-nobody-looks
   */
  hiddenTimeout?: number | undefined
  /**
   * Tells of online, offline, waking, freezing and hiding, or `false` for not at all. Give your own in React Native.
   * @default the browser's events
   * @see docs/guide/recipes.md#does-it-work-with-server-rendering-strictmode-react-native-node
   */
  environment?: Environment | false | undefined
  /**
   * Chance, a number in [0, 1), for tests.
   * @default the platform's
   */
  random?: (() => number) | undefined
  /**
   * Time, `{ now, monotonic, setTimeout, clearTimeout }`, for tests.
   * @default the platform's
   */
  clock?: Clock | undefined
}
