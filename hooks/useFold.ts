'use client'

/**
 * Owns views that are folded from every message: none is skipped, and none is shown before its turn (R31).
 * Must never run a fold in a render, nor let one that throws disturb the others.
 */

import { useState, useSyncExternalStore } from 'react'
import type { Fold, Frame, Hub } from './hubOf.ts'
import { report } from './report.ts'
import { useLatest } from './useLatest.ts'

/** The state after one more message; the same state means that it says nothing new. */
export type Step<State> = (state: State, data: any, event: MessageEvent) => State

/**
 * `begin` makes the first state, and again after the url has changed; it is told the last message only the first time.
 * `finish` makes of the state what is shown. The latest render's `step` counts, of the others the first render's.
 */
export function useFold<State, View>(
  hub: Hub,
  begin: (last?: Frame | null) => State,
  step: Step<State>,
  finish: (state: State) => View,
): View {
  const latest = useLatest((): Step<State> | undefined => step)
  const [folds] = useState(() => new WeakMap<Hub, Store<View>>())
  // Kept in state and not in a memo: what has been folded must outlive a Fast Refresh.
  const { subscribe, look, initial } = storeOf(folds, hub, () => createStore(hub, begin, latest, finish))
  return useSyncExternalStore(subscribe, look, initial)
}

interface Store<View> {
  readonly subscribe: (reader: () => void) => () => void
  readonly look: () => View
  readonly initial: () => View
}

function storeOf<View>(stores: WeakMap<Hub, Store<View>>, hub: Hub, create: () => Store<View>): Store<View> {
  let store = stores.get(hub)
  if (!store) {
    store = create()
    stores.set(hub, store)
  }
  return store
}

function createStore<State, View>(
  hub: Hub,
  begin: (last?: Frame | null) => State,
  latest: () => Step<State> | undefined,
  finish: (state: State) => View,
): Store<View> {
  let state = begin(hub.last())
  // Begun in the middle of a burst, it waits for its turn like the others.
  let shown = Object.is(hub.last(true), hub.last()) ? state : begin(hub.last(true))
  let view = finish(shown)
  const initial = finish(begin())
  const fold: Fold = {
    urls: hub.urls(),
    take({ data, event }) {
      const before = state
      try {
        const step = latest()
        if (step) state = step(before, data, event)
      } catch (thrown) {
        report(thrown)
      }
      return !Object.is(before, state)
    },
    show() {
      if (Object.is(shown, state)) return
      shown = state
      view = finish(state)
    },
    empty() {
      state = begin()
    },
  }
  return { subscribe: (reader) => hub.subscribe(reader, fold), look: () => view, initial: () => initial }
}
