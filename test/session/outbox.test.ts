/** Owns the outbox as an application sees it: bounds, duplicates, what is shown, what can be done about it. */

import { describe, expect, it, vi } from 'vitest'
import { Refusal } from '../../src/server/index.ts'
import { OutboxError, Session } from '../../src/session/index.ts'
import { createPeer, createStage, outcomeOf } from './stage.ts'

describe('what cannot be kept', () => {
  it('is a named error at once, and nothing of it is kept', async () => {
    const { tab, world } = createPeer()
    const session = tab({ outbox: { name: 'ann', maxMessages: 2, maxBytes: 400, maxMessageBytes: 250 } })
    expect(() => session.send('x'.repeat(250))).toThrow(expect.objectContaining({ code: 'TOO_LARGE' }))
    expect(() => session.send(new Map())).toThrow(TypeError)
    expect(() => session.send(undefined)).toThrow(TypeError)
    session.send('x'.repeat(200))
    expect(() => session.send('x'.repeat(200))).toThrow(expect.objectContaining({ code: 'FULL' }))
    session.send('small')
    expect(() => session.send('third')).toThrow(OutboxError)
    await world.settle()
    expect(session.outbox.entries().map(({ n }) => n)).toEqual([1, 2])
    expect(session.outbox.size).toBe(2)
  })

  it.each([
    ['no outbox', undefined, 'outbox is undefined'],
    ['outbox: false', false as const, 'outbox is false'],
  ])('%s: requests, streams and plain messages work, and send says what to write', async (_, outbox, words) => {
    const { world } = createPeer()
    const session = new Session({ ...world.options(), outbox })
    expect(() => session.send('x')).toThrow(expect.objectContaining({ code: 'NO_NAME' }))
    expect(() => session.send('x')).toThrow(words)
    expect(session.outbox.entries()).toEqual([])
    expect(session.post('x')).toBe('dropped')
  })

  it('a name that says nothing is a TypeError', () => {
    const { world } = createPeer()
    expect(() => new Session({ ...world.options(), outbox: { name: '' } })).toThrow('"outbox.name" must be a text')
    expect(() => new Session({ ...world.options(), outbox: {} as never })).toThrow(TypeError)
  })

  it.each([
    [{ window: 0 }, '"window" must be a number from 1, got 0.'],
    [{ window: Number.NaN }, '"window" must be a number from 1, got NaN.'],
    [{ codec: { encode: () => 0 } }, '"codec" must be an object with encode and decode'],
    [{ framing: {} }, '"framing" must be an object with read and write'],
    [{ outbox: 'ann' }, '"outbox" must be an object with a name, or false, got "ann".'],
    [{ outbox: { name: 'ann', maxMessages: '5' } }, '"outbox.maxMessages" must be a number from 1, got "5".'],
    [{ outbox: { name: 'ann', maxBytes: Number.NaN } }, '"outbox.maxBytes" must be a number from 1, got NaN.'],
    [{ outbox: { name: 'ann', store: {} } }, '"outbox.store" must be an object with open'],
    [
      { outbox: { name: 'ann', whenUncertain: 'drop' } },
      `"outbox.whenUncertain" must be 'resend' or 'hold', got "drop".`,
    ],
  ])('options that cannot be meant are named: %j', (options, words) => {
    const { world } = createPeer()
    expect(() => new Session({ ...world.options(), ...(options as object) })).toThrow(words)
  })

  it('an option of the outbox that there is not is named on the console, and no options at all are a TypeError', () => {
    const { world } = createPeer()
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    new Session({ ...world.options(), outbox: { name: 'ann', maxMessage: 5 } as never })
    expect(String(warn.mock.calls)).toContain('unknown option "outbox.maxMessage". Did you mean "outbox.maxMessages"?')
    warn.mockRestore()
    expect(() => new Session(undefined as never)).toThrow('"options" must be an object with a url, got undefined.')
  })

  it('a topic that is no text, handlers without onEvent and a position that is none are named', () => {
    const session = createPeer().tab()
    const onEvent = () => {}
    expect(() => session.follow(5 as never, { onEvent })).toThrow('"topic" must be a string, got 5.')
    expect(() => session.follow('t', undefined as never)).toThrow('"handlers" must be an object with onEvent')
    const nowhere = { epoch: 'e1', offset: -1 }
    expect(() => session.follow('t', { onEvent }, nowhere)).toThrow('"from" must be a position, { epoch, offset }')
  })

  it('a store that fails: the delivery says so, and the next may succeed', async () => {
    const { tab, outbox, world } = createPeer()
    const { open } = outbox
    let isBroken = true
    outbox.open = (name) => {
      const box = open(name)
      return { ...box, add: (...args) => (isBroken ? Promise.reject(new Error('disk')) : box.add(...args)) }
    }
    const session = tab()
    const delivery = session.send('lost')
    await expect(delivery.stored).rejects.toMatchObject({ code: 'STORE_FAILED', cause: { message: 'disk' } })
    await expect(delivery.acked).rejects.toMatchObject({ code: 'STORE_FAILED' })
    expect(session.outbox.size).toBe(0)
    isBroken = false
    await session.send('kept').stored
    await world.settle()
    expect(session.outbox.entries().map(({ data }) => data)).toEqual(['kept'])
  })

  it('[S8] a store that cannot mark lets nothing leave, and is tried again', async () => {
    const { tab, outbox, world, welcome, heard, run } = createPeer()
    const { open } = outbox
    let isBroken = true
    outbox.open = (name) => {
      const box = open(name)
      return { ...box, change: (change) => (isBroken ? Promise.reject(new Error('disk')) : box.change(change)) }
    }
    const session = tab()
    const errors: unknown[] = []
    session.ws.on('error', (error) => errors.push(error.cause))
    session.connect()
    await welcome()
    session.send('waits')
    await world.settle()
    expect(heard()).toEqual([])
    isBroken = false
    await run(1000)
    expect(heard()).toEqual([{ n: 1, d: 'waits' }])
    expect(errors).toEqual([new Error('disk')])
  })
})

