/**
 * Owns the browser's question before the tab is closed. Must never ask, nor even listen, while there is nothing to lose:
 * a page that listens may be kept out of the back/forward cache.
 */

import { useEffect } from 'react'

export function useLeaveGuard(wouldLose: boolean): void {
  useEffect(() => {
    if (!wouldLose) return
    const ask = (event: BeforeUnloadEvent) => {
      event.preventDefault()
      // What browsers before 2023 look at.
      event.returnValue = true
    }
    window.addEventListener('beforeunload', ask)
    return () => window.removeEventListener('beforeunload', ask)
  }, [wouldLose])
}
