'use client'

/**
 * Owns sending without looking (R31): for components that say something and show nothing of the connection.
 * Must never subscribe to anything.
 */

import type { WebSocketData } from '../src/index.ts'
import { defaultScope, type Scope } from './scope.ts'
import { type ClientOption, useHub } from './useHub.ts'
import type { Send } from './useWebSocket.ts'

export function useSendIn(scope: Scope, { client }: ClientOption = {}): Send<any> {
  return useHub(scope, client).send
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
  /* @__PURE__ */ useSendIn.bind(null, defaultScope)
