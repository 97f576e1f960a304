/**
 * Owns the ticking of what is counted on the page. Must never tick while nothing is counted.
 */

import { useEffect, useReducer } from 'react'

/**
 * The wall clock, and a new render every `interval` ms; null: none. It is read at each render rather than kept, because
 * what was kept while at rest would make the first moment of a countdown as long as the rest was.
 */
export function useNow(interval: number | null): number {
  const [, tick] = useReducer((count: number) => count + 1, 0)
  useEffect(() => {
    if (interval === null) return
    const timer = setInterval(tick, interval)
    return () => clearInterval(timer)
  }, [interval])
  return Date.now()
}
