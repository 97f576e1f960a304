/** Owns the streams: who may follow, where it goes on, that nothing is missing, and what a slow reader costs. */

import { describe, expect, it } from 'vitest'
import { memoryStore, Refusal } from '../../src/server/index.ts'
import { collectGarbage } from '../support/garbage.ts'
import { createScene, type Peer, settle } from '../support/session-scene.ts'

const follow = (s: string, o?: number, e = 'e1') => (o === undefined ? { s } : { s, o, e })
const upTo = (n: number) => Array.from({ length: n }, (_, index) => index + 1)

/** What was heard, answers as they are and events by their offsets. */
const told = (peer: Peer) => peer.heard().map((frame) => ('d' in frame ? frame.o : frame))

async function createStream(count: number, options: Parameters<typeof createScene>[0] = {}) {
  const scene = createScene(options)
  const publish = async (from: number, to: number) => {
    for (let n = from; n <= to; n++) await scene.sessions.publish('room', n)
  }
  await publish(1, count)
  return { ...scene, publish }
}

describe('following', () => {
  it('without a position goes on from now', async () => {
    const { enter, publish } = await createStream(3)
    const { peer } = await enter()
    peer.say(follow('room'))
    await settle()
    await publish(4, 5)
    expect(told(peer)).toEqual([{ s: 'room', e: 'e1', o: 3, r: true }, 4, 5])
  })

  it('[S10] from a position gives everything after it, in pages, then what happens', async () => {
    const { enter, publish } = await createStream(350)
    const { peer } = await enter()
    peer.say(follow('room', 10))
    await publish(351, 352)
    await settle()
    await publish(353, 354)
    expect(told(peer)).toEqual([{ s: 'room', e: 'e1', o: 10, r: true }, ...upTo(354).slice(10)])
  })

  it.each([
    ['what the server has let go of', 1, 'e1'],
    ['another epoch', 15, 'e0'],
    ['what has not happened', 99, 'e1'],
  ])('[S10] from %s gives nothing of it, and goes on from now', async (_, o, e) => {
    const { enter, publish } = await createStream(20, { limits: { history: { events: 10 } } })
    const { peer } = await enter()
    peer.say(follow('room', o, e))
    await settle()
    await publish(21, 21)
    expect(told(peer)).toEqual([{ s: 'room', e: 'e1', o: 20, r: false }, 21])
  })

  it('hears what a numbered message publishes, in the order it was committed', async () => {
    const { enter } = createScene({ onSend: ({ data }) => ({ publish: [{ topic: 'room', data }] }) })
    const [ann, bob] = [await enter('ann'), await enter('bob')]
    bob.peer.say(follow('room'))
    await settle()
    bob.peer.heard()
    ann.peer.say({ n: 1, d: 'a' }, { n: 2, d: 'b' })
    await settle()
    expect(bob.peer.heard()).toEqual([
      { s: 'room', o: 1, d: 'a' },
      { s: 'room', o: 2, d: 'b' },
    ])
  })

  it('ends with unfollow and with the connection, and the store is listened to no longer than anybody follows', async () => {
    const store = memoryStore({ epoch: 'e1' })
    let watching = 0
    const { watch } = store
    store.watch = function (this: typeof store, ...given) {
      watching++
      const stop = watch.apply(this, given)
      return () => {
        watching--
        stop()
      }
    }
    const { enter, sessions } = createScene({ store })
    const [ann, bob] = [await enter('ann'), await enter('bob')]
    for (const { peer } of [ann, bob]) peer.say(follow('room'))
    await settle()
    expect(watching).toBe(1)
    ann.peer.say({ s: 'room', u: 1 })
    ann.peer.heard()
    await sessions.publish('room', 1)
    expect(ann.peer.heard()).toEqual([])
    expect(told(bob.peer)).toContain(1)
    bob.peer.cut()
    expect(watching).toBe(0)
  })
})

