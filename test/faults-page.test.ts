/** docs/FAULTS.md says what the tests say, and every fault has one: the page is generated, and this holds it to that. */

import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'

it('docs/FAULTS.md is fresh, each of the 75 faults is cited by a test, and no test cites another', () => {
  const check = () => execFileSync(process.execPath, ['scripts/faults.mjs', '--check'], { stdio: 'pipe' })
  expect(check).not.toThrow()
})
