/**
 * R14 and R4 on clocks that do not agree: a timer that fired has fired, whatever another clock says (R2, R15).
 */

import { afterEach, describe, expect, it, vi } from 'vitest'
import { WebSocketReconnect, type WebSocketReconnectOptions } from '../../../src/index.ts'
import { plain } from '../../support/client-scene.ts'
import { createWorld, record } from '../../support/index.ts'

afterEach(() => vi.useRealTimers())

const beating = { ...plain, heartbeatInterval: 30_000 }

/** Which of the two clocks a test runner has put under its control; timers always are. */
const runners = [
  ['neither clock', { wall: false, monotonic: false }],
  ['the wall clock only', { wall: true, monotonic: false }],
  ['the monotonic clock only', { wall: false, monotonic: true }],
  ['both', { wall: true, monotonic: true }],
] as const

describe.each(runners)('timers that are driven, and %s', (_which, driven) => {
  /** A client in a world in which only some clocks move. */
  function stage(options: Partial<WebSocketReconnectOptions> = {}) {
    const world = createWorld()
    const { clock } = world
    const start = { wall: clock.now(), monotonic: clock.monotonic() }
    const client = new WebSocketReconnect(
      world.options({
        ...plain,
        ...options,
        clock: {
          now: () => (driven.wall ? clock.now() : start.wall),
          monotonic: () => (driven.monotonic ? clock.monotonic() : start.monotonic),
          setTimeout: clock.setTimeout,
          clearTimeout: clock.clearTimeout,
        },
      }),
    )
    return { world, client, log: record(client) }
  }

  it('[R4] retries', () => {
    const { world, client, log } = stage()
    client.connect()
    for (const wait of [1000, 2000, 4000]) {
      world.socket.refuse()
      const { dials } = world
      world.advance(wait - 1)
      expect(world.dials).toBe(dials)
      world.advance(1)
      expect(world.dials).toBe(dials + 1)
    }
    expect(log.of('retry').map(({ delay }) => delay)).toEqual([1000, 2000, 4000])
  })

  it('[R14] pings in its rhythm, and gives up a line that does not answer', () => {
    const { world, client, log } = stage(beating)
    client.connect()
    world.socket.accept()
    world.advance(29_999)
    expect(world.socket.sent).toHaveLength(0)
    world.advance(1)
    expect(world.socket.sent).toHaveLength(1)
    world.socket.receive('pong')
    world.advance(30_000)
    expect(world.socket.sent).toHaveLength(2)
    world.advance(5000)
    expect(log.of('error').map(({ code }) => code)).toEqual(['HEARTBEAT_TIMEOUT'])
  })

  it('[R8][R9] opens and half-opens the circuit, proves a connection, and times an attempt out', () => {
    const { world, client, log } = stage({ circuitBreaker: { failureThreshold: 1, resetJitter: 0 } })
    client.connect()
    world.advance(10_000)
    expect(log.of('error').map(({ code }) => code)).toEqual(['CONNECT_TIMEOUT'])
    expect(client.state).toBe('BLOCKED')
    world.advance(60_000)
    expect(client.state).toBe('CONNECTING')
    world.socket.accept()
    world.advance(5000)
    expect(client.getSnapshot()).toMatchObject({ circuitState: 'CLOSED', circuitFailures: 0, retryCount: 0 })
  })

  it('[R16] expires, polls and closes', async () => {
    const { world, client, log } = stage({ queue: { maxAge: 1000, highWaterMark: 10 } })
    client.send('old')
    client.connect()
    world.advance(1000)
    expect(log.of('drop').map(({ reason }) => reason)).toEqual(['expired'])
    world.socket.accept()
    world.socket.stall(11)
    client.send('later')
    world.socket.drain()
    world.advance(50)
    expect(world.socket.sent).toEqual(['later'])
    world.socket.deaf = true
    client.close()
    world.advance(2000)
    expect([client.state, world.timers]).toEqual(['CLOSED', 0])
  })
})

describe('the timers of a test runner', () => {
  it.each([
    ['setTimeout alone', ['setTimeout', 'clearTimeout']],
    ['setTimeout and Date', ['setTimeout', 'clearTimeout', 'Date']],
    ['everything', ['setTimeout', 'clearTimeout', 'Date', 'performance']],
  ] as const)('[R4][R14] retry and ping where it fakes %s', (_what, toFake) => {
    vi.useFakeTimers({ toFake: [...toFake] })
    const world = createWorld()
    const options = world.options(beating)
    delete options.clock
    const client = new WebSocketReconnect(options)
    client.connect()
    world.socket.refuse()
    // The real clocks move as well meanwhile, on a busy machine by a lot.
    vi.advanceTimersByTime(500)
    expect(world.dials).toBe(1)
    vi.advanceTimersByTime(500)
    expect(world.dials).toBe(2)
    world.socket.accept()
    vi.advanceTimersByTime(30_000)
    expect(world.socket.sent).toHaveLength(1)
    world.socket.receive('pong')
    vi.advanceTimersByTime(20_000)
    expect(world.socket.sent).toHaveLength(1)
    vi.advanceTimersByTime(10_000)
    expect(world.socket.sent).toHaveLength(2)
    vi.advanceTimersByTime(5100)
    expect(client.getSnapshot().error?.code).toBe('HEARTBEAT_TIMEOUT')
    client.close()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('[R15] still takes a wall clock that ran ahead for sleep', () => {
    // The machine slept: timers wait out what they had left, the monotonic clock stood still.
    const world = createWorld()
    const client = new WebSocketReconnect(world.options({ ...plain, baseDelay: 20_000 }))
    client.connect()
    world.socket.refuse()
    world.advance(10_000)
    world.sleep(3_600_000)
    expect(client.getSnapshot().retryAt).toBe(world.clock.now() + 500)
    client.close()
  })
})
