/** Views folded from messages: useLastMessage, useMessages, useMessageReducer. R31, R36, R37. */

import { act, render, renderHook } from '@testing-library/react'
import * as React from 'react'
import { memo, Profiler, StrictMode, useEffect, useLayoutEffect, useState } from 'react'
import { describe, expect, it, vi } from 'vitest'
import {
  useLastMessage,
  useLastMessageEvent,
  useMessage,
  useMessageReducer,
  useMessages,
  useWebSocket,
} from '../../hooks/index.ts'
import { createWorld } from '../support/index.ts'
import { advanceTimers, clientIn, InWorld, settle, setupHookTests } from '../support/react-scene.tsx'

setupHookTests()

/** Renders a hook over an open connection; the renders so far do not count. */
function open<Result, Props>(hook: (props: Props) => Result, initialProps?: NoInfer<Props>) {
  const world = createWorld()
  const renders = vi.fn()
  const view = renderHook(hook, {
    ...(initialProps === undefined ? {} : { initialProps }),
    wrapper: ({ children }) => (
      <InWorld world={world}>
        <Profiler id="" onRender={renders}>
          {children}
        </Profiler>
      </InWorld>
    ),
  })
  settle(() => world.socket.accept())
  renders.mockClear()
  return { ...view, world, renders: () => renders.mock.calls.length }
}

const append = (list: readonly unknown[], data: unknown) => [...list, data]
const NONE: readonly unknown[] = []

describe('useLastMessage', () => {
  it('[R31] with a filter it is the last that fits, and the others render nothing', () => {
    const { result, world, renders } = open(() => useLastMessage((data: string) => data.startsWith('a')))
    for (const text of ['b', 'a1', 'b', 'b']) settle(() => world.socket.receive(text))
    expect(result.current).toBe('a1')
    expect(renders()).toBe(1)
    act(() => {
      world.socket.receive('a2')
      world.socket.receive('b')
    })
    advanceTimers(40)
    expect(result.current).toBe('a2')
  })

  it('[R31] asks the filter once per message, and the latest render’s', () => {
    const [old, now] = [vi.fn(() => false), vi.fn(() => true)]
    const { result, world, rerender } = open((filter: (data: unknown) => boolean) => useLastMessage(filter), old)
    settle(() => world.socket.receive('a'))
    expect(old.mock.calls).toEqual([['a']])
    rerender(now)
    settle(() => world.socket.receive('b'))
    expect(old).toHaveBeenCalledTimes(1)
    expect(now.mock.calls).toEqual([['b']])
    expect(result.current).toBe('b')
  })

  it('[R31] a reader that comes later sees what the others see', () => {
    const world = createWorld()
    const tree = (isShown: boolean) => (
      <InWorld world={world}>
        <Last />
        {isShown && <Last />}
        {isShown && <Last filter={(data) => data !== 'b'} />}
        {isShown && <Last filter={(data) => data === 'a'} />}
      </InWorld>
    )
    const { rerender, container } = render(tree(false))
    settle(() => world.socket.accept())
    settle(() => world.socket.receive('a'))
    rerender(tree(true))
    expect(container.textContent).toBe('a;a;a;a;')
    settle(() => world.socket.receive('b'))
    expect(container.textContent).toBe('b;b;a;a;')
  })
})

/** Runs an effect for each of what the hooks call the last message. */
function Effects({ on, filter }: { on: (view: string, value: unknown) => void; filter?: (data: unknown) => boolean }) {
  const { lastMessage, lastMessageEvent } = useWebSocket()
  const [own, event] = [useLastMessage(filter), useLastMessageEvent(filter)]
  useEffect(() => on('lastMessage', lastMessage), [lastMessage, on])
  useEffect(() => on('lastMessageEvent', lastMessageEvent?.data), [lastMessageEvent, on])
  useEffect(() => on('useLastMessage', own), [own, on])
  useEffect(() => on('useLastMessageEvent', event?.data), [event, on])
  return null
}

