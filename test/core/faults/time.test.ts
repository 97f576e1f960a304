/**
 * Faults of time and of the machine, in the virtual world: lines that go silent, clocks that jump, computers that sleep,
 * pages that freeze. The same on real networks: test/netns; on real pages: test/e2e/chromium/faults.test.ts.
 */

import { expect, test } from 'vitest'
import { connected, plain, proven, setup, untilRetry } from '../../support/client-scene.ts'
import { accept, inTurn, refuse } from '../../support/index.ts'

const HOUR = 3_600_000
const PING = '{"type":"ping"}'
const beating = { ...plain, heartbeatInterval: 30_000, heartbeatTimeout: 5000 }

test('[F10] news of a pulled link shortens the wait to heartbeatTimeout; when the link is back, so is the client', () => {
  const { world, client, log } = proven(beating)
  world.notify('offline')
  expect(world.socket.sent).toEqual([PING])
  world.advance(5000)
  // Offline, the wait is as long as it gets.
  expect(log.take()).toEqual(['error HEARTBEAT_TIMEOUT', 'close 1006', 'stateChange CLOSED', 'retry 1 in 30000'])
  world.notify('online')
  world.advance(1000)
  world.socket.accept()
  expect(client.state).toBe('OPEN')
})

test('[F11] with every third packet lost nothing is killed, as long as anything arrives after a ping', () => {
  const { world, client, log } = connected({ ...beating, heartbeatInterval: 5000, heartbeatTimeout: 4000 })
  const { socket } = world
  let packets = 0
  /** The peer answers and tells news; every third of either is lost. */
  const deliver = (data: string) => ++packets % 3 && socket.receive(data)
  socket.onSend = () => socket.later(300, () => deliver('{"type":"pong"}'))
  for (let second = 0; second < 600; second++) {
    world.advance(1000)
    deliver('news')
  }
  expect(client.state).toBe('OPEN')
  expect(socket.sent).toHaveLength(120)
  expect(log.of('error')).toEqual([])
  // The unlucky beat: every pong was among the lost.
  expect(log.of('latency')).toEqual([])
})

test('[F12] an upload that outlasts heartbeatTimeout holds the pings back and is not taken for silence', () => {
  const { world, client, log } = connected(beating)
  const { socket } = world
  socket.stall(1_000_000)
  for (let second = 0; second < 120; second++) {
    world.advance(1000)
    socket.drain(5000)
  }
  expect(client.state).toBe('OPEN')
  expect(log.of('error')).toEqual([])
})

test('[F12] an upload that goes on hides nothing: what drained counts, though more came after it', () => {
  const { world, client, log } = connected({ ...beating, queue: { highWaterMark: 100_000, maxBytes: Infinity } })
  const { socket } = world
  socket.stall(100_000)
  world.advance(30_000)
  expect(socket.sent).toEqual([PING])
  socket.drain(60_000)
  expect(client.send(new Uint8Array(90_000))).toBe('sent')
  expect(client.bufferedAmount).toBeGreaterThan(100_000)
  world.advance(5000)
  expect(client.state).toBe('OPEN')
  // The same line, now really dead: nothing drains after the next ping.
  world.advance(35_000)
  expect(log.of('error').map(({ code }) => code)).toEqual(['HEARTBEAT_TIMEOUT'])
})

test('[F25] an acceptance after 1.5 s opens under a longer connectTimeout, and is ignored under a shorter one', () => {
  const patient = setup({ ...plain, connectTimeout: 1501 }, { server: accept(1500) })
  patient.client.connect()
  patient.world.advance(1500)
  expect(patient.client.state).toBe('OPEN')

  const { world, client, log } = setup({ ...plain, connectTimeout: 1499 })
  client.connect()
  const { socket } = world
  world.advance(1499)
  expect(log.take()).toEqual([
    'stateChange CONNECTING',
    'error CONNECT_TIMEOUT',
    'close 1006',
    'stateChange CLOSED',
    'retry 1 in 1000',
  ])
  world.advance(1)
  socket.dispatch('open')
  expect(client.state).toBe('CLOSED')
  expect(log.take()).toEqual([])
})

test("[F26] Firefox holds a dial back: connectTimeout lets go, and the breaker's quiet minute outlasts the hold", () => {
  // Firefox keeps dials to an endpoint that failed CONNECTING for up to 60 s and sends nothing; a later dial is free.
  let held = 0
  const { world, client } = setup(
    { heartbeatInterval: 0, maxRetries: Infinity },
    {
      server: (socket) => {
        const now = world.clock.elapsed
        if (held === 0) held = now + 60_000
        if (now >= held) accept(20)(socket)
      },
    },
  )
  client.connect()
  world.advance(10_000)
  expect(world.socket.closeCalls).toHaveLength(1)
  for (let seconds = 10; seconds < 240 && client.state !== 'OPEN'; seconds++) world.advance(1000)
  expect(client.state).toBe('OPEN')
  expect(world.sockets.every((socket) => socket === world.socket || socket.closeCalls.length === 1)).toBe(true)
})

