/**
 * R22: which URLs are dialled, and as what.
 */

import { afterEach, describe, expect, it, vi } from 'vitest'
import { WebSocketReconnect } from '../../../src/index.ts'
import { plain, setup } from '../../support/client-scene.ts'
import { hang, throwing } from '../../support/index.ts'

afterEach(() => vi.unstubAllGlobals())

/** A page to resolve relative URLs against. */
function page(href: string) {
  vi.stubGlobal('location', new URL(href))
  vi.stubGlobal('document', { baseURI: href })
}

function dialled(url: string | URL | (() => string | URL)): string | undefined {
  const { world, client } = setup({ ...plain, url })
  client.connect()
  return world.sockets[0]?.url
}

describe('R22 urls', () => {
  it.each([
    ['ws://example.test/a', 'ws://example.test/a'],
    ['wss://example.test/a?b=c', 'wss://example.test/a?b=c'],
    ['http://example.test/a', 'ws://example.test/a'],
    ['https://example.test:8443/a?b=c', 'wss://example.test:8443/a?b=c'],
    ['HTTPS://example.test/a', 'wss://example.test/a'],
    ['WSS://example.test/a', 'wss://example.test/a'],
  ])('[R22] dials %s as %s', (given, expected) => {
    // Schemes are case-insensitive.
    expect(dialled(given)?.toLowerCase()).toBe(expected)
    expect(dialled(new URL(given))).toBe(expected)
  })

  it('[R22] converts what a provider returns, string or URL, sync or async', async () => {
    for (const answer of ['https://example.test/a', new URL('https://example.test/a')]) {
      for (const url of [() => answer, async () => answer]) {
        const { world, client } = setup({ ...plain, url })
        client.connect()
        await world.settle()
        expect(world.socket.url).toBe('wss://example.test/a')
        expect(client.url).toBe('wss://example.test/a')
      }
    }
  })

  it.each([
    ['https://page.test/app/chat', '/socket', 'wss://page.test/socket'],
    ['http://page.test:8080/app/chat', '/socket', 'ws://page.test:8080/socket'],
    ['https://page.test/app/chat', 'socket', 'wss://page.test/app/socket'],
    ['https://page.test/app/chat', '//other.test/socket', 'wss://other.test/socket'],
  ])('[R22] resolves against the page %s when connecting: %s', (href, url, expected) => {
    const { world, client } = setup({ ...plain, url })
    page(href)
    client.connect()
    expect(world.socket.url).toBe(expected)
  })

  it('[R22] never goes down from wss, wherever the page came from', () => {
    page('http://page.test/')
    expect(dialled('wss://example.test/')).toBe('wss://example.test/')
    expect(dialled('https://example.test/')).toBe('wss://example.test/')
  })

  it('[R22] is FAILED with INVALID_URL where a relative URL meets no page', async () => {
    const { world, client, log } = setup({ ...plain, url: '/socket' })
    expect(log).toEqual([])
    const promise = client.connect()
    expect(client.state).toBe('FAILED')
    expect(log.of('error').map((error) => error.code)).toEqual(['INVALID_URL'])
    expect(log.of('close')).toEqual([{ code: 1006, reason: '', wasClean: false, opened: false }])
    expect(world.timers).toBe(0)
    await expect(promise).rejects.toMatchObject({ code: 'INVALID_URL' })
  })

  it.each([
    ['ftp://example.test/'],
    ['file:///etc/passwd'],
    ['javascript:alert(1)'],
    ['wss://'],
    ['http://['],
    ['ws://a b/'],
  ])('[R22] throws a TypeError for %s at construction', (url) => {
    expect(() => new WebSocketReconnect({ url })).toThrow(TypeError)
  })

  it('[R22] takes such a URL from a provider for a failed attempt', async () => {
    for (const url of ['ftp://example.test/', 'wss://', 'http://[']) {
      const { world, client, log } = setup({ ...plain, url: () => url })
      client.connect()
      await world.settle()
      expect(world.dials).toBe(0)
      expect(log.of('error').map((error) => error.code)).toEqual(['INVALID_URL'])
      expect(client.getSnapshot()).toMatchObject({ state: 'CLOSED', retryCount: 1 })
    }
  })

  it('[R22] asks the provider afresh on every attempt', async () => {
    const asked: unknown[] = []
    const { world, client } = setup({
      ...plain,
      url: ({ attempt, lastClose }) => {
        asked.push([attempt, lastClose?.code ?? null])
        return `wss://example.test/${asked.length}`
      },
    })
    client.connect()
    await world.settle()
    world.socket.refuse()
    await world.advanceAsync(1000)
    world.socket.refuse()
    await world.advanceAsync(2000)
    expect(asked).toEqual([
      [0, null],
      [1, 1006],
      [2, 1006],
    ])
    expect(world.sockets.map((socket) => socket.url)).toEqual([
      'wss://example.test/1',
      'wss://example.test/2',
      'wss://example.test/3',
    ])
  })

  it('[R22] offers protocols given as a string, a list or a provider', async () => {
    const offered = async (protocols: NonNullable<Parameters<typeof setup>[0]>['protocols']) => {
      const { world, client } = setup({ ...plain, protocols })
      client.connect()
      await world.settle()
      return world.socket.protocols
    }
    expect(await offered('v1')).toEqual(['v1'])
    expect(await offered(['v1', 'v2'])).toEqual(['v1', 'v2'])
    expect(await offered(() => 'v3')).toEqual(['v3'])
    expect(await offered(async () => ['v4', 'v5'])).toEqual(['v4', 'v5'])
    expect(await offered([])).toEqual([])
  })

  it('[R22] aborts the provider’s signal when its attempt is over', async () => {
    const signals: (AbortSignal | undefined)[] = []
    const { world, client } = setup({
      ...plain,
      url: ({ signal }) => {
        signals.push(signal)
        return new Promise<string>(() => {})
      },
    })
    client.connect()
    expect(signals[0]?.aborted).toBe(false)
    await world.advanceAsync(10_000)
    expect(signals[0]?.aborted).toBe(true)
    await world.advanceAsync(1000)
    expect(signals[1]?.aborted).toBe(false)
    client.close()
    expect(signals[1]?.aborted).toBe(true)
  })

  it('[F68][R22] drops the late answer of a provider whose attempt is over', async () => {
    const answers: ((url: string) => void)[] = []
    const { world, client } = setup({ ...plain, url: () => new Promise<string>((resolve) => answers.push(resolve)) })
    client.connect()
    client.close()
    answers[0]?.('wss://late.test/')
    await world.settle()
    expect(world.dials).toBe(0)
    expect(client.state).toBe('CLOSED')
    client.connect()
    client.reconnect()
    answers[1]?.('wss://later.test/')
    await world.settle()
    expect(world.dials).toBe(0)
    answers[2]?.('wss://right.test/')
    await world.settle()
    expect(world.sockets.map((socket) => socket.url)).toEqual(['wss://right.test/'])
  })

  it('[R22] puts one deadline over provider and handshake', async () => {
    const { world, client, log } = setup({
      ...plain,
      url: () => new Promise<string>((resolve) => world.clock.later(6000, () => resolve('wss://example.test/'))),
    })
    client.connect()
    await world.advanceAsync(6000)
    expect(world.dials).toBe(1)
    await world.advanceAsync(3999)
    expect(client.state).toBe('CONNECTING')
    await world.advanceAsync(1)
    expect(client.state).toBe('CLOSED')
    expect(log.of('error').map((error) => error.code)).toEqual(['CONNECT_TIMEOUT'])
  })
})

