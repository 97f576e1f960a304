/**
 * Faults of the transport, on real sockets: what TCP, DNS and TLS can do to a connection.
 * The same faults by dropped packets and pulled links: test/netns. What needs only time: time.test.ts.
 */

import { connect, createServer, type Socket } from 'node:net'
import { Worker } from 'node:worker_threads'
import { expect, onTestFinished } from 'vitest'
import { selfSigned } from '../support/certificate.ts'
import { FaultServer } from '../support/fault-server.ts'
import { VirtualClock } from '../support/index.ts'
import { faultServer, makeWireTest, turnsUntil, watchTcp } from '../support/wire.ts'

const server = faultServer()
const wireTest = makeWireTest(server)
const wsTest = makeWireTest(server, ['ws'])

const comesBack = ['stateChange CONNECTING', 'stateChange OPEN', 'open']

wireTest('[F1] a peer gone silent is found dead by the heartbeat, and replaced', async ({ wireClient, server }) => {
  const clock = new VirtualClock()
  const { client, log, seen } = wireClient(['/deaf', '/mute'], { clock, heartbeatInterval: 30, heartbeatTimeout: 40 })
  client.connect()
  const deaf = await server.next('/deaf')
  await seen('open')
  clock.advance(30)
  expect((await deaf.frame()).text).toBe('{"type":"ping"}')
  clock.advance(40)
  await seen('retry')
  clock.advance(5)
  await seen('open', 2)
  expect(log.told).toEqual([
    ...comesBack,
    'error HEARTBEAT_TIMEOUT',
    'close 1006',
    'stateChange CLOSED',
    'retry 1 in 5',
    ...comesBack,
  ])
})

for (const [fault, path, sees] of [
  ['[F2] a reset', '/rstafter', 'RST'],
  ['[F3] a FIN without a close frame', '/finafter', 'FIN'],
] as const) {
  wireTest(`${fault} is one close with 1006, no error, and a new connection`, async ({ wireClient }) => {
    const { client, log, seen } = wireClient([path, '/ok'])
    client.once('open', () => client.send(sees))
    client.connect()
    await seen('open', 2)
    expect(log.told).toEqual([...comesBack, 'close 1006', 'stateChange CLOSED', 'retry 1 in 5', ...comesBack])
    expect(log.of('close')[0]).toMatchObject({ code: 1006, reason: '', wasClean: false, opened: true })
  })
}

wireTest('[F4] a server that resets right after accepting counts as failing until the circuit opens', async (wire) => {
  const breaker = { failureThreshold: 3, resetTimeout: 60_000 }
  const { client, log, until } = wire.wireClient('/flaprst', { circuitBreaker: breaker })
  client.connect()
  await until(() => client.state === 'BLOCKED')
  expect(client.getStats()).toMatchObject({ circuitState: 'OPEN', circuitFailures: 3, retryCount: 2 })
  expect(log.of('close')).toHaveLength(3)
  expect(new Set(log.of('close').map(({ code }) => code))).toEqual(new Set([1006]))
  expect(wire.server.count('/flaprst')).toBe(3)
})

wireTest(
  '[F5] a dropped SYN runs into connectTimeout and does not hold up the next attempt',
  async ({ wireClient }) => {
    const port = await portWithFullBacklog()
    const sockets = watchTcp()
    const clock = new VirtualClock()
    const { client, log, seen } = wireClient([`ws://127.0.0.1:${port}/`, '/ok'], { clock, connectTimeout: 150 })
    client.connect()
    await unanswered(sockets)
    clock.advance(150)
    await seen('retry')
    clock.advance(5)
    await seen('open')
    expect(log.told).toEqual([
      'stateChange CONNECTING',
      'error CONNECT_TIMEOUT',
      'close 1006',
      'stateChange CLOSED',
      'retry 1 in 5',
      ...comesBack,
    ])
    expect(sockets.length).toBeGreaterThanOrEqual(3)
  },
)

wsTest('[F5] after a dropped SYN the socket is destroyed, not left to the system', async ({ wireClient }) => {
  const port = await portWithFullBacklog()
  const sockets = watchTcp()
  const clock = new VirtualClock()
  const { client, seen } = wireClient([`ws://127.0.0.1:${port}/`, '/ok'], { clock, connectTimeout: 150 })
  client.connect()
  await unanswered(sockets)
  clock.advance(150)
  await seen('retry')
  clock.advance(5)
  await seen('open')
  expect([sockets[0]?.destroyed, sockets.at(-1)?.destroyed]).toEqual([true, false])
})

for (const [fault, address] of [
  ['[F6] a refused connection', closedPort],
  // The broadcast address has no route for TCP: the kernel says ENETUNREACH at once, as it does for a router's ICMP.
  ['[F7] an unreachable host', async () => 'ws://255.255.255.255:9/'],
  // A label of 64 characters: no resolver is asked, and none can know it.
  ['[F8] a name that does not resolve', async () => `ws://${'x'.repeat(64)}.invalid/`],
] as const) {
  wireTest(`${fault} fails fast, counts and backs off`, async ({ wireClient }) => {
    const { client, log, until } = wireClient(await address(), { circuitBreaker: { failureThreshold: 3 } })
    client.connect()
    await until(() => client.state === 'BLOCKED')
    expect(log.told.filter((line) => !line.startsWith('stateChange'))).toEqual([
      'error HANDSHAKE_FAILED',
      'close 1006',
      'retry 1 in 5',
      'error HANDSHAKE_FAILED',
      'close 1006',
      'retry 2 in 10',
      'error HANDSHAKE_FAILED',
      'close 1006',
      'circuitChange OPEN',
    ])
    expect(client.getStats().circuitFailures).toBe(3)
  })
}

