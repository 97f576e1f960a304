/** An edit while the page runs: what React does to components whose module has been replaced. R32. */

import type { FunctionComponent } from 'react'
import * as Refresh from 'react-refresh/runtime'
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import type * as Hooks from '../../hooks/index.ts'
import { createWorld } from '../support/index.ts'

let hooks: typeof Hooks
let library: typeof import('@testing-library/react')

// React looks for the runtime once, when its renderer loads.
beforeAll(async () => {
  Refresh.injectIntoGlobalHook(globalThis as never)
  library = await import('@testing-library/react')
  hooks = await import('../../hooks/index.ts')
})
beforeEach(() => void vi.useFakeTimers())
afterAll(() => library.cleanup())

let families = 0

/** Registers the versions of one component, as the transform of a bundler would; `signature` stands for its hooks. */
function family() {
  const id = `App ${++families}`
  return (type: FunctionComponent, signature: string) => {
    Refresh.createSignatureFunctionForTransform()(type, signature)
    Refresh.register(type, id)
    return type
  }
}

it.each([
  ['keeps what the views had, if its hooks are the same', 'same', '2 hello,hello'],
  ['starts its state over, if its hooks are others', 'other', '1 hello'],
])('[R32] an edit keeps the connection, asks for no second url, and %s', (_, signature, views) => {
  const { act, render } = library
  const { useMessages, useMessageReducer, useMessage, useWebSocket, WebSocketProvider } = hooks
  const world = createWorld()
  const url = vi.fn(() => 'wss://example.test/')
  const heard = vi.fn()
  const version = (label: string) =>
    function App() {
      const { state } = useWebSocket()
      const count = useMessageReducer((n: number) => n + 1, 0)
      const list = useMessages().map(({ data }) => data)
      useMessage((data) => heard(label, data))
      return <p>{`${label} ${state} ${count} ${list}`}</p>
    }
  const settle = (what: () => void) => {
    act(what)
    act(() => void vi.advanceTimersByTime(40))
  }
  const edit = family()
  const First = edit(version('first'), 'same')
  const { container, unmount } = render(
    <WebSocketProvider {...(world.options() as Hooks.OwnConnectionProps)} url={url}>
      <First />
    </WebSocketProvider>,
  )
  settle(() => world.socket.accept())
  settle(() => world.socket.receive('hello'))
  expect(container.textContent).toBe('first OPEN 1 hello')

  edit(version('second'), signature)
  settle(() => void Refresh.performReactRefresh())
  settle(() => world.socket.receive('hello'))
  expect(container.textContent).toBe(`second OPEN ${views}`)
  expect(heard.mock.calls).toEqual([
    ['first', 'hello'],
    ['second', 'hello'],
  ])
  expect([world.dials, url.mock.calls.length, world.socket.readyState]).toEqual([1, 1, 1])
  unmount()
  vi.advanceTimersByTime(0)
  world.advance(0)
  expect(world.liveSockets).toEqual([])
})

it('[R32] an edit of the component that owns the connection keeps it, too', () => {
  const { act, render } = library
  const { useWebSocket, useWebSocketConnection } = hooks
  const world = createWorld()
  const { url: _, ...options } = world.options() as Hooks.OwnConnectionProps
  const url = vi.fn(() => 'wss://example.test/')
  const version = (label: string) =>
    function App() {
      const client = useWebSocketConnection(url, options)
      return <p>{`${label} ${useWebSocket({ client }).state}`}</p>
    }
  const edit = family()
  const First = edit(version('one'), 'same')
  const { container } = render(<First />)
  act(() => world.socket.accept())
  edit(version('two'), 'same')
  act(() => void Refresh.performReactRefresh())
  act(() => void vi.advanceTimersByTime(1000))
  expect(container.textContent).toBe('two OPEN')
  expect([world.dials, url.mock.calls.length, world.socket.readyState]).toEqual([1, 1, 1])
})
