/** The stores that views read: tracked, folded, sampled, counted down. R31, R33, R35, R36. */

import { describe, expect, it, vi } from 'vitest'
import type { Stats } from '../../src/index.ts'
import { createCountdown } from '../../src/observers/countdown.ts'
import { createMessageStore } from '../../src/observers/message-store.ts'
import { deepEqual, shallowEqual } from '../../src/observers/shallow-equal.ts'
import { createStatsSampler } from '../../src/observers/stats-sampler.ts'
import { createTrackedView } from '../../src/observers/tracked-view.ts'
import { advanceTimers, fakeViewTime, open, setup } from './scene.ts'

fakeViewTime()

describe('a tracked view', () => {
  it('[R31] is another object exactly when a field that was read has changed', () => {
    const { client, world, observer } = setup()
    const view = createTrackedView(observer, ['state', 'connectionId'], { ask: () => 1 })
    view.subscribe(() => {})
    const first = view.getSnapshot()
    client.connect()
    expect(view.getSnapshot()).toBe(first)
    expect([first.state, first.ask()]).toEqual(['CONNECTING', 1])
    advanceTimers(40)
    world.socket.accept()
    expect(view.getSnapshot()).not.toBe(first)
    expect([view.getSnapshot().state, first.state]).toEqual(['OPEN', 'CONNECTING'])
    expect(Object.keys(view.getSnapshot())).toEqual(['ask', 'state', 'connectionId'])
  })

  it('[R34] knows of nothing on a server, whatever the client has done', () => {
    const { observer } = open()
    const view = createTrackedView(observer, ['state', 'connectionId'], {})
    expect({ ...view.getServerSnapshot() }).toEqual({ state: 'CLOSED', connectionId: 0 })
  })
})

describe('a message store', () => {
  const append = (list: readonly unknown[], data: unknown) => [...list, data]
  const sum = {
    init: (): readonly unknown[] => [],
    reduce: append,
    select: (list: readonly unknown[]) => list.join(''),
  }

  it('[R31] takes every message, and shows them at the pace of all', () => {
    const { world, observer } = open()
    const store = createMessageStore(observer, sum)
    store.subscribe(() => {})
    for (const text of ['a', 'b', 'c']) world.socket.receive(text)
    expect(store.getSnapshot()).toBe('a')
    advanceTimers()
    expect(store.getSnapshot()).toBe('abc')
    expect(store.getServerSnapshot()).toBe('')
  })

  it('[R31] is told only of its own news: the others wait for theirs', () => {
    const { world, observer } = open()
    const [mine, others] = [vi.fn(), vi.fn()]
    createMessageStore(observer, sum).subscribe(mine)
    createMessageStore(observer, { ...sum, reduce: (list) => list }).subscribe(others)
    world.socket.receive('a')
    expect([mine, others].map(({ mock }) => mock.calls.length)).toEqual([1, 0])
  })

  it('[R35] begins anew with another address, also where it has not listened meanwhile', () => {
    const { client, world, observer } = open()
    const store = createMessageStore(observer, sum)
    const stop = store.subscribe(() => {})
    world.socket.receive('a')
    client.update({ protocols: ['v2'] })
    expect(store.getSnapshot()).toBe('')
    world.socket.accept()
    advanceTimers(40)
    world.socket.receive('b')
    stop()
    expect(store.getSnapshot()).toBe('b')
    client.update({ url: 'wss://other.test/' })
    store.subscribe(() => {})
    expect(store.getSnapshot()).toBe('')
  })

  it('[R31] begun in the middle of a burst, it shows what the others show', () => {
    const { world, observer } = open()
    const last = {
      init: (message?: { data: unknown } | null) => message?.data ?? null,
      reduce: (_: unknown, data: unknown) => data,
      select: (data: unknown) => data,
    }
    const first = createMessageStore(observer, last)
    first.subscribe(() => {})
    for (const text of ['1', '2', '3']) world.socket.receive(text)
    const second = createMessageStore(observer, last)
    second.subscribe(() => {})
    expect([first.getSnapshot(), second.getSnapshot()]).toEqual(['1', '1'])
    advanceTimers()
    expect([first.getSnapshot(), second.getSnapshot()]).toEqual(['3', '3'])
  })

  it('[R36] leaves out a message that its reducer throws at, and reports it', () => {
    const reported = vi.fn()
    vi.stubGlobal('reportError', reported)
    const { world, observer } = open()
    const store = createMessageStore(observer, {
      ...sum,
      reduce: (list, data) => {
        if (data === 'b') throw new Error('no b')
        return append(list, data)
      },
    })
    store.subscribe(() => {})
    for (const text of ['a', 'b', 'c']) world.socket.receive(text)
    advanceTimers()
    expect(store.getSnapshot()).toBe('ac')
    expect(reported.mock.calls.map(([error]) => String(error))).toEqual(['Error: no b'])
  })
})

