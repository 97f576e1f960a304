/**
 * Owns what a WebSocket client is to whoever uses one: the members that hooks and applications need, and none of how an
 * engine goes about them. Every hook and provider takes anything of this shape: the engine, a session, a connection that
 * tabs share. Must never demand what only one of them can have.
 */

import type { ConnectionState } from './machine/states.ts'
import type { WebSocketReconnectOptions } from './options/options.ts'
import type { Settings } from './options/settings.ts'
import type { CircuitState } from './policy/circuit-breaker.ts'
import type { WebSocketData } from './policy/payload.ts'
import type { ClientEvents } from './runtime/client-events.ts'
import type { Snapshot } from './runtime/snapshot.ts'
import type { Stats } from './runtime/stats.ts'

/** Options of `send`. */
export interface SendOptions {
  /**
   * `false`: never wait; sent now or dropped.
   * @default true
   */
  queue?: boolean | undefined
}

/** Something that can be read and listened to: what `useSyncExternalStore` and its kin in other frameworks take. */
export interface Store<T> {
  /** Calls `listener` whenever `getSnapshot` has a new answer; returns how to stop. */
  readonly subscribe: (listener: () => void) => () => void
  /** The same value until something in it differs. */
  readonly getSnapshot: () => T
  /** What there is before anything has happened: on a server, and for the first render over its HTML. */
  readonly getServerSnapshot: () => T
}

/** A WebSocket client by its shape. `WebSocketReconnect` is one; a class or an object of your own may be another. */
export interface WebSocketClient extends Store<Snapshot> {
  /** As in the snapshot; inside a listener that has called `close()` it is true already. */
  readonly state: ConnectionState
  /** The address last dialled, secrets and all; before that, the one given. */
  readonly url: string
  /** The subprotocol the server chose, or ''. */
  readonly protocol: string
  /** Bytes the platform has not sent yet. */
  readonly bufferedAmount: number
  /** Every option with its default in place. Views show its limits and count by its clock. */
  readonly options: Settings
  /**
   * Connects and stays connected until `close()`. Resolves when OPEN; rejects when closed, FAILED or BLOCKED,
   * though a BLOCKED client goes on by itself. The promise may be ignored.
   * @throws TypeError only where `globalThis.WebSocket` is a class that itself stands on this engine.
   */
  connect(): Promise<void>
  /**
   * Closes for good, until `connect()`: what waits for a connection is dropped; what an open one still
   * holds back goes out first, and the closing handshake follows, both within `closeTimeout`. Resolves when CLOSED, and
   * never rejects.
   * @throws RangeError, and changes nothing, for a code no endpoint may send or a reason over 123 bytes.
   */
  close(code?: number, reason?: string): Promise<void>
  /** Replaces the connection now: skips the backoff, never an open circuit. */
  reconnect(): void
  /**
   * For a person's button, right in every state: a waiting client dials now, a BLOCKED one closes the circuit and
   * dials, a CLOSED or FAILED one connects; while CONNECTING or OPEN nothing happens.
   */
  retryNow(): void
  /**
   * Sends, or queues until it can. `'sent'` means handed to the platform: there is no receipt.
   * @throws TypeError for anything but a string, Blob, ArrayBuffer or view.
   * @see docs/guide/recipes.md#did-my-message-arrive
   */
  send(data: WebSocketData, options?: SendOptions): 'sent' | 'queued' | 'dropped'
  /** Lets a held queue go; needed once after each `open` with `queue.hold`. */
  flush(): void
  /**
   * Resolves when the queue and the platform's own buffer are empty: everything has left, which is no receipt. Rejects
   * when the client is or gets CLOSED by `close()` or FAILED, and when a message is lost on the way
   * (`MESSAGE_DROPPED`). The promise may be ignored.
   */
  drain(): Promise<void>
  /** Adds a listener; returns how to remove it. Listeners run in order, each isolated from the others. */
  on<K extends keyof ClientEvents>(type: K, listener: ClientEvents[K]): () => void
  /** As `on`, for one event. */
  once<K extends keyof ClientEvents>(type: K, listener: ClientEvents[K]): () => void
  /** Removes a listener wherever it was added for this event. */
  off<K extends keyof ClientEvents>(type: K, listener: ClientEvents[K]): void
  /**
   * Opens the circuit by hand for `durationMs` (default `resetTimeout`; Infinity holds it): nothing dials.
   * @throws TypeError for what is no duration.
   */
  openCircuit(durationMs?: number): void
  /** Closes the circuit by hand and forgets the failures; a BLOCKED client dials at once. */
  closeCircuit(): void
  /** The circuit breaker's state. */
  getCircuitState(): CircuitState
  /** A fresh sample of everything measurable. */
  getStats(): Stats
  /**
   * Changes options. A new url or protocols value reconnects at once; limits apply now; a socket's own options at
   * the next attempt.
   * @throws TypeError for options it cannot use, and for `clock` and `random`, and then changes nothing.
   */
  update(options: Partial<WebSocketReconnectOptions>): void
  /** What a message of this client holds, before any codec: the event's `data`, or what the client's protocol wraps in it. */
  messageData(event: MessageEvent): unknown
  /** A codec above could not read a message: an `error` event (`INVALID_MESSAGE`) and nothing else. */
  reportDecodeError(cause: unknown): void
}
