'use client'

/**
 * Owns the way to see every message: once, in order, synchronously from the socket's event (R31, R37).
 * Must never render anything, coalesce, or pass on a pong.
 */

import { type ClientOption, useClient } from './useClient.ts'
import { useEvents } from './useEvents.ts'

/**
 * Calls the latest render's `handler` for each message with its data and the native event. Renders nothing: put what
 * you keep into state, a ref or a store yourself. `Data` is not checked. Throws an Error where there is no provider.
 *
 * @example
 * useMessage<string>((text) => append(JSON.parse(text)))
 */
export function useMessage<Data = any>(
  handler: (data: Data, event: MessageEvent) => void,
  { client }: ClientOption = {},
): void {
  useEvents(useClient(client), { onMessage: handler })
}
