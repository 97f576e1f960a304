/**
 * The contract's validation and defaults: what cannot be right is a TypeError at construction that says what would be.
 * The rules have no number for it; [R18] ("programmer errors throw at once") is the one it serves.
 */

import { afterEach, describe, expect, it, vi } from 'vitest'
import { WebSocketReconnect, type WebSocketReconnectOptions } from '../../../src/index.ts'
import { setup } from '../../support/client-scene.ts'
import { createWorld } from '../../support/index.ts'

afterEach(() => vi.restoreAllMocks())

const url = 'wss://example.test/'

function construct(options: object): () => WebSocketReconnect {
  return () => new WebSocketReconnect({ url, ...options } as WebSocketReconnectOptions)
}

const numbers: [name: string, bad: unknown[], good: unknown[]][] = [
  ['maxRetries', [-1, 1.5, NaN, '10', null], [0, 1, Infinity]],
  ['baseDelay', [-1, NaN, '1000', null], [0, 0.5, 30_000]],
  ['maxDelay', [999, -1, NaN, '30000', null], [1000, Infinity]],
  ['multiplier', [0, 0.99, -2, NaN, '2', null], [1, 1.5, 10]],
  ['jitter', [-0.1, 1.1, NaN, 'some', null, {}, ['full']], [0, 1, 'full', 'equal', 'decorrelated']],
  ['heartbeatInterval', [-1, NaN, '1', null], [0, 1]],
  ['heartbeatTimeout', [0, -1, NaN, '1', null], [1]],
  ['connectTimeout', [0, -1, NaN, '1', null], [1]],
  ['closeTimeout', [0, -1, NaN, '1', null], [1]],
  ['minUptime', [-1, NaN, '1', null], [0, 1]],
]

const circuit: [name: string, bad: unknown[], good: unknown[]][] = [
  ['failureThreshold', [0, -1, 1.5, NaN, '5', null], [1, 100]],
  ['resetTimeout', [0, -1, NaN, '1', null], [1]],
  ['halfOpenMaxRequests', [0, -1, 1.5, NaN, '3', null], [1, 100]],
  ['resetJitter', [-0.1, NaN, '1', null], [0, 1]],
]

const queue: [name: string, bad: unknown[], good: unknown[]][] = [
  ['maxMessages', [-1, NaN, '1', null], [0, 1, Infinity]],
  ['maxBytes', [-1, NaN, '1', null], [0, 1, Infinity]],
  ['overflow', ['drop', '', 1, null], ['reject', 'drop-oldest']],
  ['maxAge', [-1, NaN, '1', null], [0, Infinity]],
  ['highWaterMark', [-1, NaN, '1', null], [0, Infinity]],
  ['hold', ['yes', 1, null], [true, false]],
]

const others: [name: string, bad: unknown[], good: unknown[]][] = [
  [
    'url',
    [null, 5, {}, { href: url }, [], true, 'ftp://example.test/', 'wss://', 'http://['],
    ['/relative', new URL(url), () => url],
  ],
  ['protocols', [5, null, {}, [5], [null]], [[], 'v1', ['v1'], () => []]],
  ['websocketOptions', [5, 'x', null, [], false], [{}]],
  ['retryDelay', [5, 'x', null, {}], [() => 1]],
  ['shouldReconnect', [true, 'x', null, {}], [() => true]],
  ['isPong', [true, 'pong', null, {}], [() => true]],
  ['heartbeatMessage', [5, null, true], ['x', {}, () => 'x']],
  ['circuitBreaker', [true, 5, 'x', null], [false, {}]],
  ['queue', [true, 5, 'x', null], [false, {}]],
  ['WebSocket', ['x', 5, {}, null], [createWorld().WebSocket]],
  ['environment', [true, 5, 'x', {}, null], [false, () => () => {}]],
  ['random', [5, 'x', {}, null], [() => 0]],
  ['clock', [5, 'x', {}, { now: () => 0 }, null], [createWorld().clock]],
]

const inside = (key: 'circuitBreaker' | 'queue', table: typeof numbers) =>
  table.map(([name, bad, good]): [string, unknown[], unknown[], (value: unknown) => object] => [
    name,
    bad,
    good,
    (value) => ({ [key]: { [name]: value } }),
  ])

const all: [name: string, bad: unknown[], good: unknown[], build: (value: unknown) => object][] = [
  ...[...numbers, ...others].map(([name, bad, good]): [string, unknown[], unknown[], (value: unknown) => object] => [
    name,
    bad,
    good,
    (value) => ({ [name]: value }),
  ]),
  ...inside('circuitBreaker', circuit),
  ...inside('queue', queue),
]

