/** The engine's door: everything public, by name. Nothing here or behind it needs React. */

export { WebSocketReconnect } from './client.ts'
export type { RetryInfo } from './machine/events.ts'
export type { ConnectionState, ConnectionStatus } from './machine/states.ts'
export type { CircuitBreakerOptions, QueueOptions } from './options/option-groups.ts'
export type { WebSocketReconnectOptions } from './options/options.ts'
export { interactive } from './options/presets.ts'
export type { Address, AttemptContext, Resolvable as Provided, RetryContext } from './options/providers.ts'
export type { Settings } from './options/settings.ts'
export type {
  Clock,
  Environment,
  EnvironmentSignal as WorldNews,
  SocketConstructor,
  SocketLike,
} from './options/world.ts'
export type { BackoffOptions, Jitter } from './policy/backoff.ts'
export { backoffDelay } from './policy/backoff.ts'
export type { CircuitState } from './policy/circuit-breaker.ts'
export type { CloseInfo } from './policy/close-policy.ts'
export type { Codec, SchemaInput, SchemaOutput, StandardSchema } from './policy/codec.ts'
export { json, raw } from './policy/codec.ts'
export type { ErrorCode } from './policy/errors.ts'
export { WebSocketReconnectError } from './policy/errors.ts'
export type { WebSocketData } from './policy/payload.ts'
export type { ClientEvents } from './runtime/client-events.ts'
export type { DropInfo } from './runtime/sender.ts'
export type { Snapshot } from './runtime/snapshot.ts'
export { initialSnapshot } from './runtime/snapshot.ts'
export type { Stats } from './runtime/stats.ts'
export { initialStats } from './runtime/stats.ts'
export type { TapEntry, TapListener, TransitionEntry } from './runtime/tap.ts'
export type { SendOptions, Store, WebSocketClient } from './websocket-client.ts'
