/** Owns the numbered messages as one and as two connections of a client send them: what is taken, told, and asked for again. */

import { describe, expect, it } from 'vitest'
import { memoryStore, Refusal, type SendArguments, Wait } from '../../src/server/index.ts'
import { createScene, type SceneOptions, settle } from '../support/session-scene.ts'

/** A server that writes down what it was given to decide, and publishes it in `log`. */
function createDiary(options: SceneOptions = {}) {
  const decided: unknown[] = []
  const onSend = ({ data }: SendArguments<string, never>) => {
    decided.push(data)
    const verdict = String(data)
    if (verdict.startsWith('refuse')) throw new Refusal('no')
    if (verdict.startsWith('wait') && decided.filter((one) => one === data).length === 1) throw new Wait(1000)
    return { publish: [{ topic: 'log', data }] }
  }
  const scene = createScene({ onSend, ...options })
  const kept = async () => {
    const { epoch } = await scene.store.position('log')
    const events = await scene.store.since('log', { epoch, offset: 0 }, 10_000)
    return events?.map(({ data }) => data)
  }
  return { ...scene, decided, kept }
}

const send = (n: number, d: unknown = `m${n}`) => ({ n, d })
const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index)

describe('a numbered message', () => {
  it('[S3] is taken if it follows the one before, and acknowledged once for all of a turn', async () => {
    const { enter, kept } = createDiary()
    const { peer } = await enter()
    peer.say(send(1), send(2), send(3))
    await settle()
    expect(peer.heard()).toEqual([{ a: 3 }])
    expect(await kept()).toEqual(['m1', 'm2', 'm3'])
  })

  it('[S3] is acknowledged again and not done again when it comes twice', async () => {
    const { enter, kept, decided } = createDiary()
    const { peer } = await enter()
    peer.say(send(1), send(2))
    await settle()
    peer.heard()
    peer.say(send(1), send(2))
    await settle()
    expect(peer.heard()).toEqual([{ a: 2 }])
    expect(await kept()).toEqual(['m1', 'm2'])
    expect(decided).toEqual(['m1', 'm2'])
  })

  it('[S3] is done once when two connections bring it at the same time', async () => {
    const { enter, kept } = createDiary({ onSend: async ({ data }) => ({ publish: [{ topic: 'log', data }] }) })
    const [one, two] = [await enter(), await enter()]
    for (const n of numbers(1, 20)) for (const { peer } of [one, two]) peer.say(send(n))
    await settle()
    await settle()
    expect(await kept()).toEqual(numbers(1, 20).map((n) => `m${n}`))
    for (const { peer } of [one, two]) expect(peer.heard().at(-1)).toEqual({ a: 20 })
  })

  it('keeps the order when the handler takes longer for an earlier one', async () => {
    const done: (() => void)[] = []
    const onSend = ({ data }: SendArguments<string, never>) =>
      new Promise<{ publish: { topic: string; data: unknown }[] }>((resolve) => {
        done.push(() => resolve({ publish: [{ topic: 'log', data }] }))
      })
    const { enter, kept } = createDiary({ onSend })
    const { peer } = await enter()
    peer.say(send(1), send(2))
    await settle()
    expect(done).toHaveLength(1)
    done[0]?.()
    await settle()
    done[1]?.()
    await settle()
    expect(await kept()).toEqual(['m1', 'm2'])
    expect(peer.heard().at(-1)).toEqual({ a: 2 })
  })

  it('that stands for nothing counts as done', async () => {
    const { enter, kept } = createDiary()
    const { peer } = await enter()
    peer.say(send(1), { n: 2, x: 1 }, send(3))
    await settle()
    expect(peer.heard()).toEqual([{ a: 3 }])
    expect(await kept()).toEqual(['m1', 'm3'])
  })

  it('is refused where no handler is', async () => {
    const { enter } = createScene()
    const { peer } = await enter()
    peer.say(send(1))
    await settle()
    expect(peer.heard()).toEqual([{ a: 1, x: [[1, 'not-supported']] }])
  })
})

