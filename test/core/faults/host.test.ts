/**
 * Faults of the program around the engine, in the virtual world: listeners that throw and call back, constructors and
 * providers that misbehave, payloads that are not what they seem, queues that overflow.
 */

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { backoffDelay, WebSocketReconnect, type WebSocketReconnectOptions } from '../../../src/index.ts'
import { connected, plain, setup } from '../../support/client-scene.ts'
import { accept, createWorld, record, refuse, throwing } from '../../support/index.ts'

test('[F46] an abandoned socket may say what it likes, for ever', () => {
  const { world, client, log } = connected(plain)
  const old = world.socket
  client.reconnect()
  world.socket.accept()
  const before = client.getSnapshot()
  log.take()
  old.dispatch('open')
  old.receive('late news')
  old.dispatch('error')
  old.dispatch('close', { code: 4001, reason: 'late', wasClean: true })
  old.dispatch('close', { code: 1006, reason: '', wasClean: false })
  world.advance(3_600_000)
  expect(log.take()).toEqual([])
  expect(client.getSnapshot()).toBe(before)
  expect(client.getStats().messagesReceived).toBe(0)
})

for (const [payload, data] of [
  ['text that is no JSON', 'pong? {"type":'],
  ['a __proto__ key', '{"__proto__":{"type":"pong","polluted":true},"note":"pong"}'],
  ['JSON that is null', 'null'],
  ['a text of 8 MB', `{"type":"pong","rest":"${'x'.repeat(8_000_000)}"}`],
  ['bytes', new Uint8Array([0x70, 0x6f, 0x6e, 0x67])],
] as const) {
  test(`[F52] ${payload} reaches the listener raw, is no pong, and closes nothing`, () => {
    const { world, client, log } = connected({ ...plain, heartbeatInterval: 1000 })
    const verdicts: boolean[] = []
    client.on('message', (_event, isPong) => verdicts.push(isPong))
    world.socket.receive(data)
    expect(log.of('message')[0]?.data).toBe(data)
    expect(verdicts).toEqual([false])
    expect(client.state).toBe('OPEN')
    expect(log.of('error')).toEqual([])
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })
}

const cycle: { self?: unknown } = {}
cycle.self = cycle

for (const [what, heartbeatMessage] of [
  ['a cycle', cycle],
  ['a BigInt', { at: 1n }],
  [
    'a function that throws',
    () => {
      throw new Error('no ping today')
    },
  ],
  ['a function that returns nothing', () => undefined as never],
] as const) {
  test(`[F63] a heartbeat of ${what} is an error at each beat; the connection stays, and so does the beat`, () => {
    const { world, client, log } = connected({
      ...plain,
      heartbeatInterval: 1000,
      heartbeatTimeout: 500,
      heartbeatMessage,
    })
    world.advance(5000)
    expect(log.of('error').map(({ code }) => code)).toEqual(Array(5).fill('HEARTBEAT_INVALID'))
    expect(client.state).toBe('OPEN')
    expect(world.socket.sent).toEqual([])
  })
}

for (const [thrown, fatal] of [
  [Object.assign(new Error('the url cannot be parsed'), { name: 'SyntaxError' }), true],
  [Object.assign(new Error('mixed content, or the policy of the page'), { name: 'SecurityError' }), false],
  [new TypeError('a blocked port'), false],
  ['not even an error', false],
  [undefined, false],
] as const) {
  test(`[F64] a constructor that throws ${thrown instanceof Error ? thrown.name : String(thrown)} is ${
    fatal ? 'FAILED at once' : 'a failed attempt'
  }, and never an exception`, () => {
    const { world, client, log } = setup(plain, { server: throwing(thrown) })
    client.connect()
    expect(log.of('error').map(({ code, cause }) => [code, cause])).toEqual([['SOCKET_THREW', thrown]])
    expect(log.of('close')).toEqual([{ code: 1006, reason: '', wasClean: false, opened: false }])
    expect(client.state).toBe(fatal ? 'FAILED' : 'CLOSED')
    expect(world.timers).toBe(fatal ? 0 : 1)
  })
}

