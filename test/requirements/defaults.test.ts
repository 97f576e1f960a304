/**
 * Owns the promise that the requirement's option table and event table are true by behaviour: every row is read from the
 * document, and its default or payload is looked for in the virtual world with no option set (Done-when 4).
 */

import { describe, expect, it } from 'vitest'
import { type ClientEvents, WebSocketReconnect, type WebSocketReconnectOptions } from '../../src/index.ts'
import { accept, createWorld, record, refuse, type WorldOptions } from '../support/index.ts'
import { requirement, snippet, table } from '../support/requirements-document.ts'

/** A client of which nothing is set but what ties it to its world, already connecting. */
function begin(server: WorldOptions['server'], options: Partial<WebSocketReconnectOptions> = {}, seed?: number) {
  const world = createWorld({ server, seed })
  const client = new WebSocketReconnect(world.options(options))
  const log = record(client)
  client.connect()
  world.advance(0)
  return { world, client, log }
}

/** Moves time to the next dial and through its failure; says how long it took. */
function toNextDial({ world }: ReturnType<typeof begin>): number {
  const from = world.clock.elapsed
  const dials = world.dials
  while (world.dials === dials) world.advance(1)
  const took = world.clock.elapsed - from
  world.advance(0)
  return took
}

const seeds = Array.from({ length: 20 }, (_, index) => index + 1)

