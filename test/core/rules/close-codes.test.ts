/**
 * R12: which closes are retried, when, and which are the end.
 * Every code from 0 to 5000 is tried, and every boundary with it.
 */

import { describe, expect, it } from 'vitest'
import { closeTable, decide } from '../../../src/policy/close-policy.ts'
import { connected, plain, proven, setup, untilRetry } from '../../support/client-scene.ts'
import { refuse, throwing, type World } from '../../support/index.ts'

const between = (code: number, first: number, last: number) => code >= first && code <= last
const fatal = (code: number) =>
  [1002, 1003, 1015].includes(code) ||
  between(code, 1007, 1010) ||
  between(code, 4400, 4407) ||
  between(code, 4409, 4428) ||
  between(code, 4430, 4499)

const renewable = [1008, 4401, 4403]

describe('R12 close codes', () => {
  it('[R12] stops on exactly the fatal codes and retries all others', () => {
    const wrong: number[] = []
    const codes = [...Array.from({ length: 40 }, (_, n) => 990 + n), 0, 1, 999, 2999, 3000, 3999, 4000, 5000, 65_535]
    for (let code = 4390; code < 4510; code++) codes.push(code)
    for (const code of codes) {
      const { world, client } = proven(plain)
      world.socket.die(code, 'why')
      if ((client.state === 'FAILED') !== fatal(code)) wrong.push(code)
    }
    expect(wrong).toEqual([])
  })

  it('[R12] tells a fatal close as error, close and FAILED', () => {
    const { world, client, log } = connected()
    world.socket.die(4400, 'bad request')
    expect(log.told).toEqual(['error FATAL_CLOSE', 'close 4400', 'stateChange FAILED'])
    expect(log.of('close')).toEqual([{ code: 4400, reason: 'bad request', wasClean: true, opened: true }])
    expect(client.getSnapshot().error).toBe(log.of('error')[0])
    expect(world.timers).toBe(0)
  })

  it.each([
    [0, 5000],
    [0.5, 17_500],
    [1 - 2 ** -40, 30_000],
  ])('[R12] waits 5 to 30 s after 1012, for that one wait, cap or no cap (random %d)', (random, delay) => {
    const { world, client, log } = proven({ ...plain, baseDelay: 100, maxDelay: 200 })
    world.random.value = random
    world.socket.die(1012)
    expect(log.of('retry').map((info) => [info.attempt, info.delay])).toEqual([[1, delay]])
    world.advance(delay - 1)
    expect(world.dials).toBe(1)
    world.advance(1)
    expect(world.dials).toBe(2)
    world.socket.refuse()
    expect(log.of('retry').map((info) => [info.attempt, info.delay])).toEqual([
      [1, delay],
      [2, 200],
    ])
    expect(client.state).toBe('CLOSED')
  })

  it.each([1013, 4429])(
    '[R12] spreads the wait after %d over the upper half of maxDelay, whatever the jitter',
    (code) => {
      const delays = (options: Parameters<typeof proven>[0]) =>
        [0, 0.5, 1 - 2 ** -40].map((random) => {
          const { world, log } = proven(options)
          world.random.value = random
          world.socket.die(code)
          return log.of('retry')[0]?.delay
        })
      expect(delays(plain)).toEqual([15_000, 22_500, 30_000])
      expect(delays({ ...plain, jitter: 'full' })).toEqual([15_000, 22_500, 30_000])
      expect(delays({ ...plain, maxDelay: 8000 })).toEqual([4000, 6000, 8000])
    },
  )

  it.each([1013, 4429])('[R12] gathers no fleet on one moment after %d', (code) => {
    const moments = new Set(
      Array.from({ length: 30 }, (_, seed) => {
        const { world, client } = proven(plain, { seed })
        world.socket.die(code)
        return client.getSnapshot().retryAt
      }),
    )
    expect(moments.size).toBe(30)
  })

  it.each([1013, 4429])('[R12] waits no longer than a timer can after %d, even without a cap', (code) => {
    const { world, client, log } = proven({ ...plain, maxDelay: Infinity })
    world.random.value = 1 - 2 ** -40
    world.socket.die(code)
    expect(log.of('retry').map((info) => info.delay)).toEqual([2 ** 31 - 1])
    world.advance(2 ** 31 - 1)
    expect([client.state, world.dials]).toEqual(['CONNECTING', 2])
  })

  it.each([1013, 4429])('[R12] waits whole milliseconds after %d', (code) => {
    const { world, log } = proven({ ...plain, maxDelay: 3001 })
    world.socket.die(code)
    const delay = log.of('retry')[0]?.delay as number
    expect(delay).toBeGreaterThanOrEqual(1500.5)
    expect(Number.isInteger(delay)).toBe(true)
  })

  it.each([1013, 4429])('[R12] spreads after %d however far the backoff has come, and goes on from there', (code) => {
    const scene = setup(plain)
    const { world, client, log } = scene
    client.connect()
    for (let n = 0; n < 6; n++) {
      world.socket.refuse()
      untilRetry(scene)
    }
    world.socket.accept()
    world.socket.die(code)
    expect(log.of('retry').pop()).toEqual({ attempt: 7, delay: 22_500, maxRetries: Infinity })
    untilRetry(scene)
    world.socket.refuse()
    expect(log.of('retry').pop()).toEqual({ attempt: 8, delay: 30_000, maxRetries: Infinity })
  })

  it.each(renewable)('[R12] stops at once on %d where neither url nor protocols is a provider', (code) => {
    const { world, client } = proven({ ...plain, protocols: ['v1'] })
    world.socket.die(code)
    expect(client.state).toBe('FAILED')
  })

  it.each(renewable)('[R12] asks a url provider once more after %d, showing it the last close', async (code) => {
    const asked: unknown[] = []
    const { world, client, log } = setup({
      ...plain,
      url: ({ attempt, lastClose }) => {
        asked.push([attempt, lastClose])
        return `wss://example.test/?token=${asked.length}`
      },
    })
    client.connect()
    await world.settle()
    world.socket.accept()
    world.socket.die(code, 'expired')
    expect(log.of('error')).toEqual([])
    expect(client.state).toBe('CLOSED')
    await world.advanceAsync(1000)
    expect(asked).toEqual([
      [0, null],
      [1, { code, reason: 'expired', wasClean: true, opened: true }],
    ])
    expect(world.socket.url).toBe('wss://example.test/?token=2')
    world.socket.accept()
    log.take()
    world.socket.die(code, 'expired')
    expect(log.told).toEqual(['error FATAL_CLOSE', `close ${code}`, 'stateChange FAILED'])
    expect(world.dials).toBe(2)
  })

  it.each(renewable)('[R12] asks a protocols provider once more after %d', async (code) => {
    let asked = 0
    const { world, client } = setup({ ...plain, protocols: () => [`token${++asked}`] })
    client.connect()
    await world.settle()
    world.socket.accept()
    world.socket.die(code)
    await world.advanceAsync(1000)
    expect(world.socket.protocols).toEqual(['token2'])
    world.socket.accept()
    world.socket.die(code)
    expect(client.state).toBe('FAILED')
  })

  it('[R12] earns one more attempt again after a connection has been proven', async () => {
    const { world, client } = setup({ ...plain, url: () => 'wss://example.test/' })
    client.connect()
    await world.settle()
    for (let round = 0; round < 3; round++) {
      world.socket.accept()
      world.advance(5000)
      world.socket.die(4401)
      expect(client.state).toBe('CLOSED')
      await world.advanceAsync(1000)
    }
  })

  it('[R12] still has its one more attempt after another failure', () => {
    const scene = setup({ ...plain, url: () => 'wss://example.test/' })
    const { world, client } = scene
    client.connect()
    world.socket.refuse()
    untilRetry(scene)
    world.socket.accept()
    world.socket.die(4401)
    expect(client.state).toBe('CLOSED')
    expect(client.getSnapshot().retryAt).not.toBeNull()
  })

  it('[R12] gives a provider no second chance after other fatal codes', async () => {
    const { world, client } = setup({ ...plain, url: () => 'wss://example.test/' })
    client.connect()
    await world.settle()
    world.socket.accept()
    world.socket.die(4400)
    expect(client.state).toBe('FAILED')
  })

  it('[R12] lets shouldReconnect turn a retry into the end', () => {
    const asked: unknown[] = []
    const { world, client, log } = proven({
      ...plain,
      shouldReconnect: (close, attempt) => {
        asked.push([close, attempt])
        return false
      },
    })
    world.socket.die(1000, 'done')
    expect(asked).toEqual([[{ code: 1000, reason: 'done', wasClean: true, opened: true }, 0]])
    expect(log.told).toEqual(['error FATAL_CLOSE', 'close 1000', 'stateChange FAILED'])
    expect(client.state).toBe('FAILED')
  })

  it('[R12] lets shouldReconnect turn the end into a retry', () => {
    const { world, log } = proven({ ...plain, shouldReconnect: () => true })
    world.socket.die(1002)
    expect(log.told).toEqual(['close 1002', 'stateChange CLOSED', 'retry 1 in 1000'])
  })

  it('[R12] asks shouldReconnect about a refusal as well', () => {
    const { world, client, log } = setup({ ...plain, shouldReconnect: ({ opened }) => opened })
    client.connect()
    log.take()
    world.socket.refuse()
    expect(client.state).toBe('FAILED')
    expect(log.told).toEqual(['error FATAL_CLOSE', 'close 1006', 'stateChange FAILED'])
  })

  it.each([
    [1006, 'CLOSED'],
    [1002, 'FAILED'],
  ] as const)('[R12] falls back on the code when shouldReconnect throws, with an error (%d)', (code, state) => {
    const thrown = new Error('mine')
    const { world, client, log } = proven({
      ...plain,
      shouldReconnect: () => {
        throw thrown
      },
    })
    world.socket.die(code)
    expect(client.state).toBe(state)
    expect(log.of('error').filter((error) => error.cause === thrown)).toHaveLength(1)
  })
})

