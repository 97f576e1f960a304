/**
 * Owns the countdown to the next attempt, in whole seconds of the client's own clock (R31).
 * Must never hold a timer while there is nothing to count, nor tell anything between two whole seconds.
 */

import type { Store } from '../index.ts'
import { platformClock } from '../runtime/platform.ts'
import type { ClientObserver } from './client-observer.ts'

export function createCountdown({ client, getSnapshot, subscribe }: ClientObserver): Store<number | null> {
  // So that a world under test is counted in its own time.
  const { clock = platformClock } = client.options
  const remaining = () => {
    const { retryAt } = getSnapshot()
    return retryAt === null ? null : Math.max(0, retryAt - clock.now())
  }
  const whole = (ms: number | null) => (ms === null ? null : Math.ceil(ms / 1000))
  let seconds = whole(remaining())
  const start = (listener: () => void) => {
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
      listener()
    }
    const stop = subscribe(tick)
    tick()
    return () => {
      stop()
      rest()
    }
  }
  return { subscribe: start, getSnapshot: () => seconds, getServerSnapshot: () => null }
}
