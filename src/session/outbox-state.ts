/**
 * Owns how two tabs' views of an outbox become one, and what is left of a message that was not done. Pure.
 * Must never let a count fall: the other tab may be further.
 */

import type { OutboxState, StoredMessage } from './outbox-store.ts'

export const newState = (client: string): OutboxState => ({ client, next: 1, acked: 0, sent: 0, forgotten: 0 })

export function mergeState(state: OutboxState, change: Partial<OutboxState> = {}): OutboxState {
  const merged = { ...state, ...change }
  for (const name of ['next', 'acked', 'sent', 'forgotten'] as const) merged[name] = Math.max(state[name], merged[name])
  return merged
}

/** What stays of a message, so that whoever wrote it learns what became of it. */
export const tombstone = ({ n, at, end = 'discarded', why }: StoredMessage): StoredMessage => ({
  ...{ n, at, end, why, data: null, size: 0, isGone: true },
})
