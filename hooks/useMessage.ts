'use client'

/**
 * Owns the way to see every message: once, in order, synchronously from the socket's event (R31, R37).
 * Must never render anything, coalesce, or pass on a pong.
 */

import { defaultContext, type HookContext } from './HookContext.ts'
import type { ClientOption } from './useClient.ts'
import { useHandlers } from './useHandlers.ts'
import { useObserver } from './useObserver.ts'

export const createUseMessage = (context: HookContext) =>
  function useMessage(onMessage: (data: any, event: MessageEvent) => void, { client }: ClientOption = {}): void {
    useHandlers(useObserver(context, client), { onMessage })
  }

/**
 * Calls the latest render's `handler` for each message with its data and the native event. Renders nothing: put what
 * you keep into state, a ref or a store yourself. `Data` is checked by a codec with a schema only.
 *
 * @throws Error where there is no provider.
 *
 * @example
 * useMessage<string>((text) => append(JSON.parse(text)))
 */
export const useMessage: <Data = unknown>(
  handler: (data: Data, event: MessageEvent) => void,
  options?: ClientOption<Data>,
) => void = /* @__PURE__ */ createUseMessage(defaultContext)
