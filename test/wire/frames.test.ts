/**
 * Faults in frames and data, on real sockets: what a broken or hostile peer can put on the wire, and peers that neither
 * answer nor read. What a payload means to an application is in host.test.ts.
 */

import { expect } from 'vitest'
import { VirtualClock } from '../support/index.ts'
import { faultServer, makeWireTest, turnsUntil } from '../support/wire.ts'

const server = faultServer()
const wireTest = makeWireTest(server)
const nodeTest = makeWireTest(server, ['node'])

const opens = ['stateChange CONNECTING', 'stateChange OPEN', 'open']

for (const [fault, path] of [
  ['[F47] text that is not UTF-8', '/badutf8'],
  ['[F47] a close reason that is not UTF-8', '/closebadutf'],
  ['[F48] a masked frame from a server', '/masked'],
  ['[F48] a reserved bit', '/rsv'],
  ['[F48] an unknown data opcode', '/badopcode'],
  ['[F48] an unknown control opcode', '/badcontrol'],
  ['[F48] a fragmented ping', '/fragping'],
  ['[F48] a ping of more than 125 bytes', '/bigping'],
  ['[F48] a continuation of nothing', '/orphan'],
  ['[F48] a message inside another', '/interleaved'],
] as const) {
  wireTest(`${fault} delivers nothing, is one close with 1006, and a new connection`, async ({ wireClient }) => {
    const { client, log, seen } = wireClient([path, '/ok'])
    client.connect()
    await seen('open', 2)
    expect(log.told).toEqual([...opens, 'close 1006', 'stateChange CLOSED', 'retry 1 in 5', ...opens])
    expect(log.of('close')[0]).toMatchObject({ wasClean: false, opened: true })
  })
}

wireTest('[F49] an announced length of 2^40 allocates nothing and ends with 1006', async ({ wireClient }) => {
  const { client, log, seen } = wireClient(['/huge', '/ok'])
  const before = process.memoryUsage()
  client.connect()
  await seen('open', 2)
  const after = process.memoryUsage()
  expect(after.arrayBuffers + after.external - before.arrayBuffers - before.external).toBeLessThan(32 * 2 ** 20)
  expect(log.of('message')).toEqual([])
  expect(log.of('close').map(({ code }) => code)).toEqual([1006])
})

wireTest('[F50] a message cut off by FIN is not delivered in part', async ({ wireClient }) => {
  const { client, log, seen } = wireClient(['/trunc', '/ok'])
  client.connect()
  await seen('open', 2)
  expect(log.told).toEqual([...opens, 'close 1006', 'stateChange CLOSED', 'retry 1 in 5', ...opens])
})

wireTest('[F51] a frame in single bytes is one message', async ({ wireClient }) => {
  const { client, log, seen } = wireClient('/dribble')
  client.connect()
  await seen('message')
  client.send('and on')
  await seen('message', 2)
  expect(log.of('message').map(({ data }) => data)).toEqual(['one message, byte by byte: ü€😀', 'and on'])
})

wireTest('[F51] an acceptance in single bytes opens', async ({ wireClient }) => {
  const { client, seen } = wireClient('/dribblehead')
  client.connect()
  await seen('open')
  expect(client.state).toBe('OPEN')
})

wireTest('[F53] binaryType is applied to every socket, the one after a reconnect too', async ({ wireClient }) => {
  const { client, log, seen } = wireClient(['/bin', '/emptybin'], { binaryType: 'arraybuffer' })
  client.connect()
  await seen('message')
  client.reconnect()
  await seen('message', 2)
  const [full, empty] = log.of('message').map(({ data }) => data)
  expect(full).toBeInstanceOf(ArrayBuffer)
  expect([...new Uint8Array(full)]).toEqual([0, 1, 127, 128, 255])
  expect(empty).toBeInstanceOf(ArrayBuffer)
  expect(empty.byteLength).toBe(0)
  expect(client.getStats().bytesReceived).toBe(5)
})

nodeTest('[F53] a blob arrives as a blob', async ({ wireClient }) => {
  const { client, log, seen } = wireClient(['/bin', '/bin'], { binaryType: 'blob' })
  client.connect()
  await seen('message')
  client.reconnect()
  await seen('message', 2)
  for (const { data } of log.of('message')) expect(data).toBeInstanceOf(Blob)
  expect(client.getStats().bytesReceived).toBe(10)
})

