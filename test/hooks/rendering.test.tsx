/** What makes a component render, and how often: R31. */

import { act, configure, render, renderHook } from '@testing-library/react'
import { memo, Profiler, useEffect, useLayoutEffect, useState } from 'react'
import { describe, expect, it, vi } from 'vitest'
import { useMessage, useWebSocket, type WebSocketConnection, WebSocketProvider } from '../../hooks/index.ts'
import { createWorld, type World } from '../support/index.ts'
import { advanceTimers, clientIn, InWorld, settle, setupHookTests } from '../support/react-scene.tsx'

setupHookTests()

const Reader = ({ field }: { field: keyof WebSocketConnection }) => <p>{String(useWebSocket()[field])}</p>

function Sender() {
  const { send } = useWebSocket()
  return <button type="button" onClick={() => send('x')} />
}

const Shown = memo(({ socket, onRender }: { socket: WebSocketConnection; onRender: (state: string) => void }) => {
  const { state } = socket
  useEffect(() => {
    onRender(state)
  })
  return <p>{state}</p>
})

/** Renders for each message, and passes its socket on. */
function Parent({ onRender }: { onRender: (state: string) => void }) {
  const [, setTick] = useState(0)
  useMessage(() => setTick((tick) => tick + 1))
  return <Shown socket={useWebSocket()} onRender={onRender} />
}

function List({ onMessage }: { onMessage: (data: unknown) => void }) {
  const [length, setLength] = useState(0)
  const { lastMessage, state } = useWebSocket()
  useMessage((data) => {
    onMessage(data)
    setLength((before) => before + 1)
  })
  return <p>{`${state} ${length} ${lastMessage}`}</p>
}

function Watch({ onCommit }: { onCommit: () => void }) {
  const { state, lastMessage } = useWebSocket()
  useLayoutEffect(onCommit)
  return <i>{`${state} ${lastMessage};`}</i>
}

/** Joins the readers in the middle of a burst. */
function Late({ onCommit }: { onCommit: () => void }) {
  const [isHere, setHere] = useState(false)
  useMessage((data) => data === 5 && setHere(true))
  return isHere ? <Watch onCommit={onCommit} /> : null
}

function Subscriber({ onConnection }: { onConnection: (id: number) => void }) {
  const { state, connectionId } = useWebSocket()
  useEffect(() => {
    if (state === 'OPEN') onConnection(connectionId)
  }, [state, connectionId, onConnection])
  return null
}

/** Connects between the render of its reader and the reader's subscription. */
function Early({ connect }: { connect: () => void }) {
  useLayoutEffect(connect, [connect])
  return <Reader field="state" />
}

/** A reader of one field over an open connection; the renders so far do not count. */
function open(field: keyof WebSocketConnection, world: World = createWorld()) {
  const onRender = vi.fn()
  const view = render(
    <InWorld world={world}>
      <Profiler id="" onRender={onRender}>
        <Reader field={field} />
      </Profiler>
    </InWorld>,
  )
  settle(() => world.socket.accept())
  onRender.mockClear()
  return { world, renders: () => onRender.mock.calls.length, view, text: () => view.container.textContent }
}