describe('a stats sampler', () => {
  const sent = ({ messagesSent }: Stats) => messagesSent

  it('[R31] samples at its interval and when the state changes, and only while somebody reads', () => {
    const { client, world } = open()
    const store = createStatsSampler<number>(client, 1000)(sent)
    const listener = vi.fn()
    const stop = store.subscribe(listener)
    client.send('a')
    expect(store.getSnapshot()).toBe(0)
    advanceTimers(1000)
    expect(store.getSnapshot()).toBe(1)
    client.send('b')
    world.socket.die()
    expect(store.getSnapshot()).toBe(2)
    stop()
    expect(vi.getTimerCount()).toBe(0)
    expect(store.getServerSnapshot()).toBe(0)
  })

  it('[R31] answers with the same value as long as it says the same, however inline its selector is', () => {
    const { client } = open()
    const sampler = createStatsSampler<{ sent: number }>(client, 0)
    const look = () => sampler((stats) => ({ sent: stats.messagesSent })).getSnapshot()
    expect(look()).toBe(look())
  })

  it('[R31] never samples more often than 16 ms, nor all the time where the interval is Infinity', () => {
    for (const [interval, first] of [
      [1, 16],
      [Infinity, 2 ** 31 - 1],
      [Number.NaN, 1000],
    ] as const) {
      const { client } = open()
      const sample = vi.spyOn(client, 'getStats')
      const stop = createStatsSampler(client, interval)(undefined).subscribe(() => {})
      sample.mockClear()
      advanceTimers(first - 1)
      expect(sample).not.toHaveBeenCalled()
      advanceTimers(1)
      expect(sample).toHaveBeenCalledTimes(1)
      stop()
    }
  })
})

describe('a countdown', () => {
  it('[R31] counts whole seconds by the client’s clock, and holds no timer while there is nothing to count', () => {
    const { client, world, observer } = open({ options: { baseDelay: 2500 } })
    const store = createCountdown(observer)
    const seen: unknown[] = []
    const stop = store.subscribe(() => seen.push(store.getSnapshot()))
    expect([store.getSnapshot(), world.timers]).toEqual([null, 1])
    seen.length = 0
    world.socket.die()
    expect(store.getSnapshot()).toBe(3)
    world.advance(500)
    world.advance(1000)
    expect(seen).toEqual([3, 2, 1])
    stop()
    client.close()
    expect([world.timers, store.getServerSnapshot()]).toEqual([0, null])
  })
})

it('[R33] shallowEqual looks one level into arrays and plain objects, and no deeper', () => {
  class Thing {}
  expect([
    shallowEqual({ a: 1 }, { a: 1 }),
    shallowEqual([Number.NaN], [Number.NaN]),
    shallowEqual({ a: 1 }, { a: 1, b: undefined }),
    shallowEqual({ a: 1, b: 2 }, { a: 1, c: 2 }),
    shallowEqual({ a: undefined }, { b: 2 }),
    shallowEqual([[]], [[]]),
    shallowEqual(new Date(0), new Date(0)),
    shallowEqual(new Thing(), new Thing()),
    shallowEqual({}, []),
    shallowEqual(null, {}),
  ]).toEqual([true, true, false, false, false, false, false, false, false, false])
})

it('[R33] deepEqual looks into arrays and plain objects as deep as they go', () => {
  expect([
    deepEqual({ a: [{ b: 1 }, null] }, { a: [{ b: 1 }, null] }),
    deepEqual([[]], [[]]),
    deepEqual({ a: [{ b: 1 }] }, { a: [{ b: 2 }] }),
    deepEqual({ a: { b: undefined } }, { a: { c: 1 } }),
    deepEqual([new Date(0)], [new Date(0)]),
  ]).toEqual([true, true, false, false, false])
})
