/** The accidents that leak sockets elsewhere, driven through both owners of a connection. R30, R32, R33. */

import { render } from '@testing-library/react'
import { StrictMode, useEffect, useState } from 'react'
import { describe, expect, it, vi } from 'vitest'
import { type OwnConnectionProps, useWebSocket, useWebSocketConnection } from '../../hooks/index.ts'
import { accept, createWorld, type World } from '../support/index.ts'
import { advanceTimers, InWorld, settle, setupHookTests } from '../support/react-scene.tsx'

setupHookTests()

type Props = Partial<OwnConnectionProps>

/** A world that never lets two sockets live at once, nor one without its owner. */
function strictWorld(options: Parameters<typeof createWorld>[0] = {}) {
  const world = createWorld(options)
  const most = { live: 0 }
  const { server } = world
  // Whoever serves a socket sees it among the others.
  world.server = (socket) => {
    most.live = Math.max(most.live, world.liveSockets.length)
    server(socket)
  }
  return { world, most }
}

/** What is sent as soon as a page is shown. */
function Visitor({ page, client }: { page: string; client?: OwnConnectionProps['client'] }) {
  const { send } = useWebSocket({ client })
  useEffect(() => void send(`for ${page}`), [page, send])
  return null
}

function Provided({ world, page = '', ...props }: Props & { world: World; page?: string }) {
  return (
    <InWorld world={world} {...props}>
      <Visitor page={page} />
    </InWorld>
  )
}

function Owned({ world, page = '', ...props }: Props & { world: World; page?: string }) {
  const { url, ...options } = { ...world.options(), ...props } as OwnConnectionProps
  const client = useWebSocketConnection(url, options)
  const { send } = useWebSocket({ client })
  useEffect(() => void send(`for ${page}`), [page, send])
  return null
}

/** Changes its mind in a mount effect. */
function Fickle({ Owner, world }: { Owner: typeof Owned | typeof Provided; world: World }) {
  const [page, setPage] = useState('first')
  useEffect(() => setPage('second'), [])
  return <Owner world={world} page={page} url={`wss://example.test/${page}`} />
}

/** The functions a component is written with, new on every render. */
const inline = (version: number, url: string): Props => ({
  url: () => `${url}?version=${version}`,
  protocols: () => [],
  retryDelay: ({ delay }) => delay,
  shouldReconnect: () => true,
  isPong: () => false,
  heartbeatMessage: () => 'ping',
  codec: { decode: (data: unknown) => data, encode: (message: string) => message },
  topic: () => null,
})

describe.each([
  ['<WebSocketProvider>', Provided],
  ['useWebSocketConnection', Owned],
])('%s', (_, Owner) => {
  const nothingLeft = (world: World) => {
    advanceTimers(0)
    world.advance(0)
    expect(world.liveSockets).toEqual([])
    expect([world.timers, world.watchers, vi.getTimerCount()]).toEqual([0, 0, 0])
  }

  it.each([false, true])('[R33] a url switched in a mount effect (StrictMode: %s)', (isStrict) => {
    const { world, most } = strictWorld({ server: accept() })
    const app = <Fickle Owner={Owner} world={world} />
    const { unmount } = render(isStrict ? <StrictMode>{app}</StrictMode> : app)
    settle(() => world.advance(1000))
    expect(world.liveSockets.map(({ url }) => url)).toEqual(['wss://example.test/second'])
    expect(world.dials).toBe(2)
    expect(most.live).toBe(1)
    const [first, second] = world.sockets
    expect([first?.sent, first?.swallowed, second?.sent.slice(-1)]).toEqual([[], [], ['for second']])
    unmount()
    nothingLeft(world)
  })

  it('[R33] inline provider functions: one handshake, and the closure of the latest render', () => {
    const { world, most } = strictWorld({ server: accept() })
    const tree = (version: number) => <Owner world={world} {...inline(version, 'wss://example.test/')} />
    const { rerender, unmount } = render(tree(0))
    settle(() => world.advance(0))
    for (let version = 1; version <= 20; version++) rerender(tree(version))
    expect([world.dials, world.socket.readyState]).toEqual([1, 1])
    settle(() => {
      world.socket.die()
      world.advance(1000)
    })
    expect(world.socket.url).toBe('wss://example.test/?version=20')
    expect([world.dials, most.live]).toEqual([2, 1])
    unmount()
    nothingLeft(world)
  })

  it.each([0, 1])('[R33] five quick navigations, answered after %d ms: one handshake each', (ms) => {
    const { world, most } = strictWorld({ server: accept(ms) })
    const tree = (page: number) => <Owner world={world} page={`${page}`} url={`wss://example.test/${page}`} />
    const { rerender, unmount } = render(tree(0))
    for (let page = 1; page <= 5; page++) rerender(tree(page))
    settle(() => world.advance(1000))
    expect(world.sockets.map(({ url }) => url)).toEqual([0, 1, 2, 3, 4, 5].map((page) => `wss://example.test/${page}`))
    expect(world.liveSockets).toEqual([world.socket])
    expect(most.live).toBe(1)
    for (const [page, socket] of world.sockets.entries()) {
      expect(socket.swallowed).toEqual([])
      expect(socket.sent.filter((text) => text !== `for ${page}`)).toEqual([])
    }
    expect(world.socket.sent).toEqual(['for 5'])
    unmount()
    nothingLeft(world)
  })

  it('[R33] what was queued for the old url never reaches the new one', () => {
    const { world } = strictWorld()
    const tree = (page: string) => <Owner world={world} page={page} url={`wss://example.test/${page}`} />
    const { rerender, unmount } = render(tree('a'))
    rerender(tree('b'))
    settle(() => world.socket.accept())
    rerender(tree('c'))
    settle(() => world.socket.accept())
    expect(world.sockets.map(({ sent }) => sent)).toEqual([[], ['for b'], ['for c']])
    unmount()
    nothingLeft(world)
  })

  it.each([false, true])('[R30][R32] 60 mounts and unmounts (StrictMode: %s)', (isStrict) => {
    const { world, most } = strictWorld({ server: accept() })
    for (let cycle = 0; cycle < 60; cycle++) {
      const app = <Owner world={world} page={`${cycle}`} />
      const { unmount } = render(isStrict ? <StrictMode>{app}</StrictMode> : app)
      if (cycle % 3) settle(() => world.advance(0))
      unmount()
      nothingLeft(world)
    }
    expect([world.dials, most.live]).toEqual([60, 1])
  })

  it('[R30] unmounted while it connects: the handshake is given up, and nothing is heard of it', () => {
    const { world } = strictWorld()
    const { unmount } = render(<Owner world={world} />)
    const { socket } = world
    expect(socket.readyState).toBe(0)
    unmount()
    nothingLeft(world)
    expect(socket.closeCalls).toHaveLength(1)
    world.advance(600_000)
    expect(world.dials).toBe(1)
  })

  it('[R30] unmounted while a provider function is still thinking: it never dials', async () => {
    const { world } = strictWorld()
    let answer = (_: string) => {}
    const url = () => new Promise<string>((resolve) => (answer = resolve))
    const { unmount } = render(<Owner world={world} url={url} />)
    unmount()
    advanceTimers(0)
    answer('wss://example.test/')
    await world.settle()
    expect(world.dials).toBe(0)
    nothingLeft(world)
  })
})
