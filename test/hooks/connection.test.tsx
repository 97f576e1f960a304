/** A client owned by a component: useWebSocketConnection. R30, R32, R33. */

import { renderHook } from '@testing-library/react'
import { useEffect } from 'react'
import { describe, expect, it, vi } from 'vitest'
import {
  json,
  type OwnConnectionProps,
  useCircuitState,
  useConnectionStats,
  useLastMessage,
  useMessage,
  useMessageReducer,
  useMessages,
  useRetryCountdown,
  useSend,
  useTopic,
  useWebSocket,
  useWebSocketConnection,
  useWebSocketEvent,
  type WebSocketReconnect,
} from '../../hooks/index.ts'
import { createWorld, type World } from '../support/index.ts'
import {
  advanceTimers,
  clearWarnings,
  clientIn,
  InWorld,
  settle,
  setupHookTests,
  silenceConsoleErrors,
} from '../support/react-scene.tsx'

setupHookTests()

type Props = Partial<OwnConnectionProps>

/** Renders the hook; `rerender` changes url and options. */
function mount(world: World, props: Props = {}) {
  const both = (given: Props) => ({ ...world.options(), ...given }) as OwnConnectionProps
  const view = renderHook(
    ({ url, ...options }: OwnConnectionProps) => {
      const client = useWebSocketConnection(url, options)
      return { client, state: useWebSocket({ client }).state }
    },
    { initialProps: both(props) },
  )
  return { ...view, rerender: (next: Props = {}) => view.rerender(both(next)) }
}

function expectNothingLeft(world: World): void {
  world.advance(0)
  expect(world.liveSockets).toEqual([])
  expect([world.timers, world.watchers, vi.getTimerCount()]).toEqual([0, 0, 0])
}

describe('ownership', () => {
  it('[R30] connects while its component is mounted, and closes a macrotask after it', () => {
    const world = createWorld()
    const { result, unmount } = mount(world)
    expect(world.sockets.map(({ url }) => url)).toEqual(['wss://example.test/'])
    settle(() => world.socket.accept())
    expect(result.current.state).toBe('OPEN')
    unmount()
    expect(world.socket.readyState).toBe(1)
    advanceTimers(0)
    expectNothingLeft(world)
  })

  it.each([null, undefined, ''])('[R30] url %j means closed', (url) => {
    const world = createWorld()
    const { rerender, result } = mount(world, { url })
    expect([world.dials, result.current.state]).toEqual([0, 'CLOSED'])
    rerender()
    settle(() => world.socket.accept())
    rerender({ url })
    settle(() => world.advance(0))
    expect([world.dials, result.current.state]).toEqual([1, 'CLOSED'])
    expect(world.liveSockets).toEqual([])
  })

  it('[R30] needs no options, and says in the engine’s words what it cannot use', () => {
    const { result } = renderHook(() => useWebSocketConnection(null))
    expect(result.current.state).toBe('CLOSED')
    silenceConsoleErrors()
    expect(() => renderHook(() => useWebSocketConnection('ftp://example.test'))).toThrow(/"url" must be/)
    silenceConsoleErrors()
  })

  it('[R30] enabled, linger and a user’s close() work as in the provider', () => {
    const world = createWorld()
    const { rerender, result, unmount } = mount(world, { enabled: false })
    expect(world.dials).toBe(0)
    rerender({ linger: 300 })
    expect(world.dials).toBe(1)
    settle(() => {
      result.current.client.close()
      world.advance(0)
    })
    rerender({ linger: 300, url: 'wss://other.test/' })
    clearWarnings()
    expect(world.dials).toBe(1)
    settle(() => {
      result.current.client.connect()
      world.socket.accept()
    })
    unmount()
    advanceTimers(299)
    expect(world.socket.readyState).toBe(1)
    advanceTimers(1)
    expectNothingLeft(world)
  })

  it('[R30] two callers are two sockets', () => {
    const world = createWorld()
    const { url, ...options } = world.options() as OwnConnectionProps
    const { result } = renderHook(() => [useWebSocketConnection(url, options), useWebSocketConnection(url, options)])
    expect(world.dials).toBe(2)
    expect(result.current[0]).not.toBe(result.current[1])
  })

  it('[R30] renders nothing by itself, and is the same client for ever', () => {
    const world = createWorld()
    const { url, ...options } = world.options() as OwnConnectionProps
    let renders = 0
    const count = () => void renders++
    const { result, rerender } = renderHook(() => {
      useEffect(count)
      return useWebSocketConnection(url, options)
    })
    const client = result.current
    settle(() => world.socket.accept())
    settle(() => world.socket.receive('x'))
    expect(renders).toBe(1)
    rerender()
    expect(result.current).toBe(client)
  })

  it('[R30] takes no part in the provider around it', () => {
    const [near, own] = [createWorld(), createWorld()]
    const { url, ...options } = own.options() as OwnConnectionProps
    const { result } = renderHook(
      () => {
        const client = useWebSocketConnection(url, options)
        return [useWebSocket().state, useWebSocket({ client }).state]
      },
      { wrapper: ({ children }) => <InWorld world={near}>{children}</InWorld> },
    )
    settle(() => own.socket.accept())
    expect(result.current).toEqual(['CONNECTING', 'OPEN'])
  })
})

