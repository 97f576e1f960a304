/**
 * R12: which closes are retried, when, and which are the end.
 * Every code from 0 to 5000 is tried, and every boundary with it.
 */

import { describe, expect, it } from 'vitest'
import { connected, plain, proven, setup, untilRetry } from './setup.ts'

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

  it.each([1013, 4429])('[R12] waits at least half of maxDelay after %d', (code) => {
    for (const random of [0, 0.5, 1 - 2 ** -40]) {
      const { world, log } = proven({ ...plain, jitter: 0.1 })
      world.random.value = random
      world.socket.die(code)
      const delay = log.of('retry')[0]?.delay as number
      expect(delay).toBeGreaterThanOrEqual(15_000)
      expect(delay).toBeLessThanOrEqual(30_000)
    }
    const { world, log } = proven({ ...plain, maxDelay: 8000 })
    world.socket.die(code)
    expect(log.of('retry')[0]?.delay).toBe(4000)
  })

  it.each([1013, 4429])('[R12] waits no longer than a timer can after %d, even without a cap', (code) => {
    const { world, client, log } = proven({ ...plain, maxDelay: Infinity })
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

  it.each([1013, 4429])('[R12] keeps a longer backoff after %d', (code) => {
    const scene = setup(plain)
    const { world, client, log } = scene
    client.connect()
    for (let n = 0; n < 6; n++) {
      world.socket.refuse()
      untilRetry(scene)
    }
    world.socket.accept()
    world.socket.die(code)
    expect(log.of('retry').pop()).toEqual({ attempt: 7, delay: 30_000, maxRetries: Infinity })
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

  it('[R12] does not ask shouldReconnect about closes the client caused itself', () => {
    let asked = 0
    const options = {
      ...plain,
      heartbeatInterval: 30_000,
      shouldReconnect: () => {
        asked++
        return false
      },
    }
    const beat = connected(options)
    beat.world.advance(35_000)
    expect(beat.client.state).toBe('CLOSED')
    const timeout = setup(options)
    timeout.client.connect()
    timeout.world.advance(10_000)
    expect(timeout.client.state).toBe('CLOSED')
    const open = connected(options)
    open.client.reconnect()
    open.world.socket.accept()
    open.client.openCircuit()
    open.client.closeCircuit()
    open.world.socket.accept()
    open.client.close()
    open.world.advance(0)
    expect(open.client.state).toBe('CLOSED')
    expect(asked).toBe(0)
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
