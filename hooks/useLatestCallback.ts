'use client'

/**
 * Owns one function of a component: a steady stand-in that calls the latest committed render's (R33).
 * Must never call anything after unmount (R36).
 */

import { useCallback, useInsertionEffect, useRef } from 'react'

/** The stand-in; once the component is gone it answers with its first argument, as if nothing had happened to it. */
export function useLatestCallback<F extends (...args: never[]) => unknown>(handler: F): F {
  const latest = useRef<F | null>(null)
  useInsertionEffect(() => {
    latest.current = handler
    return () => {
      // Emptied in the very commit that removes the component; its other effects may be undone a task later.
      latest.current = null
    }
  })
  return useCallback((...args: never[]) => (latest.current ? latest.current(...args) : args[0]), []) as F
}
