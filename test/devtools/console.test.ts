/**
 * `window.__websocketReconnect__`: what scripts and agents are told and may do, as JSON and without secrets.
 */

import { expect, it, onTestFinished } from 'vitest'
import { createConsole, type DevtoolsConsole, exposeConsole } from '../../devtools/console.ts'
import { Desk } from '../../devtools/desk.ts'
import { WebSocketReconnect } from '../../src/index.ts'
import { createWorld } from '../../testing/index.ts'

/** One client on a desk; those of earlier tests are not on it. */
function stage() {
  delete (globalThis as never)[Symbol.for('react-websocket-reconnect') as never]
  const desk = new Desk()
  onTestFinished(() => desk.close())
  const world = createWorld()
  const client = new WebSocketReconnect(world.options({ url: 'wss://me:pw@example.test/a?token=secret', jitter: 0 }))
  client.connect()
  world.socket.accept()
  world.advance(5000)
  return { desk, world, client, api: createConsole(desk) }
}

/** As it comes out on the other side of a debugger's protocol. */
const json = (value: unknown) => JSON.parse(JSON.stringify(value))

it('clients(): what each is and why, without what is secret', () => {
  const { world, api } = stage()
  const summary = {
    ...{ client: 1, url: 'wss://example.test/a', state: 'OPEN', status: 'open', circuit: 'CLOSED', retryCount: 0 },
    ...{ retryAt: null, why: null, queued: 0, received: 0, sent: 0, broken: [] },
  }
  expect(json(api.clients())).toEqual([summary])
  world.socket.die(1002, 'protocol')
  expect(json(api.clients())).toMatchObject([{ state: 'FAILED', why: { code: 'FATAL_CLOSE' } }])
  expect(JSON.stringify(api.clients())).not.toMatch(/secret|pw/)
})

it('frames(): the newest, by direction and by what they contain', () => {
  const { world, client, api } = stage()
  for (let n = 0; n < 60; n++) world.socket.receive(`news ${n}`)
  client.send('hello')
  expect(json(api.frames())).toHaveLength(50)
  expect(json(api.frames({ limit: 1 }))).toEqual([
    { client: 1, n: 63, at: world.clock.start + 5000, direction: 'out', data: 'hello', size: 5 },
  ])
  expect(api.frames({ contains: 'news 1', direction: 'in', client: 1 }).map(({ data }) => data)).toEqual([
    'news 1',
    ...Array.from({ length: 10 }, (_, n) => `news 1${n}`),
  ])
  expect(api.frames({ direction: 'in', contains: 'hello' })).toEqual([])
  expect(() => api.frames({ client: 7 })).toThrow('there is no client 7')
})

it('break() and heal(): what is broken, and OPEN again', () => {
  const { world, client, api } = stage()
  expect(json(api.break({ fault: 'silence', direction: 'in' }, 1))[0].broken).toEqual([
    { fault: 'silence', direction: 'in' },
  ])
  api.break({ fault: 'drop' })
  world.advance(1000)
  expect(client.state).toBe('CONNECTING')
  expect(json(api.heal())[0].broken).toEqual([])
  world.socket.accept()
  expect(client.state).toBe('OPEN')
  expect(() => api.break({ fault: 'explode' } as never)).toThrow('"fault" must be one of')
})

it('export(): a recording, of one client or of all', async () => {
  const { api } = stage()
  expect(JSON.parse(await api.export('har')).log.entries).toHaveLength(1)
  expect(await api.export('test', 1)).toContain('world.socket.accept()')
  expect((await api.export('jsonl')).trim().split('\n').length).toBeGreaterThan(2)
})

it('lies at window.__websocketReconnect__ until it is taken away', () => {
  const { desk } = stage()
  const place = globalThis as { __websocketReconnect__?: DevtoolsConsole }
  const hide = exposeConsole(desk)
  expect(place.__websocketReconnect__?.clients()).toHaveLength(1)
  hide()
  expect(place).not.toHaveProperty('__websocketReconnect__')
})

it('a desk that is closed heals what was broken, and records no more', () => {
  const { desk, world, api } = stage()
  api.break({ fault: 'silence' })
  const [observed] = desk.all()
  desk.close()
  world.socket.receive('news')
  expect(observed?.breaker?.active).toEqual([])
  expect(observed?.recorder.entries().filter(({ type }) => type === 'received')).toEqual([])
})
