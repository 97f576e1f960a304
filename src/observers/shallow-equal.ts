/**
 * Owns the one question "is this still the same?" for values that are written inline on every render (R31, R33).
 * Looks one level into arrays and plain objects, no deeper unless asked to. Must never call two dates, maps or other
 * instances the same because they show no keys.
 */

export function shallowEqual(a: any, b: any, isSame: (a: unknown, b: unknown) => boolean = Object.is): boolean {
  if (Object.is(a, b)) return true
  const kind = a?.constructor
  if (kind !== b?.constructor || (kind !== Object && kind !== Array)) return false
  // Counted first, so that what both have is all there is.
  return (
    Object.keys(a).length === Object.keys(b).length && Object.keys(a).every((key) => key in b && isSame(a[key], b[key]))
  )
}

/** The same, as deep as it goes: for a key that names something. */
export const deepEqual = (a: unknown, b: unknown): boolean => shallowEqual(a, b, deepEqual)
