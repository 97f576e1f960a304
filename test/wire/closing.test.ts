/**
 * Faults at the end of a connection, on real sockets: flapping servers, every close code, closing handshakes that are
 * too short or never end. What the codes mean is R12; what needs no wire is in host.test.ts.
 */

import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished } from 'vitest'
import { WebSocketServer } from 'ws'
import { VirtualClock } from '../support/index.ts'
import { faultServer, makeWireTest, turnsUntil } from '../support/wire.ts'

const server = faultServer()
const wireTest = makeWireTest(server)

const opens = ['stateChange CONNECTING', 'stateChange OPEN', 'open']

for (const [path, manner] of [
  ['/flap', 'accepts and closes'],
  ['/greet', 'accepts, greets and closes'],
] as const) {
  wireTest(
    `[F28] a server that ${manner} at once opens the circuit after five flaps`,
    async ({ wireClient, server }) => {
      const { client, log, until } = wireClient(path, { circuitBreaker: {} })
      client.connect()
      await until(() => client.state === 'BLOCKED')
      expect(server.count(path)).toBe(5)
      expect(log.of('retry').map(({ delay }) => delay)).toEqual([5, 10, 20, 40])
      expect(client.getStats()).toMatchObject({ circuitFailures: 5, retryCount: 4 })
    },
  )
}

for (const [fault, code] of [
  ['[F29] 1000 from the server', 1000],
  ['[F30] 1001, going away,', 1001],
  ['[F35] 1011, a server error,', 1011],
  ['[F35] 1014, a bad gateway,', 1014],
] as const) {
  wireTest(`${fault} is one clean close, and a new connection after the usual delay`, async ({ wireClient }) => {
    const { client, log, seen } = wireClient([`/close/${code}/so%20it%20is`, '/ok'])
    client.connect()
    await seen('open', 2)
    expect(log.told).toEqual([...opens, `close ${code}`, 'stateChange CLOSED', 'retry 1 in 5', ...opens])
    expect(log.of('close')).toEqual([{ code, reason: 'so it is', wasClean: true, opened: true }])
  })
}

for (const code of [1002, 1003, 1007, 1010]) {
  wireTest(
    `[F31] ${code} is our own mistake and would be repeated: FAILED, not retried`,
    async ({ wireClient, server }) => {
      const { client, log, until } = wireClient(`/close/${code}`)
      client.connect()
      await until(() => client.state === 'FAILED')
      expect(log.told).toEqual([...opens, 'error FATAL_CLOSE', `close ${code}`, 'stateChange FAILED'])
      expect(server.visits).toHaveLength(1)
    },
  )
}

wireTest('[F32] a close without a code is 1005 and retried', async ({ wireClient }) => {
  const { client, log, seen } = wireClient(['/closeempty', '/ok'])
  client.connect()
  await seen('open', 2)
  expect(log.of('close')).toEqual([{ code: 1005, reason: '', wasClean: true, opened: true }])
})

for (const path of ['/close/1005', '/close/1006', '/close/1015', '/closeshort']) {
  wireTest(
    `[F32] ${path.slice(1)}, which no endpoint may send, is an abnormal end and retried`,
    async ({ wireClient }) => {
      const { client, log, seen } = wireClient([path, '/ok'])
      client.connect()
      await seen('open', 2)
      expect(log.of('close')).toHaveLength(1)
      expect(log.of('close')[0]).toMatchObject({ code: 1006, wasClean: false, opened: true })
    },
  )
}

for (const code of [1008, 4401, 4403]) {
  wireTest(`[F33] ${code} earns a url provider one more call, which sees the code, and then FAILED`, async (wire) => {
    const seenCodes: unknown[] = []
    const { client, log, until } = wire.wireClient('', {
      url: ({ lastClose }) => {
        seenCodes.push(lastClose?.code)
        return wire.server.url(`/close/${code}`)
      },
    })
    client.connect()
    await until(() => client.state === 'FAILED')
    expect(seenCodes).toEqual([undefined, code])
    expect(log.of('error').map((error) => error.code)).toEqual(['FATAL_CLOSE'])
  })

  wireTest(`[F33] ${code} without a provider is FAILED at once`, async ({ wireClient, server }) => {
    const { client, until } = wireClient(`/close/${code}`)
    client.connect()
    await until(() => client.state === 'FAILED')
    expect(server.visits).toHaveLength(1)
  })
}

