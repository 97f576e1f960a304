'use client'

/**
 * Owns listening to one engine event, exactly as the engine emits it (R31, R33, R37).
 * Must never decode, hide a pong, or catch up with the past.
 */

import { useEffect } from 'react'
import type { ClientEvents } from '../src/index.ts'
import { defaultScope, type Scope } from './scope.ts'
import { type ClientOption, useHub } from './useHub.ts'
import { useLatest } from './useLatest.ts'

export function useWebSocketEventIn<K extends keyof ClientEvents>(
  scope: Scope,
  type: K,
  handler: ClientEvents[K],
  { client: given }: ClientOption = {},
): void {
  const { client } = useHub(scope, given)
  const call = useLatest(handler)
  useEffect(() => client.on(type, call), [client, type, call])
}

/**
 * Calls the latest render's `handler` for each event of this type, with what the engine emits: for `message` that is
 * the native event, pongs and unreadable frames included. Renders nothing.
 *
 * @throws Error where there is no provider.
 *
 * @example
 * useWebSocketEvent('retry', ({ attempt, delay }) => log(`retry ${attempt} in ${delay} ms`))
 */
export const useWebSocketEvent = /* @__PURE__ */ useWebSocketEventIn.bind(null, defaultScope) as <
  K extends keyof ClientEvents,
>(
  type: K,
  handler: ClientEvents[K],
  options?: ClientOption,
) => void
