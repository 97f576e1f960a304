/** One word for a person, from the first render on; and one button. R26, R29, R34. */

import { act, fireEvent, render } from '@testing-library/react'
import { StrictMode, useEffect, useLayoutEffect } from 'react'
import { createRoot, hydrateRoot, type Root } from 'react-dom/client'
import { renderToString } from 'react-dom/server'
import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  type ConnectionStatus,
  type OwnConnectionProps,
  useWebSocket,
  useWebSocketConnection,
  WebSocketProvider,
  type WebSocketReconnect,
} from '../../hooks/index.ts'
import { accept, createWorld, type World } from '../support/index.ts'
import { advanceTimers, clientIn, InWorld, settle, setupHookTests } from '../support/react-scene.tsx'

setupHookTests()

let root: Root | undefined
afterEach(() => {
  act(() => root?.unmount())
  root = undefined
  document.body.innerHTML = ''
})

/** Shows the status, and tells of each that it was painted with. */
function Badge({ onPaint, client }: { onPaint?: (status: ConnectionStatus) => void; client?: WebSocketReconnect }) {
  const { status } = useWebSocket({ client })
  useEffect(() => onPaint?.(status), [status, onPaint])
  return status
}

const Provided = ({ world, onPaint, ...props }: Partial<OwnConnectionProps> & BadgeProps) => (
  <InWorld world={world} {...props}>
    <Badge {...(onPaint && { onPaint })} />
  </InWorld>
)

interface BadgeProps {
  world: World
  onPaint?: (status: ConnectionStatus) => void
}

function Owned({ world, onPaint, ...props }: Partial<OwnConnectionProps> & BadgeProps) {
  const { url, ...options } = { ...world.options(), ...props } as OwnConnectionProps
  return <Badge {...(onPaint && { onPaint })} client={useWebSocketConnection(url, options)} />
}

describe.each([
  ['<WebSocketProvider>', Provided],
  ['useWebSocketConnection', Owned],
])('status in %s', (_, Owner) => {
  const cases: [string, Partial<OwnConnectionProps>, ConnectionStatus][] = [
    ['one that will connect', {}, 'connecting'],
    ['one with a function url', { url: () => 'wss://example.test/' }, 'connecting'],
    ['enabled={false}', { enabled: false }, 'idle'],
    ['url={null}', { url: null }, 'idle'],
    ['no url yet', { url: undefined }, 'idle'],
    ["url=''", { url: '' }, 'idle'],
  ]
  it.each(cases)('[R26] of %s is the truth from the first render on', (__, props, status) => {
    for (const isStrict of [false, true]) {
      const world = createWorld()
      const onPaint = vi.fn()
      const app = <Owner world={world} onPaint={onPaint} {...props} />
      const { container, unmount } = render(isStrict ? <StrictMode>{app}</StrictMode> : app)
      advanceTimers(40)
      expect(new Set(onPaint.mock.calls.map(([shown]) => shown))).toEqual(new Set([status]))
      expect(container.textContent).toBe(status)
      unmount()
      advanceTimers(0)
    }
  })

  it.each(cases)('[R26][R34] of %s is the same on a server, and hydration matches', async (__, props, status) => {
    const world = createWorld()
    const container = document.createElement('div')
    document.body.append(container)
    const onPaint = vi.fn()
    const app = <Owner world={world} onPaint={onPaint} {...props} />
    container.innerHTML = renderToString(app)
    expect(container.textContent).toBe(status)
    expect(world.dials).toBe(0)
    const onRecoverableError = vi.fn()
    await act(async () => {
      root = hydrateRoot(container, app, { onRecoverableError })
    })
    advanceTimers(40)
    expect(onRecoverableError).not.toHaveBeenCalled()
    expect(onPaint.mock.calls).toEqual([[status]])
    expect(container.textContent).toBe(status)
  })

  it('[R26] goes on as the engine says: open, waiting, blocked, closing, closed', () => {
    const world = createWorld()
    const { container, rerender } = render(
      <Owner world={world} maxRetries={3} circuitBreaker={{ failureThreshold: 2, resetJitter: 0 }} />,
    )
    const seen: (string | null)[] = [container.textContent]
    const then = (what: () => void) => {
      settle(what)
      seen.push(container.textContent)
    }
    then(() => world.socket.accept())
    then(() => world.socket.die())
    then(() => {
      world.advance(1100)
      world.socket.refuse()
    })
    then(() => {
      world.advance(60_000)
      world.socket.accept()
    })
    rerender(<Owner world={world} enabled={false} />)
    then(() => {})
    then(() => world.advance(2000))
    expect(seen).toEqual(['connecting', 'open', 'waiting', 'blocked', 'open', 'closing', 'closed'])
  })

  it('[R26] of one that is wanted again is connecting in the very next paint', () => {
    for (const away of [{ enabled: false }, { url: null }]) {
      const world = createWorld({ server: accept() })
      const onPaint = vi.fn()
      const { rerender, unmount } = render(<Owner world={world} onPaint={onPaint} />)
      settle(() => world.advance(0))
      rerender(<Owner world={world} onPaint={onPaint} {...away} />)
      settle(() => world.advance(0))
      rerender(<Owner world={world} onPaint={onPaint} />)
      settle(() => world.advance(0))
      const painted = onPaint.mock.calls.map(([status]) => status)
      expect(painted).toEqual(['connecting', 'open', 'closing', 'closed', 'connecting', 'open'])
      unmount()
      advanceTimers(0)
    }
  })

  it('[R31] that it is to be connected is told beside the pace: what follows in the same task is told at once, too', () => {
    const world = createWorld()
    function Both({ client }: { client?: WebSocketReconnect }) {
      const { state, status } = useWebSocket({ client })
      return `${state} ${status}`
    }
    const tree = (enabled: boolean) => (
      <InWorld world={world} enabled={enabled}>
        <Both />
      </InWorld>
    )
    const { container, rerender } = render(tree(false))
    expect(container.textContent).toBe('CLOSED idle')
    rerender(tree(true))
    expect(container.textContent).toBe('CONNECTING connecting')
    settle(() => world.socket.accept())
    expect(container.textContent).toBe('OPEN open')
  })

  it('[R26] state stays what it is', () => {
    const world = createWorld()
    const first = vi.fn()
    function State({ client }: { client?: WebSocketReconnect }) {
      const { state } = useWebSocket({ client })
      first(state)
      return state
    }
    renderToString(
      <InWorld world={world}>
        <State />
      </InWorld>,
    )
    expect(first.mock.calls).toEqual([['CLOSED']])
  })
})

