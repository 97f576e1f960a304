/**
 * The list of a page's clients in development: who is on it, and that it keeps nobody alive. That a production bundle has
 * no trace of it is tested on the built package (test/package).
 */

import { readFileSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it, vi } from 'vitest'
import { Desk } from '../../devtools/desk.ts'
import { clientsOfPage, insideOf, watchClients } from '../../devtools/registry.ts'
import { WebSocketReconnect } from '../../src/index.ts'
import { createWorld } from '../../testing/index.ts'

const make = () => new WebSocketReconnect(createWorld().options())

it('lists each client from its making on, and tells who watches', () => {
  const seen: unknown[] = []
  const stop = watchClients((client) => seen.push(client))
  const client = make()
  stop()
  make()
  expect(seen).toEqual([client])
  expect(clientsOfPage()).toContain(client)
})

it('tells the version of the package that a client comes from', () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'))
  expect(insideOf(make())?.version).toBe(version)
})

it('keeps no client alive, recorded or not', async () => {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  const desk = new Desk()
  const dead = Array.from({ length: 200 }, () => new WeakRef(make()))
  expect(desk.all().length).toBeGreaterThanOrEqual(200)
  await new Promise((done) => setImmediate(done))
  collect()
  expect(dead.filter((each) => each.deref())).toEqual([])
  expect(desk.all().length).toBeLessThan(10)
  for (let n = 0; n < 200; n++) make()
  const registry = (globalThis as never)[Symbol.for('react-websocket-reconnect') as never] as { clients: Set<unknown> }
  expect(registry.clients.size).toBeLessThan(1000)
  desk.close()
})

it('knows a client that announces itself to nobody, if it is given', () => {
  const client = make()
  const other = { ...client, tap: () => () => {}, on: () => () => {}, options: client.options } as never
  const desk = new Desk({}, [other, client])
  expect(desk.all().filter((each) => each.client === other)).toHaveLength(1)
  expect(desk.all().filter((each) => each.client === client)).toHaveLength(1)
  desk.close()
})

it('finds the clients of a second copy of the package, tells which is which, and breaks each', async () => {
  delete (globalThis as never)[Symbol.for('react-websocket-reconnect') as never]
  const desk = new Desk()
  const first = make()
  vi.resetModules()
  const copy = await import('../../src/index.ts')
  expect(copy.WebSocketReconnect).not.toBe(WebSocketReconnect)
  const world = createWorld()
  const second = new copy.WebSocketReconnect(world.options())
  const all = desk.all()
  expect(all.map(({ id, client, version }) => [id, client, version])).toEqual([
    [1, first, expect.stringMatching(/^\d/)],
    [2, second, expect.stringMatching(/^\d/)],
  ])
  second.connect()
  world.socket.accept()
  all[1]?.breaker?.break({ fault: 'drop' })
  expect([first.state, second.getSnapshot().lastClose?.code]).toEqual(['CLOSED', 1006])
  expect(all[1]?.recorder.entries().length).toBeGreaterThan(2)
  desk.close()
})
