/**
 * Owns tracked reading (R31): the object it makes of a view notes which of its fields are read, and is replaced
 * when, and only when, one of those has changed. Must never make a new object for a field that nobody read.
 */

import type { Store } from '../index.ts'

/** Where a tracked object has its way to read a field. */
const READ = Symbol()

/** One getter of a field for all objects: with getters of their own, no two objects would be of one shape. */
const getters: Record<PropertyKey, PropertyDescriptor> = {}

/** `functions` come with every object, unchanged. */
export function createTrackedView<View extends object, K extends keyof View, F extends object>(
  { subscribe, getSnapshot, getServerSnapshot }: Store<View>,
  fields: readonly K[],
  functions: F,
): Store<Pick<View, K> & F> {
  type Tracked = Pick<View, K> & F
  const read = new Set<K>()
  let frame: { view: View }
  let tracked: Tracked | undefined
  const track = (view: View): Tracked => {
    // The new view is asked first: the old one may otherwise take its message for the latest.
    if (tracked && [...read].every((field) => Object.is(view[field], frame.view[field]))) {
      // Nothing that was read differs; what is read for the first time shall be fresh all the same.
      frame.view = view
      return tracked
    }
    // An object from an earlier render keeps its frame, and so does not change under its reader.
    const mine = { view }
    frame = mine
    const value = (field: K) => read.add(field) && mine.view[field]
    tracked = Object.defineProperty({ ...functions } as Tracked, READ, { value })
    for (const field of fields) {
      getters[field] = getters[field] || {
        // So that spreading reads, and tracks, everything.
        enumerable: true,
        get(this: any) {
          return this[READ](field)
        },
      }
      Object.defineProperty(tracked, field, getters[field] as PropertyDescriptor)
    }
    return tracked
  }
  return { subscribe, getSnapshot: () => track(getSnapshot()), getServerSnapshot: () => track(getServerSnapshot()) }
}
