/**
 * Owns the views that take every message in at once and are seen at the pace of all (R31): those of one client, told only
 * of their own news. Must never let one be seen before its turn, or ahead of another.
 */

import type { ClientObserver } from './client-observer.ts'
import type { Message } from './message-stream.ts'

export interface PacedView {
  /** Takes a message in; whether that is news. Never throws. */
  readonly push: (message: Message) => boolean
  /** What has been taken in may now be seen. */
  readonly commit: () => void
  /** The messages came from an address that is no longer ours (R35). */
  readonly reset: () => void
  /** The `addressId` that it began with, or had when it stopped listening, as a hidden tree does. */
  addressId: number
}

/** Brings messages to `push`, which says whether they are news; returns how to stop. */
export type Listen = (push: (message: Message) => boolean) => () => void

interface PacedViews {
  /** Calls `listener` when the view may have changed. `listen` in the place of all messages of the client. */
  readonly subscribe: (view: PacedView, listener: () => void, listen?: Listen) => () => void
}

const groups = /* @__PURE__ */ new WeakMap<ClientObserver, PacedViews>()

/** The paced views of an observer. */
export function pacedViewsOf(observer: ClientObserver): PacedViews {
  let group = groups.get(observer)
  if (!group) {
    group = createPacedViews(observer)
    groups.set(observer, group)
  }
  return group
}

function createPacedViews({ client, join, pace }: ClientObserver): PacedViews {
  const views = new Map<PacedView, () => void>()
  /** Those that take every message. */
  const takers = new Set<PacedView>()
  /** Those that have taken something in that is not seen yet, and those that have just shown it. */
  const dirty = new Set<PacedView>()
  let changed: readonly PacedView[] = []
  let leave: () => void

  const take = (view: PacedView, message: Message) => {
    const isNews = view.push(message)
    if (isNews) dirty.add(view)
    return isNews
  }
  const readers = {
    take(message: Message) {
      let isNews = false
      for (const view of takers) if (take(view, message)) isNews = true
      return isNews
    },
    commit() {
      changed = [...dirty]
      dirty.clear()
      for (const view of changed) view.commit()
    },
    tell() {
      for (const view of changed) views.get(view)?.()
    },
    reset() {
      for (const view of views.keys()) {
        view.reset()
        dirty.add(view)
      }
    },
  }

  return {
    subscribe(view, listener, listen) {
      if (!views.size) leave = join(readers)
      views.set(view, listener)
      if (view.addressId !== client.getSnapshot().addressId) view.reset()
      // Begun in the middle of a burst, it waits for its turn like the others.
      if (pace.isBehind) dirty.add(view)
      else view.commit()
      if (!listen) takers.add(view)
      const stop = listen?.((message) => take(view, message))
      return () => {
        views.delete(view)
        takers.delete(view)
        dirty.delete(view)
        view.addressId = client.getSnapshot().addressId
        stop?.()
        if (!views.size) leave()
      }
    },
  }
}
