/**
 * Owns the one question "is this still the same?" for values that are written inline on every render (R31, R33).
 * Looks one level into arrays and plain objects, no deeper. Must never call two dates, maps or other instances the
 * same because they show no keys.
 */

export function shallowEqual(a: any, b: any): boolean {
  if (Object.is(a, b)) return true
  const kind = a?.constructor
  if ((kind !== Object && kind !== Array) || b?.constructor !== kind) return false
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((key) => Object.is(a[key], b[key]))
}