describe('R22 what a provider answers', () => {
  it.each([
    ['a string', 'wss://example.test/a#part', 'wss://example.test/a'],
    ['a string with a query', 'wss://example.test/a?b=c#part?d', 'wss://example.test/a?b=c'],
    ['a URL', new URL('https://example.test/a#part'), 'wss://example.test/a'],
    ['an empty fragment', 'wss://example.test/a#', 'wss://example.test/a'],
    ['two of them', 'wss://example.test/#a#b', 'wss://example.test/'],
  ])('[R22] cuts a fragment off, given or answered: %s', (_what, url, expected) => {
    expect(dialled(url)).toBe(expected)
    expect(dialled(() => url)).toBe(expected)
  })

  it('[R22] cuts a fragment off a relative url too', () => {
    page('https://page.test/app#top')
    expect(dialled('/socket#part')).toBe('wss://page.test/socket')
    expect(dialled('socket')).toBe('wss://page.test/socket')
  })

  const syntaxError = () => Object.assign(new Error('the url is no good'), { name: 'SyntaxError' })

  it.each([
    ['a url', { url: () => 'wss://example.test/' }],
    ['a promise of a url', { url: async () => 'wss://example.test/' }],
    ['protocols', { protocols: () => ['tok=en/'] }],
  ])('[R22] retries where the platform calls the answer a SyntaxError (%s)', async (_what, options) => {
    const { world, client, log } = setup({ ...plain, ...options }, { server: throwing(syntaxError()) })
    client.connect()
    await world.settle()
    expect(log.of('error').map(({ code }) => code)).toEqual(['SOCKET_THREW'])
    expect(client.getSnapshot()).toMatchObject({ state: 'CLOSED', retryCount: 1 })
    world.server = hang()
    await world.advanceAsync(1000)
    expect(client.state).toBe('CONNECTING')
  })

  it('[R22] is FAILED where the same is written in the options', () => {
    const { client } = setup({ ...plain, protocols: ['tok=en/'] }, { server: throwing(syntaxError()) })
    client.connect()
    expect(client.state).toBe('FAILED')
  })

  it.each([
    ['url', 'ws://[bad/', 'INVALID_URL'],
    ['url', 7, 'URL_PROVIDER_FAILED'],
    ['protocols', 7, 'URL_PROVIDER_FAILED'],
    ['protocols', [7], 'URL_PROVIDER_FAILED'],
    ['websocketOptions', 'headers', 'URL_PROVIDER_FAILED'],
  ])('[R22] retries a provider of %s that answers %o once', async (option, wrong, code) => {
    const right = { url: 'wss://example.test/', protocols: ['v1'], websocketOptions: { a: 1 } }
    let asked = 0
    const provider = () => (asked++ ? right[option as keyof typeof right] : wrong)
    const { world, client, log } = setup({ ...plain, [option]: provider })
    client.connect()
    expect(log.of('error').map((error) => error.code)).toEqual([code])
    expect(client.getSnapshot()).toMatchObject({ state: 'CLOSED', retryCount: 1 })
    world.advance(1000)
    world.socket.accept()
    expect([client.state, asked]).toEqual(['OPEN', 2])
  })
})