function ReadsData({ onRender }: { onRender: () => void }) {
  const { lastMessage } = useWebSocket<string>()
  const own = useLastMessage<string>(() => true)
  useEffect(onRender)
  return `${lastMessage} ${own}`
}

describe('useLastMessageEvent, and lastMessageEvent', () => {
  it.each([
    ['without a filter', undefined],
    ['with a filter', (data: unknown) => data !== 'other'],
  ])('[R31] five equal messages are one value and five events, %s', (_, filter) => {
    const world = createWorld()
    const seen = vi.fn()
    render(
      <InWorld world={world}>
        <Effects on={seen} {...(filter && { filter })} />
      </InWorld>,
    )
    settle(() => world.socket.accept())
    seen.mockClear()
    for (let i = 0; i < 5; i++) settle(() => world.socket.receive('42'))
    const times = (view: string) => seen.mock.calls.filter(([name]) => name === view).map(([, value]) => value)
    expect(times('lastMessage')).toEqual(['42'])
    expect(times('useLastMessage')).toEqual(['42'])
    expect(times('lastMessageEvent')).toEqual(Array(5).fill('42'))
    expect(times('useLastMessageEvent')).toEqual(Array(5).fill('42'))
  })

  it('[R31] is the frame’s own event, the same one for every reader and until the next message', () => {
    const { result, world, rerender } = open(() => [
      useWebSocket().lastMessageEvent,
      useLastMessageEvent(),
      useLastMessageEvent(() => true),
      useLastMessageEvent((data) => data === 'a'),
    ])
    expect(result.current).toEqual([null, null, null, null])
    let native: unknown
    world.socket.addEventListener('message', (event) => {
      native = event
    })
    settle(() => world.socket.receive('a'))
    const first = native
    for (const event of result.current) expect(event).toBe(first)
    rerender()
    for (const event of result.current) expect(event).toBe(first)
    settle(() => world.socket.receive('b'))
    expect(native).not.toBe(first)
    for (const event of result.current.slice(0, 3)) expect(event).toBe(native)
    expect(result.current[3]).toBe(first)
  })

  it('[R31] whoever does not read it renders no more than before', () => {
    const world = createWorld()
    const onRender = vi.fn()
    render(
      <InWorld world={world}>
        <ReadsData onRender={onRender} />
        <Effects on={() => {}} />
      </InWorld>,
    )
    settle(() => world.socket.accept())
    onRender.mockClear()
    for (let i = 0; i < 5; i++) settle(() => world.socket.receive('42'))
    expect(onRender).toHaveBeenCalledTimes(1)
  })
})

function Last({ filter }: { filter?: (data: unknown) => boolean }) {
  return <i>{String(useLastMessage(filter))};</i>
}

