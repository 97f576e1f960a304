/**
 * Owns how long a test may wait for something that is bound to happen: one limit for all waits, so long that only a hang
 * reaches it. Loaded before every test file. Must never be shortened for a test: what should happen soon is asked of the
 * virtual clock, and what should not happen is asked after the event that would have caused it.
 */

import { vi } from 'vitest'

/** Ms. Below the runner's own limit in vitest.config.ts, so that a wait that hangs says what it waited for. */
export const PATIENCE = 100_000

const { waitFor, waitUntil } = vi
const patient = <T extends object>(options?: number | T) =>
  typeof options === 'number' ? options : { timeout: PATIENCE, ...options }
vi.waitFor = (look, options) => waitFor(look, patient(options))
vi.waitUntil = (look, options) => waitUntil(look, patient(options))

// Testing Library is heavy, and pointless where there is no page.
if (typeof document !== 'undefined') {
  const { configure } = await import('@testing-library/dom')
  configure({ asyncUtilTimeout: PATIENCE })
}
