/**
 * The developer tools as components of React: nothing on a server, the same page before and after hydration, gone with the
 * component, and an app that does not notice when they fail. Played on the oldest React as well.
 */

import { act, render } from '@testing-library/react'
import { Component, type ReactNode, StrictMode, useEffect } from 'react'
import { hydrateRoot } from 'react-dom/client'
import { renderToString } from 'react-dom/server'
import { expect, it, vi } from 'vitest'
import { Desk } from '../../devtools/desk.ts'
import { WebSocketDevtools, WebSocketDevtoolsPanel } from '../../devtools/index.ts'
import * as stub from '../../devtools/stub.ts'
import { useWebSocket } from '../../hooks/index.ts'
import { createWorld } from '../support/index.ts'
import { advanceTimers, InWorld, setupHookTests } from '../support/react-scene.tsx'

setupHookTests()

const root = () => document.querySelector('websocket-devtools')?.shadowRoot

/** Until the panel's own files are here and drawn. */
async function drawn(find: () => unknown): Promise<void> {
  await vi.dynamicImportSettled()
  for (let turn = 0; turn < 20 && !find(); turn++) {
    await act(async () => {
      await vi.dynamicImportSettled()
      await vi.advanceTimersByTimeAsync(250)
    })
  }
}

it('is nothing on a server, nor in the first render over its HTML', async () => {
  const tree = (
    <main>
      An app
      <WebSocketDevtools initialIsOpen />
      <WebSocketDevtoolsPanel />
    </main>
  )
  expect(renderToString(tree)).toBe('<main>An app</main>')
  const container = document.createElement('div')
  document.body.append(container)
  container.innerHTML = renderToString(tree)
  const onRecoverableError = vi.fn()
  const hydrated = await act(async () => hydrateRoot(container, tree, { onRecoverableError }))
  await drawn(() => root()?.querySelector('[role=tab]'))
  expect(onRecoverableError).not.toHaveBeenCalled()
  expect(root()?.querySelectorAll('[role=tab]').length).toBeGreaterThan(5)
  act(() => hydrated.unmount())
  container.remove()
  expect(root()).toBeUndefined()
})

it('of production renders nothing, anywhere', () => {
  const { container } = render(
    <>
      <stub.WebSocketDevtools initialIsOpen />
      <stub.WebSocketDevtoolsPanel />
    </>,
  )
  expect(container.innerHTML).toBe('')
  expect(root()).toBeUndefined()
})

it('stands once on a page under StrictMode, renders with nobody, and leaves nothing behind', async () => {
  const world = createWorld()
  const renders = vi.fn()
  function Badge() {
    useEffect(renders)
    return <output>{useWebSocket().state}</output>
  }
  const { unmount, container } = render(
    <StrictMode>
      <InWorld world={world}>
        <Badge />
      </InWorld>
      <WebSocketDevtools initialIsOpen />
    </StrictMode>,
  )
  await drawn(() => root()?.querySelector('.state'))
  act(() => world.socket.accept())
  advanceTimers(300)
  expect(document.querySelectorAll('websocket-devtools')).toHaveLength(1)
  expect(root()?.querySelector('.state')?.textContent).toBe('OPEN')
  renders.mockClear()
  advanceTimers(2000)
  expect(renders).not.toHaveBeenCalled()
  expect(container.textContent).toBe('OPEN')
  unmount()
  expect(document.querySelectorAll('websocket-devtools')).toHaveLength(0)
  expect(globalThis).not.toHaveProperty('__websocketReconnect__')
})

it('fails alone: no boundary of the app hears of it, and the app goes on', async () => {
  class Boundary extends Component<{ children: ReactNode }> {
    static caught = 0
    override componentDidCatch() {
      Boundary.caught++
    }
    override render() {
      return this.props.children
    }
  }
  const world = createWorld()
  const Badge = () => <output>{useWebSocket().state}</output>
  const { container } = render(
    <Boundary>
      <InWorld world={world}>
        <Badge />
      </InWorld>
      <WebSocketDevtools initialIsOpen />
    </Boundary>,
  )
  await drawn(() => root()?.querySelector('.state'))
  const all = vi.spyOn(Desk.prototype, 'all').mockImplementationOnce(() => {
    throw new Error('the panel fails')
  })
  advanceTimers(300)
  all.mockRestore()
  expect(root()?.querySelector('[role=alert]')?.textContent).toContain('The panel has failed')
  act(() => world.socket.accept())
  advanceTimers(40)
  expect([container.textContent, Boundary.caught]).toEqual(['OPEN', 0])
})

it('speaks the language that the page says, as it changes, but for a choice in the panel since', async () => {
  const tab = () => root()?.querySelector('#tab-now')?.textContent
  const view = render(<WebSocketDevtools initialIsOpen language="en" />)
  const say = async (language: 'en' | 'zh', expected: string) => {
    view.rerender(<WebSocketDevtools initialIsOpen language={language} />)
    await drawn(() => tab() === expected)
    expect(tab()).toBe(expected)
  }
  await say('en', 'Now')
  await say('zh', '现在')
  root()?.querySelector<HTMLElement>('.head .end button')?.click()
  await drawn(() => tab() === 'Now')
  expect(tab()).toBe('Now')
  // Rendered again without news.
  await say('zh', 'Now')
  await say('en', 'Now')
  await say('zh', '现在')
  // Who changes their mind at once hears the last word.
  view.rerender(<WebSocketDevtools initialIsOpen language="en" />)
  await say('zh', '现在')
})
