/**
 * Owns the sampling of `getStats()` (R31): every so often, and when the connection's state changes.
 * Must never sample while nobody reads, nor answer anew with a sample that says nothing new.
 */

import { initialStats, type Stats, type Store, type WebSocketClient } from '../index.ts'
import { LONGEST_TIMER } from '../policy/backoff.ts'
import { shallowEqual } from './shallow-equal.ts'
import { viewClock } from './view-clock.ts'

export type StatsSelector<T> = ((stats: Stats) => T) | undefined

/** What a selector, which may be another one at each call, takes of the samples. */
export function createStatsSampler<T>(
  client: WebSocketClient,
  interval: number,
): (selector: StatsSelector<T>) => Store<T> {
  const { timers, scheduler } = viewClock(client.options.clock)
  const wait = Math.min(Math.max(interval, 16) || 1000, LONGEST_TIMER)
  // What the same client says before anything has happened (R34).
  const initial = initialStats(client.options)
  let stats = client.getStats()
  let from: unknown
  let by: unknown
  let value: T
  // However often and inline a selector is written, its answer is the same one as long as it says the same.
  const select = (stats: Stats, selector: StatsSelector<T>): T => {
    if (stats !== from || selector !== by) {
      from = stats
      by = selector
      const next = selector ? selector(stats) : (stats as T)
      if (!shallowEqual(value, next)) value = next
    }
    return value
  }
  const start = (listener: () => void) => {
    let timer: unknown
    const sample = () => {
      stats = client.getStats()
      listener()
    }
    // At the pace of all views: of a connection that changes in every task, each frame needs one sample.
    const member = { publish: sample }
    scheduler.join(member)
    const stop = client.subscribe(() => scheduler.notify(member))
    const sampleAgain = () => {
      timer = timers.setTimeout(sampleAgain, wait)
      sample()
    }
    timer = timers.setTimeout(sampleAgain, wait)
    stats = client.getStats()
    return () => {
      stop()
      scheduler.leave(member)
      timers.clearTimeout(timer)
    }
  }
  return (selector) => ({
    subscribe: start,
    getSnapshot: () => select(stats, selector),
    getServerSnapshot: () => select(initial, selector),
  })
}