describe('validation', () => {
  it.each(all)('[R18] throws a TypeError for a wrong %s, naming the option', (name, bad, _good, build) => {
    for (const value of bad) {
      let thrown: unknown
      try {
        construct(build(value))()
      } catch (error) {
        thrown = error
      }
      expect(thrown, `${name}: ${String(value)}`).toBeInstanceOf(TypeError)
      expect((thrown as Error).message).toContain(name)
      expect((thrown as Error).message).toContain('WebSocketReconnect')
    }
  })

  it.each(all)('[R18] takes every right %s', (_name, _bad, good, build) => {
    for (const value of good) expect(construct(build(value))).not.toThrow()
  })

  it.each(all)('[R18] takes undefined for the default of %s', (name, _bad, _good, build) => {
    if (name !== 'url') expect(construct(build(undefined))).not.toThrow()
  })

  it('[R18] requires a url', () => {
    expect(() => new WebSocketReconnect({} as WebSocketReconnectOptions)).toThrow(/url/)
    expect(() => new WebSocketReconnect({} as WebSocketReconnectOptions)).toThrow(TypeError)
    expect(() => new (WebSocketReconnect as unknown as new () => unknown)()).toThrow(TypeError)
  })

  it.each([
    ['maxRetries', -1, /Infinity/],
    ['multiplier', 0.5, /1/],
    ['baseDelay', -250, /0/],
    ['maxDelay', 999, /baseDelay/],
    ['jitter', 7, /full.*equal.*decorrelated/s],
    ['connectTimeout', -3, /> 0/],
    ['minUptime', -4, /≥ 0/],
    ['circuitBreaker', true, /object.*false/],
    ['queue', 5, /object.*false/],
  ])('[R18] tells of %s: %s what was expected and what came', (name, value, expectation) => {
    expect(construct({ [name]: value })).toThrow(expectation)
    expect(construct({ [name]: value })).toThrow(String(value))
  })

  it('[R18] tells of a wrong url which schemes can be dialled', () => {
    expect(construct({ url: 'ftp://example.test/' })).toThrow(/wss?:\/\//)
    expect(construct({ url: 'ftp://example.test/' })).toThrow('ftp:')
  })

  it('[R18] shows the path of a nested option', () => {
    expect(construct({ circuitBreaker: { failureThreshold: 0 } })).toThrow('circuitBreaker.failureThreshold')
    expect(construct({ queue: { maxAge: -1 } })).toThrow('queue.maxAge')
  })

  it('[R18] compares maxDelay with the baseDelay in force', () => {
    expect(construct({ maxDelay: 500 })).toThrow(/maxDelay/)
    expect(construct({ maxDelay: 500, baseDelay: 500 })).not.toThrow()
    expect(construct({ baseDelay: 30_001 })).toThrow(TypeError)
  })
})

describe('unknown options', () => {
  it('[R18] warns once of an unknown key, with the nearest known name', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    construct({ maxRetry: 3 })()
    expect(warn).toHaveBeenCalledTimes(1)
    expect(String(warn.mock.calls[0]?.[0])).toMatch(/maxRetry\b.*maxRetries/s)
    warn.mockClear()
    construct({ circuitBreaker: { resetTimeOut: 3 } })()
    expect(String(warn.mock.calls[0]?.[0])).toMatch(/resetTimeOut.*resetTimeout/s)
  })

  it('[R18] does not warn in production, nor of known keys', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    construct({ maxRetries: 7, circuitBreaker: { resetJitter: 1 }, queue: { hold: true } })()
    vi.stubEnv('NODE_ENV', 'production')
    construct({ maxRetryProd: 3 })()
    vi.unstubAllEnvs()
    expect(warn).not.toHaveBeenCalled()
  })
})

describe('a breaker in name only', () => {
  const said = (options: Partial<WebSocketReconnectOptions>) => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    construct(options)()
    const words = warn.mock.calls.map(([text]) => String(text))
    warn.mockRestore()
    return words
  }

  it.each([
    { maxRetries: 0 },
    { maxRetries: 1 },
    { maxRetries: 4, circuitBreaker: undefined },
    { maxRetries: 1, circuitBreaker: false },
    { maxRetries: 5, circuitBreaker: {} },
    { maxRetries: 2, circuitBreaker: { failureThreshold: 2 } },
  ] as const)('[R18] is nobody’s wish with %o: few retries are no mistake', (options) => {
    expect(said(options)).toEqual([])
  })

  it.each([
    { maxRetries: 4, circuitBreaker: {} },
    { maxRetries: 2, circuitBreaker: { failureThreshold: 3 } },
  ] as const)('[R18] is worth a word where a breaker was asked for: %o', (options) => {
    expect(said(options)).toEqual([expect.stringContaining(`maxRetries (${options.maxRetries}) is below`)])
  })
})

describe('defaults', () => {
  it('[R18] shows the requirement’s and the contract’s defaults in .options', () => {
    expect(setup().client.options).toMatchObject({
      maxRetries: 10,
      baseDelay: 1000,
      maxDelay: 30_000,
      multiplier: 2,
      jitter: 0.1,
      heartbeatInterval: 30_000,
      heartbeatTimeout: 5000,
      connectTimeout: 10_000,
      closeTimeout: 2000,
      minUptime: 5000,
      circuitBreaker: { failureThreshold: 5, resetTimeout: 60_000, halfOpenMaxRequests: 3, resetJitter: 0.5 },
      queue: {
        maxMessages: 1000,
        maxBytes: 1_048_576,
        overflow: 'reject',
        maxAge: Infinity,
        highWaterMark: 1_048_576,
        hold: false,
      },
    })
  })

  it('[R18] does not change when the given object does', () => {
    const options = createWorld().options({ maxRetries: 3, circuitBreaker: { failureThreshold: 2 } })
    const client = new WebSocketReconnect(options)
    options.maxRetries = 99
    ;(options.circuitBreaker as { failureThreshold: number }).failureThreshold = 99
    expect(client.getStats()).toMatchObject({ maxRetries: 3, failureThreshold: 2 })
  })
})
