/** Owns numbered messages as a session sends them: when, how many at once, and what the application is told (docs/SESSION.md). */

import { describe, expect, it } from 'vitest'
import { Refusal } from '../../src/server/index.ts'
import { createPeer, createStage, outcomeOf } from './stage.ts'

describe('a message', () => {
  it('[S1] is numbered and stored, then sent, then acknowledged', async () => {
    const { tab, welcome, heard, say, world } = createPeer()
    const session = tab()
    session.connect()
    expect(await welcome()).toMatchObject({ t: 'hello', v: 1, n: 1 })
    const delivery = session.send({ text: 'hi' })
    expect([delivery.status, delivery.n]).toEqual(['storing', -1])
    expect(heard()).toEqual([])
    await world.settle()
    expect([delivery.status, delivery.n]).toEqual(['sent', 1])
    expect(heard()).toEqual([{ n: 1, d: { text: 'hi' } }])
    expect(session.outbox.size).toBe(1)
    await say({ a: 1 })
    expect(delivery.status).toBe('acked')
    await delivery.acked
    expect(session.outbox.size).toBe(0)
    expect(session.outbox.bytes).toBe(0)
  })

  it('is done by the real server, once and in order', async () => {
    const { tab, done, run } = createStage()
    const session = tab()
    session.connect()
    const deliveries = Array.from({ length: 100 }, (_, i) => session.send(i))
    await run(1000)
    expect(done).toEqual(deliveries.map((_, i) => i))
    expect(deliveries.every(({ status }) => status === 'acked')).toBe(true)
  })

  it('that is refused is out of the way, and told to the sender', async () => {
    const done: unknown[] = []
    const { tab, run } = createStage({
      onSend({ data }) {
        if (data === 1) throw new Refusal('too-long')
        done.push(data)
      },
    })
    const session = tab()
    session.connect()
    const [, refused] = [0, 1, 2].map((n) => session.send(n))
    const outcome = outcomeOf(refused?.acked as Promise<void>)
    await run(1000)
    expect(done).toEqual([0, 2])
    expect(outcome.error).toMatchObject({ code: 'REFUSED', why: 'too-long' })
    expect(session.outbox.size).toBe(0)
    expect(session.outbox.entries()).toMatchObject([{ n: 2, data: 1, status: 'refused', why: 'too-long' }])
  })

  it('that was on a line that is cut is sent again, and done once', async () => {
    const { tab, done, run, cut } = createStage()
    const session = tab()
    session.connect()
    await run(100)
    for (let i = 0; i < 50; i++) session.send(i)
    await run(7)
    cut()
    await run(5000)
    expect(done).toEqual(Array.from({ length: 50 }, (_, i) => i))
    expect(session.outbox.size).toBe(0)
  })
})

describe('the window', () => {
  it('[S8] is moved on by one step of the store for each ack: what is done, and how far it goes next', async () => {
    const { outbox, tab, welcome, heard, say } = createPeer()
    const steps: unknown[] = []
    const { open } = outbox
    outbox.open = (name) => {
      const box = open.call(outbox, name)
      const { change } = box
      box.change = (step) => {
        steps.push(step.state)
        return change.call(box, step)
      }
      return box
    }
    const session = tab()
    session.connect()
    for (let n = 1; n <= 50; n++) session.send(n)
    await welcome()
    expect(heard()).toHaveLength(32)
    steps.splice(0)
    await say({ a: 10 })
    expect(steps).toEqual([{ acked: 10, sent: 42 }])
    expect(heard().map(({ n }) => n)).toEqual([33, 34, 35, 36, 37, 38, 39, 40, 41, 42])
  })

  it('[S7] lets 2,000 messages a second be acknowledged over a line with a round trip of 10 ms', async () => {
    const { tab, done, run } = createStage({}, { outbox: { name: 'ann', maxMessages: 2000 } })
    const session = tab()
    session.connect()
    await run(100)
    const deliveries = Array.from({ length: 2000 }, (_, i) => session.send(i))
    await run(1000)
    expect(deliveries.filter(({ status }) => status === 'acked')).toHaveLength(2000)
    expect(done).toEqual(deliveries.map((_, i) => i))
  })
})

describe('a server that breaks the wire', () => {
  it('[S5] by asking again for what a greeting has proven ends the session, and no storm of greetings begins', async () => {
    const { tab, welcome, say, heard, world } = createPeer()
    const session = tab()
    session.ws.on('error', () => {})
    session.connect()
    await welcome()
    const first = session.send('a')
    await world.settle()
    await say({ a: 1 })
    session.send('b')
    await say({ g: 1 })
    expect(await welcome()).toMatchObject({ n: 2 })
    expect(heard()).toEqual([{ n: 2, d: 'b' }])
    await say({ g: 1 })
    expect([first.status, session.ws.state, world.sockets.length]).toEqual(['acked', 'FAILED', 2])
    expect(session.ws.getSnapshot().lastClose).toMatchObject({ code: 4400, reason: 'asks for what is proven' })
  })
})

describe('requests and streams', () => {
  it('ask and follow over the same line', async () => {
    const { tab, run, server } = createStage({ onRequest: ({ data }) => ({ echo: data }) })
    const session = tab()
    session.connect()
    const heard: unknown[] = []
    session.follow('news', { onEvent: (data, position) => heard.push([data, position.offset]) })
    const answer = session.request('hello')
    await run(100)
    expect(await answer).toEqual({ echo: 'hello' })
    await server.publish('news', 'one')
    await run(100)
    expect(heard).toEqual([['one', 1]])
  })

  it('that are larger than the server takes are named, and end no connection', async () => {
    const { tab, run, server } = createStage({ limits: { frameBytes: 200 }, onRequest: ({ data }) => data })
    const session = tab()
    const early = session.request('x'.repeat(300)).catch((error) => error)
    const topic = session.follow('t'.repeat(300), { onEvent: () => {} })
    session.connect()
    await run(100)
    const tooLarge = expect.objectContaining({ code: 'TOO_LARGE' })
    await expect(session.request('x'.repeat(300))).rejects.toEqual(tooLarge)
    expect(() => session.post('x'.repeat(300))).toThrow(tooLarge)
    expect(session.ws.send('x'.repeat(300), { queue: false })).toBe('dropped')
    await run(10_000)
    // It was asked before anybody knew how much the server takes.
    expect(await early).toMatchObject({ code: 'TIMEOUT', sent: false })
    topic()
    const answer = session.request('fits')
    await run(100)
    expect(await answer).toBe('fits')
    expect([session.ws.state, server.connections.length]).toEqual(['OPEN', 1])
  })
})
