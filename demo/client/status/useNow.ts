/**
 * Owns the ticking of what is counted on the page. Must never tick while nothing is counted.
 */

import { useCallback, useSyncExternalStore } from 'react'

/**
 * The wall clock in steps of `step` ms, with a render at each while `ticking`. It is read at each render rather than
 * kept, because what was kept while at rest would make the first moment of a countdown as long as the rest was.
 */
export function useNow(step: number, ticking: boolean): number {
  const subscribe = useCallback(
    (tell: () => void) => {
      const timer = ticking ? setInterval(tell, step) : undefined
      return () => clearInterval(timer)
    },
    [step, ticking],
  )
  return useSyncExternalStore(subscribe, () => Math.floor(Date.now() / step) * step)
}
