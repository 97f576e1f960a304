/** Who creates, connects, changes and closes a provider's connection: R30, R32, R33. */

import { act, configure, render } from '@testing-library/react'
import * as React from 'react'
import { Component, type ReactNode, StrictMode, Suspense, useEffect, useLayoutEffect, useState } from 'react'
import { describe, expect, it, vi } from 'vitest'
import {
  interactive,
  type OwnConnectionProps,
  useWebSocket,
  type WebSocketClient,
  type WebSocketConnection,
  WebSocketProvider,
  WebSocketReconnect,
} from '../../hooks/index.ts'
import { accept, createWorld, type World } from '../support/index.ts'
import {
  advanceTimers,
  clearWarnings,
  clientIn,
  InWorld,
  settle,
  setupHookTests,
  silenceConsoleErrors,
} from '../support/react-scene.tsx'

setupHookTests()

const State = () => <p>{useWebSocket().state}</p>

/** Hands the hook's result out of the tree after each render. */
function Reader({ onRender }: { onRender: (result: WebSocketConnection) => void }) {
  const result = useWebSocket()
  useEffect(() => {
    onRender(result)
  })
  return <p>{result.state}</p>
}

/** Reads nothing but the client. */
function Bystander({ onRender }: { onRender: (client: WebSocketClient) => void }) {
  const { client } = useWebSocket()
  useEffect(() => {
    onRender(client)
  })
  return null
}

/** Closes as soon as it is there. */
function Shy() {
  const { close } = useWebSocket()
  useEffect(() => close(), [close])
  return null
}

function Impatient({ token }: { token: string }) {
  const { reconnect } = useWebSocket()
  useLayoutEffect(() => {
    if (token === 'new') reconnect()
  }, [token, reconnect])
  return null
}

/** Suspends on its first renders. */
function Slow({ gate }: { gate: { isOpen: boolean; promise: Promise<void> } }) {
  const { state } = useWebSocket()
  if (!gate.isOpen) throw gate.promise
  return <p>{state}</p>
}

/** Suspends when it is told to. */
function Sleeper({ onMount }: { onMount: (suspend: (promise: Promise<void>) => void) => void }) {
  const { state } = useWebSocket()
  const [promise, setPromise] = useState<Promise<void> | null>(null)
  useEffect(() => onMount(setPromise), [onMount])
  if (promise) throw promise
  return <p>{state}</p>
}

/** Renders a provider around one reader; `rerender` changes the provider's props. */
function mount(world: World, props: Partial<OwnConnectionProps> = {}) {
  let socket: WebSocketConnection | undefined
  const keep = (result: WebSocketConnection) => {
    socket = result
  }
  const tree = (next: Partial<OwnConnectionProps>) => (
    <InWorld world={world} {...next}>
      <Reader onRender={keep} />
    </InWorld>
  )
  const view = render(tree(props))
  return {
    text: () => view.container.textContent,
    rerender: (next: Partial<OwnConnectionProps> = {}) => view.rerender(tree(next)),
    unmount: view.unmount,
    get socket() {
      return socket as WebSocketConnection
    },
  }
}

/** Nothing of a world is held any more. */
function expectNothingLeft(world: World): void {
  expect(world.liveSockets).toEqual([])
  expect(world.timers).toBe(0)
  expect(world.watchers).toBe(0)
  expect(vi.getTimerCount()).toBe(0)
}

class Boundary extends Component<{ onError: (error: unknown) => void; children: ReactNode }, { failed: boolean }> {
  override state = { failed: false }
  static getDerivedStateFromError = () => ({ failed: true })
  override componentDidCatch(error: unknown) {
    this.props.onError(error)
  }
  override render() {
    return this.state.failed ? 'failed' : this.props.children
  }
}