describe('a message that waits', () => {
  it('[S1] is not changed by what becomes of the object it was written from', async () => {
    const { tab, done, run } = createStage()
    const session = tab()
    const message = { text: 'as written' }
    session.send(message)
    message.text = 'changed'
    session.connect()
    await run(100)
    expect(done).toEqual([{ text: 'as written' }])
  })

  it('with a dedupeKey is the one that waits already, until it is acknowledged', async () => {
    const { tab, done, run } = createStage()
    const session = tab()
    const first = session.send('draft 1', { dedupeKey: 'draft' })
    expect(session.send('draft 2', { dedupeKey: 'draft' })).toBe(first)
    session.send('other')
    session.connect()
    await run(100)
    expect(session.send('draft 3', { dedupeKey: 'draft' })).not.toBe(first)
    await run(100)
    expect(done).toEqual(['draft 1', 'other', 'draft 3'])
  })

  it('is seen by all tabs, and acknowledged to the one that wrote it by whichever drains', async () => {
    const { tab, done, run } = createStage()
    const [one, two] = [tab(), tab()]
    one.connect()
    await run(100)
    // This one has no connection of its own.
    const outcome = outcomeOf(two.send('by two').acked)
    await run(100)
    expect(done).toEqual(['by two'])
    expect(outcome).toMatchObject({ isSettled: true, error: undefined })
    expect(two.outbox.size).toBe(0)
  })

  it('can be discarded: it is not sent, its number stands for nothing, and its writer is told in every tab', async () => {
    const { tab, done, run } = createStage()
    const [one, two] = [tab(), tab()]
    const outcomes = ['a', 'b', 'c'].map((data) => outcomeOf(two.send(data).acked))
    await run(1)
    await one.outbox.discard(2)
    await run(1)
    expect(two.outbox.entries().map(({ data }) => data)).toEqual(['a', 'c'])
    one.connect()
    await run(100)
    expect(done).toEqual(['a', 'c'])
    expect(outcomes.map(({ error }) => error?.code)).toEqual([undefined, 'DISCARDED', undefined])
    expect(outcomes.every(({ isSettled }) => isSettled)).toBe(true)
  })

  it('can be discarded before it is stored', async () => {
    const { tab, done, run } = createStage()
    const session = tab()
    const delivery = session.send('never mind')
    await session.outbox.discard(delivery.n)
    session.connect()
    await run(100)
    expect([done, delivery.status, session.outbox.size]).toEqual([[], 'discarded', 0])
  })

  it('that was refused can be sent again as a new one', async () => {
    let isStrict = true
    const done: unknown[] = []
    const { tab, run } = createStage({
      onSend({ data }) {
        if (isStrict) throw new Refusal('not now')
        done.push(data)
      },
    })
    const session = tab()
    session.connect()
    session.send('again')
    await run(100)
    isStrict = false
    await session.outbox.retry(1)
    expect(session.outbox.entries()).toMatchObject([{ n: 2, data: 'again' }])
    await run(100)
    expect(done).toEqual(['again'])
    expect(session.outbox.entries()).toEqual([])
    await session.outbox.retry(77)
  })

  it('of a hundred and more that were refused, the latest hundred are kept to be looked at', async () => {
    const { tab, run } = createStage({
      onSend() {
        throw new Refusal('never')
      },
    })
    const session = tab()
    session.connect()
    for (let i = 1; i <= 130; i++) session.send(i)
    await run(1000)
    expect(session.outbox.entries().map(({ data }) => data)).toEqual(Array.from({ length: 100 }, (_, i) => i + 31))
    expect(session.outbox.size).toBe(0)
    await session.outbox.clear()
    expect(session.outbox.entries()).toEqual([])
  })
})

describe('the snapshot', () => {
  it('is the same object until something in it differs, and listeners are told once for all of a task', async () => {
    const { tab, world, welcome, say } = createPeer()
    const session = tab()
    session.connect()
    await welcome()
    let told = 0
    const stop = session.outbox.subscribe(() => told++)
    const empty = session.outbox.getSnapshot()
    expect(session.outbox.getSnapshot()).toBe(empty)
    for (let i = 0; i < 50; i++) session.send(i)
    await Promise.resolve()
    await Promise.resolve()
    expect(told).toBe(1)
    const first = session.outbox.getSnapshot()
    expect(first).toMatchObject({ size: 50 })
    await world.settle()
    const entries = session.outbox.entries()
    await say({ a: 10 })
    // A row that did not change is the same row.
    expect(session.outbox.entries()[20]).toBe(entries[30])
    stop()
    const before = told
    await say({ a: 20 })
    expect(told).toBe(before)
    expect(session.outbox.getServerSnapshot()).toMatchObject({ size: 0, entries: [] })
  })
})
