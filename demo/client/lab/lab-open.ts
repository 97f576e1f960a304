/**
 * Owns whether the laboratory is open: where the page is wide it is, until a visitor says otherwise. Must never forget what a
 * visitor said while the page lives.
 */

import { useSyncExternalStore } from 'react'

const wide = '(min-width: 1280px)'

let chosen: boolean | null = null
const readers = new Set<() => void>()

/** jsdom has no such question. */
const isWide = () => typeof window.matchMedia === 'function' && window.matchMedia(wide).matches

const follow = (reader: () => void) => {
  readers.add(reader)
  const media = typeof window.matchMedia === 'function' ? window.matchMedia(wide) : null
  media?.addEventListener('change', reader)
  return () => {
    readers.delete(reader)
    media?.removeEventListener('change', reader)
  }
}

export function setLabOpen(open: boolean): void {
  chosen = open
  for (const reader of readers) reader()
}

export const useLabOpen = (): boolean =>
  useSyncExternalStore(
    follow,
    () => chosen ?? isWide(),
    () => false,
  )

/** Where the focus goes back to. */
export const labButton = 'lab-button'
