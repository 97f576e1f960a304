'use client'

/**
 * Owns tracked reading (R31): the object a hook returns notes which of its fields are read, and is replaced when, and
 * only when, one of those has changed. Must never return a new object for a field that nobody read.
 */

import { useMemo, useSyncExternalStore } from 'react'
import type { Hub, Picture } from './hubOf.ts'

/** `keys` and `functions` must be constants of their module. */
export function useView<K extends keyof Picture, F extends object>(
  hub: Hub,
  keys: readonly K[],
  functions: (hub: Hub) => F,
): Pick<Picture, K> & F {
  const [subscribe, view, initialView] = useMemo(() => {
    const { subscribe, look, initial } = hub
    const track = tracker(keys, functions(hub))
    return [subscribe, () => track(look()), () => track(initial)] as const
  }, [hub, keys, functions])
  return useSyncExternalStore(subscribe, view, initialView)
}

function tracker<K extends keyof Picture, F extends object>(keys: readonly K[], functions: F) {
  type View = Pick<Picture, K> & F
  const tracked = new Set<K>()
  let frame: { picture: Picture }
  let view: View | undefined
  return (picture: Picture): View => {
    // The new picture is asked first: the old one may otherwise take its message for the latest.
    if (view && [...tracked].every((key) => Object.is(picture[key], frame.picture[key]))) {
      // Nothing that was read differs; what is read for the first time shall be fresh all the same.
      frame.picture = picture
      return view
    }
    // An object from an earlier render keeps its frame, and so does not change under its reader.
    const mine = { picture }
    frame = mine
    view = { ...functions } as View
    for (const key of keys) {
      // Enumerable, so that spreading reads, and tracks, everything.
      Object.defineProperty(view, key, { enumerable: true, get: () => tracked.add(key) && mine.picture[key] })
    }
    return view
  }
}
