/**
 * R28: what the engine can do without, what it passes on to a socket, and when it looks for one.
 */

import Module from 'node:module'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { WebSocketReconnect, type WebSocketReconnectOptions } from '../../../src/index.ts'
import { createWorld, type WorldOptions } from '../../support/index.ts'
import { connected, plain, setup, untilRetry } from './setup.ts'

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