describe('a refusal', () => {
  it('[S6] is told with the ack that covers it, and those after it go on', async () => {
    const { enter, kept } = createDiary()
    const { peer } = await enter()
    peer.say(send(1), send(2, 'refuse'), send(3))
    await settle()
    expect(peer.heard()).toEqual([{ a: 3, x: [[2, 'no']] }])
    expect(await kept()).toEqual(['m1', 'm3'])
  })

  it('[S6] whose ack was lost does not become a success: the next welcome tells it', async () => {
    const { enter } = createDiary()
    const { peer } = await enter()
    peer.say(send(1), send(2, 'refuse'))
    peer.cut()
    await settle()
    expect(peer.heard()).toEqual([])
    expect((await enter()).welcome).toMatchObject({ a: 2, x: [[2, 'no']] })
    // Nor when the welcome is lost as well.
    expect((await enter()).welcome).toMatchObject({ a: 2, x: [[2, 'no']] })
  })

  it('[S6] is forgotten once the client has proof of it, and not before', async () => {
    const { enter, store } = createDiary()
    const { peer } = await enter()
    peer.say(send(1, 'refuse'), send(2, 'refuse'))
    await settle()
    peer.cut()
    expect((await enter('ann', { n: 2 })).welcome).toMatchObject({ a: 2, x: [[2, 'no']] })
    expect(await store.refusals('ann/client-1')).toEqual([[2, 'no']])
    expect((await enter('ann', { n: 3 })).welcome).not.toHaveProperty('x')
    expect(await store.refusals('ann/client-1')).toEqual([])
  })

  it('[S6] is forgotten once the client is a window ahead, on a connection that lasts', async () => {
    const { enter, store } = createDiary({ limits: { window: 4 } })
    const { peer } = await enter()
    peer.say(send(1, 'refuse'))
    for (const n of numbers(2, 4)) {
      peer.say(send(n))
      await settle()
    }
    expect(await store.refusals('ann/client-1')).toEqual([[1, 'no']])
    peer.say(send(5))
    await settle()
    expect(await store.refusals('ann/client-1')).toEqual([])
  })

  it('[S6] that was told on another connection is not covered in silence by an ack on this one', async () => {
    const { enter } = createDiary()
    const [one, two] = [await enter(), await enter()]
    one.peer.say(send(1, 'refuse'))
    await settle()
    expect(one.peer.heard()).toEqual([{ a: 1, x: [[1, 'no']] }])
    two.peer.say(send(2))
    await settle()
    expect(two.peer.heard()).toEqual([{ a: 1, x: [[1, 'no']] }, { a: 2 }])
    // And the first hears of what it has not told.
    two.peer.say(send(3, 'refuse'))
    await settle()
    one.peer.say(send(4))
    await settle()
    expect(one.peer.heard()).toEqual([{ a: 3, x: [[3, 'no']] }, { a: 4 }])
  })
})

describe('a gap', () => {
  it('[S7] is told once, however many frames follow, and closes when the client has gone back', async () => {
    const { enter, kept } = createDiary()
    const { peer } = await enter()
    peer.say(send(1), ...numbers(3, 40).map((n) => send(n)))
    await settle()
    await settle()
    expect(peer.heard()).toEqual([{ g: 2 }, { a: 1 }])
    peer.say(...numbers(2, 40).map((n) => send(n)))
    await settle()
    expect(peer.heard()).toEqual([{ a: 40 }])
    expect(await kept()).toEqual(numbers(1, 40).map((n) => `m${n}`))
  })

  it('[S4] is none when another connection of the client has taken what lies between', async () => {
    const { enter, kept } = createDiary()
    const [frozen, leader] = [await enter(), await enter()]
    leader.peer.say(send(1), send(2))
    await settle()
    frozen.peer.say(send(3))
    await settle()
    expect(frozen.peer.heard()).toEqual([{ a: 2 }, { a: 3 }])
    // Nor does the other one believe in its own count.
    leader.peer.say(send(4))
    await settle()
    expect(leader.peer.heard()).toEqual([{ a: 2 }, { a: 3 }, { a: 4 }])
    expect(await kept()).toEqual(['m1', 'm2', 'm3', 'm4'])
  })

  it('[S4] that was told on one connection and closed on another deadlocks neither', async () => {
    const { enter, kept } = createDiary()
    const [one, two] = [await enter(), await enter()]
    one.peer.say(send(3))
    await settle()
    expect(one.peer.heard()).toEqual([{ g: 1 }])
    two.peer.say(send(1), send(2), send(3))
    await settle()
    expect(two.peer.heard()).toEqual([{ a: 3 }])
    one.peer.say(send(4))
    await settle()
    expect(one.peer.heard().at(-1)).toEqual({ a: 4 })
    expect(await kept()).toEqual(['m1', 'm2', 'm3', 'm4'])
  })
})

