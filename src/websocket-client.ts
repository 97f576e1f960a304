/**
 * Owns what a WebSocket client is to whoever uses one: the members that hooks and applications need, and none of how an
 * engine goes about them. Every hook and provider takes anything of this shape: the engine, a session, a connection that
 * tabs share. Must never demand what only one of them can have.
 */

import type { SendOptions } from './client.ts'
import type { ConnectionState } from './machine/states.ts'
import type { Settings, WebSocketReconnectOptions } from './options/options.ts'
import type { CircuitState } from './policy/circuit-breaker.ts'
import type { WebSocketData } from './policy/payload.ts'
import type { ClientEvents } from './runtime/client-events.ts'
import type { Snapshot } from './runtime/snapshot.ts'
import type { Stats } from './runtime/stats.ts'

/** Something that can be read and listened to: what `useSyncExternalStore` and its kin in other frameworks take. */
export interface Store<T> {
  /** Calls `listener` whenever `getSnapshot` has a new answer; returns how to stop. */
  readonly subscribe: (listener: () => void) => () => void
  /** The same value until something in it differs. */
  readonly getSnapshot: () => T
  /** What there is before anything has happened: on a server, and for the first render over its HTML. */
  readonly getServerSnapshot: () => T
}

/** A WebSocket client by its shape (R30). `WebSocketReconnect` is one; a class or an object of your own may be another. */
export interface WebSocketClient extends Store<Snapshot> {
  readonly state: ConnectionState
  readonly url: string
  readonly protocol: string
  readonly bufferedAmount: number
  /** Every option with its default in place. Views show its limits and count by its clock. */
  readonly options: Settings
  connect(): Promise<void>
  close(code?: number, reason?: string): Promise<void>
  reconnect(): void
  retryNow(): void
  send(data: WebSocketData, options?: SendOptions): 'sent' | 'queued' | 'dropped'
  flush(): void
  drain(): Promise<void>
  on<K extends keyof ClientEvents>(type: K, listener: ClientEvents[K]): () => void
  once<K extends keyof ClientEvents>(type: K, listener: ClientEvents[K]): () => void
  off<K extends keyof ClientEvents>(type: K, listener: ClientEvents[K]): void
  openCircuit(durationMs?: number): void
  closeCircuit(): void
  getCircuitState(): CircuitState
  getStats(): Stats
  update(options: Partial<WebSocketReconnectOptions>): void
  /** What a message of this client holds, before any codec: the event's `data`, or what the client's protocol wraps in it. */
  messageData(event: MessageEvent): unknown
  /** A codec above could not read a message (R35): an `error` event (`INVALID_MESSAGE`) and nothing else. */
  reportDecodeError(cause: unknown): void
}
