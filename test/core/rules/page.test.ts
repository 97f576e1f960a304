// @vitest-environment jsdom
/**
 * R15 and R6 in a page: which of the browser's own events count as which news.
 * The only rule file with a DOM: it is the default environment that is under test.
 */

import { afterEach, describe, expect, it, vi } from 'vitest'
import { failed, plain, setup, untilRetry } from '../../support/client-scene.ts'

afterEach(() => vi.restoreAllMocks())

const beating = { ...plain, heartbeatInterval: 30_000, environment: undefined }

function fire(target: EventTarget, type: string, fields: object = {}) {
  target.dispatchEvent(Object.assign(new Event(type), fields))
}

function visible(state: 'visible' | 'hidden') {
  vi.spyOn(document, 'visibilityState', 'get').mockReturnValue(state)
  fire(document, 'visibilitychange')
}

/** Whether something made the open client probe. */
function probes(news: () => void): boolean {
  const { world, client } = setup(beating)
  client.connect()
  world.socket.accept()
  news()
  client.close()
  world.advance(0)
  return world.socket.sent.length === 1
}

describe('R15 in a page', () => {
  it('[R15] takes online, visible, pageshow and resume for good news', () => {
    expect(probes(() => fire(window, 'online'))).toBe(true)
    expect(probes(() => visible('visible'))).toBe(true)
    expect(probes(() => fire(window, 'pageshow', { persisted: true }))).toBe(true)
    expect(probes(() => fire(document, 'resume'))).toBe(true)
  })

  it('[R15] probes on offline, and not when the page is hidden or frozen', () => {
    expect(probes(() => fire(window, 'offline'))).toBe(true)
    expect(probes(() => visible('hidden'))).toBe(false)
    expect(probes(() => fire(document, 'freeze'))).toBe(false)
    expect(probes(() => fire(window, 'pagehide', { persisted: true }))).toBe(false)
  })

  it('[R15] is still hidden for a page that is thawed where nobody sees it', () => {
    const { world, client } = setup({ ...beating, hiddenTimeout: 10_000 })
    client.connect()
    world.socket.accept()
    visible('hidden')
    fire(document, 'freeze')
    world.advance(5000)
    fire(document, 'resume')
    expect(world.socket.sent).toHaveLength(1)
    world.socket.receive('pong')
    world.advance(10_000)
    expect(client.getSnapshot()).toMatchObject({ status: 'waiting', retryAt: null })
    fire(document, 'resume')
    world.advance(10_000)
    expect(client.getSnapshot().status).toBe('waiting')
    visible('visible')
    expect(client.state).toBe('CONNECTING')
    client.close()
  })

  it('[R7] counts no connection lost to freeze or the back/forward cache', () => {
    for (const freeze of [() => fire(document, 'freeze'), () => fire(window, 'pagehide', { persisted: true })]) {
      const { world, client } = setup({ ...beating, circuitBreaker: {} })
      client.connect()
      world.socket.accept()
      freeze()
      world.socket.die()
      expect(client.getSnapshot().circuitFailures).toBe(0)
      client.close()
    }
  })

  it('[R15] knows from navigator.onLine that it begins offline', () => {
    vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false)
    const { world, client, at } = setup({ ...beating, circuitBreaker: {} })
    client.connect()
    world.socket.refuse()
    expect(client.getSnapshot()).toMatchObject({ circuitFailures: 0, retryAt: at(30_000) })
    client.close()
  })

  it('[R6] starts an exhausted client over when the page is seen again', () => {
    const scene = failed({ circuitBreaker: false, environment: undefined })
    visible('visible')
    expect(scene.client.state).toBe('CLOSED')
    untilRetry(scene)
    expect(scene.client.state).toBe('CONNECTING')
    scene.client.close()
  })

  it('[R20] takes every listener off the page', () => {
    const on: unknown[][] = []
    const off: unknown[][] = []
    for (const target of [window, document, globalThis] as unknown as EventTarget[]) {
      vi.spyOn(target, 'addEventListener').mockImplementation((...args) => void on.push(args.slice(0, 2)))
      vi.spyOn(target, 'removeEventListener').mockImplementation((...args) => void off.push(args.slice(0, 2)))
    }
    const { client } = setup(beating)
    expect(on).toEqual([])
    client.connect()
    expect(on.length).toBeGreaterThan(4)
    expect(off).toEqual([])
    client.close()
    expect(off).toEqual(on)
  })

  it('[R15] watches a page once for all its clients, until the last of them wants no news any more', () => {
    const on: unknown[][] = []
    const off: unknown[][] = []
    for (const target of new Set([window, document, globalThis]) as Set<EventTarget>) {
      vi.spyOn(target, 'addEventListener').mockImplementation((...args) => void on.push(args.slice(0, 2)))
      vi.spyOn(target, 'removeEventListener').mockImplementation((...args) => void off.push(args.slice(0, 2)))
    }
    const news = (type: string) => (Object.fromEntries(on)[type] as (event: object) => void)({})
    const scenes = Array.from({ length: 3 }, () => setup(beating))
    for (const { client, world } of scenes) {
      client.connect()
      world.socket.accept()
    }
    expect(new Set(on.map(([type]) => type)).size).toBe(on.length)
    const [first, second, third] = scenes as [(typeof scenes)[0], (typeof scenes)[0], (typeof scenes)[0]]
    first.client.close()
    first.world.advance(0)
    expect(off).toEqual([])
    news('online')
    expect(scenes.map(({ world }) => world.socket.sent.length)).toEqual([0, 1, 1])
    // Who leaves because of the news leaves the others to hear it.
    second.client.once('error', () => third.client.close())
    second.client.close()
    second.world.advance(0)
    third.client.close()
    third.world.advance(0)
    expect(off).toEqual(on)
  })

  it('[R15] brings the news to all, although it breaks the world of one', () => {
    const reported = vi.fn()
    vi.stubGlobal('reportError', reported)
    let isBroken = false
    const random = () => {
      if (isBroken) throw new Error('no chance here')
      return 0.5
    }
    const broken = setup({ ...beating, random })
    const whole = setup(beating)
    for (const { client, world } of [broken, whole]) {
      client.connect()
      world.socket.accept()
    }
    isBroken = true
    fire(window, 'online')
    expect(whole.world.socket.sent).toHaveLength(1)
    expect(reported).toHaveBeenCalledWith(expect.objectContaining({ message: 'no chance here' }))
    isBroken = false
    vi.unstubAllGlobals()
    for (const { client, world } of [broken, whole]) {
      client.close()
      world.advance(0)
    }
  })

  it('[R15] brings no news to a client that left, or came, while it was told', () => {
    const [first, second, third] = [setup(beating), setup(beating), setup(beating)]
    first.client.connect()
    first.world.socket.accept()
    second.client.connect()
    second.world.socket.refuse()
    first.world.socket.send = () => {
      second.client.close()
      second.client.connect()
      third.client.connect()
    }
    fire(window, 'offline')
    // Whoever has heard that it is offline counts no failure.
    for (const { client, world } of [second, third]) {
      const { circuitFailures } = client.getSnapshot()
      world.socket.refuse()
      expect(client.getSnapshot().circuitFailures).toBe(circuitFailures + 1)
    }
    for (const { client, world } of [first, second, third]) {
      client.close()
      world.advance(0)
    }
  })

  it('[R22] resolves a relative URL against the page', () => {
    const { world, client } = setup({ ...beating, url: '/socket?a=b' })
    client.connect()
    expect(world.socket.url).toBe(`${location.origin.replace('http', 'ws')}/socket?a=b`)
    client.close()
  })
})
