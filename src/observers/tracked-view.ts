/**
 * Owns tracked reading (R31): the object it makes of a view notes which of its fields are read, and is replaced
 * when, and only when, one of those has changed. Must never make a new object for a field that nobody read.
 */

import type { Store } from '../index.ts'

/** Where a tracked object has its view, and what is read of it and of its kin. */
const FRAME = Symbol()

interface Frame {
  view: any
  readonly read: Set<PropertyKey>
}

/** One getter of a field for all objects: with getters of their own, no two objects would be of one shape. */
const getters: Record<PropertyKey, PropertyDescriptor> = {}

/** `functions` come with every object, unchanged. */
export function createTrackedView<View extends object, K extends keyof View, F extends object>(
  { subscribe, getSnapshot, getServerSnapshot }: Store<View>,
  fields: readonly K[],
  functions: F,
): Store<Pick<View, K> & F> {
  type Tracked = Pick<View, K> & F
  const read = new Set<any>()
  let frame: Frame
  let tracked: Tracked | undefined
  const track = (view: View): Tracked => {
    // The new view is asked first: the old one may otherwise take its message for the latest.
    if (tracked && [...read].every((field: K) => Object.is(view[field], frame.view[field]))) {
      // Nothing that was read differs; what is read for the first time shall be fresh all the same.
      frame.view = view
      return tracked
    }
    // An object from an earlier render keeps its frame, and so does not change under its reader.
    frame = { view, read }
    tracked = Object.defineProperty({ ...functions } as Tracked, FRAME, { value: frame })
    for (const field of fields) {
      getters[field] = getters[field] || {
        // So that spreading reads, and tracks, everything.
        enumerable: true,
        get(this: { [FRAME]: Frame }) {
          this[FRAME].read.add(field)
          return this[FRAME].view[field]
        },
      }
      Object.defineProperty(tracked, field, getters[field] as PropertyDescriptor)
    }
    return tracked
  }
  return { subscribe, getSnapshot: () => track(getSnapshot()), getServerSnapshot: () => track(getServerSnapshot()) }
}
