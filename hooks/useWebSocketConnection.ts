'use client'

/**
 * Owns a connection without a provider: one client per calling component, with the life of that component (R30, R32).
 * Must never share a client: two callers are two sockets.
 */

import type { WebSocketData, WebSocketReconnect } from '../src/index.ts'
import { defaultContext } from './HookContext.ts'
import type { TypedClient } from './useClient.ts'
import { type ConnectionOptions, useManagedClient } from './useManagedClient.ts'

/**
 * A client of the component's own: connects while it is mounted, closes after it; null, undefined or '' means closed.
 * It takes what `<WebSocketProvider>` takes, and renders nothing by itself: read it with `{ client }` in any hook.
 * What its `codec` reads and writes is what those hooks read and send.
 *
 * @throws TypeError for options it cannot use.
 *
 * @example
 * const client = useWebSocketConnection(room && `wss://api.example.com/rooms/${room}`)
 * const { state, send } = useWebSocket({ client })
 */
export function useWebSocketConnection<In = unknown, Out = WebSocketData>(
  url: ConnectionOptions['url'],
  options: Omit<ConnectionOptions<In, Out>, 'url'> = {},
): WebSocketReconnect & TypedClient<In, Out> {
  return useManagedClient(defaultContext, { ...options, url })
}