wireTest('[F34] a message too big (1009) is sent once and never again', async ({ wireClient, server }) => {
  const { client, log, until } = wireClient('/closeafter/1009')
  expect(client.send('too big')).toBe('queued')
  client.connect()
  await until(() => client.state === 'FAILED')
  expect(log.of('error').map(({ code }) => code)).toEqual(['FATAL_CLOSE'])
  expect(client.getStats().queuedMessages).toBe(0)
  const texts = server.visits.flatMap(({ frames }) => frames.filter(({ opcode }) => opcode === 1))
  expect(texts.map(({ text }) => text)).toEqual(['too big'])
})

for (const [code, delay] of [
  [1012, 17_500],
  [1013, 22_500],
  [4429, 22_500],
] as const) {
  wireTest(`[F36] ${code} is answered with a long wait`, async ({ wireClient }) => {
    const { client, log, seen } = wireClient(`/close/${code}`, { maxDelay: 30_000 })
    client.connect()
    await seen('retry')
    expect(log.of('retry')).toEqual([{ attempt: 1, delay, maxRetries: Infinity }])
  })
}

wireTest('[F37] codes of the application reach the user as they came, and shouldReconnect maps them', async (wire) => {
  const asked: number[] = []
  const { client, log, until } = wire.wireClient(['/close/3000/a', '/close/4000/b', '/close/4408/c', '/close/4999/d'], {
    shouldReconnect: ({ code }) => {
      asked.push(code)
      return code !== 4999
    },
  })
  client.connect()
  await until(() => client.state === 'FAILED')
  expect(asked).toEqual([3000, 4000, 4408, 4999])
  expect(log.of('close').map(({ code, reason, wasClean }) => [code, reason, wasClean])).toEqual([
    [3000, 'a', true],
    [4000, 'b', true],
    [4408, 'c', true],
    [4999, 'd', true],
  ])
})

wireTest('[F38] codes that do not exist crash nothing and are retried', async ({ wireClient }) => {
  const codes = [0, 999, 1004, 1016, 2999, 5000, 65_535]
  const { client, log, seen } = wireClient([...codes.map((code) => `/close/${code}`), '/ok'])
  client.connect()
  await seen('open', codes.length + 1)
  expect(log.of('close').map(({ code, wasClean }) => [code, wasClean])).toEqual(codes.map(() => [1006, false]))
  expect(client.state).toBe('OPEN')
})

wireTest('[F39] two close frames are one close', async ({ wireClient }) => {
  const { client, log, seen, raw } = wireClient(['/closetwice', '/ok'])
  client.connect()
  await seen('open', 2)
  await raw(0, 'close')
  expect(log.of('close')).toHaveLength(1)
  expect([4001, 1006]).toContain(log.of('close')[0]?.code)
})

wireTest(
  '[F40] a peer that says close and keeps the line is found out by the heartbeat',
  async ({ wireClient, server }) => {
    const clock = new VirtualClock()
    const settings = { clock, heartbeatInterval: 30, heartbeatTimeout: 40 }
    const { client, log, seen, sockets } = wireClient(['/closenofin', '/ok'], settings)
    client.connect()
    await seen('open')
    const visit = await server.next('/closenofin')
    expect((await visit.frame()).opcode).toBe(8)
    await turnsUntil(() => (sockets[0]?.readyState as number) > 1)
    clock.advance(30)
    clock.advance(40)
    await seen('retry')
    clock.advance(5)
    await seen('open', 2)
    expect(log.told.filter((line) => line.startsWith('close'))).toHaveLength(1)
  },
)

wireTest(
  '[F41] a peer deaf to our close is left after closeTimeout, and connect() goes on',
  async ({ wireClient, server }) => {
    const clock = new VirtualClock()
    const { client, log, seen, until } = wireClient(['/deaf', '/ok'], { clock, closeTimeout: 50 })
    client.connect()
    await seen('open')
    client.close(1000, 'enough')
    const deaf = await server.next('/deaf')
    expect(await deaf.frame()).toMatchObject({ opcode: 8, code: 1000 })
    expect(client.state).toBe('CLOSING')
    clock.advance(50)
    await until(() => client.state === 'CLOSED')
    expect(log.of('close')).toEqual([{ code: 1000, reason: 'enough', wasClean: false, opened: true }])
    client.connect()
    await seen('open', 2)
    expect(log.of('close')).toHaveLength(1)
  },
)

