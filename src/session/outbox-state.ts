/**
 * Owns how two tabs' views of an outbox become one. Pure.
 * Must never let a count fall: the other tab may be further.
 */

import type { OutboxState } from './outbox-store.ts'

export const newState = (client: string): OutboxState => ({ client, next: 1, acked: 0, sent: 0, forgotten: 0 })

export function mergeState(state: OutboxState, change: Partial<OutboxState> = {}): OutboxState {
  const merged = { ...state, ...change }
  for (const name of ['next', 'acked', 'sent', 'forgotten'] as const) merged[name] = Math.max(state[name], merged[name])
  return merged
}
