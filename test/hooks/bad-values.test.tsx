/** What a render is given and nothing can use: data fail as a connection does, and take no tree down. R22, R33. */

import { render } from '@testing-library/react'
import { Component, type ReactNode, useEffect } from 'react'
import { describe, expect, it, vi } from 'vitest'
import {
  type OwnConnectionProps,
  useWebSocket,
  useWebSocketConnection,
  type WebSocketReconnect,
} from '../../hooks/index.ts'
import { accept, createWorld, type World } from '../support/index.ts'
import { advanceTimers, InWorld, settle, setupHookTests, silenceConsoleErrors } from '../support/react-scene.tsx'

setupHookTests()

type Heard = string[]

function Child({ heard, client }: { heard: Heard; client?: WebSocketReconnect }) {
  const { status, error, connect } = useWebSocket({ client, onError: (error) => heard.push(error.code) })
  useEffect(() => {
    heard.push('mounted')
    return () => void heard.push('unmounted')
  }, [heard])
  return (
    <button type="button" onClick={connect}>
      {status} {error?.code}
    </button>
  )
}

type Props = Partial<OwnConnectionProps> & { world: World; heard: Heard }

const Provided = ({ world, heard, ...props }: Props) => (
  <InWorld world={world} {...props}>
    <Child heard={heard} />
  </InWorld>
)

function Owned({ world, heard, ...props }: Props) {
  const { url, ...options } = { ...world.options(), ...props } as OwnConnectionProps
  return <Child heard={heard} client={useWebSocketConnection(url, options)} />
}

class Boundary extends Component<{ onError: (error: unknown) => void; children: ReactNode }, { failed: boolean }> {
  override state = { failed: false }
  static getDerivedStateFromError = () => ({ failed: true })
  override componentDidCatch(error: unknown) {
    this.props.onError(error)
  }
  override render() {
    return this.state.failed ? 'gone' : this.props.children
  }
}

/** Whatever a variable may hold that was meant to be a url. */
const badUrls: [string, unknown][] = [
  ['an unparsable text', 'ws://[bad/'],
  ['another scheme', 'ftp://example.test/'],
  ['blanks', '   '],
  ['a number', 5],
  ['true', true],
  ['an object', { url: 'wss://example.test/' }],
  ['an object without a prototype', Object.create(null)],
  ['a list', ['wss://example.test/']],
  ['a symbol', Symbol('url')],
]

describe.each([
  ['<WebSocketProvider>', Provided],
  ['useWebSocketConnection', Owned],
])('%s', (_, Owner) => {
  it.each(badUrls)('[R33] a url that becomes %s is FAILED, INVALID_URL, and the tree stays', (__, bad) => {
    const world = createWorld({ server: accept() })
    const heard: Heard = []
    const tree = (url: unknown) => <Owner world={world} heard={heard} url={url as string} />
    const { container, rerender } = render(tree('wss://a.test/'))
    settle(() => world.advance(0))
    rerender(tree(bad))
    settle(() => world.advance(100_000))
    expect(container.textContent).toBe('failed INVALID_URL')
    expect(heard).toEqual(['mounted', 'INVALID_URL'])
    // The old address is no longer ours.
    expect(world.liveSockets).toEqual([])
    expect([world.dials, world.timers]).toEqual([1, 0])
    rerender(tree(bad))
    expect(heard).toEqual(['mounted', 'INVALID_URL'])
    rerender(tree('wss://b.test/'))
    settle(() => world.advance(0))
    expect(container.textContent).toBe('open ')
    expect(world.socket.url).toBe('wss://b.test/')
    expect(heard).toEqual(['mounted', 'INVALID_URL'])
  })

  it.each(badUrls)('[R33] nor does it take the tree down where none was wanted before, %s', (__, bad) => {
    for (const before of [{ url: null }, { enabled: false }]) {
      const world = createWorld()
      const heard: Heard = []
      const tree = (props: Partial<OwnConnectionProps>) => <Owner world={world} heard={heard} {...props} />
      const { container, rerender, unmount } = render(tree(before))
      rerender(tree({ url: bad as string }))
      advanceTimers(40)
      expect(container.textContent).toBe('failed INVALID_URL')
      expect([heard, world.dials]).toEqual([['mounted', 'INVALID_URL'], 0])
      unmount()
      advanceTimers(0)
    }
  })

  it.each(badUrls)('[R33] only the first construction throws, %s', (__, bad) => {
    const world = createWorld()
    const onError = vi.fn()
    silenceConsoleErrors()
    const { container } = render(
      <Boundary onError={onError}>
        <Owner world={world} heard={[]} url={bad as string} />
      </Boundary>,
    )
    silenceConsoleErrors()
    expect(container.textContent).toBe('gone')
    expect(onError.mock.calls[0]?.[0]).toBeInstanceOf(TypeError)
  })

  it('[R33] the old url again after a bad one dials', () => {
    const world = createWorld({ server: accept() })
    const tree = (url: string) => <Owner world={world} heard={[]} url={url} />
    const { container, rerender } = render(tree('wss://a.test/'))
    for (const url of ['ws://[bad/', 'wss://a.test/', 'ws://[bad/', 'ws://[worse/']) {
      rerender(tree(url))
      settle(() => world.advance(0))
    }
    expect(container.textContent).toBe('failed INVALID_URL')
    expect(world.dials).toBe(2)
    rerender(tree('wss://a.test/'))
    settle(() => world.advance(0))
    expect([container.textContent, world.dials]).toEqual(['open ', 3])
  })

  it.each<[string, unknown]>([
    ['a list without a token', [undefined]],
    ['null', null],
    ['a number', 5],
    ['an object', {}],
  ])('[R33] protocols that become %s are a failed attempt, and the tree stays', (__, bad) => {
    const world = createWorld({ server: accept() })
    const heard: Heard = []
    const tree = (protocols: unknown) => (
      <Owner world={world} heard={heard} maxRetries={1} protocols={protocols as string[]} />
    )
    const { container, rerender } = render(tree(['v1', 'token']))
    settle(() => world.advance(0))
    rerender(tree(bad))
    settle(() => {})
    expect(container.textContent).toBe('waiting URL_PROVIDER_FAILED')
    // What has been proven by another token does not go on.
    expect(world.liveSockets).toEqual([])
    settle(() => world.advance(2000))
    expect(container.textContent).toBe('failed RETRIES_EXHAUSTED')
    expect(world.dials).toBe(1)
    rerender(tree(['v1', 'other']))
    settle(() => world.advance(0))
    expect([container.textContent, world.socket.protocols]).toEqual(['open ', ['v1', 'other']])
    rerender(tree(undefined))
    settle(() => world.advance(0))
    expect([container.textContent, world.dials]).toEqual(['open ', 3])
    expect(heard.filter((word) => word === 'unmounted')).toEqual([])
  })

  it('[R30] connect() without a url says NO_URL, once', async () => {
    const world = createWorld()
    const heard: Heard = []
    for (const url of [null, undefined, '']) {
      heard.length = 0
      const { container, unmount } = render(<Owner world={world} heard={heard} url={url} />)
      settle(() => container.querySelector('button')?.click())
      settle(() => world.advance(100_000))
      expect(container.textContent).toBe('failed NO_URL')
      expect(heard).toEqual(['mounted', 'NO_URL'])
      expect([world.dials, world.timers]).toEqual([0, 0])
      unmount()
      advanceTimers(0)
    }
  })
})
