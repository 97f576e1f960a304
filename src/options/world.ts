/**
 * Owns what the engine needs of the world, as options may replace it: time, sockets, news. Types only.
 * Must never name a platform's own: those are in runtime/platform.ts.
 */

/**
 * News from the outside world that speeds up or holds back a reconnection. `online` and `wake`: try soon, and ask an
 * open connection whether it still lives. `offline`: wait longer. `freeze`: this page stands still, so how an attempt
 * ends says nothing about the server. `hidden`: nobody sees the page any more, until `wake` says that somebody does;
 * it matters for `hiddenTimeout` only.
 */
export type EnvironmentSignal = 'online' | 'offline' | 'wake' | 'freeze' | 'hidden'

/**
 * Watches the world and calls `notify`; returns how to stop watching. Give your own where there is no page, as in React
 * Native.
 *
 * @see docs/guide/recipes.md#does-it-work-with-server-rendering-strictmode-react-native-node
 */
export type Environment = (notify: (signal: EnvironmentSignal) => void) => () => void

/** The time as the engine sees it; tests pass their own. */
export interface Clock {
  /** Wall clock, epoch ms. */
  now(): number
  /** A clock that never jumps, ms from any origin. */
  monotonic(): number
  /** Calls `fn` once after `ms` milliseconds; returns what `clearTimeout` takes. */
  setTimeout(fn: () => void, ms: number): unknown
  /** Forgets a timer. */
  clearTimeout(timer: unknown): void
  /** Of a world under test that renders whatever it does: views hear their news at once, and sample and wait by this clock. */
  readonly drivesViews?: boolean | undefined
}

/** The part of a WebSocket that the engine uses; browsers', Node's, `ws`'s and most mocks fit. */
export interface SocketLike {
  /** 0 connecting, 1 open, 2 closing, 3 closed. */
  readonly readyState: number
  /** Bytes it has taken and not sent yet. */
  readonly bufferedAmount: number
  /** The subprotocol the server chose, or ''. */
  readonly protocol: string
  /** How binary messages arrive; set after construction if the option of this name is given. */
  binaryType: string
  /** Takes a message while open; may throw. */
  send(data: never): void
  /** Starts the closing handshake, or gives up while connecting. */
  close(code?: number, reason?: string): void
  /** Ends the connection at once, as in `ws`; used where there is one. */
  terminate?(): void
  // biome-ignore lint/suspicious/noExplicitAny: browsers', ws's and mocks' listeners take events of different shapes.
  addEventListener(type: string, listener: (event: any) => void): void
}

/** A WebSocket constructor. */
// biome-ignore lint/suspicious/noExplicitAny: constructors of four platforms differ in their third argument.
export type SocketConstructor = new (url: string, protocols?: any, options?: any) => SocketLike
