/** The rule tests alone, for Stryker, which knows nothing of projects. Must never be run for anything else. */

import { defineConfig } from 'vitest/config'

export default defineConfig({
  root: `${import.meta.dirname}/../..`,
  test: {
    environment: 'node',
    include: ['test/core/rules/**/*.test.ts', 'test/core/protocol-adapter.test.ts'],
    exclude: ['**/page.test.ts'],
    // What does a thing ten thousand times has a sibling that does it once, and would be run for a thousand mutants.
    testNamePattern: /^(?!.*\d0,000)/,
    // Counting which mutant each character of a megabyte meets is slow.
    testTimeout: 120_000,
  },
})
