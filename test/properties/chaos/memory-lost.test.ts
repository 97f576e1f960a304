/** Owns the chaos runs in which the server loses its memory: at most a window is done twice, and nothing of it unflagged. */

import { describe } from 'vitest'
import { playSeeds } from './runs.ts'

describe('chaos with a memory that is lost', () => {
  playSeeds('[S8]', { short: 2, long: 40 }, { losesMemory: true, ...(process.env.CHAOS !== 'long' && { faults: 80 }) })
})
