/** useConnectionStats: sampling, selecting, and resting: R31, R34. */

import { act, renderHook } from '@testing-library/react'
import { expect, it, vi } from 'vitest'
import {
  type ConnectionStatsOptions,
  initialStats,
  type Stats,
  useConnectionStats,
  useWebSocket,
  WebSocketReconnect,
} from '../../hooks/index.ts'
import { createWorld, type World } from '../support/index.ts'
import { advanceTimers, clientIn, InWorld, settle, setupHookTests } from '../support/react-scene.tsx'

setupHookTests()

function mount<T = Stats>(world: World, options?: ConnectionStatsOptions<T>) {
  let renders = 0
  const view = renderHook(
    (options?: ConnectionStatsOptions<T>) => {
      renders++
      return useConnectionStats(options)
    },
    options
      ? { initialProps: options, wrapper: ({ children }) => <InWorld world={world}>{children}</InWorld> }
      : { wrapper: ({ children }) => <InWorld world={world}>{children}</InWorld> },
  )
  return { ...view, renders: () => renders }
}

it('[R31] samples getStats() every second by default', () => {
  const world = createWorld()
  const { result, renders } = mount(world)
  settle(() => world.socket.accept())
  advanceTimers(960)
  const before = renders()
  world.socket.receive('abc')
  world.advance(999)
  advanceTimers(999)
  expect(renders()).toBe(before)
  expect(result.current.messagesReceived).toBe(0)
  world.advance(1)
  advanceTimers(1)
  expect(renders()).toBe(before + 1)
  expect(result.current).toMatchObject({ state: 'OPEN', messagesReceived: 1, bytesReceived: 3, uptime: 1000 })
})

it('[R31] samples every `interval` ms', () => {
  const world = createWorld()
  const { result, rerender } = mount(world, { interval: 200 })
  settle(() => world.socket.accept())
  world.advance(200)
  advanceTimers(200)
  expect(result.current.uptime).toBe(200)
  rerender({ interval: 5000 })
  const { uptime } = result.current
  world.advance(4999)
  advanceTimers(4999)
  expect(result.current.uptime).toBe(uptime)
  advanceTimers(1)
  expect(result.current.uptime).toBe(5199)
})

it('[R31] samples when the state changes, at once', () => {
  const world = createWorld()
  const { result } = mount(world)
  expect(result.current.state).toBe('CONNECTING')
  advanceTimers(20)
  act(() => world.socket.accept())
  expect(result.current).toMatchObject({ state: 'OPEN', connections: 1 })
  advanceTimers(20)
  act(() => world.socket.die())
  expect(result.current).toMatchObject({ state: 'CLOSED', retryCount: 1 })
})

it('[R31] the same object as long as nothing differs, so an idle connection renders nothing', () => {
  const world = createWorld()
  const client = clientIn(world)
  const { result, renders } = mount(world, { client })
  const { current } = result
  advanceTimers(60_000)
  expect(renders()).toBe(1)
  expect(result.current).toBe(current)
})

it('[R31] a selector narrows what renders', () => {
  const world = createWorld()
  const { result, renders } = mount(world, { selector: (stats) => stats.messagesReceived })
  settle(() => world.socket.accept())
  const before = renders()
  world.advance(10_000)
  advanceTimers(10_000)
  expect(renders()).toBe(before)
  world.socket.receive('x')
  advanceTimers(1000)
  expect([result.current, renders()]).toEqual([1, before + 1])
})

it('[R31] a selector may be inline and return a fresh object', () => {
  const world = createWorld()
  const { result, renders, rerender } = mount(world, { selector: ({ state, connections }) => ({ state, connections }) })
  settle(() => world.socket.accept())
  const { current } = result
  expect(current).toEqual({ state: 'OPEN', connections: 1 })
  const before = renders()
  world.advance(5000)
  advanceTimers(5000)
  expect(renders()).toBe(before)
  rerender({ selector: ({ state, connections }) => ({ state, connections }) })
  expect(result.current).toBe(current)
})

it('[R31] a selector that is changed answers at once', () => {
  const world = createWorld()
  const { result, rerender } = mount<unknown>(world, { selector: (stats) => stats.state })
  rerender({ selector: (stats) => stats.maxRetries })
  expect(result.current).toBe(10)
})

it('[R31] is not sampled by messages, however many another component reads', () => {
  const world = createWorld()
  const client = clientIn(world)
  const { result } = renderHook(() => [useConnectionStats({ client }), useWebSocket({ client }).lastMessage] as const)
  settle(() => {
    client.connect()
    world.socket.accept()
  })
  for (let i = 0; i < 10; i++) settle(() => world.socket.receive(i))
  const [stats, lastMessage] = result.current
  expect([stats.messagesReceived, lastMessage]).toEqual([0, 9])
})

it('[R31] its timer runs only while it is mounted', () => {
  const world = createWorld()
  const client = clientIn(world)
  const { unmount } = renderHook(() => useConnectionStats({ client }))
  expect(vi.getTimerCount()).toBe(1)
  unmount()
  const sample = vi.spyOn(client, 'getStats')
  client.connect()
  expect(sample).not.toHaveBeenCalled()
  expect(vi.getTimerCount()).toBe(0)
})

it('[R34] the sample of a server is what a fresh client says, with its own limits', () => {
  for (const options of [
    {},
    { maxRetries: 3, circuitBreaker: { failureThreshold: 2 } },
    { circuitBreaker: false as const },
  ]) {
    const client = new WebSocketReconnect(createWorld().options(options))
    expect(initialStats(client.options)).toEqual(client.getStats())
  }
})