for (const [platform, readyState] of [
  ["Node's own WebSocket before 24, which stays CONNECTING", 0],
  ['Chromium under a policy that forbids the connection, which is CLOSED', 3],
  ['`ws`, which is CLOSING and closes later', 2],
] as const) {
  test(`[F6] [F64] an error before open is the end of the attempt: ${platform}`, () => {
    const { world, client, log } = setup(plain)
    client.connect()
    const { socket } = world
    const thrown = new Error('refused')
    socket.readyState = readyState
    socket.dispatch('error', { error: thrown } as never)
    expect(log.of('error').map(({ code, cause }) => [code, cause])).toEqual([['HANDSHAKE_FAILED', thrown]])
    expect(log.take().slice(-3)).toEqual(['close 1006', 'stateChange CLOSED', 'retry 1 in 1000'])
    // Only one that still tries is let go, so that it cannot open behind our back; a late close is no second end.
    expect(socket.closeCalls).toHaveLength(readyState === 0 ? 1 : 0)
    socket.dispatch('open')
    socket.dispatch('close', { code: 1006, reason: '', wasClean: false })
    expect(log.take()).toEqual([])
  })
}

test('[F2] an error after open is only the reason why; the close that follows is the end', () => {
  const { world, client, log } = connected(plain)
  world.socket.dispatch('error')
  expect(client.state).toBe('OPEN')
  expect(log.take()).toEqual([])
  world.socket.die(1006)
  expect(log.take()).toEqual(['close 1006', 'stateChange CLOSED', 'retry 1 in 1000'])
})

for (const [what, answer] of [
  ["returns ''", ''],
  ['returns undefined', undefined],
  ['returns an object', { href: 7 }],
  ['returns a number', 8080],
  ['returns a relative url where there is no page', '/socket'],
  ['returns ftp:', 'ftp://example.test/'],
  ['resolves to nothing', Promise.resolve()],
  ['rejects', Promise.reject(new Error('no token'))],
] as const) {
  if (answer instanceof Promise) answer.catch(() => {})
  test(`[F65] a url provider that ${what} is a failed attempt, asked again`, async () => {
    let asked = 0
    const url = (() => (++asked === 1 ? answer : 'wss://example.test/')) as WebSocketReconnectOptions['url']
    const { world, client, log } = setup({ ...plain, url }, { server: accept() })
    client.connect()
    await world.settle()
    expect(log.of('error')).toHaveLength(1)
    expect(log.of('error')[0]?.code).toMatch(/URL_PROVIDER_FAILED|INVALID_URL/)
    expect(log.of('close')).toEqual([{ code: 1006, reason: '', wasClean: false, opened: false }])
    expect(client.getSnapshot().retryCount).toBe(1)
    await world.advanceAsync(1000)
    expect(client.state).toBe('OPEN')
  })
}

test('[F65] a url provider that throws is a failed attempt', () => {
  const url = () => {
    throw new Error('no token')
  }
  const { client, log } = setup({ ...plain, url })
  client.connect()
  expect(log.of('error').map(({ code }) => code)).toEqual(['URL_PROVIDER_FAILED'])
  expect(client.getSnapshot().retryCount).toBe(1)
})

test('[F65] a url provider that returns http:// is dialled as ws://', () => {
  const { world, client } = setup({ ...plain, url: () => 'http://example.test/socket' })
  client.connect()
  expect(world.socket.url).toBe('ws://example.test/socket')
})

