/**
 * How a GraphQL connection begins, ends and comes back, in virtual time: G14 and G16–G24 of docs/GRAPHQL.md.
 */

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { GraphQLSubscriptionClient } from '../../src/graphql/index.ts'
import { WebSocketReconnectError } from '../../src/index.ts'
import { createWorld } from '../support/index.ts'
import { acknowledged, greet, listener, open, say, sent, setup, taken, untilRetry } from './stage.ts'

const QUERY = 'subscription { news }'

/** Every close code that an error or its causes know of. */
function codesIn(error: unknown): unknown[] {
  const codes: unknown[] = []
  for (let at = error as { code?: unknown; cause?: unknown } | undefined; at; at = at.cause as typeof at)
    codes.push(at.code)
  return codes
}

describe('close codes', () => {
  const stops = [4004, 4005, 4400, 4403, 4406, 4409, 4429, 4500]
  const retries = [4408, 4504, 4000, 4402, 4404, 4410, 4499, 4501, 4999]

  /** A connection that has been acknowledged, or waits for it; the log is empty. */
  const begun = async (isReady: boolean) => {
    if (isReady) return acknowledged()
    const scene = setup()
    scene.client.connect()
    await open(scene.world)
    scene.log.take()
    return scene
  }

  const moments = [
    ['before the acknowledgement', false],
    ['after it', true],
  ] as const

  describe.each(moments)('%s', (_, isReady) => {
    it.each(stops)('[G14 close ←] %i stops, and is visible as an error with its code', async (code) => {
      const { world, client, log } = await begun(isReady)
      const one = listener()
      client.subscribe(QUERY, {}, one)
      const connected = client.connect()
      world.socket.die(code, 'because')
      expect(log.told).toEqual(['error FATAL_CLOSE', `close ${code}`, 'stateChange FAILED'])
      const [error] = log.of('error')
      expect(error).toBeInstanceOf(WebSocketReconnectError)
      expect(codesIn(error)).toEqual(['FATAL_CLOSE', 'HANDSHAKE_FAILED', code])
      expect(one.heard).toEqual([['error', error]])
      const lastClose = { code, reason: 'because', wasClean: true, opened: isReady }
      expect(client.ws.getSnapshot()).toMatchObject({ error, lastClose })
      expect(log.of('close')).toEqual([lastClose])
      if (!isReady) await expect(connected).rejects.toBe(error)
      expect(world.timers).toBe(0)
    })

    it.each(retries)('[G14 close ←] %i is retried, and is visible as an error with its code', async (code) => {
      const { world, client, log } = await begun(isReady)
      world.socket.die(code)
      expect(log.told).toEqual(['error HANDSHAKE_FAILED', `close ${code}`, 'stateChange CLOSED', 'retry 1 in 1000'])
      expect(codesIn(log.of('error')[0])).toEqual(['HANDSHAKE_FAILED', code])
      expect(client.ws.getSnapshot().error).toBe(log.of('error')[0])
      await untilRetry({ world, client })
      await greet(world)
      expect(client.ws.state).toBe('OPEN')
    })

    it.each([1002, 1003, 1007, 1009, 1010, 1015])(
      "[G14 close ←] %i, which is not the protocol's, stops as everywhere (R12)",
      async (code) => {
        const { world, client } = await begun(isReady)
        world.socket.die(code)
        expect(client.ws.state).toBe('FAILED')
      },
    )

    it('[G14 close ←] without a code or a reason is a silent one: a number and a text all the same', async () => {
      for (const close of [{ code: null, reason: null, wasClean: null }, {}, undefined]) {
        const { world, client, log } = await begun(isReady)
        world.socket.readyState = 3
        world.socket.dispatch('close', close as object)
        expect(client.ws.getSnapshot().lastClose).toEqual({ code: 1006, reason: '', wasClean: false, opened: isReady })
        expect(log.of('error').map(({ code }) => code)).toEqual(isReady ? [] : ['HANDSHAKE_FAILED'])
        expect(client.ws.state).toBe('CLOSED')
      }
    })
  })

  it.each([1000, 1001, 1005, 1006, 1011, 1012, 1013, 3000])(
    '[G14 close ←] %i of an acknowledged connection is an ordinary drop',
    async (code) => {
      const { world, log } = await acknowledged()
      world.socket.die(code)
      expect(log.told.slice(0, 2)).toEqual([`close ${code}`, 'stateChange CLOSED'])
      expect(log.told[2]).toMatch(/^retry 1/)
    },
  )

  it('[G14 close ←] with a code and no reason keeps the code', async () => {
    const { world, client, log } = await acknowledged()
    world.socket.dispatch('close', { code: 4403, reason: null } as object)
    expect(client.ws.getSnapshot().lastClose).toEqual({ code: 4403, reason: '', wasClean: false, opened: true })
    expect(log.of('error')[0]?.cause).toMatchObject({ cause: { code: 4403, reason: '', wasClean: false } })
  })

  it('[G14 close ←] waits after 1012 and 1013 as everywhere (R12), acknowledged or not', async () => {
    const { world, client, log } = setup()
    client.connect()
    await open(world)
    world.socket.die(1012)
    expect(log.told.at(-1)).toBe('retry 1 in 17500')
    await untilRetry({ world, client })
    await open(world)
    world.socket.die(1013)
    const { delay } = log.of('retry').at(-1) as { delay: number }
    expect(delay).toBeGreaterThanOrEqual(15_000)
    expect(delay).toBeLessThanOrEqual(30_000)
  })

  it.each([4401, 1008])('[G18 4401] %i asks connectionParams once more, then stops', async (code) => {
    let asked = 0
    const { world, client, log } = setup({ connectionParams: () => ({ asked: ++asked }) })
    client.connect()
    await open(world)
    world.socket.die(code, 'Unauthorized')
    expect(log.told.slice(-4)).toEqual([
      'error HANDSHAKE_FAILED',
      `close ${code}`,
      'stateChange CLOSED',
      'retry 1 in 1000',
    ])
    await untilRetry({ world, client })
    await open(world)
    expect(sent(world.socket)).toEqual([{ type: 'connection_init', payload: { asked: 2 } }])
    log.take()
    world.socket.die(code, 'Unauthorized')
    expect(log.told).toEqual(['error FATAL_CLOSE', `close ${code}`, 'stateChange FAILED'])
    expect(codesIn(log.of('error').at(-1))).toEqual(['FATAL_CLOSE', 'HANDSHAKE_FAILED', code])
    expect(asked).toBe(2)
  })

  it('[G18 4401] earns its one more attempt anew after a proven connection, and after connect()', async () => {
    const { world, client } = await acknowledged({ heartbeatInterval: 0 })
    for (let round = 0; round < 2; round++) {
      world.advance(5000)
      world.socket.die(4401)
      expect(client.ws.state).toBe('CLOSED')
      await untilRetry({ world, client })
      await greet(world)
      expect(client.ws.state).toBe('OPEN')
    }
    // Acknowledged, but thrown out again before it was proven.
    world.socket.die(4401)
    expect(client.ws.state).toBe('FAILED')
    client.connect()
    await open(world)
    world.socket.die(4401)
    expect(client.ws.state).toBe('CLOSED')
  })

  it('[G19 shouldReconnect] is asked whatever the code, acknowledged or not, and its answer stands before the protocol’s', async () => {
    const asked: unknown[] = []
    let answer: boolean | number = false
    const options = {
      shouldReconnect(close: { code: number; opened: boolean }, attempt: number) {
        asked.push([close.code, close.opened, attempt])
        return answer
      },
    }
    const expected: unknown[] = []
    const check = async (next: boolean | number, codes: number[], outcome: unknown) => {
      answer = next
      for (const code of codes) {
        for (const isReady of [true, false]) {
          const { world, client } = isReady ? await acknowledged(options) : setup(options)
          if (!isReady) {
            client.connect()
            await open(world)
          }
          const now = world.clock.start + world.clock.elapsed
          world.socket.die(code)
          const { state, retryAt } = client.ws.getSnapshot()
          expect([code, isReady, state, retryAt && retryAt - now]).toEqual([code, isReady, ...(outcome as unknown[])])
          expected.push([code, isReady, 0])
        }
      }
    }
    await check(false, [4408, 1006, 4401], ['FAILED', null])
    await check(true, [4410, 1002, 4401, 4403, 4429, 1013], ['CLOSED', 1000])
    await check(12_345, [4403, 1001], ['CLOSED', 12_345])
    expect(asked).toEqual(expected)
  })

  it('[G19 shouldReconnect] is not bound to one more attempt after 4401', async () => {
    const { world, client } = setup({ shouldReconnect: () => true, circuitBreaker: false })
    client.connect()
    for (let round = 0; round < 3; round++) {
      await open(world)
      world.socket.die(4401)
      expect(client.ws.state).toBe('CLOSED')
      await untilRetry({ world, client })
    }
  })
})

