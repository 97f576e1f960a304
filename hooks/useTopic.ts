'use client'

/**
 * Owns the handler of one topic's messages in a component (R31, R37, R39).
 * Must never render anything, or ask who waits for another topic.
 */

import { useEffect } from 'react'
import { routerOf } from '../src/observers/topic-router.ts'
import { defaultContext, type HookContext } from './HookContext.ts'
import type { ClientOption } from './useClient.ts'
import { useLatestCallback } from './useLatestCallback.ts'
import { useObserver } from './useObserver.ts'

export const createUseTopic = (context: HookContext) =>
  function useTopic(
    name: string,
    handler: (data: any, event: MessageEvent) => void,
    { client }: ClientOption = {},
  ): void {
    const observer = useObserver(context, client)
    const call = useLatestCallback(handler)
    useEffect(() => routerOf(observer).listen(name, ({ data, event }) => call(data, event)), [observer, name, call])
  }

/**
 * Calls the latest render's `handler` for each message whose topic, as the provider's `topic` function names it, is
 * `name`. A thousand components with a topic each cost one look-up per message. Renders nothing.
 *
 * @throws Error where there is no provider or no `topic` function.
 *
 * @example
 * useTopic<Tick>(symbol, ({ price }) => setPrice(price))
 */
export const useTopic: <Data = unknown>(
  name: string,
  handler: (data: Data, event: MessageEvent) => void,
  options?: ClientOption<Data>,
) => void = /* @__PURE__ */ createUseTopic(defaultContext)