describe('ownership', () => {
  it('[R30] connects while it is mounted', () => {
    const world = createWorld()
    const { text } = mount(world)
    expect(world.sockets.map(({ url }) => url)).toEqual(['wss://example.test/'])
    expect(text()).toBe('CONNECTING')
    settle(() => world.socket.accept())
    expect(text()).toBe('OPEN')
  })

  it('[R38] takes the preset `interactive` as props, and one’s own beside it', () => {
    const world = createWorld()
    const view = mount(world, { ...interactive, maxDelay: 3000 })
    const { options } = view.socket.client as WebSocketReconnect
    expect(options).toMatchObject({ ...interactive, maxDelay: 3000 })
    view.rerender({ ...interactive })
    expect((view.socket.client as WebSocketReconnect).options).toMatchObject(interactive)
    expect(world.sockets).toHaveLength(1)
  })

  it('[R30] closes one macrotask after unmount, and leaves no socket, timer or listener', () => {
    const world = createWorld()
    const { unmount } = mount(world)
    settle(() => world.socket.accept())
    unmount()
    expect(world.socket.closeCalls).toEqual([])
    advanceTimers(0)
    expect(world.socket.closeCalls).toEqual([{ code: 1000, reason: '' }])
    world.advance(0)
    expectNothingLeft(world)
  })

  it('[R30] leaves nothing when it is unmounted while connecting, waiting, blocked or failed', () => {
    for (const failures of [0, 1, 2, 3]) {
      const world = createWorld()
      const { unmount, socket } = mount(world, {
        maxRetries: 2,
        circuitBreaker: { failureThreshold: 2, resetJitter: 0 },
      })
      const states = ['CONNECTING', 'CLOSED', 'BLOCKED', 'FAILED']
      for (let failure = 1; failure <= failures; failure++) {
        settle(() => {
          world.advance(failure < 3 ? 1_000 : 60_000)
          world.socket.refuse()
        })
      }
      expect(socket.client.state).toBe(states[failures])
      unmount()
      advanceTimers(0)
      world.advance(0)
      expectNothingLeft(world)
    }
  })

  it('[R30] closes `linger` ms after unmount', () => {
    const world = createWorld()
    const { unmount } = mount(world, { linger: 300 })
    settle(() => world.socket.accept())
    unmount()
    advanceTimers(299)
    expect(world.socket.readyState).toBe(1)
    advanceTimers(1)
    world.advance(0)
    expectNothingLeft(world)
  })

  it('[R30] an endless `linger` keeps the connection, and does not end it at once', () => {
    const world = createWorld()
    const { unmount } = mount(world, { linger: Infinity })
    settle(() => world.socket.accept())
    unmount()
    advanceTimers(1_000_000)
    expect(world.socket.readyState).toBe(1)
  })

  it.each([null, undefined, ''])('[R30] is closed with url %j', (url) => {
    const world = createWorld()
    const { rerender, text } = mount(world, { url })
    expect(world.dials).toBe(0)
    expect(text()).toBe('CLOSED')
    rerender()
    expect(world.dials).toBe(1)
    settle(() => world.socket.accept())
    rerender({ url })
    expect(world.socket.closeCalls).toEqual([{ code: 1000, reason: '' }])
    settle(() => world.advance(0))
    expect(text()).toBe('CLOSED')
    rerender()
    expect(world.dials).toBe(2)
  })

  it('[R30] a connect() without a url never dials the old one', () => {
    const world = createWorld()
    const view = mount(world, { url: 'wss://old.test/' })
    settle(() => world.socket.accept())
    view.rerender({ url: null })
    settle(() => world.advance(0))
    settle(() => {
      view.socket.connect()
      world.advance(60_000)
    })
    expect(world.dials).toBe(1)
    view.rerender({ url: 'wss://new.test/' })
    expect(world.socket.url).toBe('wss://new.test/')
  })

  it('[R30] is closed with enabled={false}', () => {
    const world = createWorld()
    const { rerender, text } = mount(world, { enabled: false })
    expect(world.dials).toBe(0)
    rerender({ enabled: true })
    expect(world.dials).toBe(1)
    settle(() => world.socket.accept())
    rerender({ enabled: false })
    settle(() => world.advance(0))
    expect(text()).toBe('CLOSED')
    expect(world.liveSockets).toEqual([])
    rerender()
    expect(world.dials).toBe(2)
  })

  it('[R30] sends made before it may connect wait for the connection', () => {
    const world = createWorld({ server: accept() })
    const { rerender, socket } = mount(world, { enabled: false })
    expect(socket.send('hello')).toBe('queued')
    rerender({ enabled: true })
    settle(() => world.advance(0))
    expect(world.socket.sent).toEqual(['hello'])
  })

  describe("a user's close()", () => {
    it.each<[string, Partial<OwnConnectionProps>]>([
      ['a re-render', {}],
      ['another url', { url: 'wss://other.test/' }],
      ['another urlKey', { urlKey: 2 }],
      ['other protocols', { protocols: ['v2'] }],
      ['another linger', { linger: 5 }],
    ])('[R30] outlasts %s', (_, change) => {
      const world = createWorld()
      const { rerender, socket, text } = mount(world, { urlKey: 1 })
      settle(() => world.socket.accept())
      settle(() => {
        socket.close()
        world.advance(0)
      })
      rerender({ urlKey: 1, ...change })
      clearWarnings()
      settle(() => world.advance(100_000))
      expect(world.dials).toBe(1)
      expect(text()).toBe('CLOSED')
    })

    it('[R30] outlasts a url that goes and comes', () => {
      const world = createWorld()
      const { rerender, socket } = mount(world)
      settle(() => {
        socket.close()
        world.advance(0)
      })
      rerender({ url: null })
      rerender()
      expect(world.dials).toBe(1)
      settle(() => {
        socket.connect()
      })
      expect(world.dials).toBe(2)
    })

    it('[R30] counts before the url has come, and before the first effect', () => {
      const world = createWorld()
      const { rerender, socket } = mount(world, { url: null })
      socket.close()
      rerender()
      expect(world.dials).toBe(0)
      render(
        <InWorld world={world}>
          <Shy />
        </InWorld>,
      )
      advanceTimers(40)
      expect(world.liveSockets).toEqual([])
    })

    it('[R30] counts when made on the client itself', () => {
      const world = createWorld()
      const { rerender, socket } = mount(world)
      settle(() => {
        socket.client.close(4000, 'enough')
        world.advance(0)
      })
      rerender({ url: null })
      rerender()
      expect(world.dials).toBe(1)
    })

    it.each(['connect', 'reconnect'] as const)('[R30] ends with %s(), which dials as well', (call) => {
      const world = createWorld()
      const { rerender, socket } = mount(world)
      settle(() => socket.close())
      settle(() => void socket[call]())
      expect(world.dials).toBe(2)
      rerender({ url: null })
      rerender()
      expect(world.dials).toBe(3)
    })

    it('[R30] is undone by a listener of it that connects', () => {
      const world = createWorld()
      const { rerender, socket } = mount(world)
      settle(() => world.socket.accept())
      socket.client.once('close', () => void socket.connect())
      settle(() => {
        socket.close()
        world.advance(0)
      })
      expect(world.dials).toBe(2)
      rerender({ url: null })
      rerender()
      expect(world.dials).toBe(3)
    })
  })

  describe('with a client of the user’s own', () => {
    it('[R30] never connects, changes or closes it', () => {
      const world = createWorld()
      const client = clientIn(world)
      const spies = (['connect', 'close', 'update', 'reconnect'] as const).map((name) => vi.spyOn(client, name))
      const tree = (
        <StrictMode>
          <WebSocketProvider client={client}>
            <State />
          </WebSocketProvider>
        </StrictMode>
      )
      const { unmount, rerender, container } = render(tree)
      rerender(tree)
      expect(container.textContent).toBe('CLOSED')
      for (const spy of spies) expect(spy).not.toHaveBeenCalled()
      settle(() => {
        client.connect()
        world.socket.accept()
      })
      expect(container.textContent).toBe('OPEN')
      unmount()
      advanceTimers(1000)
      expect(client.state).toBe('OPEN')
      expect(vi.getTimerCount()).toBe(0)
    })

    it('[R30] the types exclude url and options', () => {
      const client = clientIn(createWorld())
      // @ts-expect-error: a client comes with its own url
      const both = <WebSocketProvider client={client} url="wss://example.test/" />
      // @ts-expect-error: a client comes with its own options
      const options = <WebSocketProvider client={client} maxRetries={3} />
      // @ts-expect-error: one of the two is needed
      const neither = <WebSocketProvider />
      expect([both, options, neither]).toHaveLength(3)
    })
  })

  it('[R30] the context holds the client, so its children never render for its state', () => {
    const world = createWorld()
    const onRender = vi.fn<(client: WebSocketClient) => void>()
    const child = <Bystander onRender={onRender} />
    const { rerender } = render(<InWorld world={world}>{child}</InWorld>)
    settle(() => world.socket.accept())
    settle(() => world.socket.receive('x'))
    settle(() => world.socket.die())
    rerender(
      <InWorld world={world} maxRetries={7}>
        {child}
      </InWorld>,
    )
    expect(onRender).toHaveBeenCalledTimes(1)
  })
})

