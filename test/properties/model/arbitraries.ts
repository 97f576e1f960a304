/**
 * Owns chance: which runs fast-check invents, and how often each kind of step occurs in them.
 * Must never look at the engine: what is likely here is what is likely, or cruel, in the field.
 */

import fc from 'fast-check'
import type { ClientEvents } from '../../../src/index.ts'
import { every } from '../../support/index.ts'
import type { CallbackMode, Change, Options, ProviderMode, Scenario, ServerMode, Step } from './scenario.ts'

const HOUR = 3_600_000

const one = <T>(...values: T[]): fc.Arbitrary<T> => fc.constantFrom(...values)
const weighted = <T>(...entries: [weight: number, arbitrary: fc.Arbitrary<T>][]): fc.Arbitrary<T> =>
  fc.oneof(...entries.map(([weight, arbitrary]) => ({ weight, arbitrary })))

/** One kind of step with its details drawn. */
const the = <K extends Step['do']>(
  what: K,
  details: { [D in Exclude<keyof Extract<Step, { do: K }>, 'do'>]: fc.Arbitrary<Extract<Step, { do: K }>[D]> },
): fc.Arbitrary<Step> => fc.record({ do: fc.constant(what), ...details }) as fc.Arbitrary<Step>
const just = (...steps: Step[]): fc.Arbitrary<Step> => one(...steps)

const circuitBreaker = fc.record(
  {
    failureThreshold: one(1, 2, 3),
    resetTimeout: one(1000, 8000, 60_000),
    halfOpenMaxRequests: one(1, 2, 3),
    resetJitter: one(0, 0.5, 1),
  },
  { requiredKeys: [] },
)

const queue = fc.record(
  {
    maxMessages: one(0, 1, 3, 1000),
    maxBytes: one(0, 10, 300, 1_048_576),
    overflow: one<'reject' | 'drop-oldest'>('reject', 'drop-oldest'),
    maxAge: one(0, 500, 10_000, Infinity),
    highWaterMark: one(0, 100, 1_048_576),
    hold: one(false, true),
  },
  { requiredKeys: [] },
)

const limits = {
  maxRetries: one(0, 1, 2, 3, 10, Infinity),
  baseDelay: one(400, 1000),
  maxDelay: one(1000, 30_000, 30_001),
  multiplier: one(1, 2, 10),
  jitter: one<NonNullable<Options['jitter']>>(0, 0.1, 1, 'full', 'equal', 'decorrelated'),
  heartbeatInterval: one(0, 4000, 30_000),
  heartbeatTimeout: one(1000, 5000, 40_000),
  connectTimeout: one(500, 10_000),
  closeTimeout: one(100, 2000),
  minUptime: one(0, 1, 5000, 60_000),
  hiddenTimeout: one(0, 3000, Infinity),
  circuitBreaker: weighted<NonNullable<Options['circuitBreaker']>>([1, one(false as const)], [3, circuitBreaker]),
  queue: weighted<NonNullable<Options['queue']>>([1, one(false as const)], [3, queue]),
  shouldReconnect: fc.boolean(),
  retryDelay: fc.boolean(),
  isPong: fc.boolean(),
  heartbeatMessage: fc.boolean(),
}

const options = fc.record(
  {
    url: one<Options['url']>('string', 'string', 'provider', 'async'),
    protocols: one<NonNullable<Options['protocols']>>('string', 'provider'),
    environment: one(true, true, true, false),
    ...limits,
  },
  { requiredKeys: ['url'] },
) as fc.Arbitrary<Options>

/** Changes are small: one or two options at a time. */
const change = fc
  .tuple(
    fc.record({ url: fc.nat(2), protocols: fc.nat(1), ...limits }, { requiredKeys: [] }) as fc.Arbitrary<Change>,
    fc.nat(),
    fc.nat(),
  )
  .map(([all, first, second]): Change => {
    const names = Object.keys(all) as (keyof Change)[]
    const kept = names.filter((_name, i) => i === first % names.length || i === second % names.length)
    return Object.fromEntries(kept.map((name) => [name, all[name]]))
  })

