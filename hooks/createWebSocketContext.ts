/**
 * Owns the making of a second set of hooks, typed, with a provider of its own (R30, R35). The default exports are made
 * the same way for the default context, each in its own file, so that bundlers drop those nobody imports.
 * Must never hold logic: whatever a hook does, it does for every set.
 */

import type { ReactElement } from 'react'
import type { Codec, WebSocketData } from '../src/index.ts'
import type { Topic, TopicMessage } from '../src/observers/message-format.ts'
import { createHookContext } from './HookContext.ts'
import { createUseCircuitState, type useCircuitState } from './useCircuitState.ts'
import type { ClientOption } from './useClient.ts'
import { createUseConnectionStats, type UseConnectionStats } from './useConnectionStats.ts'
import type { WebSocketHandlers } from './useHandlers.ts'
import { createUseLastMessage, type TypedUseLastMessage } from './useLastMessage.ts'
import { createUseLastMessageEvent } from './useLastMessageEvent.ts'
import { createUseMessage } from './useMessage.ts'
import { createUseMessageReducer } from './useMessageReducer.ts'
import { createUseMessages, type ListedMessage, type MessagesOptions } from './useMessages.ts'
import { createUseRetryCountdown, type useRetryCountdown } from './useRetryCountdown.ts'
import { createUseSend, type Send } from './useSend.ts'
import type { Filter, TopicOption } from './useSingleMessage.ts'
import { createUseTopic } from './useTopic.ts'
import { createUseWebSocket, type WebSocketConnection } from './useWebSocket.ts'
import { createUseWebSocketEvent, type UseWebSocketEvent } from './useWebSocketEvent.ts'
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
  /**
   * What to say to the server when components begin to read topics, and, all of them at once, after every reconnect. A
   * provider's own `subscribe` comes first.
   */
  subscribe?: TopicMessage<Out> | undefined
  /** What to say when the last component has stopped reading them. */
  unsubscribe?: TopicMessage<Out> | undefined
}

/** Which message belongs to which topic; a template literal as a key means many: `` { [symbol: `price:${string}`]: Tick } ``. */
export type TopicMap<In = unknown> = { readonly [name: string]: In }

/** A provider and its hooks: messages come in as `In`, those of a topic as `Topics` says, and go out as `Out`. */
export interface WebSocketContext<In = unknown, Out = WebSocketData, Topics = TopicMap<In>> {
  readonly Provider: ((props: WebSocketProviderProps<In, Out>) => ReactElement) & { displayName: string }
  readonly useWebSocket: (
    handlers?: WebSocketHandlers<In> & ClientOption,
    options?: ClientOption,
  ) => WebSocketConnection<In, Out>
  readonly useMessage: (handler: (data: In, event: MessageEvent) => void, options?: ClientOption) => void
  readonly useLastMessage: TypedUseLastMessage<In, Topics>
  readonly useLastMessageEvent: (filter?: Filter<In> | TopicOption, options?: TopicOption) => MessageEvent | null
  readonly useMessages: {
    <Name extends keyof Topics & string>(
      options: MessagesOptions<Topics[Name], Name> & { topic: Name },
    ): ReadonlyArray<ListedMessage<Topics[Name]>>
    (options?: MessagesOptions<In>): ReadonlyArray<ListedMessage<In>>
  }
  readonly useMessageReducer: <State>(
    reducer: (state: State, data: In, event: MessageEvent) => State,
    initial: State,
    options?: TopicOption,
  ) => State
  readonly useTopic: <Name extends keyof Topics & string>(
    name: Name,
    handler: (data: Topics[Name], event: MessageEvent) => void,
    options?: ClientOption,
  ) => void
  readonly useSend: (options?: ClientOption) => Send<Out>
  readonly useConnectionStats: UseConnectionStats
  readonly useCircuitState: typeof useCircuitState
  readonly useWebSocketEvent: UseWebSocketEvent
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
export function createWebSocketContext<In = unknown, Out = WebSocketData, Topics = TopicMap<In>>(
  options: WebSocketContextOptions<In, Out> = {},
): WebSocketContext<In, Out, Topics> {
  const context = createHookContext(options)
  return {
    Provider: createProvider(context, 'WebSocketContext.Provider'),
    useWebSocket: createUseWebSocket(context),
    useMessage: createUseMessage(context),
    useLastMessage: createUseLastMessage(context),
    useLastMessageEvent: createUseLastMessageEvent(context),
    useMessages: createUseMessages(context),
    useMessageReducer: createUseMessageReducer(context),
    useTopic: createUseTopic(context),
    useSend: createUseSend(context),
    useConnectionStats: createUseConnectionStats(context),
    useCircuitState: createUseCircuitState(context),
    useWebSocketEvent: createUseWebSocketEvent(context),
    useRetryCountdown: createUseRetryCountdown(context),
  }
}
