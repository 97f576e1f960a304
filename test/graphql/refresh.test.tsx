/** An edit while the page runs, to a component that subscribes: G31 of docs/GRAPHQL.md. */

import * as Refresh from 'react-refresh/runtime'
import { beforeAll, expect, it, vi } from 'vitest'
import type * as Hooks from '../../hooks/graphql.ts'
import { createWorld } from '../support/index.ts'
import { ENDPOINT, greet, say, sent } from './stage.ts'

let hooks: typeof Hooks
let library: typeof import('@testing-library/react')

// React looks for the runtime once, when its renderer loads.
beforeAll(async () => {
  Refresh.injectIntoGlobalHook(globalThis as never)
  library = await import('@testing-library/react')
  hooks = await import('../../hooks/graphql.ts')
  vi.useFakeTimers()
})

it('[G31 Fast Refresh] keeps the subscription and its data', async () => {
  const { act, render } = library
  const { GraphQLProvider, useSubscription } = hooks
  const world = createWorld()
  const { url: _, ...surroundings } = world.options()
  const edit = (label: string) => {
    const App = () => <p>{`${label} ${useSubscription('subscription { news }').data}`}</p>
    Refresh.createSignatureFunctionForTransform()(App, 'the same hooks')
    Refresh.register(App, 'App')
    return App
  }
  const First = edit('first')
  const { container } = render(
    <GraphQLProvider endpoint={ENDPOINT} {...surroundings}>
      <First />
    </GraphQLProvider>,
  )
  await act(() => greet(world))
  await act(async () => void vi.advanceTimersByTime(100))
  await act(async () => say(world.socket, { id: '1', type: 'next', payload: { data: 'hello' } }))
  expect(container.textContent).toBe('first hello')

  edit('second')
  await act(async () => void Refresh.performReactRefresh())
  await act(async () => void vi.advanceTimersByTime(100))
  expect(container.textContent).toBe('second hello')
  expect(sent(world.socket).map(({ type }) => type)).toEqual(['connection_init', 'subscribe'])
})