describe('a gap after a gap', () => {
  it('[S4] is told where the first was closed by another connection', async () => {
    const { enter } = createDiary()
    const [one, two] = [await enter(), await enter()]
    one.peer.say(send(3))
    await settle()
    two.peer.say(send(1), send(2), send(3))
    await settle()
    one.peer.say(send(6))
    await settle()
    expect(one.peer.heard()).toEqual([{ g: 1 }, { g: 4 }, { a: 3 }])
    one.peer.say(send(7))
    await settle()
    expect(one.peer.heard()).toEqual([])
  })
})

describe('a wait', () => {
  it('says where to come back to and when, keeps the order, and drops what was ahead', async () => {
    const { enter, kept } = createDiary()
    const { peer } = await enter()
    peer.say(send(1), send(2, 'wait 2'), send(3), send(4))
    await settle()
    expect(peer.heard()).toEqual([{ w: 2, ms: 1000 }, { a: 1 }])
    peer.say(send(2, 'wait 2'), send(3), send(4))
    await settle()
    expect(peer.heard()).toEqual([{ a: 4 }])
    expect(await kept()).toEqual(['m1', 'wait 2', 'm3', 'm4'])
  })

  it('[S4] on one connection is over when another has taken the message', async () => {
    const { enter } = createDiary()
    const [one, two] = [await enter(), await enter()]
    one.peer.say(send(1, 'wait 1'))
    await settle()
    two.peer.say(send(1, 'wait 1'))
    await settle()
    one.peer.heard()
    one.peer.say(send(2))
    await settle()
    expect(one.peer.heard().at(-1)).toEqual({ a: 2 })
  })

  it('follows a handler that fails, ever longer, and the operator hears of it', async () => {
    let isBroken = true
    const { enter, troubles } = createScene({
      onSend: () => {
        if (isBroken) throw new Error('database down')
        return {}
      },
    })
    const { peer } = await enter()
    for (const ms of [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]) {
      peer.say(send(1))
      await settle()
      expect(peer.heard()).toEqual([{ w: 1, ms }])
    }
    expect(troubles.every(({ code, user }) => code === 'HANDLER_FAILED' && user === 'ann')).toBe(true)
    isBroken = false
    peer.say(send(1))
    await settle()
    expect(peer.heard()).toEqual([{ a: 1 }])
  })

  it.each([
    ['a list that is none', { publish: 'log' }],
    ['a topic that is no text', { publish: [{ topic: 7, data: 1 }] }],
    ['a write that is no function', { write: 1 }],
    ['data that JSON cannot say', { publish: [{ topic: 'log', data: 1n }] }],
    ['data that JSON would leave out', { publish: [{ topic: 'log', data: () => 1 }] }],
  ])('follows an answer with %s, and nothing of it is kept', async (_, answer) => {
    const { enter, troubles, store } = createScene({ onSend: () => answer as never })
    const { peer } = await enter()
    peer.say(send(1))
    await settle()
    expect(peer.heard()).toEqual([{ w: 1, ms: 1000 }])
    expect(troubles).toMatchObject([{ code: 'HANDLER_FAILED' }])
    expect(await store.last('ann/client-1')).toBe(0)
    expect(await store.position('log')).toMatchObject({ offset: 0 })
  })
})

