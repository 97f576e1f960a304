/**
 * Faults as a React tree meets them: bursts, our own heartbeat coming back, trees that mount twice or leave too early,
 * and fifty of everything at once. What the hooks promise in general is in the other files, by rule.
 */

import { act, render } from '@testing-library/react'
import { expect, test, vi } from 'vitest'
import { useMessage, useWebSocket } from '../../hooks/index.ts'
import { accept, createWorld, refuse } from '../support/index.ts'
import { advanceTimers, InWorld, settle, setupHookTests } from '../support/react-scene.tsx'

setupHookTests()

const State = () => <p>{useWebSocket().state}</p>
const Last = () => <p>{useWebSocket<string>().lastMessage}</p>

function Every({ heard }: { heard: unknown[] }) {
  useMessage((data) => heard.push(data))
  return <Last />
}

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
