/** Codecs as the hooks use them: one decoding for all, and no harm from what cannot be read. R35. */

import { act, render, renderHook } from '@testing-library/react'
import { type } from 'arktype'
import * as React from 'react'
import { useEffect } from 'react'
import * as v from 'valibot'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import {
  type Codec,
  json,
  type OwnConnectionProps,
  useConnectionStats,
  useLastMessage,
  useMessage,
  useMessageReducer,
  useMessages,
  useSend,
  useTopic,
  useWebSocket,
  useWebSocketEvent,
  WebSocketProvider,
  type WebSocketReconnectError,
} from '../../hooks/index.ts'
import { createWorld, type World } from '../support/index.ts'
import { advanceTimers, clientIn, InWorld, settle, setupHookTests } from '../support/react-scene.tsx'

setupHookTests()

const inWorld = (world: World, props: Partial<OwnConnectionProps> = {}) => ({
  wrapper: ({ children }: { children: React.ReactNode }) => (
    <InWorld world={world} {...props}>
      {children}
    </InWorld>
  ),
})

/** The one warning that unreadable messages are meant to cause. */
function expectWarning(): void {
  const { calls } = vi.mocked(console.warn).mock
  for (const [text] of calls) expect(text).toMatch(/codec cannot read a message/)
  vi.mocked(console.warn).mockClear()
}

const counting = (): Codec & { decode: ReturnType<typeof vi.fn> } => ({
  decode: vi.fn((text: string) => JSON.parse(text)),
  encode: (message) => JSON.stringify(message),
})

describe('reading', () => {
  it('[R35] messages are event.data without a codec', () => {
    const world = createWorld()
    const { result } = renderHook(() => useLastMessage(), inWorld(world))
    settle(() => world.socket.accept())
    settle(() => world.socket.receive('{"a":1}'))
    expect(result.current).toBe('{"a":1}')
  })

  it('[R35] a frame is decoded once for all readers, of every kind', () => {
    const world = createWorld()
    const codec = counting()
    const heard: unknown[] = []
    const { result } = renderHook(
      () => {
        useMessage((data) => heard.push(data))
        useMessage((data) => heard.push(data))
        useTopic('t', (data) => heard.push(data))
        const { lastMessage } = useWebSocket({ onMessage: (data) => heard.push(data) })
        const sum = useMessageReducer((before: number, { n }: { n: number }) => before + n, 0)
        return [lastMessage, useLastMessage(), useLastMessage(() => true), useMessages()[0]?.data, sum]
      },
      inWorld(world, { codec, topic: () => 't' }),
    )
    settle(() => world.socket.accept())
    settle(() => world.socket.receive('{"n":1}'))
    expect(codec.decode.mock.calls).toEqual([['{"n":1}']])
    const [data] = heard
    expect(data).toEqual({ n: 1 })
    expect(heard).toHaveLength(4)
    for (const one of [...heard, ...result.current.slice(0, 4)]) expect(one).toBe(data)
    expect(result.current[4]).toBe(1)
    settle(() => world.socket.receive('{"n":2}'))
    expect(codec.decode).toHaveBeenCalledTimes(2)
    expect(result.current[4]).toBe(3)
  })

  it('[R35] a frame nobody waits for is not decoded', () => {
    const world = createWorld()
    const codec = counting()
    renderHook(() => useSend(), inWorld(world, { codec }))
    settle(() => world.socket.accept())
    settle(() => world.socket.receive('1'))
    expect(codec.decode).not.toHaveBeenCalled()
  })

  it.each([
    ['zod', z.object({ n: z.number() })],
    ['valibot', v.object({ n: v.number() })],
    ['arktype', type({ n: 'number' })],
  ])('[R35] json(schema) with %s: what fits arrives, what does not is an error', (_, schema) => {
    const world = createWorld()
    const heard: unknown[] = []
    const onError = vi.fn()
    renderHook(
      () => useWebSocket({ onMessage: (data) => heard.push(data), onError }),
      inWorld(world, { codec: json(schema) }),
    )
    settle(() => world.socket.accept())
    settle(() => world.socket.receive('{"n":1}'))
    settle(() => world.socket.receive('{"n":"1"}'))
    settle(() => world.socket.receive('{"n":2}'))
    expect(heard).toEqual([{ n: 1 }, { n: 2 }])
    expect(onError.mock.calls.map(([error]) => error.code)).toEqual(['INVALID_MESSAGE'])
    expectWarning()
  })

  it('[R33] an inline codec is the latest render’s, and no change of connection', () => {
    const world = createWorld()
    const heard: unknown[] = []
    const child = <Hearer onMessage={(data) => heard.push(data)} />
    const tree = (factor: number) => (
      <InWorld world={world} codec={{ decode: (text: string) => Number(text) * factor, encode: String }}>
        {child}
      </InWorld>
    )
    const { rerender } = render(tree(1))
    settle(() => world.socket.accept())
    settle(() => world.socket.receive('2'))
    rerender(tree(10))
    settle(() => world.socket.receive('2'))
    expect(heard).toEqual([2, 20])
    expect(world.dials).toBe(1)
    expect(world.socket.readyState).toBe(1)
  })
})

