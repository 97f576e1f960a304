/** Owns requests: one run, one answer, what cancels it, and what a repeat gets. */

import { describe, expect, it } from 'vitest'
import { Refusal, type RequestArguments } from '../../src/server/index.ts'
import { createScene, settle } from '../support/session-scene.ts'

/** A server whose answers a test gives by hand. */
function createDesk(options: Parameters<typeof createScene>[0] = {}) {
  const asked: (RequestArguments<string, unknown> & { answer: (is: unknown) => void; fail: (why: unknown) => void })[] =
    []
  const onRequest = (request: RequestArguments<string, never>) =>
    new Promise((answer, fail) => void asked.push({ ...request, answer, fail }))
  return { ...createScene({ onRequest, ...options }), asked }
}

describe('a request', () => {
  it('is answered under its id, whichever is done first', async () => {
    const { enter, asked } = createDesk()
    const { peer } = await enter()
    peer.say({ q: 1, d: 'one' }, { q: 2, d: 'two' })
    asked[1]?.answer({ two: 2 })
    asked[0]?.answer(undefined)
    await settle()
    expect(asked.map(({ data, user, client }) => [data, user, client])).toEqual([
      ['one', 'ann', 'client-1'],
      ['two', 'ann', 'client-1'],
    ])
    expect(peer.heard()).toEqual([
      { p: 2, d: { two: 2 } },
      { p: 1, d: null },
    ])
  })

  it('fails with what a Refusal says, and with no word of what was thrown by accident', async () => {
    const { enter, asked, troubles } = createDesk()
    const { peer } = await enter()
    peer.say({ q: 1, d: 0 }, { q: 2, d: 0 })
    const mine = new Error('password=hunter2')
    asked[0]?.fail(new Refusal('not yours'))
    asked[1]?.fail(mine)
    const unsayable = [1n, () => 1, Symbol('one')]
    unsayable.forEach((answer, index) => {
      peer.say({ q: 3 + index, d: 0 })
      asked[2 + index]?.answer(answer)
    })
    await settle()
    expect(peer.heard()).toEqual([
      { p: 1, x: 'not yours' },
      { p: 2, x: 'failed' },
      ...unsayable.map((_, index) => ({ p: 3 + index, x: 'failed' })),
    ])
    expect(troubles).toMatchObject([
      { code: 'HANDLER_FAILED', cause: mine, user: 'ann', client: 'client-1' },
      ...unsayable.map(() => ({ code: 'HANDLER_FAILED', cause: { name: 'TypeError' } })),
    ])
  })

  it('fails where nobody answers any', async () => {
    const { enter } = createScene()
    const { peer } = await enter()
    peer.say({ q: 1, d: 0 })
    await settle()
    expect(peer.heard()).toEqual([{ p: 1, x: 'not-supported' }])
  })

  it('[S9] is not begun a second time under an id that is in work', async () => {
    const { enter, asked } = createDesk()
    const { peer } = await enter()
    peer.say({ q: 1, d: 0 }, { q: 1, d: 0 })
    await settle()
    expect(asked).toHaveLength(1)
  })

  it('that is cancelled is aborted and gets no answer, and its id is free', async () => {
    const { enter, asked, troubles } = createDesk()
    const { peer } = await enter()
    peer.say({ q: 1, d: 'one' }, { q: 1, x: 1 }, { q: 1, d: 'two' })
    expect(asked.map(({ signal }) => signal.aborted)).toEqual([true, false])
    asked[0]?.fail(asked[0].signal.reason)
    asked[1]?.answer('second')
    await settle()
    expect(peer.heard()).toEqual([{ p: 1, d: 'second' }])
    expect(troubles).toEqual([])
  })

  it('is aborted when the asker is gone', async () => {
    const { enter, asked } = createDesk()
    const { peer } = await enter()
    peer.say({ q: 1, d: 0 }, { q: 2, d: 0, r: 1 })
    peer.cut()
    // Somebody may come back for the idempotent one.
    expect(asked.map(({ signal }) => signal.aborted)).toEqual([true, false])
  })

  it('is turned away while too many are in work, and who does not stop is disconnected', async () => {
    const { enter, asked, troubles } = createDesk({ limits: { requests: 2 } })
    const { peer } = await enter()
    for (const q of [1, 2, 3]) peer.say({ q, d: 0 })
    expect(peer.heard()).toEqual([{ p: 3, x: 'busy' }])
    asked[0]?.answer(1)
    await settle()
    peer.say({ q: 4, d: 0 })
    expect(peer.heard()).toEqual([{ p: 1, d: 1 }])
    for (const q of [5, 6, 7]) peer.say({ q, d: 0 })
    expect(peer.closed).toMatchObject({ code: 1008 })
    expect(troubles.map(({ code }) => code)).toEqual(['FLOOD'])
  })

  it('that is cancelled counts as work until its handler has come to an end', async () => {
    const { enter, asked } = createDesk({ limits: { requests: 2 } })
    const { peer } = await enter()
    for (const q of [1, 2, 3]) peer.say({ q, d: 0 }, { q, x: 1 })
    expect(asked).toHaveLength(2)
    expect(peer.heard()).toEqual([{ p: 3, x: 'busy' }])
    asked[0]?.answer('nobody hears it')
    await settle()
    peer.say({ q: 4, d: 0 })
    expect(asked).toHaveLength(3)
  })
})

