/** Owns the chaos runs in somebody else's envelope. */

import { describe } from 'vitest'
import { envelope } from './envelope.ts'
import { playSeeds } from './runs.ts'

describe('chaos in another envelope', () => {
  playSeeds('[S1]', { short: 2, long: 50 }, { framing: envelope })
})
