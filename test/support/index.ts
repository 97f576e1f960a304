/**
 * The door through which our own tests enter the virtual world of `testing/`. Here no peer says anything by itself, not
 * even a pong: these tests play both sides by hand.
 */

import { createWorld as createKit, type World, type WorldOptions } from '../../testing/index.ts'

export * from '../../testing/index.ts'
export { every } from '../../testing/record.ts'
export { VirtualClock } from '../../testing/virtual-clock.ts'

export function createWorld(options?: WorldOptions): World {
  return createKit({ answer: () => undefined, ...options })
}
