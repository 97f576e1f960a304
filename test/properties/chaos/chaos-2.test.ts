/** Owns one half of the chaos runs over the session's own wire; the other half is in the other file, for the other core. */

import { describe } from 'vitest'
import { playSeeds } from './runs.ts'

describe('chaos', () => {
  playSeeds('[S1][S2][S3][S4][S5][S6][S7][S10]', { short: 10, long: 200, from: 1, step: 2 })
})
