/** Handlers of useWebSocket and useMessage: R31, R33, R36, R37; and hooks without a provider. */

import { act, fireEvent, render, renderHook } from '@testing-library/react'
import { StrictMode, useLayoutEffect, useState } from 'react'
import { describe, expect, it, vi } from 'vitest'
import {
  type OwnConnectionProps,
  useCircuitState,
  useConnectionStats,
  useMessage,
  useWebSocket,
  type WebSocketHandlers,
  WebSocketProvider,
  WebSocketReconnect,
} from '../../hooks/index.ts'
import { accept, createWorld, type World } from '../support/index.ts'
import {
  advanceTimers,
  clientIn,
  InWorld,
  ping,
  settle,
  setupHookTests,
  silenceConsoleErrors,
} from '../support/react-scene.tsx'

setupHookTests()

const inWorld = (world: World, props: object = {}) => ({
  wrapper: ({ children }: { children: React.ReactNode }) => (
    <InWorld world={world} {...props}>
      {children}
    </InWorld>
  ),
})

/** Hears with the closure of its version, and acts in the commit that brings version 2. */
function Versioned({
  version,
  heard,
  inEffect,
}: {
  version: number
  heard: (...args: unknown[]) => void
  inEffect: () => void
}) {
  useMessage((data) => heard(version, data))
  useLayoutEffect(() => {
    if (version === 2) inEffect()
  }, [version, inEffect])
  return null
}

function Listener({ handlers }: { handlers: WebSocketHandlers }) {
  useWebSocket(handlers)
  return <i />
}

/** Shows a listener until told to hide it; `onHidden` is called in the commit that removes it. */
function Vanishing(props: { handlers: WebSocketHandlers; onMount: (hide: () => void) => void; onHidden: () => void }) {
  const { handlers, onMount, onHidden } = props
  const [isShown, setShown] = useState(true)
  useLayoutEffect(() => {
    if (isShown) onMount(() => setShown(false))
    else onHidden()
  }, [isShown, onMount, onHidden])
  return isShown ? <Listener handlers={handlers} /> : null
}

function CloseButton() {
  const { close } = useWebSocket()
  return <button type="button" onClick={close} />
}

function Buttons() {
  const { connect, reconnect } = useWebSocket()
  const { openCircuit, closeCircuit, circuitState } = useCircuitState()
  return (
    <>
      <button type="button" onClick={openCircuit} />
      <button type="button" onClick={closeCircuit} />
      <button type="button" onClick={connect} />
      <button type="button" onClick={reconnect} />
      <p>{circuitState}</p>
    </>
  )
}

/** Renders `useWebSocket(handlers)`. */
function listen(world: World, first: WebSocketHandlers, props: object = {}) {
  return renderHook((handlers: WebSocketHandlers) => useWebSocket(handlers), {
    initialProps: first,
    ...inWorld(world, props),
  })
}

