/** Owns that no crowd of clients that catch up keeps the event loop to itself. */

import { describe, expect, it } from 'vitest'
import { createScene, settle } from '../support/session-scene.ts'

describe('a thousand clients that come back at once', () => {
  it('read a few pages in each turn, each in its turn, and all catch up', async () => {
    const turns: (() => void)[] = []
    const { clock: time } = createScene()
    const clock = {
      now: time.now,
      setTimeout: time.setTimeout,
      clearTimeout: time.clearTimeout,
      endOfTurn: (fn: () => void) => void turns.push(fn),
    }
    const { enter, sessions, store } = createScene({ clock })
    for (let n = 1; n <= 50; n++) await sessions.publish('room', n)
    const peers = []
    for (let i = 0; i < 40; i++) peers.push((await enter('ann', { c: `client-${i}` })).peer)
    let pages = 0
    const { since } = store
    store.since = function (this: typeof store, ...given) {
      pages++
      return since.apply(this, given)
    }
    for (const peer of peers) peer.say({ s: 'room', o: 0, e: 'e1' })
    await settle()
    const perTurn: number[] = []
    while (turns.length) {
      const before = pages
      for (const turn of turns.splice(0)) turn()
      await settle()
      perTurn.push(pages - before)
    }
    expect(Math.max(...perTurn)).toBe(8)
    expect(pages).toBe(80)
    for (const peer of peers) expect(peer.heard()).toHaveLength(51)
  })
})