test('[F65] a url provider that hangs runs into connectTimeout, and its late answer is dropped', async () => {
  const answers: ((url: string) => void)[] = []
  const signals: (AbortSignal | undefined)[] = []
  const { world, client, log } = setup({
    ...plain,
    url: ({ signal }) => {
      signals.push(signal)
      return new Promise<string>((resolve) => answers.push(resolve))
    },
  })
  client.connect()
  await world.advanceAsync(10_000)
  expect(log.of('error').map(({ code }) => code)).toEqual(['CONNECT_TIMEOUT'])
  expect(signals[0]?.aborted).toBe(true)
  answers[0]?.('wss://late.example.test/')
  await world.settle()
  expect(world.dials).toBe(0)
  await world.advanceAsync(1000)
  answers[1]?.('wss://example.test/')
  await world.settle()
  expect(world.sockets.map(({ url }) => url)).toEqual(['wss://example.test/'])
})

test('[F65] a url that comes after close() opens nothing', async () => {
  let answer: (url: string) => void = () => {}
  const { world, client } = setup({
    ...plain,
    url: () =>
      new Promise<string>((resolve) => {
        answer = resolve
      }),
  })
  client.connect()
  client.close()
  answer('wss://late.example.test/')
  await world.advanceAsync(3_600_000)
  expect(world.dials).toBe(0)
  expect(client.state).toBe('CLOSED')
  expect(world.timers).toBe(0)
})

test('[F66] a listener that throws harms neither the others nor the connection, and is reported later', () => {
  const world = createWorld()
  const client = new WebSocketReconnect(world.options(plain))
  const heard: string[] = []
  const thrown: unknown[] = []
  const boom = new Error('boom')
  client.on('open', () => {
    throw boom
  })
  client.on('open', () => heard.push('second listener'))
  client.connect()
  const accept = () => world.socket.accept()
  expect(accept).not.toThrow()
  expect(heard).toEqual(['second listener'])
  expect(client.state).toBe('OPEN')
  try {
    world.advance(0)
  } catch (error) {
    thrown.push(error)
  }
  expect(thrown).toEqual([boom])
  expect(client.state).toBe('OPEN')
})

test('[F66] where somebody listens for errors, a listener that throws is LISTENER_FAILED', () => {
  const { world, client, log } = connected(plain)
  const boom = new Error('boom')
  client.on('message', () => {
    throw boom
  })
  world.socket.receive('news')
  expect(log.of('error').map(({ code, cause }) => [code, cause])).toEqual([['LISTENER_FAILED', boom]])
  expect(client.state).toBe('OPEN')
})

test('[F68] a client closed while a provider was thinking stays closed, and nothing holds it', async () => {
  const seen: string[] = []
  let answer: (url: string) => void = () => {}
  const world = createWorld()
  const held = (() => {
    const client = new WebSocketReconnect(
      world.options({
        url: () =>
          new Promise<string>((resolve) => {
            answer = resolve
          }),
      }),
    )
    client.on('stateChange', (state) => seen.push(state))
    client.connect()
    client.close()
    return new WeakRef(client)
  })()
  answer('wss://late.example.test/')
  await world.advanceAsync(3_600_000)
  expect(seen).toEqual(['CONNECTING', 'CLOSED'])
  expect([world.dials, world.timers, world.watchers]).toEqual([0, 0, 0])
  expect(held.deref()?.state ?? 'CLOSED').toBe('CLOSED')
})