describe('handlers', () => {
  it('[R31] each event reaches its handler as the engine emits it', () => {
    const world = createWorld()
    const log: unknown[] = []
    const note =
      (name: string) =>
      (...args: unknown[]) =>
        log.push([name, ...args])
    listen(
      world,
      {
        onOpen: note('open'),
        onMessage: (data) => log.push(['message', data]),
        onClose: note('close'),
        onError: (error) => log.push(['error', error.code]),
        onRetry: note('retry'),
        onStateChange: note('state'),
        onCircuitChange: note('circuit'),
        onDrop: note('drop'),
        onLatency: note('latency'),
      },
      { circuitBreaker: { failureThreshold: 2 }, queue: { maxMessages: 0 }, heartbeatInterval: 1000 },
    )
    expect(log.splice(0)).toEqual([['state', 'CONNECTING']])
    act(() => world.socket.refuse())
    expect(log.splice(0)).toEqual([
      ['error', 'HANDSHAKE_FAILED'],
      ['close', { code: 1006, reason: '', wasClean: false, opened: false }],
      ['state', 'CLOSED'],
      ['retry', { attempt: 1, delay: 1000, maxRetries: 10 }],
    ])
    act(() => {
      world.advance(1000)
      world.socket.accept()
      world.socket.receive('hello')
      world.advance(1000)
      world.clock.block(7)
      world.socket.receive('{"type":"pong"}')
      world.socket.die(4000, 'flap')
    })
    expect(log.splice(0)).toEqual([
      ['state', 'CONNECTING'],
      ['state', 'OPEN'],
      ['open'],
      ['message', 'hello'],
      ['latency', 7],
      ['close', { code: 4000, reason: 'flap', wasClean: true, opened: true }],
      ['circuit', 'OPEN'],
      ['state', 'BLOCKED'],
    ])
  })

  it('[R31] are never coalesced: a state that no render shows is told all the same', () => {
    const world = createWorld()
    const onStateChange = vi.fn()
    listen(world, { onStateChange })
    act(() => {
      world.socket.accept()
      world.socket.die()
    })
    expect(onStateChange.mock.calls.flat()).toEqual(['CONNECTING', 'OPEN', 'CLOSED'])
  })

  it('[R33] are always the latest render’s', () => {
    const world = createWorld()
    const [old, now] = [vi.fn(), vi.fn()]
    const { rerender } = listen(world, { onMessage: old })
    settle(() => world.socket.accept())
    rerender({ onMessage: now })
    act(() => world.socket.receive('x'))
    expect(old).not.toHaveBeenCalled()
    expect(now).toHaveBeenCalledTimes(1)
  })

  it('[R33] are the latest as soon as their render is committed', () => {
    const world = createWorld()
    const heard = vi.fn()
    const inEffect = () => world.socket.receive('x')
    const tree = (version: number) => (
      <InWorld world={world}>
        <Versioned version={version} heard={heard} inEffect={inEffect} />
      </InWorld>
    )
    const { rerender } = render(tree(1))
    settle(() => world.socket.accept())
    rerender(tree(2))
    expect(heard.mock.calls).toEqual([[2, 'x']])
  })

  it('[R33] may come and go', () => {
    const world = createWorld()
    const [onMessage, onClose] = [vi.fn(), vi.fn()]
    const { rerender } = listen(world, { onMessage })
    settle(() => world.socket.accept())
    rerender({ onClose })
    settle(() => world.socket.receive('unheard'))
    rerender({ onClose, onMessage })
    settle(() => world.socket.receive('heard'))
    rerender({ onClose: undefined })
    settle(() => world.socket.die())
    expect(onMessage.mock.calls.map(([data]) => data)).toEqual(['heard'])
    expect(onClose).not.toHaveBeenCalled()
  })

  it('[R31] new closures cost no new subscription', () => {
    const world = createWorld()
    const client = clientIn(world)
    const on = vi.spyOn(client, 'on')
    const { rerender } = renderHook(() => useWebSocket({ onMessage: () => {}, onOpen: () => {} }, { client }))
    const subscriptions = on.mock.calls.length
    for (let i = 0; i < 20; i++) rerender()
    expect(on).toHaveBeenCalledTimes(subscriptions)
  })

  it('[R36] after unmount nothing is called', () => {
    const world = createWorld()
    const handlers = { onOpen: vi.fn(), onMessage: vi.fn(), onClose: vi.fn(), onStateChange: vi.fn(), onError: vi.fn() }
    const { unmount } = listen(world, handlers)
    settle(() => world.socket.accept())
    for (const handler of Object.values(handlers)) handler.mockClear()
    unmount()
    world.socket.receive('x')
    advanceTimers(0)
    world.advance(0)
    for (const handler of Object.values(handlers)) expect(handler).not.toHaveBeenCalled()
  })

  it('[R36] nor between the commit that removes a component and the effects that unsubscribe it', async () => {
    vi.useRealTimers()
    const world = createWorld()
    const onMessage = vi.fn()
    let hide = () => {}
    const keep = (given: () => void) => {
      hide = given
    }
    // The listener is gone from the page; its effects have yet to be undone.
    const late = () => world.socket.receive('too late')
    const { container } = render(
      <InWorld world={world}>
        <Vanishing handlers={{ onMessage }} onMount={keep} onHidden={late} />
      </InWorld>,
    )
    world.socket.accept()
    world.socket.receive('in time')
    hide()
    await vi.waitFor(() => expect(container.querySelector('i')).toBeNull())
    expect(onMessage.mock.calls.map(([data]) => data)).toEqual(['in time'])
  })

  it('[R36] a handler that throws breaks neither the others nor the connection', () => {
    const thrown: unknown[] = []
    vi.stubGlobal('reportError', (error: unknown) => thrown.push(error))
    const world = createWorld()
    const [quiet, client] = [vi.fn(), vi.fn()]
    const bang = (name: string) => () => {
      throw new Error(name)
    }
    const { result } = renderHook(() => {
      useMessage(bang('useMessage'))
      useMessage(quiet)
      return useWebSocket({
        onOpen: bang('onOpen'),
        onMessage: bang('onMessage'),
        onStateChange: bang('onStateChange'),
      })
    }, inWorld(world))
    result.current.client.on('message', client)
    settle(() => world.socket.accept())
    settle(() => world.socket.receive('x'))
    expect(quiet).toHaveBeenCalledTimes(1)
    expect(client).toHaveBeenCalledTimes(1)
    expect(result.current.state).toBe('OPEN')
    expect(thrown.map((error) => (error as Error).message)).toEqual([
      'onStateChange',
      'onStateChange',
      'onOpen',
      'useMessage',
      'onMessage',
    ])
  })

  it('[R17] what a handler does inside an event is safe: send, close, connect', () => {
    const world = createWorld()
    const { result } = listen(world, {
      onOpen: () => void result.current.send('auth'),
      onMessage: () => result.current.close(),
      onClose: () => void result.current.connect(),
    })
    settle(() => world.socket.accept())
    expect(world.socket.sent).toEqual(['auth'])
    settle(() => world.socket.receive('go'))
    settle(() => world.advance(0))
    expect(world.dials).toBe(2)
  })
})

