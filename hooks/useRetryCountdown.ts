'use client'

/**
 * Owns the countdown to the next attempt as a component shows it (R31).
 * Must never render between two whole seconds.
 */

import { useMemo } from 'react'
import { createCountdown } from '../src/observers/countdown.ts'
import { defaultContext, type HookContext } from './HookContext.ts'
import type { ClientOption } from './useClient.ts'
import { useObserver } from './useObserver.ts'
import { useStore } from './useStore.ts'

export const createUseRetryCountdown = (context: HookContext) =>
  function useRetryCountdown({ client }: ClientOption = {}): number | null {
    const observer = useObserver(context, client)
    return useStore(useMemo(() => createCountdown(observer), [observer]))
  }

/**
 * Whole seconds until the next attempt starts, or null while none is waiting. Renders once a second, and only while it
 * counts.
 *
 * @throws Error where there is no provider.
 *
 * @example
 * const seconds = useRetryCountdown()
 * return seconds === null ? null : <p>Trying again in {seconds} s</p>
 */
export const useRetryCountdown: (options?: ClientOption) => number | null =
  /* @__PURE__ */ createUseRetryCountdown(defaultContext)
