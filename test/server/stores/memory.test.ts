/** Owns the memory of the process, held against what every store must do, and what it alone must: let go. */

import { describe, expect, it } from 'vitest'
import { memoryStore } from '../../../src/server/index.ts'
import { storeConformance } from '../../../testing/index.ts'

describe('memoryStore', () => {
  for (const { name, run } of storeConformance(() => memoryStore())) it(`[S3] ${name}`, run)

  it('has an epoch of its own each time', () => {
    expect(memoryStore().epoch).not.toBe(memoryStore().epoch)
  })

  const history = { events: 10, bytes: 1000, age: 1000 }

  it('forgets first who was not heard of for the longest time', async () => {
    const store = memoryStore()
    store.keep?.({ clientsRemembered: 2, memory: 1000, history }, () => 0)
    for (const key of ['a', 'b', 'a', 'c']) await store.raise(key, 1)
    expect(await Promise.all(['a', 'b', 'c'].map((key) => store.last(key)))).toEqual([1, undefined, 1])
  })

  it('lets topics go whose events are too old, and uses none of their offsets again', async () => {
    const store = memoryStore()
    let now = 0
    store.keep?.({ clientsRemembered: 2, memory: 1000, history }, () => now)
    const { offset } = await store.append('topic-0', 1)
    await store.append('topic-0', 2)
    for (let i = 1; i < 1000; i++) await store.append(`topic-${i}`, i)
    now = 2000
    await store.append('another', 1)
    expect((await store.append('topic-0', 3)).offset).toBeGreaterThan(offset + 1)
  })
})
