/**
 * R4: how long the n-th retry waits.
 * Once for the pure function and once through the client, so that neither can drift from the other.
 */

import { afterEach, describe, expect, it, vi } from 'vitest'
import { backoffDelay, type Jitter } from '../../../src/index.ts'
import { plain, setup, untilRetry } from '../../support/client-scene.ts'
import { mulberry32 } from '../../support/index.ts'

const defaults = { baseDelay: 1000, maxDelay: 30_000, multiplier: 2, jitter: 0.1 } as const
const almostOne = 1 - 2 ** -40

/** The delays of the first `count` retries, as announced, against a server that refuses. */
function delays(count: number, options: Parameters<typeof setup>[0], random: number | (() => number) = 0.5): number[] {
  const scene = setup({ ...plain, ...options })
  scene.world.random.value = random
  scene.client.connect()
  for (let n = 0; n < count; n++) {
    scene.world.socket.refuse()
    const { retryAt } = scene.client.getSnapshot()
    const before = scene.world.clock.elapsed
    untilRetry(scene)
    // What was announced is what happened: not a millisecond less, not one more.
    expect(scene.log.of('retry')[n]?.delay).toBe(scene.world.clock.elapsed - before)
    expect(retryAt).toBe(scene.world.clock.start + scene.world.clock.elapsed)
    expect(scene.client.state).toBe('CONNECTING')
  }
  return scene.log.of('retry').map((info) => info.delay)
}

