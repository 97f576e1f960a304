/** What is read of a session, without any framework: R31, R32. */

import { describe, expect, it, vi } from 'vitest'
import { createOutboxView, deliveryStore, outboxStore } from '../../src/observers/outbox-view.ts'
import { createRequestStore } from '../../src/observers/request-store.ts'
import { createSelector } from '../../src/observers/selector.ts'
import { createStreamStore } from '../../src/observers/stream-store.ts'
import { platformTimers } from '../../src/runtime/platform.ts'
import { createStage } from '../session/stage.ts'
import { advanceTimers, fakeViewTime } from './scene.ts'

fakeViewTime()

async function welcomed() {
  const stage = createStage()
  const session = stage.tab()
  session.connect()
  await stage.run(100)
  const types = () => stage.world.socket.sent.splice(0).map((data) => JSON.parse(String(data)))
  types()
  return { ...stage, session, types, publish: (data: unknown) => stage.server.publish('news', data) }
}

describe('a stream store', () => {
  it('[R32] follows from its first reader until a task after its last, and not twice for who comes back', async () => {
    const { session, types, run } = await welcomed()
    const store = createStreamStore(session, 'news', undefined)
    expect([types(), store.getSnapshot()]).toEqual([[], { status: 'catching-up' }])
    store.subscribe(() => {})()
    const stop = store.subscribe(() => {})
    advanceTimers(100)
    await run(100)
    expect([types(), store.getSnapshot()]).toEqual([[{ s: 'news' }], { status: 'live' }])
    stop()
    advanceTimers()
    await run(100)
    expect([types(), store.getSnapshot(), vi.getTimerCount()]).toEqual([
      [{ s: 'news', u: 1 }],
      { status: 'catching-up' },
      0,
    ])
  })

  it('gives each event to the handlers of the moment, and shows its status alone', async () => {
    const { session, run, publish } = await welcomed()
    const store = createStreamStore(session, 'news', undefined)
    const [first, second, listener] = [vi.fn(), vi.fn(), vi.fn()]
    store.setHandlers({ onEvent: first })
    store.subscribe(listener)
    await run(100)
    advanceTimers(40)
    await publish(1)
    await run(100)
    store.setHandlers({ onEvent: second })
    await publish(2)
    await run(100)
    expect([first.mock.calls.length, second.mock.calls.length, listener.mock.calls.length]).toEqual([1, 1, 1])
    expect(store.getServerSnapshot()).toEqual({ status: 'catching-up' })
  })

  it('loads once more with what the latest render gave, also while its component has just gone', async () => {
    const { session, run } = await welcomed()
    const reported = vi.fn()
    vi.stubGlobal('reportError', reported)
    const store = createStreamStore(session, 'news', undefined)
    let isDown = true
    const load = vi.fn(async () => {
      if (isDown) throw new Error('down')
      return { epoch: 'e1', offset: 0 }
    })
    store.setHandlers({ load })
    store.subscribe(() => {})
    await run(100)
    store.setHandlers({})
    isDown = false
    await run(2000)
    expect([load.mock.calls.length, store.getSnapshot().status]).toEqual([2, 'live'])
    expect(reported.mock.calls).toEqual([[new Error('down')]])
  })

  it('is idle for no topic', async () => {
    const { session, types } = await welcomed()
    const store = createStreamStore(session, null, undefined)
    store.subscribe(() => {})()
    advanceTimers()
    expect([store.getSnapshot(), types()]).toEqual([{ status: 'idle' }, []])
  })
})

describe('the outbox’s stores', () => {
  it('[R31] tell a thousand messages once a frame', async () => {
    const { session, run } = await welcomed()
    const store = outboxStore<number>(session)
    const listener = vi.fn()
    const stop = store.subscribe(listener)
    for (let n = 0; n < 1000; n++) session.send(n)
    await run(0)
    expect(listener).toHaveBeenCalledTimes(1)
    expect(store.getSnapshot().size).toBe(1000)
    advanceTimers(16)
    expect(listener.mock.calls.length).toBeLessThanOrEqual(2)
    stop()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('[R31] the view is another object for what is read of it alone', async () => {
    const { session, run } = await welcomed()
    const store = createOutboxView(session)
    const view = store.getSnapshot()
    expect([view.size, store.getServerSnapshot().isDurable]).toEqual([0, false])
    session.send('a')
    const waiting = store.getSnapshot()
    expect([waiting === view, waiting.size]).toEqual([false, 1])
    await run(3)
    expect([store.getSnapshot() === waiting, session.outbox.entries()[0]?.status]).toEqual([true, 'sent'])
  })

  it('a delivery’s status, and none of none', async () => {
    const { session, run } = await welcomed()
    const store = deliveryStore(session, session.send('a'))
    const listener = vi.fn()
    store.subscribe(listener)
    const before = store.getSnapshot()
    await run(100)
    expect([before, store.getSnapshot(), listener.mock.calls.length > 0]).toEqual(['storing', 'acked', true])
    expect(deliveryStore(session, undefined).getSnapshot()).toBeUndefined()
  })
})

it('[R31] a selector answers with the same value until it says something else', () => {
  const pick = createSelector<number[], number[]>()
  const view = [1, 2, 3]
  const select = vi.fn((numbers: number[]) => numbers.filter((n) => n > 1))
  const first = pick(view, select)
  expect(pick(view, select)).toBe(first)
  expect(select).toHaveBeenCalledTimes(1)
  expect(pick([0, 2, 3], select)).toBe(first)
  expect(pick([0, 2, 4], select)).toEqual([2, 4])
})

describe('a request store', () => {
  it('[R32] aborts a task after its last reader, and shows nothing that waits to who comes back', async () => {
    const store = createRequestStore<string, string>(platformTimers)
    const signals: (AbortSignal | undefined)[] = []
    store.setAsk((_, signal) => {
      signals.push(signal)
      return new Promise(() => {})
    })
    const stop = store.subscribe(() => {})
    store.getSnapshot().ask('a')
    stop()
    store.subscribe(() => {})()
    expect([signals[0]?.aborted, store.getSnapshot().isPending]).toEqual([false, true])
    advanceTimers()
    expect([signals[0]?.aborted, store.getSnapshot().isPending]).toEqual([true, false])
  })

  it('works where a platform has no AbortController', async () => {
    vi.stubGlobal('AbortController', undefined)
    const store = createRequestStore<string, string>(platformTimers)
    store.setAsk(async (message, signal) => `${message} ${signal}`)
    const [first, second] = [store.getSnapshot().ask('a'), store.getSnapshot().ask('b')]
    await Promise.all([first, second])
    expect([store.getSnapshot().data, store.getSnapshot().isPending]).toEqual(['b undefined', false])
  })
})
