/**
 * Faults as a React tree meets them: bursts, our own heartbeat coming back, trees that mount twice or leave too early,
 * and fifty of everything at once. What the hooks promise in general is in the other files, by rule.
 */

import { act, configure, render } from '@testing-library/react'
import { Profiler } from 'react'
import { expect, test, vi } from 'vitest'
import { useMessage, useWebSocket } from '../../hooks/index.ts'
import { accept, createWorld, refuse } from '../support/index.ts'
import { advanceTimers, InWorld, ping, settle, setupHookTests } from '../support/react-scene.tsx'

setupHookTests()

const State = () => <p>{useWebSocket().state}</p>
const Last = () => <p>{useWebSocket<string>().lastMessage}</p>

function Every({ heard }: { heard: unknown[] }) {
  useMessage((data) => heard.push(data))
  return <Last />
}

test('[F54] a burst of 10,000 messages reaches every listener and renders at most once per notification', () => {
  const world = createWorld()
  const heard: unknown[] = []
  let renders = 0
  const { container } = render(
    <InWorld world={world}>
      <Profiler id="" onRender={() => renders++}>
        <Every heard={heard} />
      </Profiler>
    </InWorld>,
  )
  settle(() => world.socket.accept())
  renders = 0
  act(() => {
    for (let n = 0; n < 10_000; n++) world.socket.receive(String(n))
  })
  advanceTimers(40)
  expect(heard).toEqual(Array.from({ length: 10_000 }, (_, n) => String(n)))
  expect(container.textContent).toBe('9999')
  expect(renders).toBeLessThanOrEqual(2)
})

test('[F55] a pong is not shown as the last message, and neither hides nor repeats one', () => {
  const world = createWorld()
  const heard: unknown[] = []
  const { container } = render(
    <InWorld world={world}>
      <Every heard={heard} />
    </InWorld>,
  )
  settle(() => world.socket.accept())
  settle(() => world.socket.receive('news'))
  for (const pong of ['{"type":"pong","at":7}', 'PONG']) {
    ping(world)
    settle(() => world.socket.receive(pong))
  }
  expect(container.textContent).toBe('news')
  expect(heard).toEqual(['news'])
})

test('[F67] StrictMode, which mounts everything twice, makes one handshake', () => {
  configure({ reactStrictMode: true })
  const world = createWorld({ server: accept(10) })
  const { container, unmount } = render(
    <InWorld world={world}>
      <State />
    </InWorld>,
  )
  advanceTimers(100)
  settle(() => world.advance(10))
  expect(container.textContent).toBe('OPEN')
  expect(world.dials).toBe(1)
  unmount()
  advanceTimers(0)
  world.advance(2000)
  expect([world.liveSockets.length, world.timers, world.watchers, vi.getTimerCount()]).toEqual([0, 0, 0, 0])
})

test('[F67] a tree that leaves during the handshake leaves no socket, timer or listener, and hears nothing more', () => {
  const world = createWorld()
  const heard: unknown[] = []
  const { unmount } = render(
    <InWorld world={world}>
      <Every heard={heard} />
    </InWorld>,
  )
  advanceTimers(0)
  const { socket } = world
  expect(socket.readyState).toBe(0)
  unmount()
  advanceTimers(0)
  expect(socket.closeCalls).toHaveLength(1)
  world.advance(60_000)
  // The handshake is answered after all: React would complain about a state set after unmount.
  socket.dispatch('open')
  socket.receive('too late')
  advanceTimers(100)
  expect(heard).toEqual([])
  expect([world.dials, world.timers, world.watchers, vi.getTimerCount()]).toEqual([1, 0, 0, 0])
})

test('[F67] a tree that is taken down and put up again in one task keeps its connection', () => {
  const world = createWorld({ server: accept() })
  const tree = (key: string) => (
    <InWorld world={world}>
      <div key={key}>
        <State />
      </div>
    </InWorld>
  )
  const { rerender, container } = render(tree('before'))
  settle(() => world.advance(0))
  rerender(tree('after'))
  advanceTimers(100)
  expect(container.textContent).toBe('OPEN')
  expect(world.dials).toBe(1)
})

test('[F72] fifty components share one connection; fifty providers dial, and dial again, each in its own time', () => {
  const shared = createWorld({ server: accept() })
  const fifty = Array.from({ length: 50 }, (_, n) => n)
  render(
    <InWorld world={shared}>
      {fifty.map((n) => (
        <State key={n} />
      ))}
    </InWorld>,
  )
  settle(() => shared.advance(0))
  expect(shared.dials).toBe(1)

  const world = createWorld({ seed: 72, server: accept() })
  const { container } = render(
    <>
      {fifty.map((n) => (
        <InWorld key={n} world={world} heartbeatInterval={0}>
          <State />
        </InWorld>
      ))}
    </>,
  )
  settle(() => world.advance(5000))
  expect(container.textContent).toBe('OPEN'.repeat(50))
  world.server = refuse()
  const before = world.dials
  act(() => {
    for (const socket of world.liveSockets) socket.die(1006)
  })
  const moments = new Set<number>()
  for (let tick = 0; tick < 22; tick++) {
    const dials = world.dials
    act(() => world.advance(50))
    if (world.dials > dials) moments.add(tick)
  }
  advanceTimers(40)
  expect(world.dials - before).toBe(50)
  // ±10 % of a second: they knock over 200 ms, not at once.
  expect(moments.size).toBeGreaterThanOrEqual(4)
})