describe('useMessages', () => {
  it('[R31] lists every message: id, data and when it came', () => {
    const { result, world } = open(() => useMessages())
    expect(result.current).toEqual([])
    world.clock.block(7)
    act(() => {
      for (const text of ['a', 'b', 'b']) world.socket.receive(text)
    })
    advanceTimers(40)
    const at = world.clock.now()
    expect(result.current).toEqual([
      { id: 1, data: 'a', at },
      { id: 2, data: 'b', at },
      { id: 3, data: 'b', at },
    ])
  })

  it('[R31] is bounded: the newest 100 by default, `limit` otherwise', () => {
    const { result, world } = open(() => [useMessages(), useMessages({ limit: 3 }), useMessages({ limit: 0 })])
    act(() => {
      for (let i = 1; i <= 250; i++) world.socket.receive(i)
    })
    advanceTimers(40)
    const [all, three, none] = result.current.map((list) => list.map(({ data }) => data))
    expect(all).toEqual(Array.from({ length: 100 }, (_, i) => 151 + i))
    expect(three).toEqual([248, 249, 250])
    expect(none).toEqual([])
    expect(result.current[1]?.map(({ id }) => id)).toEqual([248, 249, 250])
  })

  it('[R31] a limit that shrinks counts at once, one that grows from now on', () => {
    const { result, world, rerender } = open((limit: number) => useMessages({ limit }).map(({ data }) => data), 4)
    for (let i = 1; i <= 4; i++) settle(() => world.socket.receive(i))
    rerender(2)
    expect(result.current).toEqual([3, 4])
    settle(() => world.socket.receive(5))
    expect(result.current).toEqual([4, 5])
    rerender(10)
    settle(() => world.socket.receive(6))
    expect(result.current.slice(-3)).toEqual([4, 5, 6])
  })

  it('[R31] is the same array as long as no message has come', () => {
    const { result, world, rerender, renders } = open(() => useMessages({ limit: 2, filter: (data) => data !== 'x' }))
    for (const text of ['a', 'b', 'c']) settle(() => world.socket.receive(text))
    const { current } = result
    const before = renders()
    settle(() => world.socket.receive('x'))
    expect(renders()).toBe(before)
    rerender()
    settle(() => world.socket.die())
    rerender()
    expect(result.current).toBe(current)
    expect(current.map(({ data }) => data)).toEqual(['b', 'c'])
  })

  it('[R31] an array from an earlier render still says what it said', () => {
    const { result, world } = open(() => useMessages({ limit: 2 }))
    settle(() => world.socket.receive('a'))
    const { current } = result
    for (const text of ['b', 'c', 'd', 'e']) settle(() => world.socket.receive(text))
    expect(current.map(({ data }) => data)).toEqual(['a'])
  })

  it('[R31] a list of client A is not shown for client B', () => {
    const [one, two] = [createWorld(), createWorld()]
    const [a, b] = [clientIn(one), clientIn(two)]
    const { result, rerender } = renderHook((client: typeof a) => useMessages({ client }).map(({ data }) => data), {
      initialProps: a,
    })
    settle(() => {
      for (const client of [a, b]) client.connect()
      for (const world of [one, two]) world.socket.accept()
      one.socket.receive('from a')
    })
    expect(result.current).toEqual(['from a'])
    rerender(b)
    expect(result.current).toEqual([])
    settle(() => two.socket.receive('from b'))
    expect(result.current).toEqual(['from b'])
  })
})

