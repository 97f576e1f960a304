/**
 * Owns what a room's history answers: a page of it, and where its stream goes on. Must never leave a hole in a page, nor read
 * more than was asked for.
 */

import type { SessionStore } from '../../src/server/index.ts'
import type { Position } from '../../src/session/index.ts'
import { bounds, type Heard, type Load, type Loaded, topicOf } from '../protocol.ts'

export async function load(store: SessionStore, { room, before, most = bounds.history }: Load): Promise<Loaded> {
  const topic = topicOf(room)
  // First the position, then the messages: what comes between is told by the stream.
  const position = await store.position(topic)
  const end = Math.min(position.offset, before === undefined ? Infinity : before - 1)
  const at = (offset: number): Position => ({ epoch: position.epoch, offset })
  // Whether everything after this number is kept.
  const isKept = async (offset: number) => offset >= 0 && (await store.since(topic, at(offset), 1)) !== null
  let start = Math.max(0, end - most)
  if (start < end && !(await isKept(start))) start = await firstKept(start, end, isKept)
  const events = start < end ? await store.since(topic, at(start), end - start) : []
  return {
    position,
    messages: (events ?? []).map((event) => ({ ...(event.data as Heard), n: event.offset })),
    more: await isKept(start - 1),
  }
}

/** The lowest number above `low` after which everything is kept, or `high`. */
async function firstKept(low: number, high: number, isKept: (offset: number) => Promise<boolean>): Promise<number> {
  let gone = low
  let kept = high
  while (kept - gone > 1) {
    const middle = (gone + kept) >> 1
    if (await isKept(middle)) kept = middle
    else gone = middle
  }
  return kept
}
