/** What developers are told, each once, and users never: R31, R33, R35. */

import { render, renderHook } from '@testing-library/react'
import { useEffect } from 'react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type * as Hooks from '../../hooks/index.ts'
import { createWorld, type World } from '../support/index.ts'
import { advanceTimers } from '../support/react-scene.tsx'

let hooks: typeof Hooks
const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
const texts = () => warn.mock.calls.map(([text]) => String(text))

beforeEach(async () => {
  vi.useFakeTimers()
  // "Once" is once per page, so each test gets the library as a fresh page does.
  vi.resetModules()
  hooks = await import('../../hooks/index.ts')
})
afterEach(() => {
  vi.unstubAllEnvs()
  vi.useRealTimers()
  warn.mockClear()
})

function mount(world: World, props: Partial<Hooks.OwnConnectionProps>) {
  const { WebSocketProvider, useMessage } = hooks
  let client: Hooks.WebSocketClient | undefined
  const keep = (given: Hooks.WebSocketClient) => {
    client = given
  }
  const Reader = () => {
    useMessage(() => {})
    const { client } = hooks.useWebSocket()
    useEffect(() => keep(client), [client])
    return null
  }
  const tree = (next: Partial<Hooks.OwnConnectionProps>) => (
    <WebSocketProvider {...(world.options() as Hooks.OwnConnectionProps)} {...next}>
      <Reader />
    </WebSocketProvider>
  )
  const view = render(tree(props))
  return {
    client: client as unknown as Hooks.WebSocketClient,
    rerender: (next: Partial<Hooks.OwnConnectionProps>) => view.rerender(tree(next)),
  }
}

/** Every way to earn a warning, and what it says. */
const mistakes: [name: string, text: RegExp, make: () => void][] = [
  [
    'a string url that is another one on every render',
    /"url" is another string on every render/,
    () => {
      const { rerender } = mount(createWorld(), {})
      for (let i = 0; i < 20; i++) rerender({ url: `wss://example.test/?now=${i}` })
    },
  ],
  [
    'the same in useWebSocketConnection',
    /"url" is another string on every render/,
    () => {
      const { url: _, ...options } = createWorld().options() as Hooks.OwnConnectionProps
      const { rerender } = renderHook((i: number) => hooks.useWebSocketConnection(`wss://example.test/${i}`, options), {
        initialProps: 0,
      })
      for (let i = 1; i < 20; i++) rerender(i)
    },
  ],
  [
    'ws:// on a page that came by https',
    /browsers refuse ws:\/\//,
    () => {
      Object.defineProperty(document, 'baseURI', { value: 'https://example.test/', configurable: true })
      const clients = [1, 2].map((n) => {
        const client = new hooks.WebSocketReconnect(createWorld().options({ url: `ws://example.test/${n}` }))
        client.connect()
        return client
      })
      for (const client of clients) client.close()
      Reflect.deleteProperty(document, 'baseURI')
    },
  ],
  [
    'maxRetries below failureThreshold',
    /maxRetries \(3\) is below circuitBreaker.failureThreshold \(5\)/,
    () => {
      for (let i = 0; i < 3; i++) mount(createWorld(), { maxRetries: 3, circuitBreaker: {} })
    },
  ],
  [
    'a frame that the codec cannot read',
    /codec cannot read a message/,
    () => {
      const world = createWorld()
      mount(world, { codec: hooks.json() })
      world.socket.accept()
      for (let i = 0; i < 3; i++) world.socket.receive('{')
    },
  ],
  [
    'a url that changes while a close() holds',
    /the url has changed, but close\(\) was called, .* give enabled=\{false\} or url=\{null\}/,
    () => {
      for (let i = 0; i < 2; i++) {
        const { rerender, client } = mount(createWorld(), {})
        client.close()
        rerender({ url: 'wss://example.test/?user=2' })
        rerender({ url: 'wss://example.test/?user=3' })
      }
    },
  ],
  [
    'a urlKey that changes while a close() holds',
    /the url has changed, but close\(\) was called/,
    () => {
      const url = () => 'wss://example.test/'
      const { rerender, client } = mount(createWorld(), { url, urlKey: 1 })
      client.close()
      rerender({ url, urlKey: 2 })
    },
  ],
  [
    'an unknown option that is like none',
    /unknown option "nonsense". Known are url, protocols, /,
    () => {
      for (let i = 0; i < 3; i++) mount(createWorld(), { nonsense: 3 } as object)
    },
  ],
  [
    'an unknown option',
    /unknown option "maxRetry". Did you mean "maxRetries"/,
    () => {
      for (let i = 0; i < 3; i++) mount(createWorld(), { maxRetry: 3 } as object)
    },
  ],
]

describe.each(mistakes)('%s', (_, text, make) => {
  it('[R31][R33][R35] is told once in development', () => {
    make()
    advanceTimers(0)
    expect(texts()).toEqual([expect.stringMatching(text)])
  })

  it('[R31][R33][R35] is not told in production', () => {
    vi.stubEnv('NODE_ENV', 'production')
    make()
    advanceTimers(0)
    expect(texts()).toEqual([])
  })
})

describe('no warning', () => {
  it('[R33] for a url that changes as pages do, even five times in a row', () => {
    const { rerender } = mount(createWorld(), {})
    for (let visit = 0; visit < 10; visit++) {
      for (let page = 0; page < 5; page++) rerender({ url: `wss://example.test/${visit}/${page}` })
      rerender({ url: `wss://example.test/${visit}/4` })
    }
    expect(texts()).toEqual([])
  })

  it('[R30] for a url that changes while it is closed by `enabled`, by no url, or opened again', () => {
    const { rerender, client } = mount(createWorld(), {})
    client.close()
    rerender({ url: 'wss://example.test/?user=2', enabled: false })
    rerender({ url: 'wss://example.test/?user=3', enabled: true })
    client.close()
    rerender({ url: null })
    client.connect()
    rerender({ url: 'wss://example.test/?user=4' })
    client.close()
    for (let i = 0; i < 3; i++) rerender({ url: 'wss://example.test/?user=4', maxRetries: 5 + i })
    expect(texts()).toEqual([])
  })

  it('[R35] for few retries without a circuit breaker, for a lower threshold, for wss and for ws on http', () => {
    mount(createWorld(), { maxRetries: 3, circuitBreaker: false })
    mount(createWorld(), { maxRetries: 3, circuitBreaker: { failureThreshold: 3 } })
    mount(createWorld(), { url: 'ws://example.test/' })
    expect(texts()).toEqual([])
  })
})