wireTest('[F41] connect() while the deaf peer is being closed does not wait for it', async ({ wireClient }) => {
  const { client, log, seen } = wireClient(['/deaf', '/ok'], { closeTimeout: 60_000 })
  client.connect()
  await seen('open')
  client.close()
  expect(client.state).toBe('CLOSING')
  client.connect()
  await seen('open', 2)
  expect(log.of('close')).toEqual([{ code: 1000, reason: '', wasClean: false, opened: true }])
})

wireTest('[F41] a reset instead of an answer ends our close at once', async ({ wireClient }) => {
  const { client, log, seen, until } = wireClient('/rstclose', { closeTimeout: 60_000 })
  client.connect()
  await seen('open')
  client.close(4000)
  await until(() => client.state === 'CLOSED')
  expect(log.of('close')).toEqual([{ code: 4000, reason: '', wasClean: false, opened: true }])
})

wireTest(
  '[F42] close() during the handshake ends it, counts nothing, and a late acceptance is ignored',
  async (wire) => {
    const { client, log } = wire.wireClient('/slowaccept', { circuitBreaker: {} })
    client.connect()
    const visit = await wire.server.next()
    client.close()
    visit.go()
    await visit.ended()
    expect(log.told).toEqual(['stateChange CONNECTING', 'error CLOSED_BY_USER', 'close 1006', 'stateChange CLOSED'])
    expect(client.getStats()).toMatchObject({ state: 'CLOSED', circuitFailures: 0, retryCount: 0, connections: 0 })
  },
)

wireTest(
  '[R20] after close() in a listener none of the frames that have arrived is told any more',
  async ({ wireClient }) => {
    const { client, log, seen } = wireClient('/burst/23')
    client.on('message', ({ data }) => {
      if (data === '2') client.close()
    })
    client.connect()
    await seen('close')
    expect(log.of('message').map(({ data }) => data)).toEqual(['0', '1', '2'])
    expect(client.getStats().messagesReceived).toBe(3)
  },
)

wireTest(
  '[R16] 100 messages of 64 kB and then close(): all arrive before the closing handshake',
  async ({ wireClient }) => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
    onTestFinished(() => void server.close())
    await once(server, 'listening')
    const arrived: number[] = []
    const ended = new Promise<[number, string]>((resolve) => {
      server.on('connection', (peer) => {
        peer.on('message', (data: Buffer) => arrived.push(data.length))
        peer.on('close', (code, reason) => resolve([code, String(reason)]))
      })
    })
    const { client, log } = wireClient(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`, {
      closeTimeout: 60_000,
      queue: { maxBytes: Infinity },
    })
    await client.connect()
    const answers = Array.from({ length: 100 }, () => client.send('x'.repeat(64 * 1024)))
    expect(answers).toContain('queued')
    await client.close(4000, 'all said')
    expect(await ended).toEqual([4000, 'all said'])
    expect(arrived).toEqual(Array(100).fill(64 * 1024))
    expect(log.of('drop')).toEqual([])
    expect(log.of('close')).toEqual([{ code: 4000, reason: 'all said', wasClean: true, opened: true }])
  },
)

wireTest('[R16] drain() resolves once 100 messages of 64 kB have left, and they all arrive', async ({ wireClient }) => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  let count = 0
  let all = () => {}
  const arrived = new Promise<void>((resolve) => {
    all = resolve
  })
  server.on('connection', (peer) => peer.on('message', () => ++count === 100 && all()))
  const { client } = wireClient(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`, {
    queue: { maxBytes: Infinity },
  })
  for (let n = 0; n < 100; n++) client.send('x'.repeat(64 * 1024))
  client.connect()
  await client.drain()
  expect([client.getStats().queuedMessages, client.bufferedAmount]).toEqual([0, 0])
  await arrived
})