describe('one connection', () => {
  it('[R32] under StrictMode: one handshake, one provider call, one client', () => {
    configure({ reactStrictMode: true })
    const world = createWorld()
    const url = vi.fn(() => 'wss://example.test/')
    const { unmount, text } = mount(world, { url })
    advanceTimers(100)
    settle(() => world.socket.accept())
    expect(text()).toBe('OPEN')
    expect(world.dials).toBe(1)
    expect(url).toHaveBeenCalledTimes(1)
    unmount()
    advanceTimers(0)
    world.advance(0)
    expectNothingLeft(world)
  })

  it('[R32] when the tree suspends before its first commit', async () => {
    const world = createWorld()
    const url = vi.fn(() => 'wss://example.test/')
    let open = () => {}
    const promise = new Promise<void>((resolve) => {
      open = resolve
    })
    const gate = { isOpen: false, promise }
    const view = render(
      <Suspense fallback="…">
        <InWorld world={world} url={url}>
          <Slow gate={gate} />
        </InWorld>
      </Suspense>,
    )
    expect(view.container.textContent).toBe('…')
    expect(world.dials).toBe(0)
    await act(async () => {
      gate.isOpen = true
      open()
    })
    expect(view.container.textContent).toBe('CONNECTING')
    expect(world.dials).toBe(1)
    expect(url).toHaveBeenCalledTimes(1)
  })

  it('[R32] when the tree suspends later, for however long', async () => {
    const world = createWorld()
    let suspend = (_: Promise<void>) => {}
    const keep = (setPromise: typeof suspend) => {
      suspend = setPromise
    }
    const view = render(
      <Suspense fallback="…">
        <InWorld world={world}>
          <Sleeper onMount={keep} />
        </InWorld>
      </Suspense>,
    )
    settle(() => world.socket.accept())
    act(() => suspend(new Promise(() => {})))
    advanceTimers(60_000)
    expect(view.container.textContent).toContain('…')
    expect(world.socket.readyState).toBe(1)
    expect(world.dials).toBe(1)
  })

  const { Activity } = React as { Activity?: typeof React.Activity }
  // React 18 has no Activity.
  if (Activity)
    it('[R12][R33] a hidden tree that takes a function away has its last one asked until it is shown', () => {
      const world = createWorld()
      const tree = (mode: 'hidden' | 'visible', options: Partial<OwnConnectionProps>) => (
        <Activity mode={mode}>
          <InWorld world={world} linger={60_000} {...options} />
        </Activity>
      )
      const { rerender } = render(tree('visible', { shouldReconnect: () => true }))
      settle(() => world.socket.accept())
      rerender(tree('hidden', { shouldReconnect: () => true }))
      rerender(tree('hidden', {}))
      act(() => world.socket.die())
      act(() => world.advance(1200))
      expect(world.dials).toBe(2)
    })
  // The same for a tree that comes back.
  if (Activity)
    it('[R30][R32] a tree that is hidden and shown keeps its connection within `linger`', () => {
      if (!Activity) return
      const world = createWorld()
      const url = vi.fn(() => 'wss://example.test/')
      const tree = (mode: 'hidden' | 'visible') => (
        <Activity mode={mode}>
          <InWorld world={world} url={url} linger={1000}>
            <p />
          </InWorld>
        </Activity>
      )
      const { rerender } = render(tree('visible'))
      settle(() => world.socket.accept())
      rerender(tree('hidden'))
      advanceTimers(999)
      rerender(tree('visible'))
      advanceTimers(5000)
      expect(world.socket.readyState).toBe(1)
      expect(url).toHaveBeenCalledTimes(1)
      rerender(tree('hidden'))
      advanceTimers(1000)
      world.advance(0)
      expectNothingLeft(world)
      rerender(tree('visible'))
      expect(world.dials).toBe(2)
    })
})