describe('what is not read', () => {
  it('[R31] a component that does not read lastMessage never renders for a message', () => {
    const { world, renders } = open('state')
    const armed = vi.getTimerCount()
    for (let i = 0; i < 1000; i++) act(() => world.socket.receive(`m${i}`))
    expect(vi.getTimerCount()).toBe(armed)
    advanceTimers(1000)
    expect(renders()).toBe(0)
  })

  it('[R31] messages are silent again when their last reader has gone', () => {
    const world = createWorld()
    const tree = (...fields: (keyof WebSocketConnection)[]) => (
      <InWorld world={world}>
        {fields.map((field) => (
          <Reader key={field} field={field} />
        ))}
      </InWorld>
    )
    const { rerender } = render(tree('state', 'lastMessage'))
    settle(() => world.socket.accept())
    settle(() => world.socket.receive('read'))
    rerender(tree('state'))
    settle(() => world.socket.receive('noticed'))
    act(() => world.socket.receive('unread'))
    expect(vi.getTimerCount()).toBe(0)
    rerender(tree('lastMessage', 'state'))
    rerender(tree())
    rerender(tree('state'))
    act(() => world.socket.receive('unread'))
    expect(vi.getTimerCount()).toBe(0)
  })

  it('[R31] a component that reads nothing never renders', () => {
    const world = createWorld()
    const onRender = vi.fn()
    render(
      <InWorld world={world}>
        <Profiler id="" onRender={onRender}>
          <Sender />
        </Profiler>
      </InWorld>,
    )
    onRender.mockClear()
    settle(() => world.socket.accept())
    settle(() => world.socket.receive('x'))
    settle(() => world.socket.die())
    expect(onRender).toHaveBeenCalledTimes(0)
  })

  it('[R31] a component renders for the field it reads, and for no other', () => {
    const world = createWorld()
    const onRender = vi.fn()
    render(
      <InWorld world={world}>
        <Profiler id="" onRender={onRender}>
          <Reader field="connectionId" />
        </Profiler>
      </InWorld>,
    )
    onRender.mockClear()
    settle(() => world.socket.refuse())
    settle(() => world.advance(1000))
    expect(onRender).toHaveBeenCalledTimes(0)
    settle(() => world.socket.accept())
    expect(onRender).toHaveBeenCalledTimes(1)
    settle(() => world.socket.die())
    expect(onRender).toHaveBeenCalledTimes(1)
  })
})

describe('the result', () => {
  const mount = (world: World) =>
    renderHook(() => useWebSocket(), { wrapper: ({ children }) => <InWorld world={world}>{children}</InWorld> })

  it('[R31] an object from an earlier render still says what it said', () => {
    const world = createWorld()
    const { result } = mount(world)
    const first = result.current
    expect([first.state, first.lastMessage]).toEqual(['CONNECTING', null])
    settle(() => world.socket.accept())
    settle(() => world.socket.receive('x'))
    expect([first.state, first.lastMessage]).toEqual(['CONNECTING', null])
    expect([result.current.state, result.current.lastMessage]).toEqual(['OPEN', 'x'])
  })

  it('[R31] a field read for the first time, long after the render, is fresh', () => {
    const world = createWorld()
    const { result } = mount(world)
    settle(() => world.socket.accept())
    settle(() => world.socket.receive('a'))
    settle(() => world.socket.receive('b'))
    expect(result.current.lastMessage).toBe('b')
    expect(result.current.state).toBe('OPEN')
    settle(() => world.socket.receive('c'))
    expect(result.current.lastMessage).toBe('c')
  })

  it('[R31] spreading reads everything', () => {
    const world = createWorld()
    const { result } = renderHook(() => ({ ...useWebSocket() }), {
      wrapper: ({ children }) => <InWorld world={world}>{children}</InWorld>,
    })
    expect(Object.keys(result.current).sort()).toEqual([
      'client',
      'close',
      'connect',
      'connectionId',
      'error',
      'isReconnecting',
      'lastClose',
      'lastMessage',
      'lastMessageEvent',
      'reconnect',
      'retryAt',
      'retryCount',
      'retryNow',
      'send',
      'state',
      'status',
    ])
    settle(() => world.socket.accept())
    settle(() => world.socket.receive('x'))
    expect(result.current).toMatchObject({ state: 'OPEN', connectionId: 1, lastMessage: 'x' })
  })

  it('[R31] its functions are stable', () => {
    const world = createWorld()
    const { result } = mount(world)
    const { send, connect, close, reconnect, retryNow, client } = result.current
    expect(result.current.state).toBe('CONNECTING')
    settle(() => world.socket.accept())
    expect(result.current.state).toBe('OPEN')
    expect(result.current).toMatchObject({ send, connect, close, reconnect, retryNow, client })
  })

  it('[R31] its functions do what they say', () => {
    const world = createWorld()
    const { result } = mount(world)
    const { send, connect, close, reconnect } = result.current
    expect(send('queued')).toBe('queued')
    expect(send('impatient', { queue: false })).toBe('dropped')
    settle(() => world.socket.accept())
    expect(send('direct')).toBe('sent')
    settle(() => reconnect())
    expect(world.dials).toBe(2)
    settle(() => close(4001, 'bye'))
    settle(() => world.advance(0))
    expect(result.current.lastClose).toMatchObject({ code: 1006 })
    settle(() => {
      connect()
      world.socket.accept()
    })
    settle(() => {
      close(4001, 'bye')
      world.advance(0)
    })
    expect(result.current.lastClose).toMatchObject({ code: 4001, reason: 'bye' })
  })

  it('[R31] shows a whole failure: error, lastClose, retryAt, retryCount, isReconnecting', () => {
    const world = createWorld()
    const { result } = mount(world)
    expect(result.current).toMatchObject({ error: null, lastClose: null, retryAt: null, retryCount: 0 })
    expect(result.current.isReconnecting).toBe(false)
    settle(() => world.socket.refuse())
    expect(result.current).toMatchObject({
      state: 'CLOSED',
      isReconnecting: true,
      retryCount: 1,
      retryAt: world.clock.start + 1000,
      lastClose: { code: 1006, opened: false },
    })
    expect(result.current.error?.code).toBe('HANDSHAKE_FAILED')
  })

  it('[R31] reaches a memoized child only when it has changed', () => {
    const world = createWorld()
    const shown: string[] = []
    render(
      <InWorld world={world}>
        <Parent onRender={(state) => shown.push(state)} />
      </InWorld>,
    )
    settle(() => world.socket.accept())
    settle(() => world.socket.receive('a'))
    settle(() => world.socket.receive('b'))
    expect(shown).toEqual(['CLOSED', 'CONNECTING', 'OPEN'])
  })
})

