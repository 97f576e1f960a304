/**
 * Owns the making of a second set of hooks, typed, with a provider of its own (R30, R35). The default exports are the
 * same functions bound the same way to `defaultScope`, each in its own file, so that bundlers drop those nobody imports.
 * Must never hold logic: whatever a hook does, it does for every set.
 */

import type { ReactElement } from 'react'
import type { Codec, Stats, WebSocketData } from '../src/index.ts'
import { createScope, type Topic } from './scope.ts'
import { type useCircuitState, useCircuitStateIn } from './useCircuitState.ts'
import { type ConnectionStatsOptions, useConnectionStatsIn } from './useConnectionStats.ts'
import type { WebSocketHandlers } from './useEvents.ts'
import type { ClientOption } from './useHub.ts'
import { useLastMessageIn } from './useLastMessage.ts'
import { useLastMessageEventIn } from './useLastMessageEvent.ts'
import { useMessageIn } from './useMessage.ts'
import { useMessageReducerIn } from './useMessageReducer.ts'
import { type ListedMessage, type MessagesOptions, useMessagesIn } from './useMessages.ts'
import { type useRetryCountdown, useRetryCountdownIn } from './useRetryCountdown.ts'
import { useSendIn } from './useSend.ts'
import { useTopicIn } from './useTopic.ts'
import { type Send, useWebSocketIn, type WebSocketConnection } from './useWebSocket.ts'
import { type useWebSocketEvent, useWebSocketEventIn } from './useWebSocketEvent.ts'
import { createProvider, type WebSocketProviderProps } from './WebSocketProvider.tsx'

/** Options of `createWebSocketContext`: what all its providers and hooks have in common. */
export interface WebSocketContextOptions<In = any, Out = any> {
  /**
   * How messages are read and written. A provider's own `codec` comes first.
   * @default raw
   */
  codec?: Codec<In, Out> | undefined
  /** Names the topic of a message, for `useTopic`. A provider's own `topic` comes first. */
  topic?: Topic<In> | undefined
}

/** A provider and its hooks: messages come in as `In` and go out as `Out`. */
export interface WebSocketContext<In = unknown, Out = WebSocketData> {
  readonly Provider: ((props: WebSocketProviderProps<In, Out>) => ReactElement) & { displayName: string }
  readonly useWebSocket: (
    handlers?: WebSocketHandlers<In> & ClientOption,
    options?: ClientOption,
  ) => WebSocketConnection<In, Out>
  readonly useMessage: (handler: (data: In, event: MessageEvent) => void, options?: ClientOption) => void
  readonly useLastMessage: {
    <Kind extends In>(filter: (data: In) => data is Kind, options?: ClientOption): Kind | null
    (filter?: ((data: In) => boolean) | null, options?: ClientOption): In | null
  }
  readonly useLastMessageEvent: (filter?: ((data: In) => boolean) | null, options?: ClientOption) => MessageEvent | null
  readonly useMessages: (options?: MessagesOptions<In>) => ReadonlyArray<ListedMessage<In>>
  readonly useMessageReducer: <State>(
    reducer: (state: State, data: In, event: MessageEvent) => State,
    initial: State,
    options?: ClientOption,
  ) => State
  readonly useTopic: (name: string, handler: (data: In, event: MessageEvent) => void, options?: ClientOption) => void
  readonly useSend: (options?: ClientOption) => Send<Out>
  readonly useConnectionStats: <T = Stats>(options?: ConnectionStatsOptions<T>) => T
  readonly useCircuitState: typeof useCircuitState
  readonly useWebSocketEvent: typeof useWebSocketEvent
  readonly useRetryCountdown: typeof useRetryCountdown
}

/**
 * A provider and its hooks, apart from all others: for a second socket, or for one whose messages have types. Call it
 * once, outside of components.
 *
 * @example
 * const Prices = createWebSocketContext({ codec: json(priceSchema) })
 * // <Prices.Provider url="wss://…"> … Prices.useMessage((price) => …)
 */
export function createWebSocketContext<In = unknown, Out = WebSocketData>({
  codec,
  topic,
}: WebSocketContextOptions<In, Out> = {}): WebSocketContext<In, Out> {
  const scope = createScope(codec, topic)
  return {
    Provider: createProvider(scope, 'WebSocketContext.Provider'),
    useWebSocket: useWebSocketIn.bind(null, scope),
    useMessage: useMessageIn.bind(null, scope),
    useLastMessage: useLastMessageIn.bind(null, scope),
    useLastMessageEvent: useLastMessageEventIn.bind(null, scope),
    useMessages: useMessagesIn.bind(null, scope),
    useMessageReducer: useMessageReducerIn.bind(null, scope) as WebSocketContext<In>['useMessageReducer'],
    useTopic: useTopicIn.bind(null, scope),
    useSend: useSendIn.bind(null, scope),
    useConnectionStats: useConnectionStatsIn.bind(null, scope) as WebSocketContext['useConnectionStats'],
    useCircuitState: useCircuitStateIn.bind(null, scope),
    useWebSocketEvent: useWebSocketEventIn.bind(null, scope) as WebSocketContext['useWebSocketEvent'],
    useRetryCountdown: useRetryCountdownIn.bind(null, scope),
  }
}
