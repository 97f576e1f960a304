/**
 * R28: what the engine can do without, what it passes on to a socket, and when it looks for one.
 */

import Module from 'node:module'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { WebSocketReconnect, type WebSocketReconnectOptions } from '../../../src/index.ts'
import { connected, plain, setup, untilRetry } from '../../support/client-scene.ts'
import { createWorld, type WorldOptions } from '../../support/index.ts'

afterEach(() => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

describe('R28 old platforms', () => {
  it.each(['EventTarget', 'Event', 'CloseEvent', 'MessageEvent', 'AbortController', 'AbortSignal', 'performance'])(
    '[R28] lives without a global %s',
    async (name) => {
      vi.stubGlobal(name, undefined)
      const scene = setup({ ...plain, url: async () => 'wss://example.test/' })
      const { world, client, log } = scene
      client.connect()
      await world.settle()
      world.socket.refuse()
      await world.advanceAsync(1000)
      world.socket.accept()
      world.socket.receive('x')
      world.advance(6000)
      world.socket.die()
      await world.advanceAsync(1000)
      world.socket.accept()
      client.close()
      world.advance(0)
      expect(log.of('close')).toHaveLength(3)
      expect(client.state).toBe('CLOSED')
    },
  )

  it('[R28] needs no global performance for its own clock', () => {
    vi.stubGlobal('performance', undefined)
    const world = createWorld({ timeStamps: false })
    const client = new WebSocketReconnect({
      url: 'wss://example.test/',
      WebSocket: world.WebSocket,
      environment: false,
    })
    client.connect()
    world.socket.accept()
    world.socket.receive('x')
    expect(client.getStats().uptime).toBeGreaterThanOrEqual(0)
    expect(client.getStats().lastActivity).toBeGreaterThan(1_700_000_000_000)
    client.close()
    world.advance(0)
    expect(client.state).toBe('CLOSED')
  })

  it('[R28] gives a provider no signal where there is no AbortController', () => {
    vi.stubGlobal('AbortController', undefined)
    const signals: unknown[] = []
    const { client } = setup({
      ...plain,
      url: ({ signal }) => {
        signals.push(signal)
        return new Promise<string>(() => {})
      },
    })
    client.connect()
    client.close()
    expect(signals).toEqual([undefined])
  })

  it('[R28] passes non-empty websocketOptions as the third argument of an explicit WebSocket', () => {
    const websocketOptions = { headers: { Authorization: 'Bearer token123' } }
    const { world, client } = setup({ ...plain, protocols: ['v1'], websocketOptions })
    client.connect()
    expect(world.socket.args).toEqual(['wss://example.test/', ['v1'], websocketOptions])
    expect(world.socket.args[2]).toBe(websocketOptions)
  })

  it('[R28] passes no third argument where websocketOptions is empty', () => {
    for (const options of [{}, { websocketOptions: {} }]) {
      const { world, client } = setup({ ...plain, ...options })
      client.connect()
      expect(world.socket.args.length).toBeLessThanOrEqual(2)
    }
  })

  it('[R28] looks the global WebSocket up when connecting, not before, and again for every attempt', () => {
    const first = createWorld()
    const second = createWorld()
    const options = first.options(plain)
    delete options.WebSocket
    const client = new WebSocketReconnect(options)
    vi.stubGlobal('WebSocket', first.WebSocket)
    client.connect()
    expect(first.dials).toBe(1)
    first.socket.refuse()
    vi.stubGlobal('WebSocket', second.WebSocket)
    untilRetry({ world: first, client })
    expect([first.dials, second.dials]).toEqual([1, 1])
    client.close()
  })

  it('[R28] applies binaryType to every new socket if given, and leaves it alone otherwise', () => {
    const scene = connected({ ...plain, binaryType: 'arraybuffer' })
    expect(scene.world.socket.binaryType).toBe('arraybuffer')
    scene.world.socket.die()
    untilRetry(scene)
    expect(scene.world.socket.binaryType).toBe('arraybuffer')
    const plainly = connected(plain)
    expect(plainly.world.socket.binaryType).toBe('blob')
  })

  it('[R28] needs events only, no on… properties, of a socket', () => {
    const { world, client } = setup(plain)
    client.connect()
    for (const property of ['onopen', 'onmessage', 'onclose', 'onerror']) expect(property in world.socket).toBe(false)
    world.socket.accept()
    expect(client.state).toBe('OPEN')
  })

  it('[R28] touches no global while it is constructed', () => {
    const touched: string[] = []
    for (const name of ['window', 'navigator', 'document', 'location', 'WebSocket']) {
      const before = Object.getOwnPropertyDescriptor(globalThis, name)
      Object.defineProperty(globalThis, name, {
        configurable: true,
        get: () => {
          touched.push(name)
          return undefined
        },
      })
      new WebSocketReconnect({ url: 'wss://example.test/' })
      if (before) Object.defineProperty(globalThis, name, before)
      else delete (globalThis as Record<string, unknown>)[name]
    }
    expect(touched).toEqual([])
  })
})

describe('R28 Node', () => {
  const platform = Module as unknown as { _load(id: string, ...rest: unknown[]): unknown }

  /** Node, with `ws` replaced by an answer; the platform is stubbed here, no module of ours. */
  function withWs(answer: () => unknown) {
    const load = platform._load
    let asked = 0
    vi.spyOn(platform, '_load').mockImplementation(function (this: unknown, id: string, ...rest: unknown[]) {
      if (id !== 'ws') return load.call(this, id, ...rest)
      asked++
      return answer()
    })
    return () => asked
  }

  const notInstalled = () => {
    throw Object.assign(new Error("Cannot find module 'ws'"), { code: 'MODULE_NOT_FOUND' })
  }

  /** Options that leave the choice of the constructor to the platform. */
  function native(options: Partial<WebSocketReconnectOptions> = {}, worldOptions: WorldOptions = {}) {
    const scene = setup({ ...plain, ...options, WebSocket: undefined }, worldOptions)
    return { ...scene, asked: withWs(() => scene.world.WebSocket) }
  }

  it('[R28] loads ws on the first connect where there is no global WebSocket, and not before', () => {
    vi.stubGlobal('WebSocket', undefined)
    const { world, client, asked } = native()
    expect(asked()).toBe(0)
    client.connect()
    expect(asked()).toBeGreaterThan(0)
    expect(world.dials).toBe(1)
    world.socket.accept()
    expect(client.state).toBe('OPEN')
  })

  it('[R28] prefers ws where websocketOptions are given, and passes them on', () => {
    const elsewhere = createWorld()
    vi.stubGlobal('WebSocket', elsewhere.WebSocket)
    const { world, client } = native({ websocketOptions: { headers: { a: 'b' } } })
    client.connect()
    expect(elsewhere.dials).toBe(0)
    expect(world.socket.args[2]).toEqual({ headers: { a: 'b' } })
  })

  it('[R28] does not load ws where the global WebSocket will do', () => {
    const elsewhere = createWorld()
    vi.stubGlobal('WebSocket', elsewhere.WebSocket)
    const { client, asked } = native()
    client.connect()
    expect([elsewhere.dials, asked()]).toEqual([1, 0])
  })

  it('[R7] is FAILED at once where there is no WebSocket to use, and names the install command', async () => {
    vi.stubGlobal('WebSocket', undefined)
    const { world, client, log } = setup({ ...plain, WebSocket: undefined })
    withWs(notInstalled)
    const promise = client.connect()
    expect(client.state).toBe('FAILED')
    expect(log.of('error').map((error) => error.code)).toEqual(['WEBSOCKET_UNAVAILABLE'])
    expect(log.of('error')[0]?.message).toContain('npm install ws')
    expect(log.of('close')).toEqual([{ code: 1006, reason: '', wasClean: false, opened: false }])
    expect(world.timers).toBe(0)
    await expect(promise).rejects.toBe(log.of('error')[0])
  })

  it('[R28] warns once in a browser, where websocketOptions are ignored', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    const elsewhere = createWorld()
    vi.stubGlobal('WebSocket', elsewhere.WebSocket)
    vi.stubGlobal('document', { baseURI: 'https://page.test/', addEventListener() {}, removeEventListener() {} })
    const { client } = setup({ ...plain, WebSocket: undefined, websocketOptions: { headers: {} } })
    withWs(notInstalled)
    client.connect()
    client.reconnect()
    client.reconnect()
    expect(elsewhere.dials).toBe(3)
    expect(warn).toHaveBeenCalledTimes(1)
    expect(String(warn.mock.calls[0]?.[0])).toContain('websocketOptions')
    client.close()
  })
})