function Hearer({ onMessage }: { onMessage: (data: unknown) => void }) {
  useMessage(onMessage)
  return null
}

const refuse = () => {
  throw new RangeError('not that one')
}

describe('what cannot be read', () => {
  const bad: [string, unknown, Codec][] = [
    ['a text that is no JSON', '{', json()],
    ['an empty text', '', json()],
    ['a binary frame under json()', new ArrayBuffer(8), json()],
    ['a message that does not fit', '"x"', json(z.number())],
    ['a schema that answers with a promise', '1', json(z.number().refine(async () => true))],
    ['a codec that throws', 'x', { encode: String, decode: refuse }],
  ]
  it.each(bad)('[R35] %s is an INVALID_MESSAGE error, and nothing else', (_, frame, codec) => {
    const world = createWorld()
    const [onMessage, onError, onClose, onTopic] = [vi.fn(), vi.fn(), vi.fn(), vi.fn()]
    const { result } = renderHook(
      () => {
        useTopic('t', onTopic)
        const { state, lastMessage, error } = useWebSocket({ onMessage, onError, onClose })
        return { state, lastMessage, error, list: useMessages(), stats: useConnectionStats({ interval: 100 }) }
      },
      inWorld(world, { codec, topic: () => 't' }),
    )
    settle(() => world.socket.accept())
    settle(() => world.socket.receive(frame))
    advanceTimers(100)
    expect(onError).toHaveBeenCalledTimes(1)
    const error = onError.mock.calls[0]?.[0] as WebSocketReconnectError
    expect(error.code).toBe('INVALID_MESSAGE')
    expect(error.cause).toBeInstanceOf(Error)
    expect([onMessage, onTopic, onClose].map((spy) => spy.mock.calls.length)).toEqual([0, 0, 0])
    expect(result.current).toMatchObject({ state: 'OPEN', lastMessage: null, error: null, list: [] })
    expect(result.current.stats.lastError).toBe(error)
    expect(world.socket.readyState).toBe(1)
    expect(world.socket.closeCalls).toEqual([])
    expectWarning()
  })

  it('[R35] is one error for all readers, and the engine’s own message all the same', () => {
    const world = createWorld()
    const [onError, onEvent] = [vi.fn(), vi.fn()]
    renderHook(
      () => {
        useMessage(() => {})
        useMessage(() => {})
        useWebSocketEvent('error', onError)
        useWebSocketEvent('message', onEvent)
        return [useLastMessage(), useMessages()]
      },
      inWorld(world, { codec: json() }),
    )
    settle(() => world.socket.accept())
    settle(() => world.socket.receive('{'))
    expect(onError).toHaveBeenCalledTimes(1)
    expect(onEvent).toHaveBeenCalledTimes(1)
    expectWarning()
  })

  it('[R35] leaves the last good message in place, and the next one arrives', () => {
    const world = createWorld()
    const { result } = renderHook(() => useLastMessage(), inWorld(world, { codec: json() }))
    settle(() => world.socket.accept())
    for (const text of ['1', '{', '2']) settle(() => world.socket.receive(text))
    expect(result.current).toBe(2)
    expectWarning()
  })
})