test('[F69] every message is sent or reported as dropped, exactly once, whatever the queue does', () => {
  const limits = fc.record({
    maxMessages: fc.integer({ min: 0, max: 5 }),
    maxBytes: fc.integer({ min: 0, max: 40 }),
    overflow: fc.constantFrom('reject' as const, 'drop-oldest' as const),
    maxAge: fc.constantFrom(50, 1000, Infinity),
  })
  const step = fc.oneof(
    { weight: 5, arbitrary: fc.record({ do: fc.constant('send' as const), pad: fc.integer({ min: 0, max: 12 }) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 400 }) }) },
    fc.record({ do: fc.constantFrom('accept' as const, 'die' as const, 'breakMidway' as const) }),
  )
  fc.assert(
    fc.property(limits, fc.array(step, { maxLength: 40 }), (queue, steps) => {
      const world = createWorld()
      const client = new WebSocketReconnect(world.options({ ...plain, baseDelay: 100, queue }))
      const log = record(client)
      const fates = new Map<string, string>()
      let count = 0
      client.connect()
      for (const it of steps) {
        const socket = world.sockets.at(-1)
        if (it.do === 'send') {
          const message = `${count++}:${'x'.repeat(it.pad)}`
          fates.set(message, client.send(message))
        } else if (it.do === 'wait') world.advance(it.ms)
        else if (it.do === 'accept' && socket?.readyState === 0) socket.accept()
        else if (it.do === 'die' && socket && socket.readyState < 2) socket.die()
        else if (it.do === 'breakMidway' && socket) {
          // The line breaks while the queue is going out: on the second message.
          let sent = 0
          socket.onSend = () => {
            if (++sent === 2) socket.readyState = 2
          }
        }
      }
      client.close()
      const sent = world.sockets.flatMap((socket) => socket.sent as string[])
      const lost = world.sockets.flatMap((socket) => socket.swallowed as string[])
      const dropped = log.of('drop').map(({ data }) => data as string)
      expect([...sent, ...lost, ...dropped].toSorted()).toEqual([...fates.keys()].toSorted())
      expect(lost).toEqual([])
      for (const [message, fate] of fates) {
        if (fate === 'sent') expect(sent).toContain(message)
        if (fate === 'dropped') expect(dropped).toContain(message)
      }
      const number = (message: string) => Number.parseInt(message, 10)
      // First in, first out, over all connections together.
      expect(sent.map(number)).toEqual(sent.map(number).toSorted((a, b) => a - b))
    }),
    { numRuns: 1000, seed: 69 },
  )
})

test('[F71] what is sent in any state is sent, queued or dropped, and never said to be what it is not', () => {
  const { world, client, log } = setup(plain)
  expect(client.send('idle')).toBe('queued')
  client.connect()
  expect(client.send('connecting')).toBe('queued')
  world.socket.accept()
  expect(client.send('open')).toBe('sent')
  // The platform knows of the close before it says so: its send() would swallow the message.
  world.socket.readyState = 2
  expect(client.send('the socket is closing')).toBe('queued')
  world.socket.die(1001)
  expect(client.send('waiting')).toBe('queued')
  world.advance(1000)
  world.socket.accept()
  expect(world.socket.sent).toEqual(['the socket is closing', 'waiting'])
  world.socket.deaf = true
  client.close()
  expect(client.send('closing')).toBe('dropped')
  world.advance(2000)
  expect(client.send('closed')).toBe('dropped')
  expect(log.of('drop').map(({ data }) => data)).toEqual(['closing', 'closed'])
  expect(world.sockets.flatMap(({ swallowed }) => swallowed)).toEqual([])
})

test('[F72] fifty clients that lose one server at once come back spread out, each with its own chance', () => {
  const world = createWorld({ seed: 72, server: accept() })
  const clients = Array.from({ length: 50 }, () => new WebSocketReconnect(world.options({ heartbeatInterval: 0 })))
  for (const client of clients) client.connect()
  world.advance(5000)
  world.server = refuse()
  for (const socket of world.liveSockets) socket.die(1006)
  const retries = clients.map((client) => client.getSnapshot().retryAt as number)
  expect(new Set(retries).size).toBeGreaterThan(30)
  // ±10 % around the first second, and later half a minute around the trial.
  expect(Math.max(...retries) - Math.min(...retries)).toBeGreaterThan(150)
  world.advance(60_000)
  expect(new Set(clients.map(({ state }) => state))).toEqual(new Set(['BLOCKED']))
  const trials = clients.map((client) => client.getSnapshot().retryAt as number)
  expect(Math.max(...trials) - Math.min(...trials)).toBeGreaterThan(20_000)
  world.server = accept()
  world.advance(100_000)
  expect(clients.every(({ state }) => state === 'OPEN')).toBe(true)
})

