/**
 * Owns what the page asks the server over HTTP, which works while the socket does not: what is broken, and to break it. Must never
 * throw: whoever cannot be reached is null, and what was not understood is a text.
 */

import type { FaultInForce, FaultName, Switches } from '../../server/status.ts'
import { newId } from '../chat/tab-storage.ts'

/** What the server knows this page's connections by, however often it connects. */
export const page = newId()

const patience = 2000

export interface Answer<T> {
  /** Null if nobody answered, or what was asked was not understood. */
  value: T | null
  /** What the server expected instead. */
  expected: string | null
}

/** Asks for something; with a body, orders it. */
export async function ask<T>(name: string, body?: object): Promise<Answer<T>> {
  try {
    const response = await fetch(`/control/${name}`, {
      ...(body ? { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } : {}),
      signal: AbortSignal.timeout(patience),
    })
    const answer = await response.json()
    return response.ok ? { value: answer, expected: null } : { value: null, expected: String(answer.expected) }
  } catch {
    return { value: null, expected: null }
  }
}

/** What is broken in this way for this target, or undefined. */
export const faultOf = (switches: Switches | null, name: FaultName, target = 'all'): FaultInForce | undefined =>
  switches?.broken.find((each) => each.fault === name && each.target === target)