describe('writing', () => {
  it('[R35] send encodes, in useWebSocket and in useSend, queued or not', () => {
    const world = createWorld()
    const { result } = renderHook(
      () => ({ one: useWebSocket<any, object>().send, two: useSend<object>() }),
      inWorld(world, { codec: json() }),
    )
    expect(result.current.one({ a: 1 })).toBe('queued')
    settle(() => world.socket.accept())
    expect(result.current.two({ b: 2 })).toBe('sent')
    expect(result.current.one({ c: 3 }, { queue: false })).toBe('sent')
    expect(world.socket.sent).toEqual(['{"a":1}', '{"b":2}', '{"c":3}'])
  })

  it('[R35] what the codec cannot write is thrown at the caller', () => {
    const world = createWorld()
    const { result } = renderHook(() => useSend<unknown>(), inWorld(world, { codec: json() }))
    settle(() => world.socket.accept())
    expect(() => result.current(undefined)).toThrow(TypeError)
    expect(() => result.current(1n)).toThrow(TypeError)
    expect(world.socket.sent).toEqual([])
  })

  const lost: [string, unknown, RegExp][] = [
    ['a Blob', new Blob(['a']), /binary data, got a Blob\. client\.send\(\)/],
    ['an ArrayBuffer', new ArrayBuffer(8), /binary data, got a ArrayBuffer\. client\.send\(\)/],
    ['a view', new Uint8Array([1, 2]), /binary data, got a Uint8Array\./],
    ['a view that is empty', new DataView(new ArrayBuffer(0)), /binary data, got a DataView\./],
    ['a Buffer', Buffer.from('ab'), /binary data/],
    ['a Blob in a field', { name: 'a', file: new Blob(['a']) }, /binary data, got a Blob at "file"\./],
    ['a view in a list', { list: [new Float64Array(1)] }, /binary data, got a Float64Array at "0"\./],
    ['a Map', new Map([['a', 1]]), /the Map as \{\}/],
    ['a Set in a field', { users: new Set(['a']) }, /the Set at "users" as \{\}/],
    ['an Error', { error: new Error('secret') }, /the Error at "error" as \{\}/],
    ['a promise', Promise.resolve({ a: 1 }), /the Promise as \{\}/],
    ['a FormData', new FormData(), /the FormData as \{\}/],
    ['a function', () => 1, /cannot say function/],
    ['nothing', undefined, /cannot say undefined/],
    ['a symbol', Symbol('a'), /cannot say symbol/],
    ['a BigInt in a field', { id: 1n }, /BigInt/],
  ]
  it.each(lost)(
    '[R35] json() writes nothing that would be lost: %s is a TypeError, and nothing is sent',
    (...given) => {
      const [, message, says] = given
      const world = createWorld()
      const { result } = renderHook(() => [useSend<unknown>(), useWebSocket<unknown, unknown>().send], {
        ...inWorld(world, { codec: json() }),
      })
      settle(() => world.socket.accept())
      for (const send of result.current) {
        expect(() => send(message)).toThrow(TypeError)
        expect(() => send(message)).toThrow(says)
      }
      expect(world.socket.sent).toEqual([])
    },
  )

  it('[R35] json() writes what JSON can say as JSON.stringify does', () => {
    class Point {
      x = 1
      #hidden = 2
      get sum() {
        return this.x + this.#hidden
      }
    }
    const listed = { size: 1, slice: () => [], toJSON: () => ['from toJSON'] }
    const fine = [null, 'a', 1, true, {}, [], new Date(0), new Point(), Object.create(null), listed, Object('boxed')]
    for (const message of [...fine, { deep: fine, left: undefined, out: () => 1 }]) {
      expect(json().encode(message)).toBe(JSON.stringify(message))
    }
  })

  it('[R35] binary data goes past a codec through the client itself', () => {
    const world = createWorld()
    const { result } = renderHook(() => useWebSocket().client, inWorld(world, { codec: json() }))
    settle(() => world.socket.accept())
    const bytes = new Uint8Array([1])
    expect(result.current.send(bytes)).toBe('sent')
    expect(world.socket.sent).toEqual([bytes])
  })
})