describe('onOpen', () => {
  /** A reader that is mounted later, below a provider that is there all the time. */
  function later(world: World, handlers: WebSocketHandlers, isStrict = false) {
    const tree = (isShown: boolean) => {
      const inner = <InWorld world={world}>{isShown && <Listener handlers={handlers} />}</InWorld>
      return isStrict ? <StrictMode>{inner}</StrictMode> : inner
    }
    const { rerender } = render(tree(false))
    return (isShown: boolean) => rerender(tree(isShown))
  }

  it('[R36] also runs on mount if already OPEN; the other handlers are not called for the past', () => {
    const world = createWorld()
    const handlers = { onOpen: vi.fn(), onMessage: vi.fn(), onStateChange: vi.fn(), onClose: vi.fn(), onError: vi.fn() }
    const show = later(world, handlers)
    settle(() => world.socket.accept())
    settle(() => world.socket.receive('past'))
    show(true)
    expect(handlers.onOpen).toHaveBeenCalledTimes(1)
    for (const name of ['onMessage', 'onStateChange', 'onClose', 'onError'] as const)
      expect(handlers[name]).not.toHaveBeenCalled()
  })

  it('[R36] does not run on mount while there is no connection', () => {
    const world = createWorld()
    const onOpen = vi.fn()
    const show = later(world, { onOpen })
    show(true)
    expect(onOpen).not.toHaveBeenCalled()
    settle(() => world.socket.accept())
    expect(onOpen).toHaveBeenCalledTimes(1)
  })

  it('[R36] runs once per connection, under StrictMode too', () => {
    const world = createWorld({ server: accept() })
    const onOpen = vi.fn()
    const show = later(world, { onOpen }, true)
    settle(() => world.advance(0))
    show(true)
    expect(onOpen).toHaveBeenCalledTimes(1)
    settle(() => {
      world.socket.die()
      world.advance(1000)
    })
    expect(onOpen).toHaveBeenCalledTimes(2)
    show(false)
    show(true)
    expect(onOpen).toHaveBeenCalledTimes(3)
  })

  it('[R36] is not repeated because another handler joins it', () => {
    const world = createWorld()
    const onOpen = vi.fn()
    const { rerender } = listen(world, { onOpen })
    settle(() => world.socket.accept())
    rerender({ onOpen, onMessage: () => {} })
    expect(onOpen).toHaveBeenCalledTimes(1)
  })

  it('[R36] that joins while OPEN is a mount of its own; that joins again is not', () => {
    const world = createWorld()
    const onOpen = vi.fn()
    const { rerender } = listen(world, {})
    settle(() => world.socket.accept())
    rerender({ onOpen })
    rerender({})
    rerender({ onOpen })
    expect(onOpen).toHaveBeenCalledTimes(1)
  })

  it('[R31] a hook without handlers subscribes to no event', () => {
    const client = clientIn(createWorld())
    const on = vi.spyOn(client, 'on')
    renderHook(() => useWebSocket({}, { client }))
    expect(on.mock.calls.map(([type]) => type)).toEqual(['message'])
  })

  it('[R36] greets another client as well', () => {
    const [one, two] = [createWorld({ server: accept() }), createWorld({ server: accept() })]
    const [a, b] = [clientIn(one), clientIn(two)]
    for (const client of [a, b]) client.connect()
    for (const world of [one, two]) world.advance(0)
    const onOpen = vi.fn()
    const tree = (client: typeof a) => (
      <WebSocketProvider client={client}>
        <Listener handlers={{ onOpen }} />
      </WebSocketProvider>
    )
    const { rerender } = render(tree(a))
    rerender(tree(b))
    expect(onOpen).toHaveBeenCalledTimes(2)
  })

  it('[R36] that throws on mount is reported, and the tree stands', () => {
    const reported = vi.fn()
    vi.stubGlobal('reportError', reported)
    const world = createWorld({ server: accept() })
    const error = new Error('onOpen')
    const show = later(world, {
      onOpen: () => {
        throw error
      },
    })
    settle(() => world.advance(0))
    show(true)
    expect(reported.mock.calls).toEqual([[error]])
    expect(world.socket.readyState).toBe(1)
  })

  it('[R36] that throws on mount is thrown from a fresh task where nothing takes reports', () => {
    vi.stubGlobal('reportError', undefined)
    const world = createWorld({ server: accept() })
    const show = later(world, {
      onOpen: () => {
        throw new Error('onOpen')
      },
    })
    settle(() => world.advance(0))
    show(true)
    expect(() => vi.advanceTimersByTime(0)).toThrow('onOpen')
  })
})

