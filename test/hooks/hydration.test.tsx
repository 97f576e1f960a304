/** The first render over a server's HTML: R34. */

import { act } from '@testing-library/react'
import { Profiler, Suspense } from 'react'
import { hydrateRoot, type Root } from 'react-dom/client'
import { renderToString } from 'react-dom/server'
import { afterEach, expect, it, vi } from 'vitest'
import {
  useCircuitState,
  useConnectionStats,
  useLastMessage,
  useMessageReducer,
  useMessages,
  useRetryCountdown,
  useWebSocket,
  useWebSocketConnection,
  WebSocketProvider,
} from '../../hooks/index.ts'
import { accept, createWorld } from '../support/index.ts'
import { advanceTimers, clientIn, InWorld, settle, setupHookTests } from '../support/react-scene.tsx'

setupHookTests()

let root: Root | undefined
afterEach(() => {
  act(() => root?.unmount())
  document.body.innerHTML = ''
})

/** Serves a tree, then hydrates it; React's complaints about a mismatch fail the test. */
async function serve(tree: React.ReactNode) {
  const container = document.createElement('div')
  document.body.append(container)
  container.innerHTML = renderToString(tree)
  const html = container.textContent
  const onRecoverableError = vi.fn()
  await act(async () => {
    root = hydrateRoot(container, tree, { onRecoverableError })
  })
  expect(onRecoverableError).not.toHaveBeenCalled()
  return { html, container }
}

const All = () => {
  const { state, connectionId, lastMessage } = useWebSocket()
  const { circuitState, failureThreshold } = useCircuitState()
  const { uptime, maxRetries } = useConnectionStats()
  return <p>{[state, connectionId, lastMessage, circuitState, failureThreshold, uptime, maxRetries].join()}</p>
}

it('[R34] hydration matches, then the connection begins', async () => {
  const world = createWorld()
  const { html, container } = await serve(
    <InWorld world={world}>
      <All />
    </InWorld>,
  )
  expect(html).toBe('CLOSED,0,,CLOSED,5,0,10')
  advanceTimers(40)
  expect(container.textContent).toBe('CONNECTING,0,,CLOSED,5,0,10')
  expect(world.dials).toBe(1)
  settle(() => world.socket.accept())
  settle(() => world.socket.receive('x'))
  expect(container.textContent).toBe('OPEN,1,x,CLOSED,5,0,10')
})

it('[R34] hydration matches over a client that is already open, and then shows it', async () => {
  const world = createWorld({ server: accept() })
  const client = clientIn(world)
  client.connect()
  world.advance(700)
  const { html, container } = await serve(
    <Suspense>
      <WebSocketProvider client={client}>
        <All />
      </WebSocketProvider>
    </Suspense>,
  )
  expect(html).toBe('CLOSED,0,,CLOSED,5,0,10')
  advanceTimers(40)
  expect(container.textContent).toBe('OPEN,1,,CLOSED,5,700,10')
})

it('[R34] hydration of an idle connection costs no second render', async () => {
  const client = clientIn(createWorld())
  const onRender = vi.fn()
  await serve(
    <WebSocketProvider client={client}>
      <Profiler id="" onRender={onRender}>
        <All />
      </Profiler>
    </WebSocketProvider>,
  )
  advanceTimers(5000)
  expect(onRender).toHaveBeenCalledTimes(1)
})

const Views = () => {
  const own = useWebSocketConnection('wss://example.test/', { enabled: false })
  const { state } = useWebSocket({ client: own })
  const list = useMessages().map(({ data }) => data)
  const count = useMessageReducer((n: number) => n + 1, 0)
  return <p>{[state, useLastMessage(), useLastMessage(() => true), list, count, useRetryCountdown()].join()}</p>
}

it('[R34] hydration of every view matches, over a client that already has messages and waits for a retry', async () => {
  const world = createWorld()
  const client = clientIn(world)
  client.connect()
  world.socket.accept()
  const tree = (
    <Suspense>
      <WebSocketProvider client={client}>
        <Views />
      </WebSocketProvider>
    </Suspense>
  )
  world.socket.receive('early')
  world.socket.die()
  const { html, container } = await serve(tree)
  expect(html).toBe('CLOSED,,,,0,')
  advanceTimers(40)
  expect(container.textContent).toBe('CLOSED,,,,0,1')
  settle(() => world.advance(1000))
  settle(() => world.socket.accept())
  settle(() => world.socket.receive('x'))
  expect(container.textContent).toBe('CLOSED,x,x,x,1,')
})