test('[F57] a pong of the connection before is nothing to the one after', () => {
  const { world, client, log } = connected(beating)
  const old = world.socket
  world.advance(35_000)
  world.advance(1000)
  world.socket.accept()
  world.advance(30_000)
  expect(world.socket.sent).toEqual([PING])
  log.take()
  old.receive('{"type":"pong"}')
  expect(log.take()).toEqual([])
  world.advance(5000)
  expect(log.take()).toEqual(['error HEARTBEAT_TIMEOUT', 'close 1006', 'stateChange CLOSED', 'retry 1 in 1000'])
  expect(client.getStats().latency).toBeNull()
})

test('[F58] in a throttled tab, where timers run once a minute, a healthy line stays open', () => {
  const { world, client, log } = proven(beating)
  const { socket } = world
  // Messages are not throttled: the pong comes 50 ms after its ping, the timer up to 60 s late.
  socket.onSend = () => socket.later(50, () => socket.receive('{"type":"pong"}'))
  for (let minute = 0; minute < 60; minute++) {
    world.block(60_000)
    world.advance(100)
  }
  expect(client.state).toBe('OPEN')
  expect(log.of('error')).toEqual([])
  expect(socket.sent.length).toBeGreaterThan(50)
})

test('[F59] a wall clock set back an hour changes nothing; set forward it looks like sleep and costs one ping', () => {
  for (const [jump, pings] of [
    [-HOUR, []],
    [HOUR, [PING]],
  ] as const) {
    const { world, client, log } = connected({ ...beating, heartbeatInterval: 10_000 })
    const { socket } = world
    socket.onSend = () => socket.later(10, () => socket.receive('pong'))
    world.moveWall(jump)
    world.advance(9999)
    expect(socket.sent).toEqual(pings)
    expect(client.state).toBe('OPEN')
    expect(log.of('error')).toEqual([])
    expect(client.getStats().uptime).toBe(9999)
  }
})

for (const monotonic of ['stands', 'advances'] as const) {
  for (const timers of ['fire', 'wait'] as const) {
    test(`[F60] after 8 h of sleep one ping asks whether the line lives (monotonic clock ${monotonic}, timers ${timers})`, () => {
      const { world, client, log } = proven(beating)
      const { socket } = world
      world.sleep(8 * HOUR, { monotonic, timers })
      // Where timers only go on counting, what is left of the interval passes first.
      if (timers === 'wait') world.advance(25_000)
      expect(socket.sent).toEqual([PING])
      expect(log.take()).toEqual([])
      world.advance(5000)
      expect(log.take()).toEqual(['error HEARTBEAT_TIMEOUT', 'close 1006', 'stateChange CLOSED', 'retry 1 in 1000'])
      untilRetry({ world, client })
      world.socket.accept()
      expect(client.state).toBe('OPEN')
      expect(world.dials).toBe(2)
    })
  }
}

test('[F61] a page that was frozen does not blame the server for the connection it lost', () => {
  const { world, client, log } = connected({ heartbeatInterval: 30_000, jitter: 0 })
  world.notify('freeze')
  // Thawed, the socket still says OPEN; its close follows as a task of its own.
  world.notify('wake')
  expect(world.socket.sent).toEqual([PING])
  world.socket.die(1006)
  expect(client.getStats()).toMatchObject({ circuitFailures: 0, retryCount: 0 })
  expect(log.take()).toEqual(['close 1006', 'stateChange CLOSED', 'retry 1 in 1000'])
})

test('[F62] offline for good, the client goes on trying, and counts none of it', () => {
  const { world, client } = setup(
    { heartbeatInterval: 0, jitter: 0 },
    { offline: true, server: inTurn(...Array.from({ length: 40 }, () => refuse()), accept()) },
  )
  client.connect()
  world.advance(40 * 30_000)
  // No `online` ever comes: trying every maxDelay is what brings it back.
  expect(client.state).toBe('OPEN')
  expect(world.dials).toBe(41)
  expect(client.getStats()).toMatchObject({ circuitFailures: 0, retryCount: 0 })
})

test('[F73] no timeout is too long for a timer: it is waited for in pieces', () => {
  const { world, client } = setup({ ...plain, connectTimeout: 2 ** 32 })
  client.connect()
  world.advance(2 ** 32 - 1)
  expect(client.state).toBe('CONNECTING')
  world.advance(1)
  expect(client.state).toBe('CLOSED')
})
