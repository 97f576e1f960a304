/**
 * Owns what is done with a run that went wrong: playing it again from its JSON, and cutting it down to the steps that
 * matter. A file in test/properties/model/logs is such a run; model.test.ts replays every one of them.
 * Must never touch a scenario it was given: what is printed is what was played.
 */

import { Run, Violation } from './run.ts'
import { read, type Scenario } from './scenario.ts'

/** Plays a run again, from an object or from the JSON that a failure printed; returns what the client told. */
export function replay(scenario: Scenario | string): Promise<string[]> {
  return new Run(typeof scenario === 'string' ? (read(scenario) as Scenario) : scenario).play()
}

/** Plays a run; the violation it ends in, if it does. */
export async function violation(scenario: Scenario): Promise<Violation | undefined> {
  try {
    await replay(scenario)
  } catch (thrown) {
    if (thrown instanceof Violation) return thrown
    throw thrown
  }
}

/** Leaves out every step without which the same invariant is still broken, larger pieces first. */
export async function minimise(found: Violation): Promise<Violation> {
  let best = found
  let size = Math.ceil(best.scenario.steps.length / 2)
  for (;;) {
    const before = best.scenario.steps.length
    for (let at = 0; at < best.scenario.steps.length; ) {
      const steps = best.scenario.steps.filter((_step, i) => i < at || i >= at + size)
      const shorter = await violation({ ...best.scenario, steps })
      if (shorter?.invariant === found.invariant) best = shorter
      else at += size
    }
    if (size > 1) size = Math.ceil(size / 2)
    else if (best.scenario.steps.length === before) return best
  }
}