describe('who may follow', () => {
  it('is asked, and told', async () => {
    const { enter, sessions } = createScene({
      canFollow: async ({ user, topic }) => {
        if (topic === 'broken') throw new Error('mine')
        if (topic === 'paid') throw new Refusal('pay first')
        return topic === `private:${user}`
      },
    })
    const { peer } = await enter('ann')
    peer.say(follow('private:bob'), follow('paid'), follow('broken'), follow('private:ann'))
    await settle()
    for (const topic of ['private:bob', 'paid', 'broken']) await sessions.publish(topic, 1)
    expect(peer.heard()).toEqual([
      { s: 'private:bob', x: 'not-allowed' },
      { s: 'paid', x: 'pay first' },
      { s: 'broken', x: 'failed' },
      { s: 'private:ann', e: 'e1', o: 0, r: true },
    ])
  })

  it('is at most as many topics as the limit says, and one that is left makes room', async () => {
    const { enter } = createScene({ limits: { followed: 2 } })
    const { peer } = await enter()
    peer.say(follow('a'), follow('b'), follow('c'), { s: 'a', u: 1 }, follow('d'))
    await settle()
    expect(peer.heard()).toEqual([
      { s: 'c', x: 'too-many' },
      { s: 'b', e: 'e1', o: 0, r: true },
      { s: 'd', e: 'e1', o: 0, r: true },
    ])
  })
})

describe('asking again', () => {
  it('[S7] for a hole gets one answer for each question, and each event once after the last of them', async () => {
    const { enter } = await createStream(30)
    const { peer } = await enter()
    peer.say(follow('room', 5), follow('room', 7), follow('room', 9))
    await settle()
    const answer = { s: 'room', e: 'e1', o: 9, r: true }
    expect(told(peer)).toEqual([answer, answer, answer, ...upTo(30).slice(9)])
  })

  it('[S7] while the store still looks for the first gets the position that was asked for last', async () => {
    const store = memoryStore({ epoch: 'e1' })
    const { since } = store
    const [looks, questions]: [(() => void)[], (() => void)[]] = [[], []]
    store.since = async function (this: typeof store, ...given) {
      if (!looks.length) await new Promise<void>((resolve) => void looks.push(resolve))
      return since.apply(this, given)
    }
    const canFollow = () => new Promise<boolean>((resolve) => void questions.push(() => resolve(true)))
    const { enter } = await createStream(9, { store, canFollow })
    const { peer } = await enter()
    peer.say(follow('room', 5))
    questions[0]?.()
    await settle()
    peer.say(follow('room', 7))
    looks[0]?.()
    await settle()
    expect(peer.heard()).toEqual([])
    questions[1]?.()
    await settle()
    const answer = { s: 'room', e: 'e1', o: 7, r: true }
    expect(told(peer)).toEqual([answer, answer, 8, 9])
  })

  it('[S7] on a stream that runs goes on from the new position', async () => {
    const { enter, publish } = await createStream(5)
    const { peer } = await enter()
    peer.say(follow('room', 3))
    await settle()
    expect(told(peer)).toEqual([{ s: 'room', e: 'e1', o: 3, r: true }, 4, 5])
    peer.say(follow('room', 4))
    await settle()
    await publish(6, 6)
    expect(told(peer)).toEqual([{ s: 'room', e: 'e1', o: 4, r: true }, 5, 6])
  })

  it('gets no answer once it was taken back', async () => {
    const { enter } = await createStream(5)
    const { peer } = await enter()
    peer.say(follow('room', 3), { s: 'room', u: 1 }, follow('room', 4), { s: 'room', u: 1 })
    await settle()
    expect(told(peer)).toEqual([])
  })

  it('without end while nothing is answered ends the connection', async () => {
    const { enter, troubles } = createScene({ canFollow: () => new Promise(() => {}) })
    const { peer } = await enter()
    peer.say(...upTo(200).map(() => follow('room')))
    await settle()
    expect(peer.closed).toMatchObject({ code: 1008 })
    expect(troubles.map(({ code }) => code)).toEqual(['FLOOD'])
  })
})