describe('an idempotent request', () => {
  it('[S9] that comes again on another connection gets the first answer, or joins the first run', async () => {
    const { enter, asked } = createDesk()
    const one = await enter()
    one.peer.say({ q: 7, d: 'x', r: 1 })
    one.peer.cut()
    const two = await enter()
    two.peer.say({ q: 7, d: 'x', r: 1 })
    asked[0]?.answer('done')
    await settle()
    two.peer.cut()
    const three = await enter()
    three.peer.say({ q: 7, d: 'x', r: 1 })
    await settle()
    expect(asked).toHaveLength(1)
    expect([two, three].map(({ peer }) => peer.heard())).toEqual([[{ p: 7, d: 'done' }], [{ p: 7, d: 'done' }]])
  })

  it('[S9] is another one under another question, and for another user', async () => {
    const { enter, asked } = createDesk()
    const [ann, bob] = [await enter('ann'), await enter('bob')]
    ann.peer.say({ q: 7, d: 'x', r: 1 })
    bob.peer.say({ q: 7, d: 'x', r: 1 })
    asked[0]?.answer('for ann')
    asked[1]?.answer('for bob')
    await settle()
    ann.peer.say({ q: 7, d: 'y', r: 1 })
    expect(asked.map(({ user, data }) => [user, data])).toEqual([
      ['ann', 'x'],
      ['bob', 'x'],
      ['ann', 'y'],
    ])
  })

  it('[S9] is forgotten after 64 others', async () => {
    const { enter, asked } = createDesk()
    const { peer } = await enter()
    for (let q = 1; q <= 65; q++) {
      peer.say({ q, d: q, r: 1 })
      asked[q - 1]?.answer(q)
      await settle()
    }
    peer.say({ q: 2, d: 2, r: 1 })
    await settle()
    expect(asked).toHaveLength(65)
    peer.say({ q: 1, d: 1, r: 1 })
    expect(asked).toHaveLength(66)
  })

  it('[S9] is forgotten, the oldest first, where all answers together would be more than 64 MiB', async () => {
    const { enter, asked } = createDesk({ limits: { unreadBytes: 1 << 30 } })
    const { peer } = await enter()
    const answer = 'x'.repeat(20 << 20)
    const ask = async (q: number, text: string) => {
      peer.say({ q, d: q, r: 1 })
      asked.at(-1)?.answer(text)
      await settle()
    }
    for (const q of [1, 2, 3, 4]) await ask(q, answer)
    for (const q of [2, 3, 4]) await ask(q, 'again')
    expect(asked.map(({ data }) => data)).toEqual([1, 2, 3, 4])
    await ask(1, 'again')
    expect(asked.map(({ data }) => data)).toEqual([1, 2, 3, 4, 1])
  })
})
