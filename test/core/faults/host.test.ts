/**
 * Faults of the program around the engine, in the virtual world: listeners that throw and call back, constructors and
 * providers that misbehave, payloads that are not what they seem, queues that overflow.
 */

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { WebSocketReconnect, type WebSocketReconnectOptions } from '../../../src/index.ts'
import { connected, plain, setup } from '../../support/client-scene.ts'
import { accept, createWorld, record, refuse, throwing } from '../../support/index.ts'

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