describe('R28 websocketOptions', () => {
  it('[R28] may be a function, asked afresh for every attempt with what url is told', async () => {
    const asked: unknown[] = []
    const scene = setup({
      ...plain,
      websocketOptions: ({ attempt, lastClose, signal }) => {
        asked.push([attempt, lastClose?.code ?? null, signal?.aborted])
        return { headers: { n: asked.length } }
      },
    })
    const { world, client } = scene
    client.connect()
    world.socket.refuse()
    untilRetry(scene)
    expect(asked).toEqual([
      [0, null, false],
      [1, 1006, false],
    ])
    expect(world.sockets.map(({ args }) => args[2])).toEqual([{ headers: { n: 1 } }, { headers: { n: 2 } }])
  })

  it('[R28] may be asked for later, beside the url and the protocols', async () => {
    const { world, client } = setup({
      ...plain,
      url: async () => 'wss://example.test/',
      protocols: async () => ['v1'],
      websocketOptions: async () => ({ headers: { a: 'b' } }),
    })
    client.connect()
    expect(world.dials).toBe(0)
    await world.settle()
    expect(world.socket.args).toEqual(['wss://example.test/', ['v1'], { headers: { a: 'b' } }])
  })

  it('[R28] leave the third argument out where the function answers an empty object or nothing', () => {
    for (const answer of [{}, undefined, null]) {
      const { world, client } = setup({ ...plain, websocketOptions: (() => answer) as never })
      client.connect()
      expect(world.socket.args.length).toBeLessThanOrEqual(2)
    }
  })

  it('[R28] are a failed attempt, retried, where the function throws, rejects or answers no object', async () => {
    const answers = [
      () => {
        throw new Error('no token')
      },
      () => Promise.reject(new Error('no token')),
      () => 'Bearer token',
      () => 7,
    ]
    for (const websocketOptions of answers) {
      const { world, client, log } = setup({ ...plain, websocketOptions: websocketOptions as never })
      client.connect()
      await world.settle()
      expect(log.of('error').map(({ code }) => code)).toEqual(['URL_PROVIDER_FAILED'])
      expect([client.getSnapshot().retryCount, world.dials]).toEqual([1, 0])
    }
  })

  it('[R28] abort their signal when the attempt is over', () => {
    const signals: (AbortSignal | undefined)[] = []
    const { client } = setup({
      ...plain,
      websocketOptions: ({ signal }) => {
        signals.push(signal)
        return new Promise<object>(() => {})
      },
    })
    client.connect()
    client.close()
    expect(signals.map((signal) => signal?.aborted)).toEqual([true])
  })

  it('[R28] throw a TypeError at construction where they are neither object nor function', () => {
    for (const websocketOptions of [7, 'headers', null]) {
      expect(() => setup({ websocketOptions: websocketOptions as never })).toThrow(/websocketOptions/)
    }
  })
})

