/**
 * Plants random secrets in user info, query, fragment and subprotocols, drives a client through random trouble, and
 * looks for them in everything it emits (R19): events, errors, snapshots, stats, warnings, refusals of options.
 * `client.url`, `client.options` and an error's `cause` are read, not emitted, and not looked at.
 */

import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { WebSocketReconnect, WebSocketReconnectError, type WebSocketReconnectOptions } from '../../src/index.ts'
import { accept, createWorld, flap, hang, record, refuse, type Server, throwing } from '../support/index.ts'

/** Letters no other text here has in this order, in the disguises that urls allow. */
const secret = fc
  .tuple(
    fc.stringMatching(/^[A-Za-z0-9]{6,12}$/),
    fc.constantFrom('', '-', '_', '.', '~', '%20', '%40', '%2F', '!', '$', '*'),
  )
  .map(([text, odd]) => `qZ${text}${odd}Xw`)

const places = {
  user: (s: string) => ({ url: `wss://${s}@example.test/socket` }),
  password: (s: string) => ({ url: `wss://user:${s}@example.test/socket` }),
  query: (s: string) => ({ url: `wss://example.test/socket?token=${s}&room=1` }),
  queryName: (s: string) => ({ url: `wss://example.test/socket?${s}` }),
  fragment: (s: string) => ({ url: `wss://example.test/socket#${s}` }),
  relative: (s: string) => ({ url: `socket?token=${s}` }),
  http: (s: string) => ({ url: `http://user:${s}@example.test/?a=b@c&t=${s}` }),
  protocol: (s: string) => ({ url: 'wss://example.test/socket', protocols: ['chat.v1', s] }),
  provider: (s: string) => ({ url: () => `wss://${s}:${s}@example.test/socket?${s}=${s}`, protocols: () => ['v1', s] }),
  promised: (s: string) => ({ url: async () => `wss://example.test/?token=${s}`, protocols: async () => ['v1', s] }),
  badProvider: (s: string) => ({ url: () => `ftp://${s}:${s}@example.test/?${s}` }),
  urlObject: (s: string) => ({ url: new URL(`wss://${s}:${s}@example.test/socket?token=${s}#${s}`) }),
} satisfies Record<string, (s: string) => Partial<WebSocketReconnectOptions>>

const misfits = {
  scheme: (s: string) => ({ url: `ftp://user:${s}@example.test/?token=${s}` }),
  port: (s: string) => ({ url: `wss://${s}:${s}@example.test:notaport/?token=${s}` }),
  noHost: (s: string) => ({ url: `wss://user:${s}@/?token=${s}` }),
  protocols: (s: string) => ({ url: 'wss://example.test/', protocols: { token: s } as never }),
  protocolList: (s: string) => ({ url: 'wss://example.test/', protocols: ['v1', { token: s }] as never }),
} satisfies Record<string, (s: string) => WebSocketReconnectOptions>

const steps = fc.array(
  fc.constantFrom(
    'accept',
    'refuse',
    'die 1006',
    'die 1008',
    'die 4401',
    'pass 1',
    'pass 100',
    'pass a minute',
    'send',
    'close',
    'connect',
    'reconnect',
    'openCircuit',
    'closeCircuit',
    'offline',
    'online',
    'listener throws',
    'update',
  ),
  { minLength: 3, maxLength: 14 },
)

/** Every string within reach, as a console would show it; `cause` excepted. */
function texts(value: unknown, seen = new Set<unknown>()): string[] {
  if (typeof value === 'string') return [value]
  if (value === null || typeof value !== 'object' || seen.has(value)) return []
  seen.add(value)
  const keys = Object.getOwnPropertyNames(value).filter((key) => key !== 'cause')
  const own = keys.flatMap((key) => [key, ...texts((value as Record<string, unknown>)[key], seen)])
  return value instanceof Error ? [String(value), value.stack ?? '', ...own] : own
}

/** Encoded or not, a secret is a secret. */
function leaks(values: unknown, secretText: string): string[] {
  const forms = new Set([secretText, decodeURIComponent(secretText), encodeURIComponent(secretText)])
  // A message that was cut off gives away its beginning.
  forms.add(secretText.slice(0, 6))
  return texts(values).filter((text) => [...forms].some((form) => text.includes(form)))
}