describe('the deadline', () => {
  it('[G16 connectTimeout] covers the acknowledgement: a server that never acknowledges is a failed attempt', async () => {
    const { world, client, log } = setup()
    client.connect()
    client.subscribe(QUERY)
    await open(world)
    log.take()
    world.advance(9999)
    expect(client.ws.state).toBe('CONNECTING')
    world.advance(1)
    expect(log.take()).toEqual(['error CONNECT_TIMEOUT', 'close 1006', 'stateChange CLOSED', 'retry 1 in 1000'])
    expect(world.socket.closeCalls).toHaveLength(1)
    expect(client.ws.getSnapshot()).toMatchObject({ circuitFailures: 1, connectionId: 0 })
  })

  it('[G16 connectTimeout] backs off, trips the breaker and gives up, however long each silence lasts', async () => {
    const { world, client, log } = setup({ connectTimeout: 60_000, maxRetries: 3, circuitBreaker: false })
    const one = listener()
    client.subscribe(QUERY, {}, one)
    client.connect()
    for (let attempt = 0; attempt < 4; attempt++) {
      await open(world)
      world.advance(60_000)
      if (attempt < 3) await untilRetry({ world, client })
    }
    expect(log.of('retry').map(({ delay }) => delay)).toEqual([1000, 2000, 4000])
    expect(client.ws.state).toBe('FAILED')
    expect(one.heard).toEqual([['error', expect.objectContaining({ code: 'RETRIES_EXHAUSTED' })]])
    expect(world.liveSockets).toEqual([])

    const second = setup()
    second.client.connect()
    for (let attempt = 0; second.client.ws.state !== 'BLOCKED'; attempt++) {
      expect(attempt).toBeLessThan(5)
      if (attempt) await untilRetry(second)
      await open(second.world)
      second.world.advance(10_000)
    }
    expect(second.client.ws.getCircuitState()).toBe('OPEN')
  })

  it('[G16 connectTimeout] an acknowledgement that comes after it is that of a stale socket', async () => {
    const { world, client, log } = setup()
    client.connect()
    await open(world)
    const old = world.socket
    world.advance(10_000)
    log.take()
    say(old, { type: 'connection_ack' }, 'garbage')
    expect(client.ws.state).toBe('CLOSED')
    await untilRetry({ world, client })
    await greet(world)
    expect(client.ws.state).toBe('OPEN')
    say(old, 'garbage')
    old.dispatch('close', { code: 4403 })
    expect(client.ws.state).toBe('OPEN')
  })

  it('[G16 connectTimeout] a late acknowledgement takes nothing from the connection that came after it', async () => {
    const scene = setup({ connectTimeout: 1000 })
    const { world, client } = scene
    client.connect()
    await open(world)
    const stale = world.socket
    await world.advanceAsync(1000)
    await untilRetry(scene)
    await greet(world)
    say(stale, { type: 'connection_ack' })
    say(world.socket, 'garbage')
    expect(world.socket.closeCalls).toEqual([{ code: 4400, reason: 'Invalid message' }])
    expect(client.ws.state).toBe('FAILED')
  })
})

