'use client'

/**
 * Owns the way to see every message: once, in order, synchronously from the socket's event (R31, R37).
 * Must never render anything, coalesce, or pass on a pong.
 */

import { defaultScope, type Scope } from './scope.ts'
import { useEvents } from './useEvents.ts'
import { type ClientOption, useHub } from './useHub.ts'

export function useMessageIn(
  scope: Scope,
  handler: (data: any, event: MessageEvent) => void,
  { client }: ClientOption = {},
): void {
  useEvents(useHub(scope, client), { onMessage: handler })
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
) => void = /* @__PURE__ */ useMessageIn.bind(null, defaultScope)
