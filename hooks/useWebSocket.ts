'use client'

/**
 * Owns the main hook: the state of a connection, what to do with it, and handlers for what it tells (R30–R37).
 * Must never render a component for a field it has not read, nor change the identity of a function.
 */

import type { ConnectionState, ConnectionStatus, Snapshot, WebSocketClient, WebSocketData } from '../src/index.ts'
import type { ClientObserver } from '../src/observers/client-observer.ts'
import { defaultContext, type HookContext } from './HookContext.ts'
import type { ClientOption } from './useClient.ts'
import { useHandlers, type WebSocketHandlers } from './useHandlers.ts'
import { useObserver } from './useObserver.ts'
import type { Send } from './useSend.ts'
import { useTrackedView } from './useTrackedView.ts'

const FIELDS = [
  'state',
  'status',
  'isReconnecting',
  'retryCount',
  'retryAt',
  'connectionId',
  'error',
  'lastClose',
  'lastMessage',
  'lastMessageEvent',
] as const

/** What `useWebSocket` returns: reading a field subscribes to it, spreading reads all. */
export interface WebSocketConnection<Data = unknown, Out = WebSocketData> {
  /** One of the six states. */
  readonly state: ConnectionState
  /**
   * The same in one word for a person: `'idle'`, `'connecting'`, `'open'`, `'waiting'` (for the next try),
   * `'blocked'`, `'closing'`, `'closed'` or `'failed'`. A provider that will connect is `'connecting'` from its first
   * render on, on a server too.
   */
  readonly status: ConnectionStatus
  /** From the first loss or failed attempt until OPEN, FAILED or `close()`. */
  readonly isReconnecting: boolean
  /** Retries since the last proven connection. */
  readonly retryCount: number
  /** When the next attempt starts, epoch ms, or null. */
  readonly retryAt: number | null
  /** 0, then one more at each open: let effects that subscribe to something on the server depend on it. */
  readonly connectionId: number
  /** Why it is down; null when open. */
  readonly error: Snapshot['error']
  /** How the last attempt or connection ended, or null. */
  readonly lastClose: Snapshot['lastClose']
  /**
   * The data of the last message, or null. A view that skips under load: for every message take `useMessage`. Equal
   * messages are one value: five times the same text renders once, and an effect on it runs once. Where each one
   * counts, depend on `lastMessageEvent`.
   */
  readonly lastMessage: Data | null
  /** The native event that brought `lastMessage`, or null: another object for each message, also for equal ones. */
  readonly lastMessageEvent: MessageEvent | null
  /**
   * Sends, or queues until it can; says which.
   * @throws TypeError for what cannot travel, even encoded.
   */
  readonly send: Send<Out>
  /** Connects, also after `close()`. The promise may be ignored. */
  readonly connect: () => Promise<void>
  /**
   * Closes until `connect()`, whatever is rendered meanwhile. Default 1000 and no reason; a DOM event counts as no
   * argument, so `onClick={close}` works. Returns nothing, so that an effect may return it; `client.close()` answers
   * with a promise.
   * @throws RangeError for a code that must not be sent.
   */
  readonly close: (code?: number | { readonly type: string }, reason?: string) => void
  /** Replaces the connection now, without waiting. Stops at an open circuit. */
  readonly reconnect: () => void
  /**
   * For a "Try again" button, right in every state: dials now if it waits or is BLOCKED, connects if it is CLOSED or
   * FAILED, else does nothing. Takes no notice of an argument, so `onClick={retryNow}` works.
   */
  readonly retryNow: () => void
  /** The client behind it. */
  readonly client: WebSocketClient
}

const functions = ({ client, send }: ClientObserver) => ({
  send,
  connect: () => client.connect(),
  close: (code?: number | { readonly type: string }, reason?: string) => {
    client.close(typeof code === 'object' ? undefined : code, reason)
  },
  reconnect: () => client.reconnect(),
  retryNow: () => client.retryNow(),
  client,
})

export const createUseWebSocket = (context: HookContext) =>
  function useWebSocket(
    handlers: WebSocketHandlers<any> & ClientOption = {},
    { client }: ClientOption = handlers,
  ): WebSocketConnection<any, any> {
    const observer = useObserver(context, client)
    useHandlers(observer, handlers)
    return useTrackedView(observer, FIELDS, functions)
  }

/**
 * The connection of the nearest provider, or of `client`.
 *
 * The component renders again only for the fields it reads: one that does not read `lastMessage` never renders for a
 * message. The functions keep their identity. `Data` is what messages hold, checked by a codec with a schema only;
 * `Out` what its `encode` takes.
 *
 * @throws Error where there is no provider.
 *
 * @example
 * const { state, send } = useWebSocket({ onOpen: () => send('hello') })
 */
export const useWebSocket = /* @__PURE__ */ createUseWebSocket(defaultContext) as <Data = unknown, Out = WebSocketData>(
  handlers?: WebSocketHandlers<Data> & ClientOption<Data, Out>,
  options?: ClientOption<Data, Out>,
) => WebSocketConnection<Data, Out>