test('[F75] whatever the options: accepted and safe, or refused by name', () => {
  const odd = fc.constantFrom(Number.NaN, -1, 0, Infinity, -Infinity, 1e308, 2 ** 31, '5', null, true, {}, [])
  const wild = fc.oneof(
    { weight: 20, arbitrary: fc.integer({ min: 1, max: 100_000 }) },
    { weight: 4, arbitrary: fc.double({ min: 1, noNaN: true }) },
    { weight: 1, arbitrary: odd },
  )
  const spread = fc.oneof(
    { weight: 9, arbitrary: fc.double({ min: 0, max: 1, noNaN: true }) },
    { weight: 9, arbitrary: fc.constantFrom('full', 'equal', 'decorrelated') },
    { weight: 1, arbitrary: fc.oneof(odd, fc.double(), fc.constant('none')) },
  )
  const options = fc.record(
    {
      baseDelay: wild,
      maxDelay: wild,
      multiplier: wild,
      jitter: spread,
      maxRetries: wild,
      heartbeatInterval: wild,
      heartbeatTimeout: wild,
      connectTimeout: wild,
      closeTimeout: wild,
      minUptime: wild,
    },
    { requiredKeys: [] },
  )
  let accepted = 0
  fc.assert(
    fc.property(options, fc.nat(), (given, seed) => {
      const world = createWorld({ seed, server: refuse() })
      let client: WebSocketReconnect
      try {
        client = new WebSocketReconnect(world.options({ ...(given as object), circuitBreaker: false }))
      } catch (error) {
        expect(error).toBeInstanceOf(TypeError)
        expect((error as Error).message).toMatch(/^WebSocketReconnect: "(\w+)" must be .+, got .+\.$/)
        expect(Object.keys(given).some((name) => (error as Error).message.includes(name))).toBe(true)
        return
      }
      accepted++
      const { maxDelay } = client.options
      client.on('retry', ({ delay }) => {
        expect(Number.isInteger(delay)).toBe(true)
        expect(delay).toBeGreaterThanOrEqual(0)
        expect(delay).toBeLessThanOrEqual(Math.min(Math.round(maxDelay), 2 ** 31 - 1))
      })
      client.connect()
      for (let attempt = 0; attempt < 12 && client.getSnapshot().retryAt !== null; attempt++) world.advance(2 ** 31)
      client.close()
      expect(world.timers).toBe(0)
    }),
    { numRuns: 1000, seed: 75 },
  )
  expect(accepted).toBeGreaterThan(100)
  expect(accepted).toBeLessThan(900)
})

test('[F75] no delay is negative, fractional or NaN, however many attempts there were', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
      fc.record({
        baseDelay: fc.double({ min: 0, max: 1e9, noNaN: true }),
        maxDelay: fc.oneof(fc.constant(Infinity), fc.double({ min: 1e9, max: 1e15, noNaN: true })),
        multiplier: fc.oneof(fc.constant(1), fc.double({ min: 1, max: 1e300, noNaN: true })),
        jitter: fc.oneof(
          fc.double({ min: 0, max: 1, noNaN: true }),
          fc.constantFrom('full' as const, 'equal' as const, 'decorrelated' as const),
        ),
      }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      fc.option(fc.double({ min: 0, max: 2 ** 31, noNaN: true }), { nil: undefined }),
      (attempt, options, random, previous) => {
        const delay = backoffDelay(attempt, options, random, previous)
        expect(Number.isInteger(delay)).toBe(true)
        expect(delay).toBeGreaterThanOrEqual(0)
        expect(delay).toBeLessThanOrEqual(2 ** 31 - 1)
      },
    ),
    { numRuns: 2000, seed: 75 },
  )
})
