/** Owns the first words of a connection: who is there, what is proven, which version, and what happens to who says otherwise. */

import { describe, expect, it } from 'vitest'
import { createScene, settle } from '../support/session-scene.ts'

const taking = { onSend: () => ({}) }

describe('hello', () => {
  it('welcomes a client it does not know with f, and one it knows without', async () => {
    const { enter } = createScene()
    const { peer, welcome } = await enter()
    expect(welcome).toEqual({ t: 'welcome', v: 1, e: 'e1', a: 0, f: 1, b: 65_536, m: 8 * 86_400_000 })
    peer.cut()
    expect((await enter()).welcome).toEqual({ t: 'welcome', v: 1, e: 'e1', a: 0, b: 65_536, m: 8 * 86_400_000 })
  })

  it('[S5] raises the ledger to what the client has proof for, and never lowers it', async () => {
    const { enter } = createScene(taking)
    const { peer, welcome } = await enter('ann', { n: 57 })
    expect(welcome).toMatchObject({ a: 56, f: 1 })
    peer.say({ n: 57, d: 'x' })
    await settle()
    expect(peer.heard()).toEqual([{ a: 57 }])
    expect((await enter('ann', { n: 3 })).welcome).toMatchObject({ a: 57 })
  })

  it('keeps apart two users with one client id', async () => {
    const { enter } = createScene(taking)
    const { peer } = await enter('ann')
    peer.say({ n: 1, d: 'x' })
    await settle()
    expect((await enter('bob')).welcome).toMatchObject({ a: 0, f: 1 })
  })
})