describe('a codec that answers with a promise', () => {
  const unhandled = vi.fn()
  const later = <T,>(value: T) => Promise.resolve(value) as unknown as T
  const having = (method: string): unknown => ({ [method]: () => {} })
  beforeEach(() => void process.on('unhandledRejection', unhandled))
  afterEach(() => {
    process.off('unhandledRejection', unhandled)
    expect(unhandled).not.toHaveBeenCalled()
  })

  it.each([
    ['resolves', () => later('a')],
    ['rejects', () => Promise.reject(new Error('later'))],
    ['is only like a promise', () => having('then')],
  ])('[R35] one whose decode %s is an INVALID_MESSAGE that says codecs are synchronous', async (_, decode) => {
    const world = createWorld()
    const [onMessage, onError] = [vi.fn(), vi.fn()]
    const { result } = renderHook(
      () => [useWebSocket({ onMessage, onError }).lastMessage, useLastMessage(), useMessages().length],
      inWorld(world, { codec: { decode, encode: String } }),
    )
    settle(() => world.socket.accept())
    settle(() => world.socket.receive('a'))
    expect(onMessage).not.toHaveBeenCalled()
    expect(result.current).toEqual([null, null, 0])
    const [[error]] = onError.mock.calls as [[WebSocketReconnectError]]
    expect(error.code).toBe('INVALID_MESSAGE')
    expect(error.cause).toBeInstanceOf(TypeError)
    expect(String(error.cause)).toMatch(/decode\(\) .*synchronous/)
    vi.useRealTimers()
    await new Promise((resolve) => setTimeout(resolve))
    expectWarning()
  })

  it.each([
    ['resolves', () => later('a')],
    ['rejects', () => later(Promise.reject(new Error('later')) as never)],
  ])('[R35] one whose encode %s makes send throw a TypeError that says so', async (_, encode) => {
    const world = createWorld()
    const { result } = renderHook(() => useSend(), inWorld(world, { codec: { decode: String, encode } }))
    settle(() => world.socket.accept())
    expect(() => result.current('a')).toThrow(TypeError)
    expect(() => result.current('a')).toThrow(/encode\(\) .*synchronous/)
    expect(world.socket.sent).toEqual([])
    vi.useRealTimers()
    await new Promise((resolve) => setTimeout(resolve))
  })
})

const useViews = () => ({
  last: useWebSocket().lastMessage,
  own: useLastMessage(),
  filtered: useLastMessage(() => true),
  list: useMessages().map(({ data }) => data),
  count: useMessageReducer((n: number) => n + 1, 0),
})

function Views({ onRender }: { onRender: (views: unknown) => void }) {
  const views = useViews()
  useEffect(() => onRender(views))
  return null
}

function Room({ name }: { name: string }) {
  const { state } = useWebSocket()
  const lines = useMessages<string>()
  return <>{`${name} ${state} ${lines.map(({ data }) => data).join('')}`}</>
}