describe('R4 backoff', () => {
  afterEach(() => void vi.unstubAllEnvs())

  it('[R4] waits baseDelay × multiplier^(n−1), at most maxDelay', () => {
    expect(delays(8, { jitter: 0 })).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000])
    expect(delays(4, { jitter: 0, baseDelay: 10, multiplier: 3, maxDelay: 200 })).toEqual([10, 30, 90, 200])
    expect(delays(3, { jitter: 0, multiplier: 1 })).toEqual([1000, 1000, 1000])
    expect(delays(3, { jitter: 0, baseDelay: 0 })).toEqual([0, 0, 0])
  })

  it('[R4] does not dial a millisecond before the delay is over', () => {
    const { world, client } = setup(plain)
    client.connect()
    world.socket.refuse()
    world.advance(999)
    expect(world.dials).toBe(1)
    world.advance(1)
    expect(world.dials).toBe(2)
  })

  it('[R4] spreads by ±10 % unless told otherwise, evenly', () => {
    const { jitter: _, ...rest } = plain
    const first = (random: number) => {
      const { world, client, log } = setup(rest)
      world.random.value = random
      client.connect()
      world.socket.refuse()
      return log.of('retry')[0]?.delay
    }
    expect([0, 0.25, 0.5, 0.75, almostOne].map(first)).toEqual([900, 950, 1000, 1050, 1100])
  })

  it('[R4] never waits longer than the cap, and spreads still at the cap', () => {
    expect(delays(7, { jitter: 0.1 }, 0).slice(4)).toEqual([14_400, 27_000, 27_000])
    expect(delays(7, { jitter: 0.1 }, 0.5).slice(4)).toEqual([16_000, 28_500, 28_500])
    expect(delays(7, { jitter: 0.1 }, almostOne).slice(4)).toEqual([17_600, 30_000, 30_000])
  })

  it('[R4] cuts the upper end of the spread to the cap just below the cap', () => {
    const near = { baseDelay: 8000, maxDelay: 8200, multiplier: 2, jitter: 0.1 } as const
    expect([0, 0.5, almostOne].map((random) => backoffDelay(1, near, random))).toEqual([7200, 7700, 8200])
  })

  it('[R4] rounds to whole milliseconds', () => {
    const random = mulberry32(4)
    for (let n = 0; n < 200; n++) {
      const delay = backoffDelay(1 + (n % 9), { ...defaults, baseDelay: 333.3, multiplier: 1.7 }, random())
      expect(Number.isInteger(delay)).toBe(true)
    }
    expect(backoffDelay(1, { ...defaults, baseDelay: 1000.4, jitter: 0 }, 0.5)).toBe(1000)
    expect(backoffDelay(1, { ...defaults, baseDelay: 1000.6, jitter: 0 }, 0.5)).toBe(1001)
  })

  it('[R4] clamps the exponent: no NaN, no overflow, however many retries', () => {
    for (const attempt of [1, 2, 1000, 1e6, 1e15, Number.MAX_SAFE_INTEGER]) {
      expect(backoffDelay(attempt, { ...defaults, baseDelay: 0 }, 0.5)).toBe(0)
      if (attempt > 10) expect(backoffDelay(attempt, { ...defaults, jitter: 0 }, 0.5)).toBe(30_000)
      expect(backoffDelay(attempt, { ...defaults, multiplier: 1, jitter: 0 }, 0.5)).toBe(1000)
      const huge = backoffDelay(attempt, { ...defaults, multiplier: 1e300, maxDelay: Infinity }, 0.5)
      expect(huge).toBeGreaterThanOrEqual(1000)
      expect(huge).toBeLessThanOrEqual(2 ** 31 - 1)
    }
  })

  it('[R4] never arms a timer that platforms would fire at once', () => {
    const scene = setup({ ...plain, maxDelay: Infinity, baseDelay: 2 ** 31 })
    scene.client.connect()
    scene.world.socket.refuse()
    expect(scene.log.of('retry')[0]?.delay).toBe(2 ** 31 - 1)
    scene.world.advance(2 ** 31 - 2)
    expect(scene.world.dials).toBe(1)
    scene.world.advance(1)
    expect(scene.world.dials).toBe(2)
  })

  it('[R4] stays within the announced interval for any options and any draw', () => {
    const random = mulberry32(20_260)
    for (let n = 0; n < 5000; n++) {
      const baseDelay = random() * 5000
      const options = {
        baseDelay,
        maxDelay: baseDelay + random() * 60_000,
        multiplier: 1 + random() * 4,
        jitter: random(),
      }
      const attempt = 1 + Math.floor(random() * 40)
      const d = Math.min(baseDelay * options.multiplier ** (attempt - 1), options.maxDelay)
      const delay = backoffDelay(attempt, options, random())
      expect(delay).toBeGreaterThanOrEqual(Math.floor(d * (1 - options.jitter)))
      expect(delay).toBeLessThanOrEqual(Math.ceil(Math.min(d * (1 + options.jitter), options.maxDelay)))
    }
  })

  it('[R4] knows full jitter: anything from 0 to the delay', () => {
    expect(delays(3, { jitter: 'full' }, 0)).toEqual([0, 0, 0])
    expect(delays(3, { jitter: 'full' }, 0.25)).toEqual([250, 500, 1000])
    expect(delays(6, { jitter: 'full' }, almostOne)).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000])
  })

  it('[R4] knows equal jitter: half of the delay is certain', () => {
    expect(delays(3, { jitter: 'equal' }, 0)).toEqual([500, 1000, 2000])
    expect(delays(3, { jitter: 'equal' }, 0.5)).toEqual([750, 1500, 3000])
    expect(delays(6, { jitter: 'equal' }, almostOne)[5]).toBe(30_000)
  })

  it('[R4] knows decorrelated jitter: from baseDelay to three times the delay before, within the cap', () => {
    expect(delays(3, { jitter: 'decorrelated' }, 0)).toEqual([1000, 1000, 1000])
    expect(delays(5, { jitter: 'decorrelated' }, almostOne)).toEqual([3000, 9000, 27_000, 30_000, 30_000])
    expect(delays(3, { jitter: 'decorrelated' }, 0.5)).toEqual([2000, 3500, 5750])
  })

  it.each(['none', '0.1', 'Full'])(
    '[R4] knows no NaN in production either, where nobody refuses jitter %o',
    (jitter) => {
      vi.stubEnv('NODE_ENV', 'production')
      expect(delays(3, { jitter: jitter as Jitter }, 0)).toEqual([1000, 1000, 1000])
      expect(delays(4, { jitter: jitter as Jitter }, almostOne)).toEqual([3000, 9000, 27_000, 30_000])
      vi.unstubAllEnvs()
    },
  )

  it('[R4] knows no NaN, whatever the random option answers', () => {
    expect(delays(2, { jitter: 0.1, random: () => undefined as never })).toEqual([900, 1800])
    expect(delays(2, { random: () => Number.NaN, jitter: 'full' })).toEqual([0, 0])
  })

  it('[R4] lets jitter 1 reach from 0 to twice the delay, within the cap', () => {
    expect(delays(2, { jitter: 1 }, 0)).toEqual([0, 0])
    expect(delays(6, { jitter: 1 }, almostOne)).toEqual([2000, 4000, 8000, 16_000, 30_000, 30_000])
  })

  it('[R4] asks retryDelay with the number of the retry, the computed delay and the last close', () => {
    const asked: unknown[] = []
    const used = delays(3, {
      jitter: 0,
      retryDelay: (context) => {
        asked.push(context)
        return context.delay + 7
      },
    })
    const lastClose = { code: 1006, reason: '', wasClean: false, opened: false }
    expect(asked).toEqual([
      { attempt: 1, delay: 1000, lastClose },
      { attempt: 2, delay: 2000, lastClose },
      { attempt: 3, delay: 4000, lastClose },
    ])
    expect(used).toEqual([1007, 2007, 4007])
  })

  it('[R4] lets retryDelay go down to 100 ms and up to 2^31−1, no further', () => {
    expect(delays(1, { retryDelay: () => 0 })).toEqual([100])
    expect(delays(1, { retryDelay: () => -5000 })).toEqual([100])
    expect(delays(1, { retryDelay: () => 101 })).toEqual([101])
    expect(delays(1, { retryDelay: () => 45_000 })).toEqual([45_000])
    expect(delays(1, { retryDelay: () => Infinity })).toEqual([2 ** 31 - 1])
    expect(delays(1, { retryDelay: () => 2 ** 31 })).toEqual([2 ** 31 - 1])
  })

  it.each([undefined, null, Number.NaN, -Infinity, '500', {}, Promise.resolve(500)])(
    '[R4] keeps the computed delay where retryDelay answers %s, and tells',
    (answer) => {
      const { world, client, log } = setup({ ...plain, retryDelay: () => answer as number })
      client.connect()
      world.socket.refuse()
      expect(log.of('retry')).toMatchObject([{ attempt: 1, delay: 1000 }])
      expect(log.of('error').map(({ code }) => code)).toEqual(['LISTENER_FAILED', 'HANDSHAKE_FAILED'])
      expect(String(log.of('error')[0]?.cause)).toMatch(/retryDelay must answer a number of ms, got /)
    },
  )

  it('[R4] announces attempt, delay and maxRetries', () => {
    const { world, client, log } = setup({ ...plain, maxRetries: 7 })
    client.connect()
    world.socket.refuse()
    expect(log.of('retry')).toEqual([{ attempt: 1, delay: 1000, maxRetries: 7 }])
    expect(client.getSnapshot().retryCount).toBe(1)
  })
})
