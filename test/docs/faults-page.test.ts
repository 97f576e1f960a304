/** docs/FAULTS.md says what the tests say, and every fault has one: the page is generated, and this holds it to that. */

import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { faultsPage } from '../../scripts/faults.ts'

it('docs/FAULTS.md is fresh, each of the 75 faults is cited by a test, and no test cites another', () => {
  const { text, complaints } = faultsPage()
  expect(complaints).toEqual([])
  expect(readFileSync('docs/FAULTS.md', 'utf8')).toBe(text)
})