/** A client whose shouldReconnect notes what it is asked, and always gives the same answer. */
function asking(answer: unknown, options: Parameters<typeof setup>[0] = {}) {
  const asked: unknown[] = []
  const scene = setup({
    ...plain,
    shouldReconnect: (close, attempt) => {
      asked.push([close, attempt])
      return answer as boolean
    },
    ...options,
  })
  return { ...scene, asked }
}

const ABNORMAL = { code: 1006, reason: '', wasClean: false }

describe('R12 shouldReconnect', () => {
  const unopened = { ...ABNORMAL, opened: false }

  it.each([
    ['a refusal', {}, (world: World) => world.socket.refuse()],
    ['a connect timeout', {}, (world: World) => world.advance(10_000)],
    [
      'a provider that throws',
      {
        url: () => {
          throw new Error('no token')
        },
      },
      () => {},
    ],
    ['a provider that answers what nobody can dial', { url: () => 'ftp://example.test/' }, () => {}],
    ['a provider that answers nothing', { url: (() => undefined) as never }, () => {}],
  ] as [string, Parameters<typeof setup>[0], (world: World) => void][])(
    '[R12] asks shouldReconnect about %s: false stops',
    (_what, options, fail) => {
      const { world, client, log, asked } = asking(false, options)
      client.connect()
      fail(world)
      expect(asked).toEqual([[unopened, 0]])
      expect(client.state).toBe('FAILED')
      expect(log.take().slice(-3)).toEqual(['error FATAL_CLOSE', 'close 1006', 'stateChange FAILED'])
      world.advance(3_600_000)
      expect(client.state).toBe('FAILED')
    },
  )

  it('[R12] asks shouldReconnect about a rejected provider, a constructor that throws and a dead line as well', async () => {
    const rejected = asking(false, { url: () => Promise.reject(new Error('no token')) })
    rejected.client.connect()
    await rejected.world.settle()
    expect([rejected.asked, rejected.client.state]).toEqual([[[unopened, 0]], 'FAILED'])

    const thrown = asking(false)
    thrown.world.server = throwing(new Error('blocked by policy'))
    thrown.client.connect()
    expect([thrown.asked, thrown.client.state]).toEqual([[[unopened, 0]], 'FAILED'])

    const dead = asking(false, { heartbeatInterval: 30_000 })
    dead.client.connect()
    dead.world.socket.accept()
    dead.world.advance(35_000)
    expect([dead.asked, dead.client.state]).toEqual([[[{ ...ABNORMAL, opened: true }, 0]], 'FAILED'])
    expect(dead.log.told.slice(-3)).toEqual(['error FATAL_CLOSE', 'close 1006', 'stateChange FAILED'])
  })

  it('[R12] tells shouldReconnect how many retries there have been', () => {
    const scene = asking(true)
    scene.client.connect()
    for (let n = 0; n < 3; n++) {
      scene.world.socket.refuse()
      untilRetry(scene)
    }
    expect(scene.asked).toEqual([0, 1, 2].map((attempt) => [unopened, attempt]))
  })

  it('[R12] does not ask shouldReconnect about what was asked for', () => {
    const open = asking(false, { heartbeatInterval: 30_000, hiddenTimeout: 1000 })
    const { world, client, asked } = open
    client.connect()
    client.reconnect()
    world.socket.accept()
    client.reconnect()
    world.socket.accept()
    client.openCircuit()
    client.closeCircuit()
    world.socket.accept()
    client.update({ url: 'wss://other.example.test/' })
    world.socket.accept()
    world.notify('hidden')
    world.advance(1000)
    world.notify('wake')
    world.socket.accept()
    client.close()
    world.advance(0)
    expect([client.state, asked]).toEqual(['CLOSED', []])
    client.connect()
    client.close()
    expect(asked).toEqual([])
  })

  it('[R12] does not ask shouldReconnect where trying again cannot help whatever anybody says', () => {
    for (const options of [{ url: () => null }, { url: '/relative' }]) {
      const { client, asked } = asking(true, options)
      client.connect()
      expect([client.state, asked]).toEqual(['FAILED', []])
    }
  })

  it('[R12] asks shouldReconnect once per ending, with a ping that is answered or late in between', () => {
    const { world, client, asked } = asking(true, { heartbeatInterval: 1000, heartbeatTimeout: 500 })
    client.connect()
    world.socket.accept()
    world.advance(1000)
    world.socket.receive('pong')
    world.advance(1000)
    world.block(5000)
    world.advance(0)
    expect([client.state, asked]).toEqual(['OPEN', []])
    world.advance(500)
    expect(asked).toHaveLength(1)
  })

  it.each([1012, 1013, 4429, 1002, 4401, 4400, 1008])(
    '[R12] replaces the delay of the table as well: true after %d is the plain backoff',
    (code) => {
      const { world, client, log } = asking(true)
      client.connect()
      world.socket.accept()
      world.advance(5000)
      log.take()
      world.socket.die(code)
      expect(log.told).toEqual([`close ${code}`, 'stateChange CLOSED', 'retry 1 in 1000'])
    },
  )

  it.each([
    [0, 0],
    [1, 1],
    [7300, 7300],
    [7300.4, 7300],
    [3_600_000, 3_600_000],
    [Infinity, 2 ** 31 - 1],
    [1e300, 2 ** 31 - 1],
  ])('[R12] retries after the number of ms that shouldReconnect answers: %d', (answer, delay) => {
    // Neither the jitter nor the cap nor the table has a say.
    const { world, client, log } = asking(answer, { jitter: 'full', maxDelay: 2000 })
    client.connect()
    world.socket.accept()
    world.advance(5000)
    world.socket.die(1012)
    expect(log.of('retry')).toEqual([{ attempt: 1, delay, maxRetries: Infinity }])
    expect(client.getSnapshot().retryAt).toBe(world.clock.now() + delay)
    world.advance(delay)
    expect(world.dials).toBe(2)
  })

  it('[R12] counts a retry whose delay shouldReconnect chose, and gives up as always', () => {
    const { world, client, log } = asking(50, { maxRetries: 3 })
    world.server = refuse()
    client.connect()
    world.advance(1000)
    expect(log.of('retry').map(({ attempt, delay }) => [attempt, delay])).toEqual([
      [1, 50],
      [2, 50],
      [3, 50],
    ])
    expect([client.state, client.getSnapshot().error?.code]).toEqual(['FAILED', 'RETRIES_EXHAUSTED'])
  })

  it('[R12] does not dial through an open circuit on the word of shouldReconnect', () => {
    for (const answer of [true, 0, 10]) {
      const { world, client } = asking(answer, { circuitBreaker: { failureThreshold: 1 } })
      client.connect()
      world.socket.refuse()
      world.advance(59_999)
      expect([client.state, world.dials]).toEqual(['BLOCKED', 1])
    }
  })

  it('[R12] lets shouldReconnect: () => true give credentials more than one more attempt', () => {
    const scene = asking(true, { url: () => 'wss://example.test/' })
    scene.client.connect()
    for (let n = 0; n < 4; n++) {
      scene.world.socket.accept()
      scene.world.socket.die(4401)
      untilRetry(scene)
    }
    expect([scene.client.state, scene.world.dials]).toEqual(['CONNECTING', 5])
  })

  it.each([
    ['NaN', NaN],
    ['a negative number', -1],
    ['−Infinity', -Infinity],
    ['undefined', undefined],
    ['null', null],
    ['a string', 'yes'],
    ['a promise', Promise.resolve(false)],
  ])('[R12] falls back on the table when shouldReconnect answers %s, with one error', (_what, answer) => {
    for (const [code, state] of [
      [1006, 'CLOSED'],
      [1002, 'FAILED'],
    ] as const) {
      const { world, client, log, asked } = asking(answer)
      client.connect()
      world.socket.accept()
      world.advance(5000)
      world.socket.die(code)
      expect(client.state).toBe(state)
      const wrong = log.of('error').filter((error) => error.code === 'LISTENER_FAILED')
      expect(wrong.map(({ cause }) => cause)).toEqual([expect.any(TypeError)])
      expect(String(wrong[0]?.cause)).toContain('shouldReconnect')
      expect(asked).toHaveLength(1)
    }
  })

  it('[R12] may use the client while it is asked', () => {
    const { world, client, log } = setup({
      ...plain,
      shouldReconnect: () => {
        client.close()
        return true
      },
    })
    client.connect()
    world.socket.accept()
    world.socket.die()
    expect([client.state, world.timers]).toEqual(['CLOSED', 0])
    expect(log.of('close')).toHaveLength(1)
  })
})

