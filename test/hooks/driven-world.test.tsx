/** A world that is given `act` renders whatever it does: nothing waits for the page's own time. R31. */

import { act, render, screen } from '@testing-library/react'
import { expect, it, vi } from 'vitest'
import {
  type OwnConnectionProps,
  useConnectionStats,
  useMessages,
  useWebSocket,
  WebSocketProvider,
} from '../../hooks/index.ts'
import { createWorld } from '../../testing/index.ts'
import { setupHookTests } from '../support/react-scene.tsx'

setupHookTests()

function Board() {
  const { state, send, lastMessage } = useWebSocket<string>()
  const sent = useConnectionStats({ selector: (stats) => stats.messagesSent })
  return (
    <button type="button" onClick={() => send('x')}>
      {`${state} ${lastMessage} ${useMessages().length} sent ${sent}`}
    </button>
  )
}

it('[R31] shows at once what has happened, however much of it, and samples and lingers by the world’s clock', () => {
  const world = createWorld({ act })
  const { unmount } = render(
    <WebSocketProvider {...(world.options({ heartbeatInterval: 0 }) as OwnConnectionProps)} linger={500}>
      <Board />
    </WebSocketProvider>,
  )
  const text = () => screen.getByRole('button').textContent
  expect(text()).toBe('CONNECTING null 0 sent 0')
  world.socket.accept()
  expect(text()).toBe('OPEN null 0 sent 0')
  for (let n = 1; n <= 100; n++) world.socket.receive(n)
  expect(text()).toBe('OPEN 100 100 sent 0')
  act(() => screen.getByRole('button').click())
  world.advance(1000)
  expect(text()).toBe('OPEN 100 100 sent 1')
  world.socket.die(1006)
  expect(text()).toBe('CLOSED 100 100 sent 1')
  world.advance(1100)
  world.socket.accept()
  expect(text()).toBe('OPEN 100 100 sent 1')
  unmount()
  world.advance(499)
  expect(world.liveSockets).toHaveLength(1)
  world.advance(1)
  expect(world.liveSockets).toHaveLength(0)
  expect(vi.getTimerCount()).toBe(0)
})