describe('connectionParams', () => {
  beforeEach(() => void vi.spyOn(console, 'warn').mockImplementation(() => {}))
  afterEach(() => vi.restoreAllMocks())

  it('[G2 connection_init →] has no payload where they are null', async () => {
    const { world, client } = setup({ connectionParams: () => null })
    client.connect()
    await open(world)
    expect(sent(world.socket)).toEqual([{ type: 'connection_init' }])
  })

  it('[G13 invalid message ←] an acknowledgement while they are awaited answers nothing', async () => {
    let answer = (_: object) => {}
    const { world, client } = setup({ connectionParams: () => new Promise<object>((resolve) => (answer = resolve)) })
    client.connect()
    client.subscribe(QUERY)
    await open(world)
    say(world.socket, { type: 'connection_ack' })
    answer({})
    await world.settle()
    expect(sent(world.socket)).toEqual([])
    expect(client.ws.getSnapshot()).toMatchObject({ state: 'FAILED', error: { code: 'INVALID_MESSAGE' } })
  })

  it('[G17 connectionParams] is asked on each connection, and told how the last one ended', async () => {
    const asked: unknown[] = []
    const { world, client } = setup({
      connectionParams: ({ lastClose }) => {
        asked.push(lastClose && [lastClose.code, lastClose.reason])
        return { token: asked.length }
      },
    })
    client.connect()
    await greet(world)
    world.socket.die(4401, 'expired')
    await untilRetry({ world, client })
    await greet(world)
    expect(asked).toEqual([null, [4401, 'expired']])
    expect(sent(world.socket)[0]).toEqual({ type: 'connection_init', payload: { token: 2 } })
  })

  it.each([
    [
      'throws',
      () => {
        throw new Error('no token')
      },
    ],
    ['rejects', () => Promise.reject(new Error('no token'))],
  ])(
    '[G17 connectionParams] that %s is a failed attempt with its error as cause, and is asked again',
    async (_, fail) => {
      let isBroken = true
      const { world, client, log } = setup({ connectionParams: () => (isBroken ? fail() : { token: 1 }) })
      client.connect()
      await open(world)
      expect(log.told.slice(-4)).toEqual([
        'error HANDSHAKE_FAILED',
        'close 1006',
        'stateChange CLOSED',
        'retry 1 in 1000',
      ])
      expect(log.of('error')[0]?.cause).toEqual(new Error('no token'))
      expect(world.socket.readyState).toBeGreaterThan(1)
      expect(sent(world.socket)).toEqual([])
      isBroken = false
      await untilRetry({ world, client })
      await greet(world)
      expect(sent(world.socket)).toEqual([{ type: 'connection_init', payload: { token: 1 } }])
    },
  )

  const unsayable: [string, unknown, RegExp][] = [
    ['a text', 'token', /"connectionParams" must be an object, got a String/],
    ['a list', ['token'], /"connectionParams" must be an object, got an Array/],
    ['a Map', new Map([['token', 's3cret']]), /"connectionParams" must be an object, got a Map/],
    ['Headers', new Headers({ token: 's3cret' }), /"connectionParams" must be an object, got a Headers/],
    ['NaN in it', { expires: Number.NaN }, /"expires" is NaN, which JSON cannot say/],
    ['a bigint in it', { user: { id: 10n } }, /"id" is a BigInt, which JSON cannot say/],
    ['a promise in it', { token: Promise.resolve('s3cret') }, /"token" is a Promise, which JSON cannot say/],
  ]

  it.each(unsayable)('[G17 connectionParams] that JSON cannot say are a failed attempt: %s', async (_, params, why) => {
    const { world, client, log } = setup({ connectionParams: async () => params as object })
    client.connect()
    await open(world)
    const [error] = log.of('error')
    expect([error?.code, client.ws.state, sent(world.socket)]).toEqual(['HANDSHAKE_FAILED', 'CLOSED', []])
    expect(error?.cause).toBeInstanceOf(TypeError)
    expect(String(error?.cause)).toMatch(why)
    expect(String(error?.cause)).not.toContain('s3cret')
  })

  it.each(unsayable)('[G17 connectionParams] that are no function throw at once for it: %s', (_, params, why) => {
    expect(() => setup({ connectionParams: params as never })).toThrow(TypeError)
    expect(() => setup({ connectionParams: params as never })).toThrow(why)
  })

  it('[G17 connectionParams] that fail say so on the console, once for each reason, and never in production', async () => {
    const warn = vi.mocked(console.warn)
    let reason = new Error('no session')
    const scene = setup({ connectionParams: () => Promise.reject(reason) })
    scene.client.connect()
    const attempt = async () => {
      await open(scene.world)
      await untilRetry(scene)
    }
    await attempt()
    await attempt()
    const said = [expect.stringContaining('connectionParams failed'), reason]
    expect(warn.mock.calls).toEqual([said])
    reason = new Error('another reason')
    vi.stubEnv('NODE_ENV', 'production')
    await attempt()
    vi.unstubAllEnvs()
    expect(warn.mock.calls).toEqual([said])
    await attempt()
    expect(warn.mock.calls[1]?.[1]).toBe(reason)
  })

  it('[G17 connectionParams] that hangs is a CONNECT_TIMEOUT, and its late answer goes nowhere', async () => {
    const answers: ((params: object) => void)[] = []
    const { world, client, log } = setup({ connectionParams: () => new Promise((resolve) => answers.push(resolve)) })
    client.connect()
    await open(world)
    const old = world.socket
    world.advance(10_000)
    expect(log.of('error').map(({ code }) => code)).toEqual(['CONNECT_TIMEOUT'])
    answers[0]?.({ token: 'late' })
    await untilRetry({ world, client })
    world.socket.accept()
    await world.settle()
    expect([...old.sent, ...old.swallowed, ...world.socket.sent]).toEqual([])
    answers[1]?.({ token: 'fresh' })
    await world.settle()
    expect(sent(world.socket)).toEqual([{ type: 'connection_init', payload: { token: 'fresh' } }])
  })

  it('[G17 connectionParams] answered after disconnect() sends nothing', async () => {
    let answer = (_: object) => {}
    const { world, client } = setup({ connectionParams: () => new Promise<object>((resolve) => (answer = resolve)) })
    const connected = client.connect()
    await open(world)
    client.disconnect()
    answer({ token: 'late' })
    await world.advanceAsync(0)
    expect([...world.socket.sent, ...world.socket.swallowed]).toEqual([])
    await expect(connected).rejects.toMatchObject({ code: 'CLOSED_BY_USER' })
  })

  it('[G17 connectionParams] appears in nothing the client says', async () => {
    const { world, client, log } = setup({ connectionParams: { password: 's3cret' } })
    client.connect()
    await open(world)
    world.socket.die(4403, 'Forbidden')
    const said = JSON.stringify([log, log.of('error').map(String), client.ws.getStats(), client.ws.getSnapshot()])
    expect(said).not.toContain('s3cret')
  })
})