wireTest(
  '[F9] a certificate nobody vouches for fails like a refusal, and never falls back to ws',
  async ({ wireClient }) => {
    const secure = await FaultServer.open({ tls: selfSigned({ host: '127.0.0.1' }) })
    onTestFinished(() => secure.close())
    const { client, log, seen } = wireClient(secure.url('/ok'))
    client.connect()
    await seen('retry', 2)
    expect(log.of('error').map(({ code }) => code)).toEqual(['HANDSHAKE_FAILED', 'HANDSHAKE_FAILED'])
    expect(log.of('close')[0]).toEqual({ code: 1006, reason: '', wasClean: false, opened: false })
    expect(client.url).toMatch(/^wss:/)
    expect(secure.visits).toEqual([])
  },
)

wireTest(
  '[F9] wss to a server without TLS fails, and what it hears is never a plain GET',
  async ({ wireClient, server }) => {
    const { client, log, seen } = wireClient(server.url('/ok').replace('ws:', 'wss:'))
    client.connect()
    await seen('retry', 2)
    expect(log.of('close').every(({ code, opened }) => code === 1006 && !opened)).toBe(true)
    expect(new Set(server.visits.map(({ path }) => path))).toEqual(new Set(['(tls)']))
  },
)

for (const [flaw, options] of [
  ['an expired certificate', { host: '127.0.0.1', until: new Date(Date.now() - 1000) }],
  ['a certificate for another host', { host: 'elsewhere.example' }],
] as const) {
  wsTest(`[F9] ${flaw} fails even from a trusted issuer, and the cause says why`, async ({ wireClient }) => {
    const tls = selfSigned(options)
    const secure = await FaultServer.open({ tls })
    onTestFinished(() => secure.close())
    const { client, log, seen } = wireClient(secure.url('/ok'), { websocketOptions: { ca: tls.cert } })
    client.connect()
    await seen('retry')
    const [error] = log.of('error')
    expect(error?.code).toBe('HANDSHAKE_FAILED')
    expect((error?.cause as { code: string } | undefined)?.code).toMatch(
      /CERT_HAS_EXPIRED|ERR_TLS_CERT_ALTNAME_INVALID/,
    )
  })
}

wireTest('[F12] a slow upload arrives whole, and nobody takes the line for dead', async ({ wireClient, server }) => {
  const clock = new VirtualClock()
  const { client, log, seen } = wireClient('/sip/1', {
    clock,
    heartbeatInterval: 50,
    heartbeatTimeout: 5000,
    queue: { highWaterMark: 256 * 1024, maxBytes: Infinity },
  })
  client.connect()
  await seen('open')
  const visit = await server.next()
  // The line is as slow as this says: 16 kB a ms, by the client's clock.
  visit.socket.on('data', ({ length }: Buffer) => clock.advance(length / 2 ** 14))
  const piece = new Uint8Array(64 * 1024)
  const fates = Array.from({ length: 160 }, () => client.send(piece))
  expect(new Set(fates)).toEqual(new Set(['sent', 'queued']))
  client.send('the end')
  // The socket has room again, and all that is missing is the moment at which the client looks.
  await turnsUntil(() => {
    if (client.bufferedAmount < 256 * 1024) clock.advance(50)
    return client.getStats().queuedMessages === 0
  })
  await visit.frame(({ text }) => text === 'the end')
  expect(client.getStats()).toMatchObject({ state: 'OPEN', queuedMessages: 0 })
  expect(visit.received).toBeGreaterThan(160 * piece.length)
  expect(log.of('error')).toEqual([])
})

wireTest('[F15] a socket killed by the system is one close with 1006, and a new connection', async ({ wireClient }) => {
  const sockets = watchTcp()
  const { client, log, seen } = wireClient('/ok')
  client.connect()
  await seen('open')
  sockets[0]?.destroy(Object.assign(new Error('Software caused connection abort'), { code: 'ECONNABORTED' }))
  await seen('open', 2)
  expect(log.of('close')).toEqual([{ code: 1006, reason: '', wasClean: false, opened: true }])
  expect(log.of('error')).toEqual([])
})

/** Resolves when the first socket has been dialled, and another since could even connect: this one is left unanswered. */
async function unanswered(sockets: readonly Socket[]): Promise<void> {
  await turnsUntil(() => sockets.length > 0)
  const other = connect(server().port, '127.0.0.1')
  await new Promise((resolve) => other.once('connect', resolve))
  other.destroy()
  expect(sockets[0]?.connecting).toBe(true)
}

/** A loopback port whose SYNs the kernel drops: its accept queue is full, and the thread that owns it never accepts. */
async function portWithFullBacklog(): Promise<number> {
  const worker = new Worker(
    `const { parentPort } = require('node:worker_threads')
     const server = require('node:net').createServer()
     server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
       parentPort.postMessage(server.address().port)
       Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
     })`,
    { eval: true },
  )
  const port = await new Promise<number>((resolve) => worker.once('message', resolve))
  // Linux keeps one more than the backlog says.
  const fillers = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')]
  await Promise.all(fillers.map((socket) => new Promise((resolve) => socket.once('connect', resolve))))
  for (const socket of fillers) socket.on('error', () => {})
  onTestFinished(async () => {
    for (const socket of fillers) socket.destroy()
    await worker.terminate()
  })
  return port
}

async function closedPort(): Promise<string> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return `ws://127.0.0.1:${port}/`
}
