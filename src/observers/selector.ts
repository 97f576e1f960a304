/**
 * Owns what a component has picked out of a view: the same value until it says something else (R31).
 * Must never pick twice from the same view.
 */

import { shallowEqual } from './shallow-equal.ts'

/** `select` may be another function on every render. */
export function createSelector<T, R>(): (view: T, select: (view: T) => R) => R {
  let known: { view: T; select: (view: T) => R; value: R } | undefined
  return (view, select) => {
    if (!known || known.view !== view || known.select !== select) {
      const value = select(view)
      known = { view, select, value: known && shallowEqual(known.value, value) ? known.value : value }
    }
    return known.value
  }
}