describe('coming back', () => {
  it('[G20 reconnect] subscribes all live operations anew, once each, in their order, with what they were given', async () => {
    const { world, client } = await acknowledged()
    const variables = { room: 1 }
    client.subscribe('subscription { a }', variables)
    const stop = client.subscribe('subscription { b }')
    client.subscribe('subscription { c }')
    variables.room = 2
    const before = taken(world.socket)
    stop()
    for (let round = 0; round < 3; round++) {
      world.socket.die(1006)
      await untilRetry({ world, client })
      await greet(world)
      expect(taken(world.socket)).toEqual([{ type: 'connection_init' }, before[0], before[2]])
      expect(before[0].payload.variables).toEqual({ room: 1 })
    }
  })

  it('[G20 reconnect] waits for the acknowledgement again, and takes what was asked for meanwhile', async () => {
    const { world, client } = await acknowledged()
    client.subscribe('subscription { a }')
    world.socket.die(1006)
    client.subscribe('subscription { b }')
    await untilRetry({ world, client })
    client.subscribe('subscription { c }')
    await open(world)
    expect(sent(world.socket)).toEqual([{ type: 'connection_init' }])
    say(world.socket, { type: 'connection_ack' })
    expect(
      sent(world.socket)
        .slice(1)
        .map(({ payload }) => payload.query),
    ).toEqual(['subscription { a }', 'subscription { b }', 'subscription { c }'])
  })

  it('[G20 reconnect] queues nothing in the engine: what a dying socket did not take goes out once, on the next', async () => {
    const { world, client } = await acknowledged()
    world.socket.readyState = 2
    client.subscribe(QUERY)
    expect(client.ws.getStats().queuedMessages).toBe(0)
    world.socket.die(1006)
    await untilRetry({ world, client })
    await greet(world)
    expect(sent(world.socket).map(({ type }) => type)).toEqual(['connection_init', 'subscribe'])
  })

  it('[G20 reconnect] by hand and to another address does the same', async () => {
    const { world, client } = await acknowledged()
    client.subscribe(QUERY)
    client.ws.reconnect()
    await greet(world)
    expect(taken(world.socket).map(({ type }) => type)).toEqual(['connection_init', 'subscribe'])
    client.ws.update({ url: 'wss://other.example.test/graphql' })
    await greet(world)
    expect(world.socket.url).toBe('wss://other.example.test/graphql')
    expect(taken(world.socket).map(({ type }) => type)).toEqual(['connection_init', 'subscribe'])
    expect(world.liveSockets).toHaveLength(1)
  })

  it('[G21 proof] counts from the acknowledgement: a server that acknowledges and hangs up uses up the retries', async () => {
    const { world, client } = setup({ maxRetries: 2 })
    client.connect()
    for (let attempt = 0; attempt < 3; attempt++) {
      await open(world)
      world.advance(4000)
      say(world.socket, { type: 'connection_ack' })
      world.advance(4999)
      world.socket.die(1006)
      if (attempt < 2) await untilRetry({ world, client })
    }
    expect(client.ws.state).toBe('FAILED')
  })

  it('[G22 FAILED] tells every live operation why, once, and they go on with the next connect()', async () => {
    const { world, client } = await acknowledged()
    const [a, b] = [listener(), listener()]
    client.subscribe(QUERY, {}, a)
    const stopB = client.subscribe(QUERY, {}, b)
    world.socket.die(4403)
    const error = client.ws.getSnapshot().error
    expect(error?.code).toBe('FATAL_CLOSE')
    expect([...a.heard, ...b.heard]).toEqual([
      ['error', error],
      ['error', error],
    ])
    stopB()
    client.connect()
    await greet(world)
    expect(sent(world.socket).map(({ type }) => type)).toEqual(['connection_init', 'subscribe'])
    const [, { id }] = sent(world.socket)
    say(world.socket, { id, type: 'next', payload: { data: 1 } })
    expect(a.heard.slice(1)).toEqual([['data', { data: 1 }]])
  })

  it('[G22 FAILED] a handler may subscribe, unsubscribe and connect again; one that throws stops no other', async () => {
    const reported = vi.fn()
    const { world, client, log } = await acknowledged()
    client.ws.on('error', reported)
    const late = listener()
    const stops: (() => void)[] = []
    client.subscribe(
      QUERY,
      {},
      {
        onError() {
          stops[0]?.()
          client.subscribe('subscription { late }', {}, late)
          client.connect()
          throw new Error('handler')
        },
      },
    )
    const silenced = listener()
    stops.push(client.subscribe(QUERY, {}, silenced))
    const last = listener()
    client.subscribe(QUERY, {}, last)
    world.socket.die(4403)
    expect(silenced.heard).toEqual([])
    expect(late.heard).toEqual([])
    expect(last.heard).toHaveLength(1)
    expect(
      log
        .of('error')
        .map(({ code, cause }) => [code, String(cause)])
        .at(-1),
    ).toEqual(['LISTENER_FAILED', 'Error: handler'])
    expect(client.ws.state).toBe('CONNECTING')
  })

  it('[G22 FAILED] tells an operation that comes later why, at once, but not inside the call', async () => {
    const { world, client } = await acknowledged()
    world.socket.die(4403)
    const [one, other] = [listener(), listener()]
    client.subscribe(QUERY, {}, one)
    client.subscribe(QUERY)
    client.subscribe(QUERY, {}, other)()
    expect(one.heard).toEqual([])
    await Promise.resolve()
    expect(one.heard).toEqual([['error', client.ws.getSnapshot().error]])
    expect(one.heard[0]?.[1]).toMatchObject({ code: 'FATAL_CLOSE' })
    await world.settle()
    expect([one.heard.length, other.heard]).toEqual([1, []])
    client.connect()
    await greet(world)
    const [, { id }] = taken(world.socket)
    say(world.socket, { id, type: 'next', payload: { data: 1 } })
    expect(one.heard.slice(1)).toEqual([['data', { data: 1 }]])
  })

  it('[G22 FAILED] tells each failure once, also to an operation that comes in between', async () => {
    const { world, client } = await acknowledged()
    const [early, late] = [listener(), listener()]
    client.ws.once('error', () => client.subscribe(QUERY, {}, early))
    client.ws.on('stateChange', (state) => {
      if (state === 'FAILED') client.subscribe(QUERY, {}, late)
    })
    world.socket.die(4403)
    await world.settle()
    expect([early.heard.length, late.heard.length]).toEqual([1, 1])
    client.connect()
    await open(world)
    world.socket.die(4400)
    await world.settle()
    expect(early.heard).toHaveLength(2)
    expect(early.heard[1]).toEqual(['error', client.ws.getSnapshot().error])
    expect(early.heard[1]?.[1]).not.toBe(early.heard[0]?.[1])
  })

  it('[G22 FAILED] has nothing to tell where somebody connects meanwhile', async () => {
    const { world, client } = await acknowledged()
    world.socket.die(4403)
    const one = listener()
    client.subscribe(QUERY, {}, one)
    client.connect()
    await greet(world)
    expect(sent(world.socket).map(({ type }) => type)).toEqual(['connection_init', 'subscribe'])
    expect(one.heard).toEqual([])
  })

  it('[G22 FAILED] reports a handler that throws, as any listener’s throw, also when it is told late', async () => {
    const { world, client, log } = await acknowledged()
    world.socket.die(4403)
    log.take()
    const last = listener()
    for (const onError of [
      () => {
        throw new Error('handler')
      },
      last.onError,
    ]) {
      client.subscribe(QUERY, {}, { onError })
    }
    await world.settle()
    expect(log.of('error').at(-1)).toMatchObject({ code: 'LISTENER_FAILED', cause: new Error('handler') })
    expect(log.take()).toEqual(['error LISTENER_FAILED'])
    expect(last.heard).toHaveLength(1)
  })

  it('[G22 FAILED] a loop that begins then throws why, and is over', async () => {
    const { world, client } = await acknowledged()
    world.socket.die(4403)
    const results = client.iterate({ query: QUERY })
    await expect(results.next()).rejects.toBe(client.ws.getSnapshot().error)
    expect(await results.next()).toEqual({ value: undefined, done: true })
    client.connect()
    await greet(world)
    expect(sent(world.socket)).toEqual([{ type: 'connection_init' }])
  })

  it('[G23 disconnect] lets what is asked for after it wait for connect(), a loop too', async () => {
    const { world, client } = await acknowledged()
    client.disconnect()
    await world.advanceAsync(0)
    expect(client.ws.state).toBe('CLOSED')
    const one = listener()
    client.subscribe(QUERY, {}, one)
    const first = client.iterate({ query: QUERY }).next()
    await world.settle()
    expect(one.heard).toEqual([])
    client.connect()
    await greet(world)
    const [, a, b] = sent(world.socket)
    for (const { id } of [a, b]) say(world.socket, { id, type: 'next', payload: { data: 1 } })
    expect(one.heard).toEqual([['data', { data: 1 }]])
    expect((await first).value).toEqual({ data: 1 })
  })

  it('[G23 disconnect] keeps the operations, silent, and connect() brings them back', async () => {
    const { world, client } = await acknowledged()
    const one = listener()
    client.subscribe(QUERY, {}, one)
    client.disconnect()
    await world.advanceAsync(0)
    expect(world.socket.closeCalls).toEqual([{ code: 1000, reason: '' }])
    expect(world.timers).toBe(0)
    client.connect()
    await greet(world)
    expect(sent(world.socket).map(({ type }) => type)).toEqual(['connection_init', 'subscribe'])
    expect(one.heard).toEqual([])
  })
})

