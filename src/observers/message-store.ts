/**
 * Owns views that are folded from every message: none is skipped, and none is shown before its turn (R31).
 * Must never reduce while something renders, nor let a reducer that throws disturb the others.
 */

import type { Store } from '../index.ts'
import type { ClientObserver } from './client-observer.ts'
import { reportHandlerError } from './handler-error.ts'
import type { Message } from './message-stream.ts'
import { type Listen, type PacedView, pacedViewsOf } from './paced-views.ts'

/** The state after one more message; the same state means that it says nothing new. */
export type Reduce<State> = (state: State, data: any, event: MessageEvent) => State

export interface MessageStoreOptions<State, View> {
  /** Makes the first state, and again after the address has changed; it is told the last message only the first time. */
  readonly init: (last?: Message | null) => State
  /** Asked at each message: a component's latest, or none once it has gone. */
  readonly reduce: Reduce<State>
  /** Makes of the state what is shown. */
  readonly select: (state: State) => View
}

/** Some of the messages of a client, and the last of them so far. */
export interface MessageSource {
  readonly listen: Listen
  readonly last: (isShown?: boolean) => Message | null
}

export function createMessageStore<State, View>(
  observer: ClientObserver,
  { init, reduce, select }: MessageStoreOptions<State, View>,
  source?: MessageSource,
): Store<View> {
  const { last } = source || observer
  let state = init(last())
  // Begun in the middle of a burst, it waits for its turn like the others.
  let shown = Object.is(last(true), last()) ? state : init(last(true))
  let view = select(shown)
  const initial = select(init())
  const paced: PacedView = {
    addressId: observer.client.getSnapshot().addressId,
    push({ data, event }) {
      const before = state
      try {
        state = reduce(before, data, event)
      } catch (thrown) {
        reportHandlerError(thrown)
      }
      return !Object.is(before, state)
    },
    commit() {
      if (Object.is(shown, state)) return
      shown = state
      view = select(state)
    },
    reset() {
      state = init()
    },
  }
  return {
    subscribe: (listener) => pacedViewsOf(observer).subscribe(paced, listener, source?.listen),
    getSnapshot: () => view,
    getServerSnapshot: () => initial,
  }
}