/** How each option's default shows. The key is the option's name in the document, `given` what stands beside it there. */
const shows: Record<string, (given: string) => void> = {
  url: (given) => {
    expect(given).toBe('必填')
    expect(() => new WebSocketReconnect({} as WebSocketReconnectOptions)).toThrow(TypeError)
    expect(() => new WebSocketReconnect({} as WebSocketReconnectOptions)).toThrow(/"url"/)
  },
  protocols: (given) => {
    expect(begin(accept()).world.socket.protocols).toEqual(JSON.parse(given))
  },
  websocketOptions: (given) => {
    expect(JSON.parse(given)).toEqual({})
    // A third argument would reach `ws` as its options: the default must be none at all.
    expect(begin(accept()).world.socket.args[2]).toBeUndefined()
  },
  maxRetries: (given) => {
    const { world, client, log } = begin(refuse())
    world.advance(3_600_000)
    expect(client.state).toBe('FAILED')
    expect(log.of('retry').map((retry) => retry.attempt)).toEqual(
      Array.from({ length: Number(given) }, (_, n) => n + 1),
    )
    expect(log.of('retry').every((retry) => retry.maxRetries === Number(given))).toBe(true)
    expect(world.dials).toBe(1 + Number(given))
    expect(log.of('error').filter((error) => error.code === 'RETRIES_EXHAUSTED')).toHaveLength(1)
    // The circuit opened in between, and the wait for it used up no retry.
    expect(log.of('circuitChange')).toContain('OPEN')
    expect(world.timers).toBe(0)
  },
  baseDelay: (given) => {
    for (const seed of seeds) {
      const took = toNextDial(begin(refuse(), {}, seed))
      expect(took).toBeGreaterThanOrEqual(Number(given) * 0.9)
      expect(took).toBeLessThanOrEqual(Number(given) * 1.1)
    }
  },
  maxDelay: (given) => {
    const delays = new Set<number>()
    for (const seed of seeds) {
      const { world, log } = begin(refuse(), { circuitBreaker: false }, seed)
      world.advance(600_000)
      for (const { delay } of log.of('retry').slice(5)) delays.add(delay)
    }
    expect(Math.max(...delays)).toBeLessThanOrEqual(Number(given))
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(Number(given) * 0.9)
    // Spread at the cap too, or a fleet would return as one.
    expect(delays.size).toBeGreaterThan(50)
  },
  multiplier: (given) => {
    const story = begin(refuse())
    const waits = [1, 2, 3, 4].map(() => toNextDial(story))
    expect(waits).toEqual([0, 1, 2, 3].map((power) => 1000 * Number(given) ** power))
  },
  jitter: (given) => {
    for (const [random, factor] of [
      [0, 1 - Number(given)],
      [1 - Number.EPSILON, 1 + Number(given)],
    ] as const) {
      const { world, log } = begin(refuse(), { random: () => random })
      world.advance(20_000)
      expect(
        log
          .of('retry')
          .map((retry) => retry.delay)
          .slice(0, 4),
      ).toEqual([1000, 2000, 4000, 8000].map((delay) => Math.round(delay * factor)))
    }
    for (const seed of seeds) {
      const story = begin(refuse(), {}, seed)
      for (const delay of [1000, 2000, 4000, 8000])
        expect(Math.abs(toNextDial(story) / delay - 1)).toBeLessThanOrEqual(Number(given))
    }
  },
  heartbeatInterval: (given) => {
    const { world } = begin(accept())
    world.advance(Number(given) - 1)
    expect(world.socket.sent).toEqual([])
    world.advance(1)
    expect(world.socket.sent).toHaveLength(1)
  },
  heartbeatTimeout: (given) => {
    const { world, client, log } = begin(accept())
    world.advance(30_000)
    expect(world.socket.sent).toHaveLength(1)
    world.advance(Number(given) - 1)
    expect(client.state).toBe('OPEN')
    log.take()
    world.advance(1)
    expect(log.take()).toEqual(['error HEARTBEAT_TIMEOUT', 'close 1006', 'stateChange CLOSED', 'retry 1 in 1000'])
  },
  heartbeatMessage: (given) => {
    const { world } = begin(accept())
    world.advance(30_000)
    expect(world.socket.sent).toEqual([given])
  },
  'circuitBreaker.failureThreshold': (given) => {
    const story = begin(refuse())
    for (let failures = 1; failures < Number(given); failures++) {
      expect(story.client.getStats().circuitFailures).toBe(failures)
      expect(story.client.getCircuitState()).toBe('CLOSED')
      toNextDial(story)
    }
    expect(story.world.dials).toBe(Number(given))
    expect(story.client.getCircuitState()).toBe('OPEN')
    expect(story.client.state).toBe('BLOCKED')
  },
  'circuitBreaker.resetTimeout': (given) => {
    const story = begin(refuse())
    while (story.client.getCircuitState() === 'CLOSED') toNextDial(story)
    const dials = story.world.dials
    story.world.advance(Number(given) - 1)
    expect(story.client.getCircuitState()).toBe('OPEN')
    expect(story.world.dials).toBe(dials)
    story.world.advance(1)
    expect(story.client.getCircuitState()).toBe('HALF-OPEN')
  },
  'circuitBreaker.halfOpenMaxRequests': (given) => {
    const story = begin(refuse())
    while (story.client.getCircuitState() !== 'HALF-OPEN') story.world.advance(1)
    for (let trials = 1; trials < Number(given); trials++) {
      toNextDial(story)
      expect(story.client.getCircuitState()).toBe('HALF-OPEN')
    }
    toNextDial(story)
    expect(story.client.getCircuitState()).toBe('OPEN')
    expect(story.client.state).toBe('BLOCKED')
  },
}

describe('the option table', () => {
  const options = table('## 配置选项')

  it('is walked whole', () => {
    expect(options.map(([name]) => name)).toEqual(Object.keys(shows))
  })

  it.each(options)('`%s` (%s) is %s when nothing is said', (name, _, given) => {
    shows[name as string]?.(given as string)
  })

  it('says what the full configuration example says', () => {
    const full = new Function('WebSocketReconnect', `${snippet('### 完整配置示例')}; return ws`)(
      class {
        options: unknown
        constructor(given: unknown) {
          this.options = given
        }
      },
    ) as { options: Record<string, unknown> }
    const { url, protocols, websocketOptions, ...rest } = full.options
    const flat = Object.entries(rest).flatMap(([name, value]) =>
      value && typeof value === 'object'
        ? Object.entries(value).map(([inner, given]) => [`${name}.${inner}`, String(given)])
        : [[name, String(value)]],
    )
    expect([url, protocols, websocketOptions].every(Boolean)).toBe(true)
    expect(flat).toEqual(options.slice(3).map(([name, , given]) => [name, given]))
  })

  it('gives the delays of the strategy chapter', () => {
    const promised = [...requirement.matchAll(/^- 第 \d 次重试：(\d+)ms/gm)].map((match) => Number(match[1]))
    const story = begin(refuse())
    expect(promised.map(() => toNextDial(story))).toEqual(promised)
    expect(promised).toHaveLength(4)
  })
})

