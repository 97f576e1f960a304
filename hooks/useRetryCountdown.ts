'use client'

/**
 * Owns the countdown to the next attempt (R31).
 * Must never hold a timer while there is nothing to count, nor render between two whole seconds.
 */

import { useMemo, useSyncExternalStore } from 'react'
import type { Hub } from './hubOf.ts'
import { defaultScope, type Scope } from './scope.ts'
import { type ClientOption, useHub } from './useHub.ts'

export function useRetryCountdownIn(scope: Scope, { client }: ClientOption = {}): number | null {
  const hub = useHub(scope, client)
  const [subscribe, look] = useMemo(() => countdown(hub), [hub])
  return useSyncExternalStore(subscribe, look, nothing)
}

const nothing = () => null

/** The client's own clock, so that a world under test is counted in its own time. */
const platform = {
  now: () => Date.now(),
  setTimeout: (fn: () => void, ms: number): unknown => setTimeout(fn, ms),
  clearTimeout: (timer: unknown) => clearTimeout(timer as never),
}

function countdown({ client, look, subscribe }: Hub) {
  const { clock = platform } = client.options
  const remaining = () => {
    const { retryAt } = look()
    return retryAt === null ? null : Math.max(0, retryAt - clock.now())
  }
  const whole = (ms: number | null) => (ms === null ? null : Math.ceil(ms / 1000))
  let seconds = whole(remaining())
  return [
    (tell: () => void) => {
      let timer: unknown
      const rest = () => {
        if (timer !== undefined) clock.clearTimeout(timer)
        timer = undefined
      }
      const tick = () => {
        rest()
        const ms = remaining()
        seconds = whole(ms)
        if (ms) timer = clock.setTimeout(tick, Math.ceil(ms % 1000) || 1000)
        tell()
      }
      const stop = subscribe(tick)
      tick()
      return () => {
        stop()
        rest()
      }
    },
    () => seconds,
  ] as const
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
export const useRetryCountdown: (options?: ClientOption) => number | null = /* @__PURE__ */ useRetryCountdownIn.bind(
  null,
  defaultScope,
)
