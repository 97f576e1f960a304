'use client'

/**
 * The door of `react-websocket-reconnect`: the provider, the hooks, and everything of the engine.
 * Must name each export: Next.js refuses `export *` in client files.
 */

export type {
  AttemptContext,
  BackoffOptions,
  CircuitBreakerOptions,
  CircuitState,
  ClientEvents,
  Clock,
  CloseInfo,
  Codec,
  ConnectionState,
  DropInfo,
  Environment,
  ErrorCode,
  Jitter,
  Provided,
  QueueOptions,
  RetryContext,
  RetryInfo,
  SchemaOutput,
  SendOptions,
  Settings,
  Snapshot,
  SocketConstructor,
  SocketLike,
  StandardSchema,
  Stats,
  WebSocketData,
  WebSocketReconnectOptions,
  WorldNews,
} from '../src/index.ts'
export { backoffDelay, initialSnapshot, json, raw, WebSocketReconnect, WebSocketReconnectError } from '../src/index.ts'
export type { Circuit } from './useCircuitState.ts'
export { useCircuitState } from './useCircuitState.ts'
export type { ConnectionStatsOptions } from './useConnectionStats.ts'
export { useConnectionStats } from './useConnectionStats.ts'
export type { WebSocketHandlers } from './useEvents.ts'
export type { ClientOption } from './useHub.ts'
export { useMessage } from './useMessage.ts'
export type { Send, WebSocketConnection } from './useWebSocket.ts'
export { useWebSocket } from './useWebSocket.ts'
export type { GivenClientProps, OwnConnectionProps, WebSocketProviderProps } from './WebSocketProvider.tsx'
export { WebSocketProvider } from './WebSocketProvider.tsx'
