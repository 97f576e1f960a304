/**
 * What the world's news may do to an open circuit, by name, where every prototype was wrong; logs of runs that once broke
 * an invariant; and the model itself, put to the test with engines that are broken on purpose. A failure of the search
 * (search.ts) prints the seed and the shortest run that shows it: put that JSON into logs/, and it is a test.
 */

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { WebSocketReconnect } from '../../../src/index.ts'
import { createWorld } from '../../support/index.ts'
import { scenario } from './arbitraries.ts'
import { type Cell, injectBug } from './probe.ts'
import { replay, violation } from './replay.ts'
import { read, type Scenario, write } from './scenario.ts'
import { search, seed } from './search.ts'

describe('by name', () => {
  const breaker = fc.record({
    failureThreshold: fc.integer({ min: 1, max: 4 }),
    halfOpenMaxRequests: fc.integer({ min: 1, max: 4 }),
    resetTimeout: fc.integer({ min: 1000, max: 60_000 }),
    resetJitter: fc.constantFrom(0, 0.5, 1),
  })

  /** A client whose circuit has just opened. */
  const blockedClient = (circuitBreaker: object, chance: number) => {
    const world = createWorld({ seed: chance })
    const client = new WebSocketReconnect(world.options({ circuitBreaker, maxRetries: Infinity, heartbeatInterval: 0 }))
    client.connect()
    while (client.state !== 'BLOCKED') {
      if (client.state === 'CONNECTING') world.socket.refuse()
      else world.advance((client.getSnapshot().retryAt as number) - world.clock.now())
    }
    return { world, client }
  }
  const untilTrial = ({ world, client }: ReturnType<typeof blockedClient>) => {
    while (client.state === 'BLOCKED' || client.state === 'CLOSED')
      world.advance(Math.max(1, (client.getSnapshot().retryAt as number) - world.clock.now()))
  }

  it('[R15] coming back half-opens the circuit, once: one trial within a second, however often it is said', () => {
    const property = fc.property(
      breaker,
      fc.constantFrom('online' as const, 'wake' as const),
      fc.integer(),
      (options, news, chance) => {
        const { world, client } = blockedClient(options, chance)
        const { dials } = world
        world.notify(news)
        expect([client.state, client.getCircuitState(), world.dials]).toEqual(['CLOSED', 'HALF-OPEN', dials])
        const { retryAt } = client.getSnapshot()
        world.notify(news)
        expect(client.getSnapshot().retryAt).toBe(retryAt)
        world.advance(1000)
        expect([client.state, world.dials]).toEqual(['CONNECTING', dials + 1])
      },
    )
    fc.assert(property, { numRuns: 500, seed })
  })

  it('[R8][R13][R15] coming online does not dial through a circuit opened by hand', () => {
    const news = fc.constantFrom('online' as const, 'wake' as const, 'offline' as const, 'freeze' as const)
    const property = fc.property(breaker, fc.array(news, { minLength: 1 }), fc.integer(), (options, heard, chance) => {
      const scene = blockedClient(options, chance)
      const { world, client } = scene
      client.openCircuit()
      const { dials } = world
      const rest = options.resetTimeout - 1
      for (const one of ['online' as const, ...heard]) {
        world.notify(one)
        world.advance(Math.floor(rest / (heard.length + 1)))
        expect([client.state, client.getCircuitState(), world.dials]).toEqual(['BLOCKED', 'OPEN', dials])
      }
      untilTrial(scene)
      expect(world.dials).toBe(dials + 1)
    })
    fc.assert(property, { numRuns: 500, seed })
  })
})

describe('a log replays', () => {
  const [example] = fc.sample(scenario, { numRuns: 1, seed }) as [Scenario]

  it('tells the same story from its JSON', async () => {
    const told = await replay(example)
    expect(told.length).toBeGreaterThan(10)
    expect(await replay(write(example))).toEqual(told)
  })

  const logs = join(import.meta.dirname, 'logs')
  for (const name of readdirSync(logs)) {
    it(`keeps every invariant: ${name}`, () => replay(readFileSync(join(logs, name), 'utf8')))
  }
})

describe('the model sees what it should', () => {
  const dial: Cell = (state, { now }, { connectTimeout }) => [
    { ...state, phase: 'connecting', until: now + connectTimeout, chargesNoRetry: false, frozen: false },
    ['dial'],
  ]
  const ignore: Cell = (state) => [state]
  const wrongs: [what: string, cell: string, change: (right: Cell) => Cell, invariant: RegExp][] = [
    ['coming online dials through an open circuit', 'blocked.online', () => dial, /R8/],
    [
      'close() during a half-open trial consumes it',
      'connecting.close',
      (right) => (state, event, settings) => {
        const [after, ...effects] = right(state, event, settings)
        return [{ ...after, circuit: state.circuit }, ...effects]
      },
      /R11/,
    ],
    [
      'a new connect() half-opens the circuit too early',
      'closed.connect',
      (right) => (state, event, settings) => right(state, { ...event, now: event.now + 5000 }, settings),
      /R9/,
    ],
    ['a retry is forgotten', 'waiting.timeout', () => (state) => [{ ...state, until: Infinity }], /deadline/],
    ['an open connection is never proven', 'open.timeout', () => ignore, /./],
    [
      'an unanswered ping is forgiven',
      'awaitingPong.timeout',
      (right) => (state, event, settings) => right(state, { ...event, answered: true }, settings),
      /R14/,
    ],
    [
      'a lost close is waited for',
      'closing.timeout',
      () =>
        (state, { now }) => [{ ...state, until: now + 500 }],
      /R23/,
    ],
    [
      'a loss is not told',
      'open.socketClosed',
      (right) => (state, event, settings) => {
        const [after, ...effects] = right(state, event, settings)
        return [after, ...effects.filter((effect) => effect[0] !== 'close')]
      },
      /R25/,
    ],
  ]

  it.each(wrongs)(
    'finds it when %s, and cuts it down to a log that replays',
    async (_what, cell, change, invariant) => {
      const restore = injectBug(cell, change)
      try {
        const { found } = await search(5000, seed)
        expect(found?.invariant).toMatch(invariant)
        expect(found?.scenario.steps.length).toBeLessThan(12)
        const again = await violation(read(write(found?.scenario)) as Scenario)
        expect(again?.invariant).toBe(found?.invariant)
      } finally {
        restore()
      }
    },
  )
})