test('[R19] no string the engine emits holds user info, a query or a later subprotocol, whatever happens', async () => {
  const warnings = vi.spyOn(console, 'warn').mockImplementation(() => {})
  let emitted = 0
  const codes = new Set<string>()
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...(Object.keys(places) as (keyof typeof places)[])),
      secret,
      fc.constantFrom('accept', 'refuse', 'hang', 'flap', 'quote', 'syntax'),
      steps,
      async (place, planted, manner, script) => {
        const own = places[place](planted)
        const quoting = `cannot open ${String(own.url)} for ${planted}`
        const servers: Record<string, Server> = {
          accept: accept(10),
          refuse: refuse(10),
          hang: hang(),
          flap: flap(5, { reason: 'bye' }),
          quote: throwing(new Error(quoting)),
          syntax: throwing(new SyntaxError(quoting)),
        }
        const world = createWorld({ server: servers[manner] as Server })
        const client = new WebSocketReconnect(
          world.options({
            ...own,
            heartbeatInterval: 20_000,
            maxRetries: 3,
            websocketOptions: { headers: { authorization: planted } },
            // An option nobody knows, for the warning about it.
            ...({ unknown: planted } as object),
          }),
        )
        const log = record(client, { except: ['message', 'drop'] })
        const snapshots: unknown[] = []
        client.subscribe(() => snapshots.push(client.getSnapshot()))
        const rejections: unknown[] = []
        const connect = () => client.connect().catch((error) => rejections.push(error))
        connect()
        for (const step of script) {
          await world.settle()
          const socket = world.sockets.at(-1)
          const [verb, argument] = step.split(' ')
          if (verb === 'accept' && socket?.readyState === 0) socket.accept({ protocol: 'chat.v1' })
          else if (verb === 'refuse' && socket?.readyState === 0) socket.refuse()
          else if (verb === 'die' && socket && socket.readyState < 2) socket.die(Number(argument), 'no')
          else if (verb === 'pass') await world.advanceAsync(Number(argument) || 60_000)
          else if (verb === 'send') client.send('hello')
          else if (verb === 'connect') connect()
          else if (verb === 'offline' || verb === 'online') world.notify(verb)
          else if (verb === 'update') client.update(places.query(planted))
          else if (verb === 'listener')
            client.once('stateChange', () => {
              throw new Error(planted)
            })
          else if (verb === 'close' || verb === 'reconnect' || verb === 'openCircuit' || verb === 'closeCircuit')
            client[verb]()
        }
        await world.advanceAsync(200_000)
        client.close()
        await world.advanceAsync(5000)
        const all = [
          [...log],
          snapshots,
          rejections,
          client.getStats(),
          client.getSnapshot(),
          client.protocol,
          warnings.mock.calls,
        ]
        emitted += texts(all).length
        for (const { code } of log.of('error')) codes.add(code)
        expect(leaks(all, planted)).toEqual([])
      },
    ),
    { numRuns: 1500, seed: 19 },
  )
  // It was no walk in the park: every kind of trouble was met.
  expect([...codes].toSorted()).toEqual(
    expect.arrayContaining(['CIRCUIT_OPEN', 'CLOSED_BY_USER', 'CONNECT_TIMEOUT', 'FATAL_CLOSE', 'HANDSHAKE_FAILED']),
  )
  expect([...codes]).toEqual(
    expect.arrayContaining([
      'HEARTBEAT_TIMEOUT',
      'LISTENER_FAILED',
      'RETRIES_EXHAUSTED',
      'SOCKET_THREW',
      'INVALID_URL',
    ]),
  )
  expect(emitted).toBeGreaterThan(10_000)
})

test('[R19] an option that is refused is named without its secrets', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...(Object.keys(misfits) as (keyof typeof misfits)[])),
      secret.filter((text) => !text.includes('%2F')),
      (place, planted) => {
        let thrown: unknown
        try {
          new WebSocketReconnect(misfits[place](planted))
        } catch (error) {
          thrown = error
        }
        expect(thrown).toBeInstanceOf(TypeError)
        expect(thrown).not.toBeInstanceOf(WebSocketReconnectError)
        expect(leaks((thrown as Error).message, planted)).toEqual([])
      },
    ),
    { numRuns: 500, seed: 19 },
  )
})