const codes = one(999, 1000, 1001, 1002, 1005, 1006, 1008, 1011, 1012, 1013, 3000, 4000, 4401, 4403, 4408, 4429)
const events = one<keyof ClientEvents>(...every)
const serverMode = one<ServerMode>(
  'accepts',
  'accepts',
  'answers pings',
  'answers pings',
  'slow',
  'refuses',
  'hangs',
  'hangs',
  'throws',
  'syntax error',
  'flaps',
  'greets and drops',
)

const request = weighted<Step>(
  [8, just({ do: 'connect' })],
  [4, just({ do: 'reconnect' })],
  [2, just({ do: 'close' })],
  [2, the('close', { code: one(1000, 1001, 3000, 4999, 1006, 5000), reason: one('', 'bye', 'ä'.repeat(62)) })],
  [6, the('send', { as: one('text', 'text', 'bytes', 'big', 'nonsense'), wait: one(true, true, false) })],
  [1, just({ do: 'flush' })],
  [2, just({ do: 'retryNow' }, { do: 'drained' }, { do: 'prepare' })],
  [
    2,
    weighted<Step>([1, just({ do: 'openCircuit' })], [2, the('openCircuit', { ms: one(0, 3000, HOUR, Infinity, -1) })]),
  ],
  [2, just({ do: 'closeCircuit' })],
  [1, just({ do: 'look' })],
  [3, the('update', { change })],
)

const network = weighted<Step>(
  [6, the('server', { mode: serverMode })],
  [6, just({ do: 'accept' })],
  [4, just({ do: 'refuse' })],
  [3, the('receive', { text: one('hello', 'pong', '{"type":"pong"}', '{pong', 'bytes') })],
  [6, the('die', { code: codes, clean: fc.boolean() })],
  [1, the('stall', { bytes: one(0, 50, 2_000_000) })],
  [1, the('drain', { bytes: one(10, 1_000_000) })],
  [6, just({ do: 'drain' }, { do: 'deaf' }, { do: 'error event' }, { do: 'send throws' }, { do: 'close throws' })],
  [1, just({ do: 'send kills' })],
  [4, the('stale socket', { which: fc.nat(9), event: one('open', 'message', 'error', 'close'), code: codes })],
)

const time = weighted<Step>(
  [8, the('advance', { ms: one(0, 1, 50, 1000, 5000, 31_000) })],
  [8, the('due', { ms: one(-1, 0, 0, 0, 1) })],
  [1, the('block', { ms: one(200, 2000, HOUR, 7 * HOUR) })],
  [1, the('wall', { ms: one(-5 * HOUR, -3000, 4000, 3 * HOUR) })],
  [
    2,
    the('sleep', { ms: one(2000, HOUR, 9 * HOUR), monotonic: one('stands', 'advances'), timers: one('fire', 'wait') }),
  ],
)

const step = weighted<Step>(
  [30, request],
  [34, network],
  [22, time],
  [6, the('news', { news: one('online', 'offline', 'wake', 'freeze', 'hidden') })],
  [
    2,
    the('provider', {
      mode: one<ProviderMode>('fine', 'throws', 'rejects', 'hangs', 'garbage', 'slow', 'answers null'),
    }),
  ],
  [2, the('functions', { mode: one<CallbackMode>('fine', 'throws', 'odd') })],
  [8, the('inside', { event: one(...every, 'subscribe'), step: weighted<Step>([4, request], [1, network]) })],
  [3, the('throw', { event: events })],
)

const scenarioOf = (minLength: number, maxLength: number): fc.Arbitrary<Scenario> =>
  fc.record({
    seed: fc.integer(),
    world: fc.record({
      strictCloseCodes: fc.boolean(),
      synchronous: fc.boolean(),
      terminate: fc.boolean(),
      timeStamps: fc.boolean(),
      offline: one(false, false, false, true),
    }),
    options,
    steps: fc.array(step, { minLength, maxLength, size: 'max' }),
  })

/** A run of at least 30 steps. */
export const scenario = scenarioOf(30, 36)

/** One of 500: some things only grow with age. */
export const longScenario = scenarioOf(500, 500)