describe("R28 Node's own WebSocket", () => {
  const platform = Module as unknown as { _load(id: string, ...rest: unknown[]): unknown }

  /** Node without `ws`, whose own WebSocket is a fake one. */
  function bare(options: Partial<WebSocketReconnectOptions>) {
    const load = platform._load
    vi.spyOn(platform, '_load').mockImplementation(function (this: unknown, id: string, ...rest: unknown[]) {
      if (id === 'ws') throw Object.assign(new Error("Cannot find module 'ws'"), { code: 'MODULE_NOT_FOUND' })
      return load.call(this, id, ...rest)
    })
    const scene = setup({ ...plain, ...options, WebSocket: undefined })
    const calls: unknown[][] = []
    vi.stubGlobal(
      'WebSocket',
      class extends (scene.world.WebSocket as new (url: string) => object) {
        constructor(...args: unknown[]) {
          super(args[0] as string)
          calls.push(args)
        }
      },
    )
    return { ...scene, calls }
  }

  it('[R28] gets headers and dispatcher in one object with the protocols', () => {
    const headers = { Authorization: 'Bearer token123' }
    const dispatcher = { dispatch() {} }
    const { client, calls } = bare({ protocols: ['v1'], websocketOptions: { headers, dispatcher } })
    client.connect()
    expect(calls).toEqual([['wss://example.test/', { headers, dispatcher, protocols: ['v1'] }]])
    client.close()
    const plainly = bare({ websocketOptions: () => ({ headers }) })
    plainly.client.connect()
    expect(plainly.calls).toEqual([['wss://example.test/', { headers, protocols: [] }]])
    plainly.client.close()
  })

  it('[R28] gets its protocols as ever where there are no options', () => {
    const { client, calls } = bare({ protocols: ['v1'] })
    client.connect()
    expect(calls).toEqual([['wss://example.test/', ['v1']]])
    client.close()
  })

  it('[R28] says what it will not take, and what to install', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    const { client } = bare({ websocketOptions: { headers: {}, perMessageDeflate: false, ca: 'x' } })
    client.connect()
    client.reconnect()
    expect(warn).toHaveBeenCalledTimes(1)
    expect(String(warn.mock.calls[0]?.[0])).toMatch(/perMessageDeflate, ca.*npm install ws/)
    client.close()
  })

  it('[R28] is not mistaken for an explicit WebSocket, which gets a third argument', () => {
    const { world, client } = setup({ ...plain, websocketOptions: { headers: { a: 'b' } } })
    vi.stubGlobal('WebSocket', world.WebSocket)
    client.connect()
    expect(world.socket.args).toEqual(['wss://example.test/', undefined, { headers: { a: 'b' } }])
  })
})

