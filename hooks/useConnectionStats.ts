'use client'

/**
 * Owns the samples of `getStats()` as a component shows them (R31).
 * Must never render for a sample that says nothing new.
 */

import { useMemo } from 'react'
import type { Stats } from '../src/index.ts'
import { createStatsSampler } from '../src/observers/stats-sampler.ts'
import { defaultContext, type HookContext } from './HookContext.ts'
import { type ClientOption, useClient } from './useClient.ts'
import { useStore } from './useStore.ts'

/** Options of `useConnectionStats`. */
export interface ConnectionStatsOptions<T> extends ClientOption {
  /**
   * Time between samples, ms, at least 16. Infinity samples at state changes only.
   * @default 1000
   */
  interval?: number | undefined
  /**
   * What to take from a sample. Take little: `uptime` alone is news every second.
   * @default all of it
   */
  selector?: ((stats: Stats) => T) | undefined
}

/** What `useConnectionStats` is, of any set of hooks. */
export type UseConnectionStats = <T = Stats>(options?: ConnectionStatsOptions<T>) => T

export const createUseConnectionStats = (context: HookContext): UseConnectionStats =>
  function useConnectionStats<T>({ interval = 1000, selector, client }: ConnectionStatsOptions<T> = {}): T {
    const source = useClient(context, client)
    const sampler = useMemo(() => createStatsSampler<T>(source, interval), [source, interval])
    return useStore(sampler(selector))
  }

/**
 * What `getStats()` says, sampled every `interval` ms and when the connection's state changes. The same object as long
 * as nothing in it differs, so an idle connection renders nothing.
 *
 * @throws Error where there is no provider.
 *
 * @example
 * const latency = useConnectionStats({ selector: (stats) => stats.latency })
 */
export const useConnectionStats: UseConnectionStats = /* @__PURE__ */ createUseConnectionStats(defaultContext)
