'use client'

/**
 * Owns listening to one event of the client, exactly as it is emitted (R31, R33, R37).
 * Must never decode, hide a pong, or catch up with the past.
 */

import { useEffect } from 'react'
import type { ClientEvents } from '../src/index.ts'
import { defaultContext, type HookContext } from './HookContext.ts'
import { type ClientOption, useClient } from './useClient.ts'
import { useLatestCallback } from './useLatestCallback.ts'

/** What `useWebSocketEvent` is, of any set of hooks. */
export type UseWebSocketEvent = <K extends keyof ClientEvents>(
  type: K,
  handler: ClientEvents[K],
  options?: ClientOption,
) => void

export const createUseWebSocketEvent = (context: HookContext): UseWebSocketEvent =>
  function useWebSocketEvent(type, handler, { client: given } = {}) {
    const client = useClient(context, given)
    const call = useLatestCallback(handler)
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
export const useWebSocketEvent: UseWebSocketEvent = /* @__PURE__ */ createUseWebSocketEvent(defaultContext)
