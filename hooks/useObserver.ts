'use client'

/**
 * Owns how a hook finds what is seen of its client: the observer that all its readers share (R31).
 * Must never make one of its own.
 */

import type { WebSocketClient } from '../src/index.ts'
import { type ClientObserver, observe } from '../src/observers/client-observer.ts'
import type { HookContext } from './HookContext.ts'
import { useClient } from './useClient.ts'

export const useObserver = (context: HookContext, given: WebSocketClient | undefined): ClientObserver =>
  observe(useClient(context, given), context.format)
