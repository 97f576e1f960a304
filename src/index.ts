/** The engine's door: everything public, by name. Nothing here or behind it needs React. */

export type { BackoffOptions, Jitter } from './backoff.ts'
export { backoffDelay } from './backoff.ts'
export type { CircuitState } from './circuit-breaker.ts'
export type { Codec, SchemaInput, SchemaOutput, StandardSchema } from './codecs.ts'
export { json, raw } from './codecs.ts'
export type { ErrorCode } from './errors.ts'
export { WebSocketReconnectError } from './errors.ts'
export { interactive } from './interactive.ts'
export type { WebSocketData } from './message-queue.ts'
export type {
  Address,
  AttemptContext,
  CircuitBreakerOptions,
  Clock,
  CloseInfo,
  Environment,
  Provided,
  QueueOptions,
  RetryContext,
  Settings,
  SocketConstructor,
  SocketLike,
  WebSocketReconnectOptions,
  WorldNews,
} from './options.ts'
export type { DropInfo } from './sender.ts'
export type { Snapshot } from './snapshot.ts'
export { initialSnapshot } from './snapshot.ts'
export type { ConnectionState, ConnectionStatus } from './state.ts'
export type { Stats } from './stats.ts'
export { initialStats } from './stats.ts'
export type { Store, WebSocketClient } from './websocket-client.ts'
export type { ClientEvents, RetryInfo, SendOptions } from './websocket-reconnect.ts'
export { WebSocketReconnect } from './websocket-reconnect.ts'