describe('options', () => {
  afterEach(() => vi.restoreAllMocks())
  const warnings = () => vi.spyOn(console, 'warn').mockImplementation(() => {})

  it("[G24 corrected] the requirement's protocols: ['graphql-ws'] becomes graphql-transport-ws, with one warning", () => {
    const warn = warnings()
    for (let i = 0; i < 2; i++) {
      const { world, client } = setup({ protocols: ['graphql-ws'] })
      client.connect()
      expect(world.socket.protocols).toEqual(['graphql-transport-ws'])
    }
    expect(warn.mock.calls).toEqual([
      [expect.stringMatching(/"graphql-ws" is an older subprotocol.*"graphql-transport-ws"/)],
    ])
  })

  it("[G24 corrected] the requirement's heartbeatMessage: connection_init becomes ping, with one warning", async () => {
    const warn = warnings()
    const init = { type: 'connection_init' }
    for (const heartbeatMessage of [JSON.stringify(init), init, 'PING', { type: 'ping-me' }]) {
      const { world } = await acknowledged({ heartbeatMessage })
      world.advance(30_000)
      expect(sent(world.socket)).toEqual([{ type: 'ping' }])
    }
    expect(warn.mock.calls).toEqual([
      [expect.stringMatching(/heartbeatMessage \(4400, 4429\); sending {"type":"ping"}/)],
    ])
  })

  it.each([
    ['object', { type: 'ping', payload: { from: 'me' } }],
    ['text', '{"type": "ping", "payload": {"from": "me"}}'],
    ['function', () => ({ type: 'ping', payload: { from: 'me' } })],
  ])("[G24 corrected] a ping of one's own is kept, without a warning: %s", async (_, heartbeatMessage) => {
    const warn = warnings()
    const { world } = await acknowledged({ heartbeatMessage })
    world.advance(30_000)
    expect(sent(world.socket)).toEqual([{ type: 'ping', payload: { from: 'me' } }])
    expect(warn).not.toHaveBeenCalled()
  })

  it('[G24 corrected] further subprotocols, such as a token, come after the right one; a function is asked as it is', async () => {
    const warn = warnings()
    for (const [protocols, offered] of [
      ['bearer.token', ['graphql-transport-ws', 'bearer.token']],
      [
        ['bearer.token', 'graphql-transport-ws'],
        ['graphql-transport-ws', 'bearer.token'],
      ],
      [() => ['graphql-transport-ws', 'fresh.token'], ['graphql-transport-ws', 'fresh.token']],
    ] as const) {
      const { world, client } = setup({ protocols })
      client.connect()
      expect(world.socket.protocols).toEqual(offered)
    }
    expect(warn).not.toHaveBeenCalled()
  })

  it('[G24 corrected] says nothing in production', () => {
    const warn = warnings()
    vi.stubEnv('NODE_ENV', 'production')
    setup({ protocols: ['graphql-ws', 'another'], heartbeatMessage: 'another' })
    vi.unstubAllEnvs()
    expect(warn).not.toHaveBeenCalled()
  })

  it('[G25 options] of the engine pass through; its own are not taken for unknown ones', async () => {
    const warn = warnings()
    const world = createWorld()
    const { url: _, ...surroundings } = world.options()
    const given = {
      maxRetries: 20,
      baseDelay: 200,
      maxDelay: 4000,
      multiplier: 3,
      jitter: 0.3,
      heartbeatInterval: 12_000,
      heartbeatTimeout: 4000,
      connectTimeout: 3000,
      closeTimeout: 500,
      minUptime: 100,
      websocketOptions: { headers: { authorization: 'x' } },
      binaryType: 'arraybuffer',
      retryDelay: () => 777,
      isPong: () => false,
    } as const
    const client = new GraphQLSubscriptionClient(() => 'wss://fresh.example.test/', {
      ...surroundings,
      ...given,
      circuitBreaker: { failureThreshold: 2 },
      queue: { maxMessages: 5 },
      connectionParams: { a: 1 },
      print: String,
    })
    expect(client.ws.options).toMatchObject({
      ...given,
      circuitBreaker: { failureThreshold: 2 },
      queue: { maxMessages: 5 },
    })
    client.connect()
    expect(world.socket.args).toEqual(['wss://fresh.example.test/', ['graphql-transport-ws'], given.websocketOptions])
    world.socket.refuse()
    expect(client.ws.getSnapshot().retryAt).toBe(world.clock.start + 777)
    expect(warn).not.toHaveBeenCalled()
    setup({ conectionParams: {} } as object)
    expect(warn.mock.calls).toEqual([[expect.stringMatching(/unknown option "conectionParams"/)]])
  })

  it('[G25 options] the engine cannot use throw a TypeError at once', () => {
    expect(() => new GraphQLSubscriptionClient('ftp://example.test')).toThrow(TypeError)
    expect(() => new GraphQLSubscriptionClient('')).toThrow(/"url"/)
    expect(() => setup({ maxRetries: -1 })).toThrow(/"maxRetries"/)
    expect(() => setup({ protocols: 5 as never })).toThrow(/"protocols"/)
  })

  it('[G25 options] endpoint is a string, a URL or a provider asked on each attempt', async () => {
    const { url: _, ...surroundings } = createWorld().options()
    const client = new GraphQLSubscriptionClient(new URL('https://example.test/graphql'), surroundings)
    expect(client.ws.url).toBe('https://example.test/graphql')
  })
})

