'use client'

/**
 * Owns the sampling of `getStats()` (R31).
 * Must never sample while it is not mounted, nor render for a sample that says nothing new.
 */

import { useMemo, useSyncExternalStore } from 'react'
import { initialStats, type Stats } from '../src/index.ts'
import type { Hub } from './hubOf.ts'
import { isSame } from './isSame.ts'
import { defaultScope, type Scope } from './scope.ts'
import { type ClientOption, useHub } from './useHub.ts'

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

export function useConnectionStatsIn<T = Stats>(
  scope: Scope,
  { interval = 1000, selector, client: given }: ConnectionStatsOptions<T> = {},
): T {
  const hub = useHub(scope, given)
  const [subscribe, sample, initialSample] = useMemo(() => sampler<T>(hub, interval), [hub, interval])
  return useSyncExternalStore(
    subscribe,
    () => sample(selector),
    () => initialSample(selector),
  )
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
export const useConnectionStats = /* @__PURE__ */ useConnectionStatsIn.bind(null, defaultScope) as <T = Stats>(
  options?: ConnectionStatsOptions<T>,
) => T

type Selector<T> = ((stats: Stats) => T) | undefined

function sampler<T>({ client, subscribe }: Hub, interval: number) {
  let stats = client.getStats()
  const initial = initialStats(client.options)
  let from: unknown
  let by: unknown
  let value: T
  // However often and inline a selector is written, its answer is the same one as long as it says the same.
  const pick = (stats: Stats, selector: Selector<T>): T => {
    if (stats !== from || selector !== by) {
      from = stats
      by = selector
      const next = selector ? selector(stats) : (stats as T)
      if (!isSame(value, next)) value = next
    }
    return value
  }
  return [
    (tell: () => void) => {
      const look = () => {
        stats = client.getStats()
        tell()
      }
      let seen = client.getSnapshot()
      const stop = subscribe(() => {
        if (seen !== client.getSnapshot()) look()
        seen = client.getSnapshot()
      })
      // Timers have 32 signed bits: a longer wait, Infinity too, would be over at once.
      const timer = setInterval(look, Math.min(Math.max(interval, 16) || 1000, 2 ** 31 - 1))
      stats = client.getStats()
      return () => {
        stop()
        clearInterval(timer)
      }
    },
    (selector: Selector<T>) => pick(stats, selector),
    // What the same client says before anything has happened (R34).
    (selector: Selector<T>) => pick(initial, selector),
  ] as const
}
