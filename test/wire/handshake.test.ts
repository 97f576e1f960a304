/**
 * Faults of the handshake, on real sockets: everything a server, or whatever answers in its place, can say instead of
 * 101. Platforms tell a client nothing of it, so nearly all of these look alike; the tests say so line by line.
 */

import { expect } from 'vitest'
import { VirtualClock } from '../support/index.ts'
import { faultServer, makeWireTest, turnsUntil } from '../support/wire.ts'

const server = faultServer()
const wireTest = makeWireTest(server)

const comesBack = ['stateChange CONNECTING', 'stateChange OPEN', 'open']
/** The life of one attempt that fails and is repeated. */
const failed = (retry: number, error = 'HANDSHAKE_FAILED') => [
  'stateChange CONNECTING',
  `error ${error}`,
  'close 1006',
  'stateChange CLOSED',
  `retry ${retry} in ${Math.min(5 * 2 ** (retry - 1), 50)}`,
]

wireTest('[F16] 401, 403 and 404 cannot be told apart: 1006, counted, retried', async ({ wireClient }) => {
  const { client, log, seen } = wireClient(['/401', '/403', '/404', '/ok'], { circuitBreaker: { failureThreshold: 4 } })
  client.connect()
  await seen('open')
  expect(log.told).toEqual([...failed(1), ...failed(2), ...failed(3), ...comesBack])
  expect(new Set(log.of('close').map((info) => JSON.stringify(info))).size).toBe(1)
  expect(log.of('close')[0]).toEqual({ code: 1006, reason: '', wasClean: false, opened: false })
  expect(client.getStats()).toMatchObject({ circuitFailures: 3, retryCount: 3 })
})

wireTest(
  '[F17] 429, 502 and 503 back off and open the circuit; Retry-After is out of reach',
  async ({ wireClient }) => {
    const { client, log, until } = wireClient(['/429', '/502', '/503'], { circuitBreaker: { failureThreshold: 3 } })
    client.connect()
    await until(() => client.state === 'BLOCKED')
    expect(log.told).toEqual([
      ...failed(1),
      ...failed(2),
      ...failed(3).slice(0, 3),
      'circuitChange OPEN',
      'stateChange BLOCKED',
    ])
  },
)

wireTest(
  '[F18] 302 and 200 fail like any other answer, and no redirect is followed',
  async ({ wireClient, server }) => {
    const { client, log, until } = wireClient(['/302', '/200'], { maxRetries: 1 })
    client.connect()
    await until(() => client.state === 'FAILED')
    expect(log.of('error').map(({ code }) => code)).toEqual(['HANDSHAKE_FAILED', 'RETRIES_EXHAUSTED'])
    expect(server.visits.map(({ path }) => path)).toEqual(['/302', '/200'])
  },
)

for (const [fault, path] of [
  ['[F19] a handshake that nobody answers', '/hang'],
  ['[F20] an acceptance that breaks off in the middle', '/partial'],
] as const) {
  wireTest(`${fault} ends with connectTimeout, and its socket is closed`, async ({ wireClient, server }) => {
    const clock = new VirtualClock()
    const { client, log, seen } = wireClient([path, '/ok'], { clock, connectTimeout: 80 })
    client.connect()
    const visit = await server.next(path)
    // What there is of an answer has left.
    await turnsUntil(() => visit.socket.writableLength === 0)
    clock.advance(80)
    await seen('retry')
    clock.advance(5)
    await seen('open')
    expect(log.told).toEqual([...failed(1, 'CONNECT_TIMEOUT'), ...comesBack])
    expect(await visit.ended()).toMatch(/fin|reset|closed/)
  })
}

for (const [fault, ...paths] of [
  ['[F21] garbage, or TLS where plain words were expected', '/garbage', '/tls'],
  ['[F21] hanging up or a reset at any stage of the handshake', '/finbefore', '/rst', '/rsthalf'],
  ['[F22] a wrong Sec-WebSocket-Accept', '/wrongaccept'],
  ['[F24] an extension nobody asked for', '/badext'],
] as const) {
  wireTest(`${fault} is a failed attempt like any other`, async ({ wireClient }) => {
    const { client, log, seen } = wireClient([...paths, '/ok'], { circuitBreaker: { failureThreshold: 9 } })
    client.connect()
    await seen('open')
    expect(log.told).toEqual([...paths.flatMap((_, n) => failed(n + 1)), ...comesBack])
    expect(client.getStats().circuitFailures).toBe(paths.length)
  })
}

wireTest('[F23] a subprotocol nobody asked for is a failed attempt', async ({ wireClient }) => {
  const { client, log, seen } = wireClient(['/badproto', '/badproto', '/ok'], { protocols: ['chat.v2', 'chat.v1'] })
  client.connect()
  await seen('open')
  expect(log.told).toEqual([...failed(1), ...failed(2), ...comesBack])
  expect(client.protocol).toBe('chat.v2')
  expect(client.getSnapshot().protocol).toBe('chat.v2')
})

wireTest("[F23] no subprotocol where some were offered is the platform's to judge; protocol says ''", async (wire) => {
  const { client, seen } = wire.wireClient('/noproto', { protocols: ['chat.v2'] })
  client.connect()
  // `ws` refuses as the standard asks; Node's own has let it pass in some versions. Both must be told as they are.
  await Promise.race([seen('open'), seen('retry')])
  expect(client.protocol).toBe('')
  expect(client.getSnapshot().protocol).toBe(client.state === 'OPEN' ? '' : null)
  if (wire.kind === 'ws') expect(client.state).toBe('CLOSED')
})

wireTest('[F25] an acceptance just in time opens', async ({ wireClient, server }) => {
  const { client, log, seen } = wireClient('/slowaccept')
  client.connect()
  const visit = await server.next()
  expect(client.state).toBe('CONNECTING')
  visit.go()
  await seen('open')
  expect(log.told).toEqual(comesBack)
})

wireTest('[F25] an acceptance that comes too late opens nothing', async ({ wireClient, server }) => {
  const clock = new VirtualClock()
  const { client, log, seen } = wireClient(['/slowaccept', '/ok'], { clock, connectTimeout: 60 })
  client.connect()
  const late = await server.next('/slowaccept')
  clock.advance(60)
  await seen('error')
  late.go()
  clock.advance(5)
  await seen('open')
  await late.ended()
  expect(log.told).toEqual([...failed(1, 'CONNECT_TIMEOUT'), ...comesBack])
  expect(client.getSnapshot().connectionId).toBe(1)
})
