/**
 * Owns what tests may say on the console: nothing that nobody expects, so that a run has nothing to read but its failures.
 * A test that is about a warning spies on `console.warn` itself. Must never swallow a warning it does not know.
 */

import { afterEach, beforeEach, expect } from 'vitest'

/** What the engine tells developers where a test means to provoke the very thing. */
const EXPECTED = /has never answered a ping|function failed\.|is below circuitBreaker\.failureThreshold/

/** Hushes the expected warnings in a test file, and fails the test in which another one is heard. */
export function expectQuiet(): void {
  const { warn } = console
  const unexpected: unknown[] = []
  beforeEach(() => {
    console.warn = (...words: unknown[]) => {
      if (!EXPECTED.test(String(words[0]))) unexpected.push(words)
    }
  })
  afterEach(() => {
    console.warn = warn
    expect(unexpected.splice(0), 'unexpected warnings').toEqual([])
  })
}