describe('the pace', () => {
  it('[R31] never by requestAnimationFrame, which a hidden tab stops', () => {
    const frame = vi.fn()
    vi.stubGlobal('requestAnimationFrame', frame)
    const { world, text } = open('lastMessage')
    act(() => {
      for (let i = 0; i < 10; i++) world.socket.receive(i)
    })
    advanceTimers(16)
    expect(text()).toBe('9')
    expect(frame).not.toHaveBeenCalled()
  })

  it('[R31] starts no timer for a reader that leaves while the engine is telling its news', () => {
    const client = clientIn(createWorld())
    let leave = () => {}
    client.subscribe(() => leave())
    const { unmount } = render(
      <WebSocketProvider client={client}>
        <Reader field="state" />
      </WebSocketProvider>,
    )
    leave = unmount
    client.connect()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('[R31] a message says the same twice: one render', () => {
    const { world, renders } = open('lastMessage')
    settle(() => world.socket.receive('same'))
    settle(() => world.socket.receive('same'))
    expect(renders()).toBe(1)
  })

  it('[F54][R31] 10,000 messages in one task reach useMessage, render a handful of times, and raise no React error', async () => {
    vi.useRealTimers()
    const errors = vi.fn()
    window.addEventListener('error', errors)
    const world = createWorld()
    const heard: unknown[] = []
    const onRender = vi.fn()
    const { container } = render(
      <InWorld world={world}>
        <Profiler id="" onRender={onRender}>
          <List onMessage={(data) => heard.push(data)} />
        </Profiler>
      </InWorld>,
    )
    // Outside act, so that React schedules as it does in a browser.
    world.socket.accept()
    await vi.waitFor(() => expect(container.textContent).toMatch('OPEN'))
    onRender.mockClear()
    for (let i = 0; i < 10_000; i++) world.socket.receive(i)
    await vi.waitFor(() => expect(container.textContent).toBe('OPEN 10000 9999'))
    expect(heard).toEqual(Array.from({ length: 10_000 }, (_, i) => i))
    expect(onRender.mock.calls.length).toBeLessThan(8)
    expect(errors).not.toHaveBeenCalled()
    window.removeEventListener('error', errors)
  })

  it('[R31] 10,000 messages, each followed by its microtasks, raise no React error either', async () => {
    vi.useRealTimers()
    const world = createWorld()
    const onRender = vi.fn()
    const { container } = render(
      <InWorld world={world}>
        <Profiler id="" onRender={onRender}>
          <Reader field="lastMessage" />
        </Profiler>
      </InWorld>,
    )
    world.socket.accept()
    onRender.mockClear()
    for (let i = 0; i < 10_000; i++) {
      world.socket.receive(i)
      await null
    }
    await vi.waitFor(() => expect(container.textContent).toBe('9999'))
    expect(onRender.mock.calls.length).toBeLessThan(50)
  })
})

describe('agreement', () => {
  it('[R31] no two readers disagree within a commit', () => {
    configure({ reactStrictMode: false })
    const world = createWorld()
    const commits: string[] = []
    let page: Element | undefined
    const look = () => void commits.push(page?.textContent ?? '')
    const view = render(
      <InWorld world={world}>
        <Watch onCommit={look} />
        <b>
          <Watch onCommit={look} />
        </b>
        <Late onCommit={look} />
      </InWorld>,
    )
    page = view.container
    settle(() => world.socket.accept())
    for (let i = 0; i < 40; i++) {
      act(() => {
        world.socket.receive(i)
        if (i % 3 === 0) world.socket.receive(`${i}b`)
      })
      advanceTimers(i % 7)
    }
    settle(() => world.socket.die())
    expect(commits.length).toBeGreaterThan(20)
    for (const text of commits.slice(1)) expect(new Set(text.split(';').filter(Boolean)).size).toBeLessThanOrEqual(1)
    expect(view.container.textContent).toBe('CLOSED 39b;'.repeat(3))
  })

  it('[R31] two providers of one client share one notifier', () => {
    const world = createWorld()
    const client = clientIn(world)
    const subscribe = vi.spyOn(client, 'subscribe')
    const tree = (
      <WebSocketProvider client={client}>
        <Reader field="state" />
        <Reader field="lastMessage" />
      </WebSocketProvider>
    )
    const { container, unmount } = render(
      <>
        {tree}
        {tree}
      </>,
    )
    expect(subscribe).toHaveBeenCalledTimes(1)
    settle(() => {
      client.connect()
      world.socket.accept()
    })
    settle(() => world.socket.receive('x'))
    expect(container.textContent).toBe('OPENxOPENx')
    unmount()
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('lastMessage', () => {
  it('[R31] survives a reconnection', () => {
    const { world, text } = open('lastMessage')
    settle(() => world.socket.receive('x'))
    settle(() => {
      world.socket.die()
      world.advance(1000)
    })
    settle(() => world.socket.accept())
    expect(text()).toBe('x')
  })

  it('[R31] claims nothing about messages that came while nobody listened', () => {
    const world = createWorld()
    const tree = (isShown: boolean) => <InWorld world={world}>{isShown && <Reader field="lastMessage" />}</InWorld>
    const { rerender, container } = render(tree(true))
    settle(() => world.socket.accept())
    settle(() => world.socket.receive('x'))
    rerender(tree(false))
    settle(() => world.socket.receive('y'))
    rerender(tree(true))
    expect(container.textContent).toBe('null')
  })

  it('[R31] is known to a reader that comes later, if any hook was listening', () => {
    const world = createWorld()
    const tree = (isShown: boolean) => (
      <InWorld world={world}>
        <Reader field="state" />
        {isShown && <Reader field="lastMessage" />}
      </InWorld>
    )
    const { rerender, container } = render(tree(false))
    settle(() => world.socket.accept())
    settle(() => world.socket.receive('x'))
    settle(() => world.socket.receive('y'))
    rerender(tree(true))
    expect(container.textContent).toBe('OPENy')
  })
})

it('[R31] effects that depend on connectionId see every reconnection that coalescing hides', () => {
  const world = createWorld()
  const subscribed: number[] = []
  render(
    <InWorld world={world} minUptime={0}>
      <Subscriber onConnection={(id) => subscribed.push(id)} />
    </InWorld>,
  )
  settle(() => world.socket.accept())
  act(() => {
    world.socket.receive('x')
    world.socket.die()
    world.advance(1000)
    world.socket.accept()
  })
  advanceTimers(40)
  expect(subscribed).toEqual([1, 2])
})

it('[R31] a state that changes between render and subscription is not missed', () => {
  const world = createWorld()
  const client = clientIn(world)
  const connect = () => {
    client.connect()
    world.socket.accept()
  }
  const { container } = render(
    <WebSocketProvider client={client}>
      <Early connect={connect} />
    </WebSocketProvider>,
  )
  act(() => {})
  expect(container.textContent).toBe('OPEN')
})
