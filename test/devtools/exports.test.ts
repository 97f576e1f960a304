/**
 * What a recording can be exported as: a HAR by its schema, JSON Lines that replay, and a component test that compiles
 * and passes.
 */

import '../docs/page.ts'

import * as testingLibrary from '@testing-library/react'
import * as jsxRuntime from 'react/jsx-runtime'
import { afterEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import * as hooks from '../../hooks/index.ts'
import * as testing from '../../testing/index.ts'
import { run } from '../docs/run.ts'
import { typecheck } from '../support/typecheck.ts'
import { open, scene } from './scene.ts'

afterEach(testingLibrary.cleanup)

/** A name of its own for each kind of life. */
const lives: Record<string, () => ReturnType<typeof scene>> = {
  'a first connection that is refused, backs off, opens and talks': () => {
    const life = scene({ jitter: 0.5 }, { seed: 7 })
    const { world, client } = life
    client.send('queued "early"')
    client.connect()
    world.advance(33.4)
    world.socket.refuse()
    world.advance(1500)
    world.socket.accept()
    world.advance(40)
    world.socket.receive('{"type":"news"}')
    client.send('an answer\nof two lines')
    world.advance(70_000)
    return life
  },
  'a silent death, found by the heartbeat, with timers that are late': () => {
    const life = open()
    const { world } = life
    world.socket.goSilent()
    world.block(41_003.7)
    world.advance(0)
    world.block(5_010)
    world.advance(0)
    world.advance(1003)
    world.socket.accept()
    return life
  },
  'a circuit that opens, a trial, and a connection that is proven': () => {
    const life = scene({ circuitBreaker: { failureThreshold: 2, resetTimeout: 7000 }, jitter: 'full' }, { seed: 3 })
    const { world, client } = life
    client.connect()
    world.socket.refuse()
    world.advance(1000)
    world.socket.refuse()
    world.advance(11_000)
    world.socket.accept()
    world.advance(6000)
    return life
  },
  'closing, opening again, another address, other options': () => {
    const life = open()
    const { world, client } = life
    client.update({ url: 'wss://other.test/?token=secret', baseDelay: 50 })
    world.socket.accept()
    client.close(4000, 'enough')
    world.advance(10)
    client.connect()
    world.socket.accept()
    world.socket.die(1001, 'going')
    world.advance(50)
    client.openCircuit(Infinity)
    client.closeCircuit()
    world.socket.accept()
    return life
  },
  'the end of all retries, and the news that brings it back': () => {
    const life = scene({ maxRetries: 1, shouldReconnect: () => true, retryDelay: () => 400 })
    const { world, client } = life
    client.connect()
    world.socket.refuse()
    world.advance(400)
    world.socket.refuse()
    world.advance(100_000)
    world.notify('online')
    world.advance(1000)
    world.socket.accept()
    world.notify('offline')
    world.advance(0)
    return life
  },
  'a constructor that throws, a page that is hidden, a connection that times out': () => {
    const life = scene({ hiddenTimeout: 3000 })
    const { world, client } = life
    world.server = testing.throwing(new Error('no'))
    client.connect()
    world.server = testing.hang()
    world.advance(1000)
    world.advance(10_000)
    world.advance(2000)
    world.socket.accept()
    world.notify('hidden')
    world.advance(3000)
    world.notify('wake')
    world.advance(1000)
    return life
  },
}
const cases = Object.entries(lives)

describe('a test', () => {
  it.each(cases)('of %s compiles and passes', async (name, live) => {
    const { client, recorder } = live()
    const code = await recorder.export('test')
    expect(code).not.toContain('secret')
    let body: (() => void) | undefined
    const seen: unknown[] = []
    const expecting = (value: unknown) => {
      seen.push(value)
      return expect(value)
    }
    const modules = {
      'react/jsx-runtime': jsxRuntime,
      'react-websocket-reconnect': hooks,
      'react-websocket-reconnect/testing': testing,
      '@testing-library/react': testingLibrary,
      vitest: { expect: expecting, test: (_: string, given: () => void) => (body = given) },
    }
    run({ name: 'recorded.test.tsx', code }, { modules })
    body?.()
    expect(seen.length, name).toBeGreaterThan(1)
    expect(seen[seen.length - 1]).toBe(client.state)
  })

  it('all of them compile in a strict project', async () => {
    const files = await Promise.all(
      cases.map(async ([, live], n) => [`recorded-${n}.test.tsx`, await live().recorder.export('test')] as const),
    )
    expect(typecheck('recorded', Object.fromEntries(files))).toBe('')
  })

  it('of a recording that began late starts with its first attempt; of an empty one it is an empty test', async () => {
    const { world, recorder } = open()
    recorder.clear()
    expect(await recorder.export('test')).not.toContain('socket.accept')
    world.socket.die(1006)
    world.advance(1000)
    world.socket.accept()
    const code = await recorder.export('test')
    expect(code.match(/client\.connect\(\)|world\.socket\.\w+/g)).toEqual(['client.connect()', 'world.socket.accept'])
    expect(typecheck('recorded-late', { 'late.test.tsx': code })).toBe('')
  })
})

describe('JSON Lines', () => {
  it.each(cases)('of %s replay to the same states, deadlines and effects', (_, live) => {
    const { recorder } = live()
    const text = recorder.export('jsonl')
    const lines = text.trimEnd().split('\n')
    expect(lines).toHaveLength(recorder.entries().length)
    const transitions = recorder.entries().filter((entry) => entry.type === 'transition')
    const phases = transitions.map(({ after }) => [after.phase, after.until, after.circuit])
    expect(testing.replay(text).map(({ after }) => [after.phase, after.until, after.circuit])).toEqual(phases)
    expect(testing.replay(recorder.entries()).map(({ after }) => after.phase)).toEqual(phases.map(([phase]) => phase))
  })
})

/** HAR 1.2, and what Chrome's network panel adds for sockets. Nothing may stand where the format has no place for it. */
const number = z.number()
const text = z.string()
const pairs = z.array(z.strictObject({ name: text, value: text }))
const message = z.strictObject({
  ...{ type: z.enum(['send', 'receive']), time: number.positive(), opcode: number.int().min(1).max(2), data: text },
})
const either = { httpVersion: text, cookies: pairs, headers: pairs, headersSize: number.int().min(-1) }
const harSchema = z.strictObject({
  log: z.strictObject({
    version: z.literal('1.2'),
    creator: z.strictObject({ name: text, version: text }),
    pages: z.array(z.never()),
    entries: z.array(
      z.strictObject({
        startedDateTime: z.iso.datetime(),
        time: number.min(0),
        request: z.strictObject({
          ...{ ...either, method: text, url: z.url(), queryString: pairs, bodySize: number.int().min(-1) },
        }),
        response: z.strictObject({
          ...{ ...either, status: number.int(), statusText: text, redirectURL: text, bodySize: number.int().min(-1) },
          content: z.strictObject({ size: number.int(), mimeType: text }),
        }),
        cache: z.strictObject({}),
        timings: z.strictObject({ send: number.min(0), wait: number.min(0), receive: number.min(0) }),
        _resourceType: z.literal('websocket'),
        _webSocketMessages: z.array(message),
      }),
    ),
  }),
})

describe('HAR', () => {
  it.each(cases)('of %s is one by its schema, each frame in it in the order of time', (_, live) => {
    const { recorder } = live()
    const { log } = harSchema.parse(JSON.parse(recorder.export('har')))
    expect(log.entries.length).toBeGreaterThan(0)
    const messages = log.entries.flatMap((entry) => entry._webSocketMessages)
    expect(messages.length).toBe(recorder.entries().filter(({ type }) => /^(sent|received)$/.test(type)).length)
    expect(messages.map(({ time }) => time)).toEqual(messages.map(({ time }) => time).sort((a, b) => a - b))
    for (const { startedDateTime, time, _webSocketMessages } of log.entries) {
      const began = Date.parse(startedDateTime) / 1000
      for (const each of _webSocketMessages) {
        expect(each.time).toBeGreaterThanOrEqual(began - 0.001)
        expect(each.time).toBeLessThanOrEqual(began + time / 1000 + 0.001)
      }
    }
  })

  it('of nothing is an empty one', () => {
    expect(harSchema.parse(JSON.parse(scene().recorder.export('har'))).log.entries).toEqual([])
  })

  it('has an entry for each connection, with its frames, and no query', () => {
    const { world, client, recorder } = open({ url: 'wss://me:pw@example.test/a?token=secret' })
    client.send('hello')
    world.advance(100)
    world.socket.receive(new Uint8Array([104, 105]).buffer)
    world.socket.die(1006)
    world.advance(1000)
    world.socket.refuse()
    const text = recorder.export('har')
    expect(text).not.toMatch(/secret|me:pw/)
    const { log } = JSON.parse(text)
    expect(log).toMatchObject({ version: '1.2', creator: { name: 'react-websocket-reconnect' }, pages: [] })
    expect(log.entries).toHaveLength(2)
    const [first, second] = log.entries
    const at = world.clock.start + 5000
    expect(first).toMatchObject({
      _resourceType: 'websocket',
      startedDateTime: new Date(world.clock.start).toISOString(),
      time: 5100,
      request: { method: 'GET', url: 'wss://example.test/a', headers: [], cookies: [], queryString: [] },
      response: { status: 101, content: { size: 0 }, redirectURL: '' },
      timings: { send: 0, wait: 0, receive: 0 },
      _webSocketMessages: [
        { type: 'send', time: at / 1000, opcode: 1, data: 'hello' },
        { type: 'receive', time: (at + 100) / 1000, opcode: 2, data: 'aGk=' },
      ],
    })
    expect(second).toMatchObject({ response: { status: 0 }, _webSocketMessages: [] })
  })
})
