/** A thousand connections on one page: one pace for all of them. R31. */

import { act } from '@testing-library/react'
import { Profiler } from 'react'
import { createRoot } from 'react-dom/client'
import { expect, it, vi } from 'vitest'
import { type OwnConnectionProps, useWebSocket, WebSocketProvider } from '../../hooks/index.ts'
import { createWorld } from '../support/index.ts'
import { setupHookTests } from '../support/react-scene.tsx'

setupHookTests()

const State = () => <i>{useWebSocket().state === 'OPEN' ? 1 : 0}</i>

it('[R31] 1,000 providers whose sockets open in a task each are a handful of commits', async () => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', false)
  const COUNT = 1000
  const world = createWorld()
  const container = document.createElement('div')
  const root = createRoot(container)
  const commits = vi.fn()
  const props = world.options() as OwnConnectionProps
  const providers = Array.from({ length: COUNT }, (_, i) => (
    <WebSocketProvider key={i} {...props}>
      <State />
    </WebSocketProvider>
  ))
  root.render(
    <Profiler id="" onRender={commits}>
      {providers}
    </Profiler>,
  )
  // React schedules by real tasks; the views' own time is fake.
  await vi.waitFor(() => expect(world.dials).toBe(COUNT))
  for (const socket of world.sockets) {
    socket.accept()
    // Its task ends, and React has had the time to render.
    await null
    await null
  }
  await vi.advanceTimersByTimeAsync(40)
  await vi.waitFor(() => expect(container.textContent).toBe('1'.repeat(COUNT)))
  expect(commits.mock.calls.length).toBeLessThanOrEqual(6)
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true)
  act(() => root.unmount())
  vi.advanceTimersByTime(0)
})