/** Tells of each commit whose props it is. */
function Commits({ onCommit }: { onCommit: () => void }) {
  useLayoutEffect(onCommit, [onCommit])
  return null
}

describe('status', () => {
  it('[R26] of one that is wanted again is connecting before the browser paints, though its effects come later', async () => {
    // Without act, which runs effects at once: a browser paints before them.
    vi.useRealTimers()
    vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', false)
    const world = createWorld()
    const container = document.createElement('div')
    const plain = createRoot(container)
    const shown = (enabled: boolean) =>
      new Promise<string | null>((resolve) => {
        const onCommit = () => queueMicrotask(() => resolve(`${container.textContent}, ${world.dials} dials`))
        plain.render(
          <>
            <Provided world={world} enabled={enabled} />
            <Commits onCommit={onCommit} />
          </>,
        )
      })
    expect(await shown(false)).toBe('idle, 0 dials')
    // The effects of the first commit are done before the next is begun.
    expect(await shown(true)).toMatch(/^connecting/)
    plain.unmount()
  })

  it('[R26] of a client that is someone else’s is the engine’s', () => {
    const world = createWorld()
    const client = clientIn(world)
    const { container } = render(
      <WebSocketProvider client={client}>
        <Badge />
      </WebSocketProvider>,
    )
    expect(container.textContent).toBe('idle')
    settle(() => void client.connect())
    expect(container.textContent).toBe('connecting')
    settle(() => void client.close())
    expect(container.textContent).toBe('closed')
  })

  it('[R26] a close() before the effects counts: it is not called connecting any longer', () => {
    const world = createWorld()
    function Shy() {
      const { close, status } = useWebSocket()
      useLayoutEffect(() => close(), [close])
      return status
    }
    const { container } = render(
      <InWorld world={world}>
        <Shy />
      </InWorld>,
    )
    advanceTimers(40)
    expect(container.textContent).toBe('closed')
    expect(world.dials).toBe(0)
  })
})

function RetryButton({ client }: { client?: WebSocketReconnect }) {
  const { retryNow, status } = useWebSocket({ client })
  return (
    <button type="button" onClick={retryNow}>
      {status}
    </button>
  )
}

describe('retryNow', () => {
  const press = (container: Element) => {
    act(() => void fireEvent.click(container.querySelector('button') as Element))
    advanceTimers(40)
    return container.textContent
  }

  it('[R29] onClick={retryNow} is right in every state', () => {
    const world = createWorld()
    const tree = (url: string | null) => (
      <InWorld world={world} url={url} maxRetries={3} circuitBreaker={{ failureThreshold: 2, resetJitter: 0 }}>
        <RetryButton />
      </InWorld>
    )
    const { container } = render(tree('wss://example.test/'))
    // CONNECTING: nothing.
    expect([press(container), world.dials]).toEqual(['connecting', 1])
    settle(() => world.socket.accept())
    // OPEN: nothing.
    expect([press(container), world.dials]).toEqual(['open', 1])
    settle(() => world.socket.die())
    expect(container.textContent).toBe('waiting')
    expect([press(container), world.dials]).toEqual(['connecting', 2])
    settle(() => world.socket.refuse())
    expect(container.textContent).toBe('blocked')
    expect([press(container), world.dials]).toEqual(['connecting', 3])
    settle(() => world.socket.accept())
    settle(() => world.socket.die(1002))
    expect(container.textContent).toBe('failed')
    expect([press(container), world.dials]).toEqual(['connecting', 4])
  })

  it('[R29][R30] it is a user’s own connect(): after a close() it connects, and the next url does, too', () => {
    const world = createWorld({ server: accept() })
    const seen: { close?: () => void } = {}
    function Closes() {
      const { close } = useWebSocket()
      useLayoutEffect(() => {
        seen.close = close
      }, [close])
      return <RetryButton />
    }
    const tree = (url: string | null) => (
      <InWorld world={world} url={url}>
        <Closes />
      </InWorld>
    )
    const { container, rerender } = render(tree('wss://a.test/'))
    settle(() => world.advance(0))
    settle(() => {
      seen.close?.()
      world.advance(0)
    })
    expect(container.textContent).toBe('closed')
    expect(press(container)).toBe('connecting')
    settle(() => world.advance(0))
    rerender(tree('wss://b.test/'))
    settle(() => world.advance(0))
    expect([container.textContent, world.socket.url]).toEqual(['open', 'wss://b.test/'])
  })
})