describe('useMessageReducer', () => {
  it('[R31] folds every message, none skipped, however rarely it renders', () => {
    const { result, world, renders } = open(() => useMessageReducer(append, NONE))
    act(() => {
      for (let i = 0; i < 1000; i++) world.socket.receive(i)
    })
    advanceTimers(40)
    expect(result.current).toEqual(Array.from({ length: 1000 }, (_, i) => i))
    expect(renders()).toBeLessThanOrEqual(3)
  })

  it('[R31] gets the native event as well', () => {
    const { result, world } = open(() => useMessageReducer((_: unknown, data, event) => [data, event.data], null))
    settle(() => world.socket.receive('a'))
    expect(result.current).toEqual(['a', 'a'])
  })

  it('[R31] renders only when its answer is another one', () => {
    const { world, renders } = open(() => useMessageReducer((max: number, n: number) => Math.max(max, n), 0))
    for (const n of [3, 1, 2, 3]) settle(() => world.socket.receive(n))
    expect(renders()).toBe(1)
  })

  it('[R33] the reducer is the latest render’s', () => {
    const { result, world, rerender } = open(
      (factor: number) => useMessageReducer((sum: number, n: number) => sum + n * factor, 0),
      1,
    )
    settle(() => world.socket.receive(2))
    rerender(10)
    settle(() => world.socket.receive(2))
    expect(result.current).toBe(22)
  })

  it('[R36] so is one that a filter throws at, and one thrown where nothing takes reports', () => {
    vi.stubGlobal('reportError', undefined)
    const { result, world } = open(() => [
      useMessages({
        filter: () => {
          throw new Error('no')
        },
      }).length,
      useMessages().length,
    ])
    act(() => world.socket.receive('a'))
    expect(() => advanceTimers(40)).toThrow('no')
    advanceTimers(40)
    expect(result.current).toEqual([0, 1])
  })

  it('[R36] after unmount it is asked no more', () => {
    const reducer = vi.fn((n: number) => n + 1)
    const { world, unmount } = open(() => useMessageReducer(reducer, 0))
    unmount()
    world.socket.receive('a')
    expect(reducer).not.toHaveBeenCalled()
    advanceTimers(0)
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('together', () => {
  it('[R31] no two views disagree within a commit', () => {
    const world = createWorld()
    const commits: string[] = []
    let page: Element | undefined
    const look = () => void commits.push(page?.textContent ?? '')
    const view = render(
      <InWorld world={world}>
        <Everything onCommit={look} />
        <Restless onCommit={look} />
      </InWorld>,
    )
    page = view.container
    settle(() => world.socket.accept())
    for (let i = 0; i < 40; i++) {
      act(() => {
        world.socket.receive(2 * i)
        if (i % 3 === 0) world.socket.receive(2 * i + 1)
      })
      advanceTimers(i % 7)
    }
    advanceTimers(40)
    expect(commits.length).toBeGreaterThan(15)
    for (const text of commits.slice(1)) expect(new Set(text.split(';').filter(Boolean)).size).toBeLessThanOrEqual(1)
    expect(view.container.textContent).toBe('79;'.repeat(10))
  })

  it('[R31] a component with a view renders for messages, its memoized siblings do not', () => {
    const world = createWorld()
    const renders = vi.fn()
    render(
      <InWorld world={world}>
        <Last />
        <Profiler id="" onRender={renders}>
          <Idle />
        </Profiler>
      </InWorld>,
    )
    settle(() => world.socket.accept())
    renders.mockClear()
    settle(() => world.socket.receive('a'))
    expect(renders).not.toHaveBeenCalled()
  })

  it('[R32] StrictMode neither loses nor doubles a message', () => {
    const world = createWorld()
    const { container } = render(
      <StrictMode>
        <InWorld world={world}>
          <Count />
        </InWorld>
      </StrictMode>,
    )
    settle(() => world.socket.accept())
    act(() => {
      for (const text of ['a', 'b', 'c']) world.socket.receive(text)
    })
    advanceTimers(40)
    expect(container.textContent).toBe('3 a,b,c')
  })

  const { Activity } = React as { Activity?: typeof React.Activity }
  // React 18 has no Activity.
  if (Activity)
    it('[R32] a hidden tree keeps what it had, hears nothing, and goes on when it is shown', () => {
      if (!Activity) return
      const world = createWorld()
      const tree = (mode: 'hidden' | 'visible') => (
        <InWorld world={world}>
          <Activity mode={mode}>
            <Count />
          </Activity>
        </InWorld>
      )
      const { rerender, container } = render(tree('visible'))
      settle(() => world.socket.accept())
      act(() => {
        world.socket.receive('a')
        // Not yet shown when the tree is hidden.
        world.socket.receive('b')
      })
      rerender(tree('hidden'))
      settle(() => world.socket.receive('unheard'))
      rerender(tree('visible'))
      advanceTimers(40)
      settle(() => world.socket.receive('c'))
      expect(container.textContent).toBe('3 a,b,c')
    })
})

const Idle = memo(() => {
  useMessage(() => {})
  return <p>{useWebSocket().state}</p>
})

function Count() {
  const count = useMessageReducer((n: number) => n + 1, 0)
  const list = useMessages().map(({ data }) => data)
  return <p>{`${count} ${list}`}</p>
}

function Everything({ onCommit }: { onCommit: () => void }) {
  const views = [
    useWebSocket().lastMessage,
    useLastMessage(),
    useLastMessage(() => true),
    useMessages().slice(-1)[0]?.data ?? null,
    useMessageReducer((_: unknown, data: unknown) => data, null),
  ]
  useLayoutEffect(onCommit)
  return <p>{views.map((view) => `${view};`).join('')}</p>
}

/** Renders for each message by itself, between the turns of the views. */
function Restless({ onCommit }: { onCommit: () => void }) {
  const [, setTick] = useState(0)
  useMessage(() => setTick((tick) => tick + 1))
  return <Everything onCommit={onCommit} />
}