describe('a store that fails', () => {
  it('costs time and no message, and what it kept although it said no is done once', async () => {
    const store = memoryStore({ epoch: 'e1' })
    const { commit } = store
    let failure: 'before' | 'after' | undefined
    store.commit = async function (this: typeof store, what) {
      if (failure === 'before') throw new Error('disk full')
      const done = await commit.call(this, what)
      if (failure === 'after') throw new Error('the answer was lost')
      return done
    }
    const { enter, kept, troubles } = createDiary({ store })
    const { peer } = await enter()
    failure = 'before'
    peer.say(send(1), send(2))
    await settle()
    expect(peer.heard()).toEqual([{ w: 1, ms: 1000 }])
    failure = 'after'
    peer.say(send(1), send(2))
    await settle()
    expect(peer.heard()).toEqual([{ w: 1, ms: 2000 }])
    failure = undefined
    peer.say(send(1), send(2))
    await settle()
    expect(peer.heard().at(-1)).toEqual({ a: 2 })
    expect(await kept()).toEqual(['m1', 'm2'])
    expect(new Set(troubles.map(({ code }) => code))).toEqual(new Set(['STORE_FAILED']))
  })

  it('[S5] that has lost a part of its memory is found out before a client goes back to what it no longer has', async () => {
    const { enter, store, troubles } = createDiary()
    const { peer } = await enter()
    peer.say(send(1), send(2), send(3))
    await settle()
    peer.heard()
    store.last = async () => 1
    store.commit = async () => null
    peer.say(send(4))
    await settle()
    expect(peer.heard()).toEqual([])
    expect(peer.closed).toMatchObject({ code: 1011 })
    expect(troubles.map(({ code }) => code)).toEqual(['MEMORY_LOST'])
  })

  it('[S5] that has forgotten one client, because there are too many, sends that one alone to say hello again', async () => {
    const { enter, troubles, kept } = createDiary({ limits: { clientsRemembered: 2 } })
    const [ann, bob, cyd] = [await enter('ann'), await enter('bob'), await enter('cyd')]
    for (const { peer } of [ann, bob, cyd]) peer.say(send(1))
    await settle()
    expect(ann.peer.closed).toMatchObject({ code: 1011, reason: 'the server has forgotten you: say hello again' })
    expect([bob, cyd].map(({ peer }) => [peer.closed, peer.heard()])).toEqual([
      [undefined, [{ a: 1 }]],
      [undefined, [{ a: 1 }]],
    ])
    expect(troubles).toEqual([])
    const again = await enter('ann', { e: 'e1' })
    expect(again.welcome).toMatchObject({ a: 0, f: 1 })
    again.peer.say(send(1))
    await settle()
    expect(again.peer.heard()).toEqual([{ a: 1 }])
    expect(await kept()).toHaveLength(3)
  })

  it('[S5] that has lost its memory while clients are connected sends them to say hello again, none waits for ever', async () => {
    const first = memoryStore({ epoch: 'e1' })
    let store = first
    const shifting = new Proxy(first, {
      get: (_, name) => {
        const value = Reflect.get(store, name)
        return typeof value === 'function' ? value.bind(store) : value
      },
    })
    const { enter, troubles } = createDiary({ store: shifting })
    const { peer } = await enter()
    peer.say(send(1), send(2))
    await settle()
    store = memoryStore({ epoch: 'e2' })
    peer.say(send(3))
    await settle()
    expect(peer.closed).toMatchObject({ code: 1011 })
    expect(troubles.map(({ code }) => code)).toEqual(['MEMORY_LOST'])
    const again = await enter('ann', { n: 3, e: 'e1' })
    expect(again.welcome).toMatchObject({ e: 'e2', a: 2, f: 1 })
    again.peer.say(send(3))
    await settle()
    expect(again.peer.heard()).toEqual([{ a: 3 }])
  })
})
