/**
 * Owns how a store that is no client's is read at the pace of all views (R31). Must never hold up what is read, only the
 * news of it.
 */

import type { Clock, Store } from '../index.ts'
import type { Notifiable } from './notify-scheduler.ts'
import { viewClock } from './view-clock.ts'

/** Tells its readers at most once a frame. */
export function createPacedStore<T>(store: Store<T>, clock: Clock | undefined): Store<T> {
  const { scheduler } = viewClock(clock)
  return {
    getSnapshot: store.getSnapshot,
    getServerSnapshot: store.getServerSnapshot,
    subscribe(listener) {
      const member: Notifiable = { publish: listener }
      scheduler.join(member)
      const stop = store.subscribe(() => scheduler.notify(member))
      return () => {
        stop()
        scheduler.leave(member)
      }
    },
  }
}
