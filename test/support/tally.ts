/** Owns the last line of every run, the one that a machine can read: `N passed, N failed`. */

import type { Reporter } from 'vitest/node'

export const tally: Reporter = {
  onTestRunEnd(modules, errors) {
    const count = { passed: 0, failed: errors.length, skipped: 0, pending: 0 }
    for (const module of modules) {
      for (const test of module.children.allTests()) count[test.result().state]++
      // A file that could not even be loaded has no tests to fail.
      if (module.errors().length) count.failed++
    }
    const skipped = count.skipped + count.pending
    console.log(`${count.passed} passed, ${count.failed} failed${skipped ? `, ${skipped} skipped` : ''}`)
  },
}
