/** What `linger` is for, and what it is not: with routes that come and go. R30, R32. */

import { act, render } from '@testing-library/react'
import * as React from 'react'
import { type ReactNode, useEffect, useState } from 'react'
import { describe, expect, it } from 'vitest'
import { type OwnConnectionProps, useMessages, useSend, WebSocketProvider } from '../../hooks/index.ts'
import { accept, createWorld, type World } from '../support/index.ts'
import { advanceTimers, settle, setupHookTests } from '../support/react-scene.tsx'

setupHookTests()

type Routes = Readonly<Record<string, ReactNode>>
type Go = (route: string) => void

/** A router as small as can be: one route at a time, each another element. */
function Router({ routes, start, onReady }: { routes: Routes; start: string; onReady: (go: Go) => void }) {
  const [route, go] = useState(start)
  useEffect(() => onReady(go), [onReady])
  return <React.Fragment key={route}>{routes[route]}</React.Fragment>
}

function Page({ name }: { name: string }) {
  const send = useSend()
  useEffect(() => void send(`on ${name}`), [name, send])
  return `${name} ${useMessages<string>().map(({ data }) => data)}`
}

const LINGER = 5000

/** Visits these routes, each for a second. */
function visit(world: World, tree: (onReady: (go: Go) => void) => ReactNode, ...stops: string[]) {
  const page = { go: (_: string) => {} }
  const view = render(
    tree((go) => {
      page.go = go
    }),
  )
  const stay = () => {
    settle(() => world.advance(0))
    advanceTimers(1000)
  }
  stay()
  for (const stop of stops) {
    act(() => page.go(stop))
    stay()
  }
  return view
}

const props = (world: World) => world.options() as OwnConnectionProps

describe('routes A, B and A again', () => {
  it('[R30] with a provider in each, `linger` finds nothing again: another component is another connection', () => {
    const world = createWorld({ server: accept() })
    const route = (name: string) => (
      <WebSocketProvider {...props(world)} linger={LINGER}>
        <Page name={name} />
      </WebSocketProvider>
    )
    const { unmount } = visit(
      world,
      (onReady) => <Router routes={{ a: route('a'), b: route('b') }} start="a" onReady={onReady} />,
      'b',
      'a',
    )
    expect(world.dials).toBe(3)
    // The old ones live out their time, and no longer.
    expect(world.liveSockets).toHaveLength(3)
    advanceTimers(LINGER - 2000)
    world.advance(0)
    expect(world.liveSockets).toHaveLength(2)
    unmount()
    advanceTimers(LINGER)
    world.advance(0)
    expect(world.liveSockets).toEqual([])
  })

  const { Activity } = React as { Activity?: typeof React.Activity }
  // React 18 has no Activity.
  if (Activity)
    it('[R30][R32] with a provider in each, kept hidden by <Activity>: `linger` is for this', () => {
      const world = createWorld({ server: accept() })
      const at = (route: string) => (
        <>
          {['a', 'b'].map((name) => (
            <Activity key={name} mode={name === route ? 'visible' : 'hidden'}>
              <WebSocketProvider {...props(world)} linger={LINGER}>
                <Page name={name} />
              </WebSocketProvider>
            </Activity>
          ))}
        </>
      )
      const { rerender, container } = render(at('a'))
      const show = (route: string, ms: number) => {
        rerender(at(route))
        settle(() => world.advance(0))
        advanceTimers(ms)
      }
      show('a', 1000)
      show('b', LINGER - 100)
      show('a', 1000)
      expect(world.dials).toBe(2)
      const [first] = world.sockets
      expect(first?.readyState).toBe(1)
      settle(() => first?.receive('still here'))
      expect(container.textContent).toContain('a still here')
      // Away for longer than that, it has gone, and a new one comes.
      show('b', LINGER)
      expect(first?.readyState).not.toBe(1)
      show('a', 0)
      expect(world.dials).toBe(3)
    })
})
