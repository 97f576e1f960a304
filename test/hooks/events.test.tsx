/** Hooks that show nothing: useWebSocketEvent, useSend, useTopic; and the one that counts: useRetryCountdown. */

import { act, render, renderHook } from '@testing-library/react'
import { memo, Profiler, StrictMode, useState } from 'react'
import { describe, expect, it, vi } from 'vitest'
import {
  type ClientEvents,
  json,
  type OwnConnectionProps,
  useRetryCountdown,
  useSend,
  useTopic,
  useWebSocket,
  useWebSocketEvent,
  type WebSocketReconnect,
} from '../../hooks/index.ts'
import { createWorld, every, type World } from '../support/index.ts'
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

const inWorld = (world: World, props: Partial<OwnConnectionProps> = {}) => ({
  wrapper: ({ children }: { children: React.ReactNode }) => (
    <InWorld world={world} {...props}>
      {children}
    </InWorld>
  ),
})

describe('useWebSocketEvent', () => {
  it('[R31] every event arrives exactly as the engine emits it', () => {
    const world = createWorld()
    const client = clientIn(world)
    const [engine, hook] = [vi.fn(), vi.fn()]
    for (const type of every) client.on(type, (...args: unknown[]) => engine(type, ...args))
    render(
      <>
        {every.map((type) => (
          <Given key={type} client={client} type={type} log={hook} />
        ))}
      </>,
    )
    act(() => {
      client.update({ circuitBreaker: { failureThreshold: 1 }, queue: { maxMessages: 0 }, heartbeatInterval: 1000 })
      client.connect()
      client.send('too much')
      world.socket.accept()
      world.socket.receive('a')
      world.advance(1000)
      world.socket.receive('{"type":"pong"}')
      world.socket.die()
      world.advance(120_000)
    })
    expect(new Set(hook.mock.calls.map(([type]) => type))).toEqual(new Set(every))
    expect(hook.mock.calls).toEqual(engine.mock.calls)
  })

  it('[R37] `message` is the engine’s: native events, pongs and the verdict on them included', () => {
    const world = createWorld()
    const heard = vi.fn()
    renderHook(() => useWebSocketEvent('message', heard), inWorld(world, { codec: json() }))
    settle(() => world.socket.accept())
    world.socket.receive('{"a":1}')
    world.socket.receive('pong')
    ping(world)
    world.socket.receive('pong')
    expect(heard.mock.calls.map(([event, isPong]) => [event.data, isPong])).toEqual([
      ['{"a":1}', false],
      ['pong', false],
      ['pong', true],
    ])
  })

  it('[R36] `open` is the event, so it does not catch up on mount as onOpen does', () => {
    const world = createWorld()
    const client = clientIn(world)
    client.connect()
    world.socket.accept()
    const [onOpen, event] = [vi.fn(), vi.fn()]
    renderHook(() => {
      useWebSocket({ onOpen, client })
      useWebSocketEvent('open', event, { client })
    })
    expect(onOpen).toHaveBeenCalledTimes(1)
    expect(event).not.toHaveBeenCalled()
  })

  it('[R33] the handler is the latest render’s, over one subscription; another type is another one', () => {
    const world = createWorld()
    const client = clientIn(world)
    const on = vi.spyOn(client, 'on')
    const [old, now] = [vi.fn(), vi.fn()]
    const { rerender } = renderHook(({ type, handler }) => useWebSocketEvent(type, handler, { client }), {
      initialProps: { type: 'stateChange' as 'stateChange' | 'open', handler: old },
    })
    rerender({ type: 'stateChange', handler: now })
    client.connect()
    expect(old).not.toHaveBeenCalled()
    expect(now.mock.calls).toEqual([['CONNECTING']])
    expect(on).toHaveBeenCalledTimes(1)
    rerender({ type: 'open', handler: now })
    world.socket.accept()
    expect(now.mock.calls).toEqual([['CONNECTING'], []])
  })

  it('[R36] a handler that throws breaks nothing, and none is called after unmount', () => {
    const reported = vi.fn()
    vi.stubGlobal('reportError', reported)
    const world = createWorld()
    const later = vi.fn()
    const bang = () => {
      throw new Error('bang')
    }
    const { unmount } = renderHook(() => {
      useWebSocketEvent('message', bang)
      useWebSocketEvent('message', later)
    }, inWorld(world))
    settle(() => world.socket.accept())
    world.socket.receive('a')
    expect(later).toHaveBeenCalledTimes(1)
    expect(reported).toHaveBeenCalledTimes(1)
    unmount()
    world.socket.receive('b')
    expect(later).toHaveBeenCalledTimes(1)
  })
})

