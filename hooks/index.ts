'use client'

/**
 * The door of `react-websocket-reconnect`: the provider, the hooks, and everything of the engine.
 * Must name each export: Next.js refuses `export *` in client files.
 */

export type {
  Address,
  AttemptContext,
  BackoffOptions,
  CircuitBreakerOptions,
  CircuitState,
  ClientEvents,
  Clock,
  CloseInfo,
  Codec,
  ConnectionState,
  ConnectionStatus,
  DropInfo,
  Environment,
  ErrorCode,
  Jitter,
  Provided,
  QueueOptions,
  RetryContext,
  RetryInfo,
  SchemaInput,
  SchemaOutput,
  SendOptions,
  Settings,
  Snapshot,
  SocketConstructor,
  SocketLike,
  StandardSchema,
  Stats,
  Store,
  TapEntry,
  TapListener,
  TransitionEntry,
  WebSocketClient,
  WebSocketData,
  WebSocketReconnectOptions,
  WorldNews,
} from '../src/index.ts'
export {
  backoffDelay,
  initialSnapshot,
  initialStats,
  interactive,
  json,
  raw,
  WebSocketReconnect,
  WebSocketReconnectError,
} from '../src/index.ts'
export type { Topic, TopicMessage } from '../src/observers/message-format.ts'
export type { Request } from '../src/observers/request-store.ts'
export type { TopicMap, WebSocketContext, WebSocketContextOptions } from './createWebSocketContext.ts'
export { createWebSocketContext } from './createWebSocketContext.ts'
export type { Circuit } from './useCircuitState.ts'
export { useCircuitState } from './useCircuitState.ts'
export type { ClientOption, TypedClient } from './useClient.ts'
export type { ConnectionStatsOptions } from './useConnectionStats.ts'
export { useConnectionStats } from './useConnectionStats.ts'
export type { WebSocketHandlers } from './useHandlers.ts'
export { useLastMessage } from './useLastMessage.ts'
export { useLastMessageEvent } from './useLastMessageEvent.ts'
export type { ConnectionOptions } from './useManagedClient.ts'
export { useMessage } from './useMessage.ts'
export { useMessageReducer } from './useMessageReducer.ts'
export type { ListedMessage, MessagesOptions } from './useMessages.ts'
export { useMessages } from './useMessages.ts'
export type { UseRequestOptions } from './useRequest.ts'
export { useRequest } from './useRequest.ts'
export { useRetryCountdown } from './useRetryCountdown.ts'
export type { Send } from './useSend.ts'
export { useSend } from './useSend.ts'
export type { TopicOption } from './useSingleMessage.ts'
export { useTopic } from './useTopic.ts'
export type { WebSocketConnection } from './useWebSocket.ts'
export { useWebSocket } from './useWebSocket.ts'
export { useWebSocketConnection } from './useWebSocketConnection.ts'
export { useWebSocketEvent } from './useWebSocketEvent.ts'
export type { GivenClientProps, OwnConnectionProps, WebSocketProviderProps } from './WebSocketProvider.tsx'
export { WebSocketProvider } from './WebSocketProvider.tsx'
