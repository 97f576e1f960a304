/**
 * What a session, and whoever asks over a client, let developer tools look at in development: by figures, without secrets,
 * and without keeping anything alive.
 */

import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createConsole } from '../../devtools/console.ts'
import { Desk } from '../../devtools/desk.ts'
import { WebSocketReconnect } from '../../src/index.ts'
import { createRequests } from '../../src/requests/index.ts'
import { createWorld } from '../../testing/index.ts'
import { createPeer } from '../session/stage.ts'

const redact = (text: string) => text.replace(/secret/g, '…')

function watched() {
  delete (globalThis as never)[Symbol.for('react-websocket-reconnect') as never]
  const desk = new Desk({ redact })
  onTestFinished(() => desk.close())
  /** As it comes out on the other side of a debugger's protocol. */
  const look = () => JSON.parse(JSON.stringify(createConsole(desk).clients()[0]))
  return { desk, look }
}

describe('an outbox', () => {
  it('shows its numbers, its window, its limits and who drains', async () => {
    const { look } = watched()
    const { tab, welcome, say, run } = createPeer({ outbox: { name: 'ann secret', maxMessages: 50, maxBytes: 9000 } })
    const session = tab({ window: 2 })
    await run(0)
    expect(look().outbox).toEqual({
      ...{ name: 'ann …', isDurable: false, size: 0, bytes: 0, maxMessages: 50, maxBytes: 9000, window: 2 },
      ...{ acked: 0, sent: 0, next: 1, pause: 0, entries: [] },
    })
    for (const text of ['one', 'two', 'three', 'four']) session.send({ text })
    expect(look().outbox.entries.map(({ n, status }: { n: number; status: string }) => [n, status])).toEqual([
      [-1, 'storing'],
      [-2, 'storing'],
      [-3, 'storing'],
      [-4, 'storing'],
    ])
    session.connect()
    await welcome()
    await say({ a: 1 })
    expect(look().outbox).toMatchObject({ acked: 1, sent: 3, next: 5, size: 3, isLeading: true })
    await say({ a: 2, x: [[2, 'no secret here']] })
    const entries = look().outbox.entries
    expect(entries.map(({ n, status, why }: { n: number; status: string; why: string }) => [n, status, why])).toEqual([
      [2, 'refused', 'no … here'],
      [3, 'sent', undefined],
      [4, 'sent', undefined],
    ])
    expect(entries[1].size).toBeGreaterThan(20)
    expect(JSON.stringify(entries)).not.toContain('three')
    await say({ w: 3, ms: 500 })
    expect(look().outbox.pause).toBe(500)
    session.close()
    await run(2100)
    expect(look().outbox).not.toHaveProperty('isLeading')
  })

  it('of two tabs, one drains', async () => {
    watched()
    const { tab, welcome, desk } = { ...createPeer(), ...watched() }
    const first = tab()
    const second = tab()
    first.connect()
    await welcome()
    second.connect()
    await welcome()
    expect(desk.all().map(({ session }) => session?.outbox?.figures().isLeading)).toEqual([true, false])
  })

  it('is none where there is nothing to send from', () => {
    const { look } = watched()
    createPeer().tab({ outbox: false })
    expect(look()).not.toHaveProperty('outbox')
  })

  it('of a session that announces itself to nobody shows what everybody may see', async () => {
    const { desk } = watched()
    const session = createPeer().tab()
    session.send('one')
    desk.close()
    delete (globalThis as never)[Symbol.for('react-websocket-reconnect') as never]
    const other = new Desk({}, [session])
    expect(createConsole(other).clients()).toMatchObject([
      { client: 1, outbox: { size: 1, isDurable: false, entries: [{ status: 'storing' }] } },
    ])
    other.close()
  })
})

describe('streams', () => {
  it('show topic, position and what they wait for', async () => {
    const { look } = watched()
    const { tab, welcome, say } = createPeer()
    const session = tab()
    const stop = session.follow('room:secret', { onEvent() {} })
    session.follow('closed', { onEvent() {} })
    session.follow('list', { onEvent() {}, load: () => new Promise(() => {}) })
    const statuses = () => look().streams.map(({ status }: { status: string }) => status)
    expect(statuses()).toEqual(['waiting', 'waiting', 'loading'])
    session.connect()
    await welcome()
    expect(statuses()).toEqual(['catching-up', 'catching-up', 'loading'])
    await say({ s: 'room:secret', r: false, e: 'e1', o: 7 }, { s: 'closed', x: 'no' })
    expect(look().streams.slice(0, 2)).toEqual([
      { topic: 'room:…', status: 'live', position: { epoch: 'e1', offset: 7 }, readers: 1 },
      { topic: 'closed', status: 'refused', readers: 1 },
    ])
    stop()
  })
})

describe('requests', () => {
  const tag = (message: string, id: string) => JSON.stringify({ id, message })
  const rpcOver = (client: WebSocketReconnect) =>
    createRequests<string, { id: string }>(client, { tag, decode: JSON.parse, idOf: ({ id }) => id })

  it('show what is under way: age, what is left, whether it was sent, and what a lost connection means', async () => {
    const { desk, look } = watched()
    const world = createWorld()
    const client = new WebSocketReconnect(world.options())
    const rpc = rpcOver(client)
    expect(look()).not.toHaveProperty('requests')
    const timeout = 8000
    const first = rpc.ask('one', { whenLost: 'resend', timeout })
    rpc.ask('two', { timeout: Infinity }).catch(() => {})
    world.advance(100)
    expect(look().requests).toMatchObject([
      { whenLost: 'resend', isSent: false, age: 100, left: 7900 },
      { whenLost: 'reject', isSent: false, age: 100, left: null },
    ])
    client.connect()
    world.socket.accept()
    await world.settle()
    expect(look().requests).toMatchObject([{ isSent: true }, { isSent: true }])
    const { id } = look().requests[0]
    world.socket.receive(JSON.stringify({ id }))
    await first
    expect(look().requests).toHaveLength(1)
    client.close()
    world.advance(2000)
    await world.settle()
    expect(look().requests).toEqual([])
    expect(desk.all()[0]?.requests?.asked).toBe(2)
  })

  it('of a session are its own', async () => {
    const { look } = watched()
    const session = createPeer().tab()
    session.request('who').catch(() => {})
    expect(look().requests).toMatchObject([{ isSent: false, left: 10_000 }])
  })

  it('over a client of another making are asked as ever', async () => {
    const world = createWorld()
    const client = new WebSocketReconnect(world.options())
    const { insides } = (globalThis as never)[Symbol.for('react-websocket-reconnect') as never] as {
      insides: WeakMap<object, unknown>
    }
    insides.delete(client)
    client.connect()
    world.socket.accept()
    const answer = rpcOver(client).ask('one')
    world.socket.receive(JSON.stringify({ id: JSON.parse(String(world.socket.sent[0])).id }))
    await expect(answer).resolves.toBeTruthy()
  })
})

it('keeps no session alive, and no request', async () => {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  const { desk } = watched()
  const dead = Array.from({ length: 100 }, () => {
    const session = createPeer().tab({ outbox: false })
    session.follow('topic', { onEvent() {} })()
    session.request('who', { signal: AbortSignal.abort() }).catch(() => {})
    return new WeakRef(session.ws)
  })
  expect(desk.all().length).toBeGreaterThanOrEqual(100)
  await new Promise((done) => setImmediate(done))
  collect()
  expect(dead.filter((each) => each.deref()).length).toBeLessThan(3)
})