describe('{ client }', () => {
  it('[R30] every hook reads it, with its own codec and topics', () => {
    const [near, own] = [createWorld(), createWorld()]
    const { url, ...options } = own.options({ jitter: 0 }) as OwnConnectionProps
    const heard = vi.fn()
    const { result } = renderHook(
      () => {
        const client = useWebSocketConnection(url, { ...options, codec: json<{ t: string }>(), topic: ({ t }) => t })
        useMessage((data) => heard('message', data), { client })
        useTopic('a', (data) => heard('topic', data), { client })
        useWebSocketEvent('stateChange', (state) => heard('state', state), { client })
        return {
          socket: useWebSocket({ client }).state,
          last: useLastMessage(null, { client }),
          filtered: useLastMessage(({ t }: { t: string }) => t === 'b', { client }),
          list: useMessages({ client }).map(({ data }) => data),
          count: useMessageReducer((n: number) => n + 1, 0, { client }),
          stats: useConnectionStats({ client, selector: ({ connections }) => connections }),
          circuit: useCircuitState({ client }).circuitState,
          countdown: useRetryCountdown({ client }),
          send: useSend<object>({ client }),
        }
      },
      { wrapper: ({ children }) => <InWorld world={near}>{children}</InWorld> },
    )
    settle(() => near.socket.accept())
    settle(() => near.socket.receive('{"t":"a"}'))
    settle(() => own.socket.accept())
    settle(() => own.socket.receive('{"t":"a"}'))
    settle(() => own.socket.receive('{"t":"b"}'))
    const [a, b] = [{ t: 'a' }, { t: 'b' }]
    expect(heard.mock.calls).toEqual([
      ['state', 'OPEN'],
      ['message', a],
      ['topic', a],
      ['message', b],
    ])
    expect(result.current).toMatchObject({ socket: 'OPEN', last: b, filtered: b, list: [a, b], count: 2, stats: 1 })
    expect(result.current).toMatchObject({ circuit: 'CLOSED', countdown: null })
    result.current.send(a)
    expect([near.socket.sent, own.socket.sent]).toEqual([[], ['{"t":"a"}']])
    settle(() => own.socket.die())
    expect(result.current.countdown).toBe(1)
  })

  it('[R33] views follow when another client is given', () => {
    const worlds = [createWorld(), createWorld()] as const
    const clients = worlds.map(clientIn) as [WebSocketReconnect, WebSocketReconnect]
    const { result, rerender } = renderHook(
      (client: WebSocketReconnect) => [useLastMessage(null, { client }), useRetryCountdown({ client })],
      { initialProps: clients[0] },
    )
    settle(() => {
      for (const client of clients) client.connect()
      for (const world of worlds) world.socket.accept()
      worlds[0].socket.receive('a')
    })
    expect(result.current).toEqual(['a', null])
    rerender(clients[1])
    expect(result.current).toEqual([null, null])
    settle(() => worlds[1].socket.die())
    expect(result.current).toEqual([null, 1])
  })
})

describe('changes', () => {
  it('[R33] a url, by value; other options, without a new connection', () => {
    const world = createWorld()
    const { rerender, result } = mount(world)
    settle(() => world.socket.accept())
    rerender({ url: new URL('wss://example.test/'), maxRetries: 7 })
    expect(world.dials).toBe(1)
    expect(result.current.client.options.maxRetries).toBe(7)
    rerender({ url: 'wss://other.test/' })
    expect(world.sockets.map(({ url }) => url)).toEqual(['wss://example.test/', 'wss://other.test/'])
    expect(world.sockets[0]?.closeCalls).toEqual([{ code: 1000, reason: 'url changed' }])
    expect(result.current.client.options.maxRetries).toBe(10)
  })

  it('[R33] a function is the latest render’s, and dialled again by urlKey only', () => {
    const world = createWorld()
    const { rerender } = mount(world, { url: () => 'wss://example.test/1', urlKey: 1 })
    settle(() => world.socket.accept())
    rerender({ url: () => 'wss://example.test/2', urlKey: 1 })
    expect(world.dials).toBe(1)
    rerender({ url: () => 'wss://example.test/3', urlKey: 2 })
    expect(world.sockets.map(({ url }) => url)).toEqual(['wss://example.test/1', 'wss://example.test/3'])
  })
})