wireTest('[F54] 10,000 messages in one write all arrive, in order', async ({ wireClient }) => {
  const { client, seen } = wireClient('/burst/10000')
  const heard: string[] = []
  client.on('message', ({ data }) => heard.push(data))
  client.connect()
  await seen('open')
  client.send('the last')
  await new Promise<void>((resolve) => client.on('message', ({ data }) => data === 'the last' && resolve()))
  expect(heard).toEqual([...Array.from({ length: 10_000 }, (_, n) => String(n)), 'the last'])
  expect(client.getStats().messagesReceived).toBe(10_001)
})

wireTest(
  '[F55] a pong counts once, as latency; an echo of our own ping is a message and keeps the line alive',
  async (wire) => {
    const clock = new VirtualClock()
    const { client, log, seen, until } = wire.wireClient('/echo', {
      clock,
      heartbeatInterval: 20,
      heartbeatTimeout: 2000,
    })
    const verdicts: boolean[] = []
    client.on('message', (_event, isPong) => verdicts.push(isPong))
    client.connect()
    await seen('open')
    for (const echoes of [1, 2]) {
      clock.advance(20)
      await until(() => verdicts.length === echoes)
    }
    expect(verdicts).toEqual([false, false])
    expect(log.of('latency')).toEqual([])
    client.send('{"type":"pong","at":1}')
    await until(() => verdicts.length === 3 && log.of('latency').length)
    expect(verdicts[2]).toBe(true)
    expect(log.of('latency')).toHaveLength(1)
    expect(client.state).toBe('OPEN')
  },
)

wireTest('[F56] a server that answers no ping is given up after one missed verdict', async ({ wireClient, server }) => {
  const clock = new VirtualClock()
  const { client, log, seen } = wireClient(['/mute', '/ok'], { clock, heartbeatInterval: 30, heartbeatTimeout: 40 })
  client.connect()
  const mute = await server.next('/mute')
  await seen('open')
  clock.advance(30)
  await mute.frame()
  clock.advance(40)
  await seen('retry')
  clock.advance(5)
  await seen('open', 2)
  expect(log.of('error').map(({ code }) => code)).toEqual(['HEARTBEAT_TIMEOUT'])
  expect(log.of('error')[0]?.message).toContain('heartbeatInterval: 0')
  expect(mute.frames.filter(({ text }) => text === '{"type":"ping"}')).toHaveLength(1)
})

wireTest('[F56] with the heartbeat off, a silent server is left in peace', async ({ wireClient, server }) => {
  const { client, log, seen } = wireClient('/mute', { heartbeatInterval: 0 })
  client.connect()
  await seen('open')
  const mute = await server.next()
  client.send('anyone?')
  await mute.frame()
  expect(mute.frames).toHaveLength(1)
  expect(log.of('error')).toEqual([])
})

wireTest(
  '[F70] before a stalled peer the queue fills, the heartbeat still goes, and its verdict falls',
  async (wire) => {
    const clock = new VirtualClock()
    const { client, log, seen } = wire.wireClient(['/stall', '/ok'], {
      clock,
      heartbeatInterval: 150,
      heartbeatTimeout: 150,
      queue: { highWaterMark: 1024 * 1024, maxBytes: 64 * 2 ** 20 },
    })
    client.connect()
    await seen('open')
    const fates = Array.from({ length: 32 }, () => client.send(new Uint8Array(1024 * 1024)))
    expect(fates[0]).toBe('sent')
    expect(fates[31]).toBe('queued')
    const { queuedMessages, bufferedAmount } = client.getStats()
    expect(queuedMessages).toBeGreaterThan(20)
    expect(bufferedAmount).toBeLessThan(3 * 2 ** 20)
    // The kernel takes some megabytes before it stalls as well; while it does, the line is not dead.
    await turnsUntil(() => {
      clock.advance(150)
      return log.of('error').length
    })
    expect(log.of('error')[0]?.code).toBe('HEARTBEAT_TIMEOUT')
    // What the dead line held is gone; what waited here is not.
    expect(client.getStats().queuedMessages).toBeGreaterThan(10)
    clock.advance(5)
    await seen('open', 2)
    expect(log.of('drop')).toEqual([])
  },
)

wireTest('[F71] what is sent while closing is dropped, and said to be', async ({ wireClient, server }) => {
  const { client, log, seen, until } = wireClient('/ok')
  client.connect()
  await seen('open')
  const visit = await server.next()
  client.close()
  expect(client.state).toBe('CLOSING')
  expect(client.send('too late')).toBe('dropped')
  await until(() => client.state === 'CLOSED')
  expect(client.send('much too late')).toBe('dropped')
  expect(log.of('drop')).toEqual([
    { data: 'too late', reason: 'closed' },
    { data: 'much too late', reason: 'closed' },
  ])
  expect(visit.frames.map(({ opcode }) => opcode)).toEqual([8])
})