describe('a changed url', () => {
  it.each<[string, Partial<OwnConnectionProps>]>([
    ['another url', { url: 'wss://other.test/' }],
    ['another urlKey', { urlKey: 2 }],
    ['no url', { url: null }],
  ])('[R35] %s empties every view', (_, change) => {
    const world = createWorld()
    const seen = vi.fn()
    const child = <Views onRender={seen} />
    const tree = (props: Partial<OwnConnectionProps>) => (
      <InWorld world={world} urlKey={1} {...props}>
        {child}
      </InWorld>
    )
    const { rerender } = render(tree({}))
    settle(() => world.socket.accept())
    act(() => {
      world.socket.receive('a')
      world.socket.receive('b')
    })
    advanceTimers(40)
    const full = { last: 'b', own: 'b', filtered: 'b', list: ['a', 'b'], count: 2 }
    expect(seen).toHaveBeenLastCalledWith(full)
    rerender(tree({ maxRetries: 9 }))
    advanceTimers(40)
    expect(seen).toHaveBeenLastCalledWith(full)
    rerender(tree(change))
    advanceTimers(40)
    expect(seen).toHaveBeenLastCalledWith({ last: null, own: null, filtered: null, list: [], count: 0 })
    if (change.url === null) return
    settle(() => world.socket.accept())
    settle(() => world.socket.receive('c'))
    expect(seen).toHaveBeenLastCalledWith({ last: 'c', own: 'c', filtered: 'c', list: ['c'], count: 1 })
  })

  it('[R35] at once, in the middle of a burst too: nothing of the old room is painted under the new name', () => {
    const world = createWorld()
    const tree = (room: string) => (
      <InWorld world={world} url={`wss://example.test/${room}`}>
        <Room name={room} />
      </InWorld>
    )
    const { container, rerender } = render(tree('a'))
    settle(() => world.socket.accept())
    for (const text of ['1', '2', '3']) {
      act(() => world.socket.receive(text))
      advanceTimers(1)
    }
    expect(container.textContent).toBe('a OPEN 12')
    rerender(tree('b'))
    expect(container.textContent).toBe('b CONNECTING ')
    settle(() => world.socket.accept())
    expect(container.textContent).toBe('b OPEN ')
  })

  it('[R33][R35] an inline function instead of the same string is no other url', () => {
    const world = createWorld()
    const tree = (url: OwnConnectionProps['url']) => (
      <InWorld world={world} url={url}>
        <Room name="a" />
      </InWorld>
    )
    const { container, rerender } = render(tree('wss://example.test/'))
    settle(() => world.socket.accept())
    settle(() => world.socket.receive('m'))
    rerender(tree(() => 'wss://example.test/'))
    advanceTimers(40)
    expect([world.dials, container.textContent]).toEqual([1, 'a OPEN m'])
  })

  it('[R35] so does the update() of a client that is merely lent', () => {
    const world = createWorld()
    const client = clientIn(world)
    client.connect()
    const seen = vi.fn()
    render(
      <WebSocketProvider client={client}>
        <Views onRender={seen} />
      </WebSocketProvider>,
    )
    settle(() => world.socket.accept())
    settle(() => world.socket.receive('a'))
    expect(seen).toHaveBeenLastCalledWith({ last: 'a', own: 'a', filtered: 'a', list: ['a'], count: 1 })
    settle(() => client.update({ maxRetries: 9 }))
    expect(seen).toHaveBeenLastCalledWith({ last: 'a', own: 'a', filtered: 'a', list: ['a'], count: 1 })
    settle(() => client.update({ url: 'wss://other.test/' }))
    expect(seen).toHaveBeenLastCalledWith({ last: null, own: null, filtered: null, list: [], count: 0 })
    settle(() => world.socket.accept())
    settle(() => world.socket.receive('b'))
    expect(seen).toHaveBeenLastCalledWith({ last: 'b', own: 'b', filtered: 'b', list: ['b'], count: 1 })
  })

  const { Activity } = React as { Activity?: typeof React.Activity }
  // React 18 has no Activity.
  if (Activity)
    it('[R35] it empties the views of a hidden tree as well', () => {
      if (!Activity) return
      const world = createWorld()
      const seen = vi.fn()
      const tree = (mode: 'hidden' | 'visible', room: string) => (
        <InWorld world={world} url={`wss://example.test/${room}`}>
          <Activity mode={mode}>
            <Views onRender={seen} />
          </Activity>
        </InWorld>
      )
      const { rerender } = render(tree('visible', 'a'))
      settle(() => world.socket.accept())
      settle(() => world.socket.receive('from a'))
      rerender(tree('hidden', 'a'))
      advanceTimers(40)
      rerender(tree('visible', 'a'))
      advanceTimers(40)
      expect(seen.mock.lastCall?.[0]).toMatchObject({ filtered: 'from a', list: ['from a'], count: 1 })
      rerender(tree('hidden', 'a'))
      rerender(tree('hidden', 'b'))
      settle(() => world.socket.accept())
      rerender(tree('visible', 'b'))
      advanceTimers(40)
      expect(seen).toHaveBeenLastCalledWith({ last: null, own: null, filtered: null, list: [], count: 0 })
    })

  it('[R35] a reconnection does not empty them', () => {
    const world = createWorld()
    const { result } = renderHook(useViews, inWorld(world))
    settle(() => world.socket.accept())
    settle(() => world.socket.receive('a'))
    settle(() => {
      world.socket.die()
      world.advance(1000)
    })
    settle(() => world.socket.accept())
    settle(() => world.socket.receive('b'))
    expect(result.current).toEqual({ last: 'b', own: 'b', filtered: 'b', list: ['a', 'b'], count: 2 })
  })
})
