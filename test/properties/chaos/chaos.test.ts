/** Owns ten chaos runs whose seeds are fixed; `npm run test:chaos` plays two hundred, and longer ones. */

import { describe, expect, it } from 'vitest'
import { live } from './life.ts'

describe('chaos', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])(
    '[S1][S3][S4][S5][S6][S7][S10] seed %i: once, in order, nothing left',
    async (seed) => {
      const outcome = await live(seed, { messages: 2000, faults: 60 })
      expect(outcome).toMatchObject({ wrong: [] })
    },
  )
})