describe('a slow reader', () => {
  it('is sent no more than fits, and the rest when there is room, nothing lost', async () => {
    const { enter, publish, clock } = await createStream(0)
    const { peer } = await enter()
    peer.say(follow('room'))
    await settle()
    peer.heard()
    peer.bufferedAmount = 70_000
    await publish(1, 500)
    await settle()
    expect(peer.texts).toEqual([])
    peer.bufferedAmount = 0
    await clock.advanceAsync(20)
    await settle()
    await settle()
    expect(told(peer)).toEqual(upTo(500))
    await publish(501, 501)
    expect(told(peer)).toEqual([501])
  })

  it('has no page of events in memory while it reads nothing', async () => {
    const store = memoryStore({ epoch: 'e1' })
    const { since } = store
    const pages: WeakRef<object>[] = []
    store.since = async function (this: typeof store, ...question) {
      const page = await since.apply(this, question)
      const copy = page && page.map((event) => ({ ...event }))
      if (copy) pages.push(new WeakRef(copy))
      return copy
    }
    const { enter } = await createStream(300, { store })
    const { peer } = await enter()
    Object.defineProperty(peer, 'bufferedAmount', { get: () => (peer.texts.length > 150 ? 70_000 : 0) })
    peer.say(follow('room', 0))
    await settle()
    expect(told(peer).length).toBeGreaterThan(100)
    expect(pages.length).toBeGreaterThan(1)
    await collectGarbage()
    expect(pages.filter((page) => page.deref())).toEqual([])
  })

  it('has no event held for it: what it did not take is read again, and about as much as it took', async () => {
    const store = memoryStore({ epoch: 'e1' })
    const { since } = store
    const asked: number[] = []
    store.since = function (this: typeof store, topic, at, limit) {
      asked.push(limit)
      return since.call(this, topic, at, limit)
    }
    const { enter, clock } = await createStream(40, { store })
    const { peer } = await enter()
    Object.defineProperty(peer, 'bufferedAmount', { get: () => (peer.texts.length > 4 ? 70_000 : 0) })
    peer.say(follow('room', 0))
    await settle()
    const heard = told(peer)
    expect(asked).toEqual([100])
    while (heard.length < 41) {
      await clock.advanceAsync(20)
      await settle()
      heard.push(...told(peer))
    }
    expect(heard).toEqual([{ s: 'room', e: 'e1', o: 0, r: true }, ...upTo(40)])
    expect(Math.max(...asked.slice(1))).toBeLessThanOrEqual(10)
  })

  it('[S10] that falls out of the history is told so, and goes on from now', async () => {
    const { enter, publish, clock } = await createStream(0, { limits: { history: { events: 10 } } })
    const { peer } = await enter()
    peer.say(follow('room'))
    await settle()
    peer.heard()
    peer.bufferedAmount = 70_000
    await publish(1, 500)
    peer.bufferedAmount = 0
    await clock.advanceAsync(20)
    await settle()
    await publish(501, 501)
    expect(told(peer)).toEqual([{ s: 'room', e: 'e1', o: 500, r: false }, 501])
  })

  it('that reads nothing at all is disconnected once too much waits for it', async () => {
    const { enter, troubles } = createScene({
      onRequest: () => 'x'.repeat(1000),
      limits: { unreadBytes: 10_000 },
    })
    const { peer } = await enter()
    peer.isStalled = true
    for (const q of upTo(20)) peer.say({ q, d: 0 })
    await settle()
    expect(peer.closed).toMatchObject({ code: 1008 })
    expect(troubles.map(({ code }) => code)).toEqual(['UNREAD'])
  })
})

describe('a store that fails', () => {
  it('is asked again until it answers, and nothing is missing then', async () => {
    const store = memoryStore({ epoch: 'e1' })
    const { since } = store
    let isBroken = true
    store.since = async function (this: typeof store, ...given) {
      if (isBroken) throw new Error('no')
      return since.apply(this, given)
    }
    const { enter, publish, clock, troubles } = await createStream(5, { store })
    const { peer } = await enter()
    peer.say(follow('room', 2))
    await settle()
    expect(peer.heard()).toEqual([])
    isBroken = false
    await clock.advanceAsync(1000)
    await publish(6, 6)
    await settle()
    expect(told(peer)).toEqual([{ s: 'room', e: 'e1', o: 2, r: true }, 3, 4, 5, 6])
    expect(troubles.map(({ code }) => code)).toEqual(['STORE_FAILED'])
  })
})

describe('post', () => {
  it('tells who follows at this moment, and is kept for nobody', async () => {
    const { enter, sessions } = createScene()
    const [ann, bob] = [await enter('ann'), await enter('bob')]
    ann.peer.say(follow('room'))
    await settle()
    ann.peer.heard()
    sessions.post('room', { typing: 'bob' })
    sessions.post('nobody', 1)
    expect(ann.peer.heard()).toEqual([{ d: { typing: 'bob' } }])
    expect(bob.peer.heard()).toEqual([])
    ann.peer.bufferedAmount = 70_000
    sessions.post('room', 1)
    expect(ann.peer.heard()).toEqual([])
  })
})