interface GivenProps {
  client: WebSocketReconnect
  type: keyof ClientEvents
  log: (type: string, ...args: unknown[]) => void
}

function Given({ client, type, log }: GivenProps) {
  useWebSocketEvent(type, (...args: unknown[]) => log(type, ...args), { client })
  return null
}

describe('useSend', () => {
  it('[R31] is one function for ever, and its component renders for nothing', () => {
    const world = createWorld()
    const renders = vi.fn()
    const { result, rerender } = renderHook(() => useSend(), {
      wrapper: ({ children }) => (
        <InWorld world={world}>
          <Profiler id="" onRender={renders}>
            {children}
          </Profiler>
        </InWorld>
      ),
    })
    const send = result.current
    settle(() => world.socket.accept())
    settle(() => world.socket.receive('a'))
    settle(() => world.socket.die())
    expect(renders).toHaveBeenCalledTimes(1)
    rerender()
    expect(result.current).toBe(send)
  })

  it('[R31] subscribes to nothing', () => {
    const client = clientIn(createWorld())
    const spies = [vi.spyOn(client, 'on'), vi.spyOn(client, 'once'), vi.spyOn(client, 'subscribe')]
    const { result } = renderHook(() => useSend({ client }))
    expect(result.current('a')).toBe('queued')
    expect(result.current('b', { queue: false })).toBe('dropped')
    for (const spy of spies) expect(spy).not.toHaveBeenCalled()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('[R31] is the same function as that of useWebSocket', () => {
    const { result } = renderHook(() => [useSend(), useWebSocket().send], inWorld(createWorld()))
    expect(result.current[0]).toBe(result.current[1])
  })
})

interface Tick {
  readonly symbol?: string | null
  readonly n?: number
}

const Price = memo(({ symbol, onTick }: { symbol: string; onTick: (symbol: string, tick: Tick) => void }) => {
  const [n, setN] = useState(0)
  useTopic<Tick>(symbol, (tick) => {
    onTick(symbol, tick)
    setN(tick.n ?? -1)
  })
  return <i>{`${symbol}${n} `}</i>
})

describe('useTopic', () => {
  const topic = vi.fn(({ symbol }: Tick) => symbol)
  const props = { codec: json<Tick>(), topic }
  const say = (world: World, tick: unknown) => settle(() => world.socket.receive(JSON.stringify(tick)))

  it('[R31] a message reaches the readers of its topic, and no one else', () => {
    const world = createWorld()
    const onTick = vi.fn()
    const { container } = render(
      <InWorld world={world} {...props}>
        {['a', 'b', 'a'].map((symbol, i) => (
          <Price key={i} symbol={symbol} onTick={onTick} />
        ))}
      </InWorld>,
    )
    settle(() => world.socket.accept())
    say(world, { symbol: 'a', n: 1 })
    expect(container.textContent).toBe('a1 b0 a1 ')
    say(world, { symbol: 'b', n: 2 })
    say(world, { symbol: 'c', n: 3 })
    say(world, { symbol: null, n: 4 })
    say(world, { n: 5 })
    expect(container.textContent).toBe('a1 b2 a1 ')
    expect(onTick).toHaveBeenCalledTimes(3)
  })

  it('[R31] without a codec the topic function reads event.data', () => {
    const world = createWorld()
    const heard = vi.fn()
    renderHook(() => useTopic('a', heard), inWorld(world, { topic: (text: string) => text[0] }))
    settle(() => world.socket.accept())
    for (const text of ['apple', 'pear', 'avocado', '']) settle(() => world.socket.receive(text))
    expect(heard.mock.calls.map(([data, event]) => [data, event.data])).toEqual([
      ['apple', 'apple'],
      ['avocado', 'avocado'],
    ])
  })

  it('[R33] name, handler and topic function are the latest render’s', () => {
    const world = createWorld()
    const [one, two] = [vi.fn(), vi.fn()]
    const tree = (name: string, handler: () => void, place: number) => (
      <InWorld world={world} topic={(text: string) => text.split(' ')[place]}>
        <Reader name={name} handler={handler} />
      </InWorld>
    )
    const { rerender } = render(tree('a', one, 0))
    settle(() => world.socket.accept())
    rerender(tree('a', two, 0))
    settle(() => world.socket.receive('a b'))
    rerender(tree('b', two, 0))
    settle(() => world.socket.receive('a b'))
    rerender(tree('b', two, 1))
    settle(() => world.socket.receive('a b'))
    expect(one).not.toHaveBeenCalled()
    expect(two).toHaveBeenCalledTimes(2)
    expect(world.dials).toBe(1)
  })

  it('[R36] a reader that throws breaks neither the others nor the connection; nor does a topic function', () => {
    const reported = vi.fn()
    vi.stubGlobal('reportError', reported)
    const world = createWorld()
    const heard = vi.fn()
    const bang = (text: string) => {
      throw new Error(text)
    }
    renderHook(
      () => {
        useTopic('a', bang)
        useTopic('a', heard)
      },
      inWorld(world, { topic: (text: string) => (text === '!' ? bang(text) : 'a') }),
    )
    settle(() => world.socket.accept())
    for (const text of ['1', '!', '2']) settle(() => world.socket.receive(text))
    expect(heard.mock.calls.map(([data]) => data)).toEqual(['1', '2'])
    expect(reported.mock.calls.map(([{ message }]) => message)).toEqual(['1', '!', '2'])
    expect(world.socket.readyState).toBe(1)
  })

  it('[R36] listens to the client only while somebody reads, and calls nobody after unmount', () => {
    const world = createWorld()
    const heard = vi.fn()
    const tree = (isShown: boolean) => (
      <StrictMode>
        <InWorld world={world} topic={() => 'a'}>
          {isShown && <Reader name="a" handler={heard} />}
        </InWorld>
      </StrictMode>
    )
    const { rerender } = render(tree(true))
    settle(() => world.socket.accept())
    world.socket.receive('x')
    rerender(tree(false))
    world.socket.receive('y')
    rerender(tree(true))
    world.socket.receive('z')
    expect(heard.mock.calls.map(([data]) => data)).toEqual(['x', 'z'])
  })

  it('[R36] without a topic function it says what to give', () => {
    silenceConsoleErrors()
    expect(() => renderHook(() => useTopic('a', () => {}), inWorld(createWorld()))).toThrow(/topic=\{/)
    silenceConsoleErrors()
  })
})

function Reader({ name, handler }: { name: string; handler: (data: unknown) => void }) {
  useTopic(name, handler)
  return null
}

describe('useRetryCountdown', () => {
  function mount(world: World, props: Partial<OwnConnectionProps> = {}) {
    const renders = vi.fn()
    const view = renderHook(() => useRetryCountdown(), {
      wrapper: ({ children }) => (
        <InWorld world={world} jitter={0} {...props}>
          <Profiler id="" onRender={renders}>
            {children}
          </Profiler>
        </InWorld>
      ),
    })
    return { ...view, renders: () => renders.mock.calls.length }
  }

  it('[R31] renders once a second, and only while it counts', () => {
    const world = createWorld()
    const { renders } = mount(world, { baseDelay: 10_000 })
    settle()
    let before = renders()
    world.advance(5000)
    advanceTimers(5000)
    expect(renders()).toBe(before)
    settle(() => world.socket.refuse())
    expect(renders()).toBe(before + 1)
    before = renders()
    for (let i = 0; i < 50; i++) settle(() => world.advance(100))
    expect(renders()).toBe(before + 5)
    settle(() => world.advance(5000))
    settle(() => world.socket.accept())
    before = renders()
    for (let i = 0; i < 50; i++) settle(() => world.advance(100))
    settle(() => world.socket.receive('x'))
    expect(renders()).toBe(before)
  })

  it('[R31] counts towards the first trial while BLOCKED, and follows a deadline that moves', () => {
    const world = createWorld()
    const { result } = mount(world, { circuitBreaker: { failureThreshold: 1, resetTimeout: 60_000, resetJitter: 0 } })
    settle(() => world.socket.refuse())
    expect(result.current).toBe(60)
    settle(() => world.advance(10_000))
    expect(result.current).toBe(50)
  })

  it('[R31] lives in real time where the client does', () => {
    const world = createWorld()
    const { result } = mount(world, { clock: undefined, baseDelay: 3000 })
    settle(() => world.socket.refuse())
    expect(result.current).toBe(3)
    advanceTimers(1000)
    expect(result.current).toBe(2)
    advanceTimers(2000)
    expect(result.current).toBeNull()
  })
})

describe('without a provider', () => {
  it.each([
    ['useWebSocketEvent', () => useWebSocketEvent('open', () => {})],
    ['useSend', () => useSend()],
    ['useTopic', () => useTopic('a', () => {})],
    ['useRetryCountdown', () => useRetryCountdown()],
  ])('[R36] %s throws an error that shows what to wrap', (_, hook) => {
    silenceConsoleErrors()
    expect(() => renderHook(hook)).toThrow(/<WebSocketProvider url="wss:\/\/…">/)
    silenceConsoleErrors()
  })
})