describe('R12 nothing to dial', () => {
  it.each([
    ['null', () => null],
    ['a promise of null', async () => null],
  ])('[R12] is FAILED with NO_URL when the provider answers %s, and does not retry', async (_what, url) => {
    const { world, client, log } = setup({ ...plain, url })
    client.send('kept')
    const connected = client.connect()
    await world.settle()
    expect(log.told).toEqual(['stateChange CONNECTING', 'error NO_URL', 'close 1006', 'stateChange FAILED'])
    expect(log.of('close')).toEqual([{ ...ABNORMAL, opened: false }])
    await expect(connected).rejects.toMatchObject({ code: 'NO_URL' })
    expect(client.getSnapshot()).toMatchObject({ status: 'failed', circuitFailures: 0, retryCount: 0 })
    await world.advanceAsync(3_600_000)
    world.notify('online')
    await world.advanceAsync(3_600_000)
    expect([client.state, world.dials, world.timers, client.getStats().queuedMessages]).toEqual(['FAILED', 0, 0, 1])
  })

  it('[R12] dials again, with the queue, on connect() once the provider has something to dial', () => {
    let url: string | null = null
    const { world, client } = setup({ ...plain, url: () => url })
    client.send('kept')
    client.connect()
    expect(client.state).toBe('FAILED')
    url = 'wss://example.test/'
    client.connect()
    world.socket.accept()
    expect(world.socket.sent).toEqual(['kept'])
  })

  it('[R12] is FAILED with NO_URL where a retry finds the session over, at once and with nothing counted', () => {
    let url: string | null = 'wss://example.test/'
    const scene = setup({ ...plain, circuitBreaker: { failureThreshold: 2 }, url: () => url })
    const { client, world, log } = scene
    client.connect()
    world.socket.refuse()
    url = null
    untilRetry(scene)
    expect(log.of('error').map(({ code }) => code)).toEqual(['HANDSHAKE_FAILED', 'NO_URL'])
    expect(client.getSnapshot()).toMatchObject({ state: 'FAILED', circuitState: 'CLOSED', circuitFailures: 1 })
    expect(world.timers).toBe(0)
  })

  it('[R12] takes null for an answer of a url function only', () => {
    const { client, log } = setup({ ...plain, protocols: (() => null) as never })
    client.connect()
    expect(log.of('error').map(({ code }) => code)).toEqual(['URL_PROVIDER_FAILED'])
    expect(() => setup({ url: null as never })).toThrow(TypeError)
  })
})

describe('R12 the word on a close', () => {
  it.each([
    [1000, 'retry'],
    [1006, 'retry'],
    [1002, 'stop'],
    [1008, 'retry-with-fresh-auth'],
    [4401, 'retry-with-fresh-auth'],
    [4407, 'stop'],
    [4408, 'retry'],
    [4409, 'stop'],
    [4999, 'retry'],
  ])('[R12] is for %d: %s', (code, action) => {
    expect(decide(closeTable, code, undefined)).toBe(action)
    expect(decide(closeTable, code, true)).toBe('retry')
    expect(decide(closeTable, code, false)).toBe('stop')
  })

  it('[R12] is a number of ms, exactly, where the user has said so, offline or not', () => {
    const { world, client, log } = setup({ ...plain, shouldReconnect: () => 700 }, { offline: true })
    client.connect()
    world.socket.refuse()
    expect(log.of('retry').map(({ delay }) => delay)).toEqual([700])
  })
})
