/**
 * Owns the ticking of what is counted on the page. Must never tick while nothing is counted.
 */

import { useEffect, useState } from 'react'

/** The wall clock, looked at every `interval` ms; null interval: at rest. */
export function useNow(interval: number | null): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    if (interval === null) return
    setNow(Date.now())
    const timer = setInterval(() => setNow(Date.now()), interval)
    return () => clearInterval(timer)
  }, [interval])
  return now
}