/** How to bring about each event, and what its payload must be beyond the fields that the table names. */
const happens: Record<string, { bring(story: ReturnType<typeof begin>): void; check(payload: unknown): void }> = {
  open: { bring: ({ world }) => world.socket.accept(), check: (payload) => expect(payload).toBeUndefined() },
  message: {
    bring: ({ world }) => {
      world.socket.accept()
      world.socket.receive('news')
    },
    check: (payload) => expect(payload).toMatchObject({ type: 'message', data: 'news' }),
  },
  close: {
    bring: ({ world }) => {
      world.socket.accept()
      world.socket.die(1001, 'going away')
    },
    check: (payload) => expect(payload).toEqual({ code: 1001, reason: 'going away', wasClean: true, opened: true }),
  },
  error: {
    bring: ({ world }) => world.socket.refuse(),
    check: (payload) => {
      expect(payload).toBeInstanceOf(Error)
      expect(payload).toMatchObject({
        code: 'HANDSHAKE_FAILED',
        message: expect.stringMatching(/^WebSocketReconnect: ./),
      })
    },
  },
  retry: {
    bring: ({ world }) => world.socket.refuse(),
    check: (payload) => expect(payload).toEqual({ attempt: 1, delay: 1000, maxRetries: 10 }),
  },
  stateChange: { bring: () => {}, check: (payload) => expect(payload).toBe('CONNECTING') },
  circuitChange: { bring: ({ client }) => client.openCircuit(), check: (payload) => expect(payload).toBe('OPEN') },
}

describe('the event table', () => {
  const events = table('## 事件参考')

  it('is walked whole', () => {
    expect(events.map(([name]) => name)).toEqual(Object.keys(happens))
  })

  it.each(events)('`%s` carries %s', (name, parameters) => {
    const world = createWorld()
    const client = new WebSocketReconnect(world.options())
    const calls: unknown[][] = []
    client.on(name as keyof ClientEvents, (...args: unknown[]) => void calls.push(args))
    client.connect()
    const event = happens[name as string]
    event?.bring({ world, client, log: record(client) })
    expect(calls[0], 'nothing was emitted').toBeDefined()
    const [payload] = calls[0] as unknown[]
    if (parameters === '无') expect(calls[0]).toEqual([])
    const fields = /^\{(.*)\}$/.exec(parameters as string)?.[1]
    for (const field of fields?.split(', ') ?? []) expect(payload).toHaveProperty(field)
    event?.check(payload)
  })
})

describe('the lists of states', () => {
  it('names the states there are, each of which can be reached', () => {
    const promised = [...requirement.matchAll(/^- `([A-Z]+)`: /gm)].map((match) => match[1])
    const seen = new Set<string>()
    const visit = (story: ReturnType<typeof begin>) => story.client.on('stateChange', (state) => seen.add(state))
    const closing = begin(accept())
    visit(closing)
    closing.client.close()
    closing.world.advance(0)
    const failing = begin(refuse())
    visit(failing)
    failing.world.advance(3_600_000)
    failing.client.connect()
    const opening = createWorld({ server: accept() })
    const client = new WebSocketReconnect(opening.options())
    client.on('stateChange', (state) => seen.add(state))
    client.connect()
    opening.advance(0)
    expect([...seen].sort()).toEqual(promised.sort())
  })

  it('names the three states of the circuit', () => {
    const promised = [...requirement.matchAll(/^\*\*([A-Z-]+) \(.*\)\*\*$/gm)].map((match) => match[1])
    const { world, log } = begin(refuse())
    world.advance(120_000)
    world.server = accept()
    world.advance(120_000)
    expect(new Set(log.of('circuitChange'))).toEqual(new Set(promised))
    expect(promised).toHaveLength(3)
  })
})