describe('changes', () => {
  it('[R33] another url replaces the connection and drops what was queued for the old one', () => {
    const world = createWorld()
    const { rerender, socket } = mount(world)
    const drops: unknown[] = []
    socket.client.on('drop', ({ data, reason }) => drops.push([data, reason]))
    const old = world.socket
    expect(socket.send('for the old')).toBe('queued')
    rerender({ url: 'wss://other.test/' })
    expect(world.sockets.map(({ url }) => url)).toEqual(['wss://example.test/', 'wss://other.test/'])
    expect(old.readyState).toBe(2)
    expect(drops).toEqual([['for the old', 'url-changed']])
    settle(() => world.socket.accept())
    expect(world.socket.sent).toEqual([])
    rerender({ url: 'wss://third.test/' })
    expect(world.sockets[1]?.closeCalls).toEqual([{ code: 1000, reason: 'url changed' }])
    expect(world.liveSockets).toEqual([world.socket])
  })

  it.each<[string, Partial<OwnConnectionProps>, Partial<OwnConnectionProps>]>([
    ['a function url and its key', { url: () => 'wss://a.test/', urlKey: 1 }, { url: null, urlKey: 2 }],
    ['the url, and enabled', { url: 'wss://a.test/' }, { url: 'wss://b.test/', enabled: false }],
    ['the protocols, and the url', { url: 'wss://a.test/', protocols: 'a' }, { url: null, protocols: 'b' }],
  ])('[R30][R33] %s taken away in one commit: nothing is dialled only to be let go', (_, before, after) => {
    const world = createWorld()
    const { rerender, socket } = mount(world, before)
    settle(() => world.socket.accept())
    const error = vi.fn()
    socket.client.on('error', error)
    rerender(after)
    advanceTimers(40)
    expect(world.dials).toBe(1)
    expect(world.liveSockets).toEqual([])
    expect(error).not.toHaveBeenCalled()
  })

  it('[R28][R33] websocketOptions are taken as they are, not merged', () => {
    const world = createWorld()
    const { rerender } = mount(world, { websocketOptions: { perMessageDeflate: false } })
    settle(() => world.socket.accept())
    expect(world.socket.args[2]).toEqual({ perMessageDeflate: false })
    rerender({ websocketOptions: {} })
    settle(() => world.socket.die())
    act(() => world.advance(1100))
    expect(world.dials).toBe(2)
    expect(world.socket.args[2]).toBeUndefined()
  })

  it.each<[string, () => Partial<OwnConnectionProps>]>([
    ['the same url', () => ({ url: 'wss://example.test/' })],
    ['an equal URL object', () => ({ url: new URL('wss://example.test/') })],
    ['a new function', () => ({ url: () => 'wss://example.test/' })],
    ['an equal list of protocols', () => ({ protocols: ['a', 'b'] })],
    ['an equal urlKey', () => ({ urlKey: ['room', 1], url: () => 'wss://example.test/' })],
    [
      'an equal urlKey, however deep',
      () => ({ urlKey: { user: { id: 1 }, rooms: [['a'], ['b']] }, url: () => 'wss://example.test/' }),
    ],
    ['an equal group', () => ({ circuitBreaker: { failureThreshold: 2 }, queue: { maxMessages: 5 } })],
    ['new functions of every kind', () => ({ retryDelay: () => 1, isPong: () => false, random: () => 0.5 })],
  ])('[R33] %s changes nothing, render after render', (_, props) => {
    const world = createWorld()
    const { rerender, socket } = mount(world, props())
    settle(() => world.socket.accept())
    const update = vi.spyOn(socket.client, 'update')
    for (let i = 0; i < 60; i++) rerender(props())
    expect(world.dials).toBe(1)
    expect(world.socket.readyState).toBe(1)
    expect(update).not.toHaveBeenCalled()
  })

  it('[R33] a provider is the latest as soon as its render is committed', () => {
    const world = createWorld()
    const tree = (token: string) => (
      <InWorld world={world} url={() => `wss://example.test/?token=${token}`}>
        <Impatient token={token} />
      </InWorld>
    )
    const { rerender } = render(tree('old'))
    rerender(tree('new'))
    expect(world.socket.url).toBe('wss://example.test/?token=new')
  })

  it('[R33] a function url is dialled again by urlKey, and the queue for the old one is dropped', () => {
    const world = createWorld()
    const props = (room: number) => ({ url: () => `wss://example.test/${room}`, urlKey: room })
    const { rerender, socket } = mount(world, props(1))
    socket.send('for room 1')
    rerender(props(2))
    settle(() => world.socket.accept())
    expect(world.sockets.map(({ url }) => url)).toEqual(['wss://example.test/1', 'wss://example.test/2'])
    expect(world.socket.sent).toEqual([])
    rerender(props(3))
    expect(world.sockets[1]?.closeCalls).toEqual([{ code: 1000, reason: 'url changed' }])
    expect(world.socket.url).toBe('wss://example.test/3')
  })

  it('[R33] between a string and a function', () => {
    const world = createWorld()
    const { rerender } = mount(world)
    rerender({ url: () => 'wss://provided.test/' })
    expect(world.dials).toBe(1)
    settle(() => {
      world.socket.refuse()
      world.advance(1000)
    })
    expect(world.socket.url).toBe('wss://provided.test/')
    rerender({ url: 'wss://plain.test/' })
    expect(world.socket.url).toBe('wss://plain.test/')
  })

  it('[R33] other protocols replace the connection', () => {
    const world = createWorld()
    const { rerender } = mount(world, { protocols: ['v1'] })
    rerender({ protocols: ['v2'] })
    expect(world.sockets.map(({ protocols }) => protocols)).toEqual([['v1'], ['v2']])
    expect(world.liveSockets).toHaveLength(1)
  })

  it('[R33] other options apply without a new connection, and return to their defaults when they are gone', () => {
    const world = createWorld()
    const { rerender, socket } = mount(world)
    settle(() => world.socket.accept())
    rerender({ maxRetries: 3, heartbeatInterval: 0, circuitBreaker: { failureThreshold: 2 } })
    expect(socket.client.options).toMatchObject({
      maxRetries: 3,
      heartbeatInterval: 0,
      circuitBreaker: { failureThreshold: 2 },
    })
    rerender()
    expect(socket.client.options).toMatchObject({
      maxRetries: 10,
      heartbeatInterval: 30_000,
      circuitBreaker: { failureThreshold: 5 },
    })
    expect(world.dials).toBe(1)
  })

  it('throws the engine’s TypeError for invalid options, in the first render and in later ones', () => {
    const world = createWorld()
    const errors: unknown[] = []
    const tree = (props: Partial<OwnConnectionProps>) => (
      <Boundary onError={(error) => errors.push(error)}>
        <InWorld world={world} {...props} />
      </Boundary>
    )
    silenceConsoleErrors()
    render(tree({ maxRetries: -1 }))
    expect(String(errors[0])).toMatch(/^TypeError: WebSocketReconnect: "maxRetries" must be/)
    render(tree({ url: 'ftp://example.test/' }))
    expect(String(errors[1])).toMatch(/^TypeError: WebSocketReconnect: "url" must be/)
    const { rerender } = render(tree({}))
    rerender(tree({ multiplier: 0 }))
    expect(String(errors[2])).toMatch(/^TypeError: WebSocketReconnect: "multiplier" must be/)
    silenceConsoleErrors()
  })

  it('throws the engine’s TypeError when the url has been forgotten', () => {
    const errors: unknown[] = []
    const forgetful = {} as OwnConnectionProps
    silenceConsoleErrors()
    render(
      <Boundary onError={(error) => errors.push(error)}>
        <WebSocketProvider {...forgetful} />
      </Boundary>,
    )
    expect(String(errors[0])).toMatch(/^TypeError: WebSocketReconnect: "url" must be/)
    silenceConsoleErrors()
  })
})
