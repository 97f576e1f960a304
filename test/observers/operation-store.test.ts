/** A GraphQL operation that is read, without any framework: G30–G33. */

import { describe, expect, it, vi } from 'vitest'
import { asksTheSame, detailsOf, type Question } from '../../src/observers/graphql-question.ts'
import { createOperationStore } from '../../src/observers/operation-store.ts'
import { acknowledged, say, taken } from '../graphql/stage.ts'
import { advanceTimers, fakeViewTime } from './scene.ts'

fakeViewTime()

const asked: Question = { query: 'subscription { news }', variables: {} }
const next = (data: unknown) => ({ id: '1', type: 'next', payload: { data } })

async function setup() {
  const { world, client } = await acknowledged()
  const store = createOperationStore(client, detailsOf(asked), asked)
  const onData = vi.fn()
  store.setHandlers({ onData })
  return { world, store, onData, types: () => taken(world.socket).map(({ type }) => type) }
}

describe('an operation store', () => {
  it('[G31 one subscription] runs from its first reader until a task after its last, and not twice for who comes back', async () => {
    const { store, types } = await setup()
    expect(types()).toEqual([])
    store.subscribe(() => {})()
    const stop = store.subscribe(() => {})
    advanceTimers(100)
    expect(types()).toEqual(['subscribe'])
    stop()
    expect(types()).toEqual([])
    advanceTimers()
    expect([types(), vi.getTimerCount()]).toEqual([['complete'], 0])
    expect(store.getSnapshot()).toMatchObject({ data: undefined, complete: false })
  })

  it('[G32 nothing lost] gives each result to its handler, and shows them at the pace of all', async () => {
    const { world, store, onData } = await setup()
    const listener = vi.fn()
    store.subscribe(listener)
    for (let n = 0; n < 1000; n++) say(world.socket, next(n))
    expect(onData).toHaveBeenCalledTimes(1000)
    expect(listener).toHaveBeenCalledTimes(1)
    advanceTimers()
    expect([listener.mock.calls.length, store.getSnapshot().data]).toEqual([2, 999])
    expect(store.getSnapshot()).toBe(store.getSnapshot())
    expect(store.getServerSnapshot().state).toBe('CLOSED')
  })
})

it('[G30 useSubscription] a question is known by what it says, however it is spelled', () => {
  const same = (a: Partial<Question>, b: Partial<Question>) =>
    asksTheSame(detailsOf({ ...asked, ...a }), detailsOf({ ...asked, ...b }))
  expect([
    same({ variables: { a: 1, b: 2 } }, { variables: { b: 2, a: 1 } }),
    same({ query: 'subscription{news}' }, { query: 'subscription {\n  news # all of it\n}' }),
    same({ variables: {} }, { variables: undefined }),
    same({ variables: { a: 1 } }, { variables: { a: 2 } }),
    same({ query: '{ a(of: "x y") }' }, { query: '{ a(of: "x  y") }' }),
    asksTheSame(detailsOf(null), detailsOf(asked)),
  ]).toEqual([true, true, true, false, false, false])
})