describe('useMessage', () => {
  it('[R31] every message once, in order, synchronously from the socket’s event', () => {
    const world = createWorld()
    const heard: unknown[] = []
    renderHook(() => useMessage((data, event) => heard.push(data, event.data)), inWorld(world))
    settle(() => world.socket.accept())
    world.socket.receive('a')
    world.socket.receive('b')
    expect(heard).toEqual(['a', 'a', 'b', 'b'])
  })

  it('[F55][R37] pongs reach neither useMessage, onMessage nor lastMessage', () => {
    const world = createWorld()
    const [one, two, raw] = [vi.fn(), vi.fn(), vi.fn()]
    const { result } = renderHook(() => {
      useMessage(one)
      return useWebSocket({ onMessage: two })
    }, inWorld(world))
    expect(result.current.lastMessage).toBeNull()
    result.current.client.on('message', raw)
    settle(() => world.socket.accept())
    settle(() => world.socket.receive('real'))
    for (const pong of ['{"type":"pong"}', 'PONG']) {
      ping(world)
      settle(() => world.socket.receive(pong))
    }
    expect(one).toHaveBeenCalledTimes(1)
    expect(two).toHaveBeenCalledTimes(1)
    expect(raw).toHaveBeenCalledTimes(3)
    expect(result.current.lastMessage).toBe('real')
  })
})