describe('R28 a WebSocket that stands on this engine', () => {
  /** What people write to give every library on the page a connection that comes back. */
  class Wrapper {
    readonly client: WebSocketReconnect
    constructor(url: string) {
      this.client = new WebSocketReconnect({ url, environment: false })
      this.client.connect()
    }
  }

  it('[R28] is a TypeError that says what to pass, and no endless dialling', () => {
    vi.stubGlobal('WebSocket', Wrapper)
    expect(() => new Wrapper('wss://example.test/')).toThrow(TypeError)
    expect(() => new Wrapper('wss://example.test/')).toThrow(/WebSocket option/)
    const { client, log } = setup({ ...plain, WebSocket: undefined })
    expect(() => client.connect()).toThrow(TypeError)
    expect(client.state).toBe('FAILED')
    expect(log.of('error').map(({ code }) => code)).toEqual(['WEBSOCKET_UNAVAILABLE'])
  })

  it('[R28] is a rejected promise and FAILED where the address is asked for first', async () => {
    vi.stubGlobal('WebSocket', Wrapper)
    const { world, client, log } = setup({ ...plain, WebSocket: undefined, url: async () => 'wss://example.test/' })
    const connecting = client.connect()
    await expect(connecting).rejects.toMatchObject({ code: 'WEBSOCKET_UNAVAILABLE', cause: expect.any(TypeError) })
    expect([client.state, log.of('error').length, world.timers]).toEqual(['FAILED', 1, 0])
  })

  it('[R28] dials no further round where the client inside connects later, or asks for its address first', async () => {
    for (const isAsked of [true, false]) {
      const inner: WebSocketReconnect[] = []
      class Later {
        constructor(address: string) {
          const url = isAsked ? async () => address : address
          const client = new WebSocketReconnect({ url, environment: false })
          inner.push(client)
          if (isAsked) client.connect()
          else queueMicrotask(() => expect(() => client.connect()).toThrow(/WebSocket option/))
        }
        addEventListener() {}
        close() {}
      }
      vi.stubGlobal('WebSocket', Later)
      const { world, client } = setup({ ...plain, WebSocket: undefined })
      client.connect()
      await world.settle()
      expect([client.state, inner.length, inner[0]?.state]).toEqual(['CONNECTING', 1, 'FAILED'])
      expect(inner[0]?.getSnapshot().error?.cause).toBeInstanceOf(TypeError)
      client.close()
    }
  })

  it('[R28] may be the global where the engine is given the platform’s own', () => {
    const world = createWorld()
    const stand = class {
      readonly client: WebSocketReconnect
      constructor(url: string) {
        this.client = new WebSocketReconnect(world.options({ ...plain, url }))
        this.client.connect()
      }
    }
    vi.stubGlobal('WebSocket', stand)
    const { client } = new stand('wss://example.test/')
    expect([client.state, world.dials]).toEqual(['CONNECTING', 1])
    client.close()
  })

  it('[R28] does not keep the next client from the platform, once the global is right again', () => {
    vi.stubGlobal('WebSocket', Wrapper)
    const { world, client } = setup({ ...plain, WebSocket: undefined })
    expect(() => client.connect()).toThrow(TypeError)
    vi.stubGlobal('WebSocket', world.WebSocket)
    client.connect()
    expect([client.state, world.dials]).toEqual(['CONNECTING', 1])
  })

  it('[R28] does not keep two engines from dialling with the same constructor', async () => {
    // A platform whose constructor runs user code, which connects another client.
    const inner = setup({ ...plain, WebSocket: undefined })
    const outer = setup({ ...plain, WebSocket: undefined })
    let isFirst = true
    vi.stubGlobal(
      'WebSocket',
      class extends (outer.world.WebSocket as new (url: string) => object) {
        constructor(url: string) {
          super(url)
          if (isFirst) {
            isFirst = false
            queueMicrotask(() => inner.client.connect())
          }
        }
      },
    )
    outer.client.connect()
    expect(outer.client.state).toBe('CONNECTING')
    await outer.world.settle()
    expect(inner.client.state).toBe('CONNECTING')
    for (const { client } of [inner, outer]) client.close()
  })
})
