/** Owns how a test asks for a collection. */

import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** What nobody holds is gone after it; never before a task has ended, to which WeakRefs are alive. */
export async function collectGarbage(): Promise<void> {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  // Again and again: under load, a stack slot that was not yet used again may hold one of a thousand.
  for (let round = 0; round < 3; round++) {
    await new Promise((resolve) => setImmediate(resolve))
    collect()
  }
}