describe('safety', () => {
  it('[R36] a DOM event is no close code: onClick={close}', () => {
    const world = createWorld()
    const { container } = render(
      <InWorld world={world}>
        <CloseButton />
      </InWorld>,
    )
    settle(() => world.socket.accept())
    fireEvent.click(container.querySelector('button') as Element)
    expect(world.socket.closeCalls).toEqual([{ code: 1000, reason: '' }])
  })

  it('[R36] nor a duration: onClick={openCircuit}; connect, reconnect and closeCircuit take events as well', () => {
    const world = createWorld()
    const { container } = render(
      <InWorld world={world}>
        <Buttons />
      </InWorld>,
    )
    const [open, close, connect, reconnect] = [...container.querySelectorAll('button')]
    settle(() => fireEvent.click(open as Element))
    expect(container.textContent).toBe('OPEN')
    settle(() => fireEvent.click(connect as Element))
    expect(world.dials).toBe(1)
    settle(() => fireEvent.click(close as Element))
    expect(container.textContent).toBe('CLOSED')
    expect(world.dials).toBe(2)
    settle(() => fireEvent.click(reconnect as Element))
    expect(world.dials).toBe(3)
  })

  it('[R36] close returns nothing, so that an effect may return it; the client’s own answers with a promise', async () => {
    const world = createWorld()
    const { result } = renderHook(() => useWebSocket(), inWorld(world))
    settle(() => world.socket.accept())
    expect(result.current.close()).toBeUndefined()
    const closed = result.current.client.close()
    settle(() => world.advance(0))
    await expect(closed).resolves.toBeUndefined()
  })

  it.each([
    ['useWebSocket', () => useWebSocket()],
    ['useMessage', () => useMessage(() => {})],
    ['useConnectionStats', () => useConnectionStats()],
    ['useCircuitState', () => useCircuitState()],
  ])('[R36] %s outside its provider throws an error that shows what to wrap', (_, hook) => {
    silenceConsoleErrors()
    expect(() => renderHook(hook)).toThrow(/<WebSocketProvider url="wss:\/\/…">/)
    silenceConsoleErrors()
  })
})

describe('who comes late', () => {
  type Ending = [what: string, end: (world: World) => void, status: string, code: string | undefined]
  const endings: Ending[] = [
    ['FAILED by a close code', (world) => world.socket.die(1008, 'go away'), 'failed', 'FATAL_CLOSE'],
    [
      'FAILED for want of retries',
      (world) => {
        world.socket.die()
        world.advance(1100)
        world.socket.refuse()
      },
      'failed',
      'RETRIES_EXHAUSTED',
    ],
    ['waiting for a retry', (world) => world.socket.die(1001), 'waiting', undefined],
  ]
  it.each(endings)('[R26][R36] reads in its first render why a client is %s', (_, end, status, code) => {
    const world = createWorld()
    const client = new WebSocketReconnect(world.options({ maxRetries: 1 }))
    client.connect()
    world.socket.accept()
    end(world)
    const onError = vi.fn()
    const renders: unknown[] = []
    renderHook(() => {
      const { status, error, lastClose } = useWebSocket({ client, onError })
      renders.push([status, error?.code, lastClose?.code])
    })
    advanceTimers(40)
    expect(renders).toEqual([[status, code, client.getSnapshot().lastClose?.code]])
    // What has been said already is not said again.
    expect(onError).not.toHaveBeenCalled()
  })

  it('[R24] connect() hears at once that the circuit is open, that there is nothing to dial, or nothing that could be', async () => {
    const world = createWorld()
    const { result } = renderHook(() => useWebSocket(), {
      wrapper: ({ children }) => <Props world={world}>{children}</Props>,
    })
    await expect(result.current.connect()).rejects.toMatchObject({ code: 'NO_URL' })
    settle(() => setProps({ url: 'ws://[bad/' }))
    await expect(result.current.connect()).rejects.toMatchObject({ code: 'INVALID_URL' })
    await expect(result.current.client.drain()).rejects.toMatchObject({ code: 'INVALID_URL' })
    settle(() => setProps({ circuitBreaker: { failureThreshold: 1, resetJitter: 0 } }))
    settle(() => world.socket.refuse())
    await expect(result.current.connect()).rejects.toMatchObject({ code: 'CIRCUIT_OPEN' })
  })
})

let setProps: (props: Partial<OwnConnectionProps>) => void = () => {}

/** A provider whose props are set from outside. */
function Props({ world, children }: { world: World; children: React.ReactNode }) {
  const [props, set] = useState<Partial<OwnConnectionProps>>({ url: null })
  useLayoutEffect(() => {
    setProps = set
  }, [])
  return (
    <InWorld world={world} {...props}>
      {children}
    </InWorld>
  )
}