describe('the close table (R12)', () => {
  /** How long the next wait is after a code, for the least and the greatest chance; null where there is none. */
  const waits = async (code: number, isReady: boolean) => {
    const delays: (number | null)[] = []
    for (const random of [0, 1 - 2 ** -40]) {
      const { world, client, log } = isReady ? await acknowledged() : setup()
      if (!isReady) {
        client.connect()
        await open(world)
      }
      world.random.value = random
      world.socket.die(code)
      delays.push(log.of('retry').at(-1)?.delay ?? null)
      await client.disconnect()
    }
    return delays
  }

  it.each([
    ['4401, once more', 4401, [1000, 1000]],
    ['1008, once more', 1008, [1000, 1000]],
    ['1012, the time of a restart', 1012, [5000, 30_000]],
    ['1013, the upper half of maxDelay', 1013, [15_000, 30_000]],
    ['4403, none', 4403, [null, null]],
    ['4429, none: here it means that a client has spoken twice', 4429, [null, null]],
    ['4500, none', 4500, [null, null]],
    ['4000, the usual backoff', 4000, [1000, 1000]],
  ])('[G14 close ←] is the protocol’s own, and below 4000 the engine’s: %s', async (_what, code, expected) => {
    for (const isReady of [false, true]) expect(await waits(code, isReady)).toEqual(expected)
  })
})
