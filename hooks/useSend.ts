'use client'

/**
 * Owns sending without looking (R31): for components that say something and show nothing of the connection.
 * Must never subscribe to anything.
 */

import type { SendOptions, WebSocketData } from '../src/index.ts'
import { defaultContext, type HookContext } from './HookContext.ts'
import type { ClientOption } from './useClient.ts'
import { useObserver } from './useObserver.ts'

/** Encodes a message and sends it, or queues it until it can; says which. */
export type Send<Out = WebSocketData> = (message: Out, options?: SendOptions) => 'sent' | 'queued' | 'dropped'

export const createUseSend = (context: HookContext) =>
  function useSend({ client }: ClientOption = {}): Send<any> {
    return useObserver(context, client).send
  }

/**
 * The `send` of `useWebSocket`, alone: always the same function, and its component renders for nothing.
 *
 * @throws Error where there is no provider.
 *
 * @example
 * const send = useSend()
 */
export const useSend: <Out = WebSocketData>(options?: ClientOption<any, Out>) => Send<Out> =
  /* @__PURE__ */ createUseSend(defaultContext)
