/**
 * Two whole demos that share a real Redis, and people on either in one room: each message once and in one order for all, while
 * one server and then the other is killed and its people come back where the other still is.
 */

import { connect, createServer } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { buildDemo, startDemoProcess } from '../../support/demo-process.ts'
import { RedisServer } from '../../support/redis-server.ts'
import { expectSame, openStage, patience, type Visitor } from './stage.ts'

/** One address before several servers: each connection goes to the first that is there. */
async function openBalancer(...ports: number[]): Promise<string> {
  const server = createServer((incoming) => {
    incoming.on('error', () => {})
    const attempt = ([port, ...others]: number[]) => {
      if (port === undefined) return incoming.destroy()
      const outgoing = connect(port, '127.0.0.1', () => {
        incoming.pipe(outgoing).pipe(incoming)
        incoming.on('close', () => outgoing.destroy())
        outgoing.on('close', () => incoming.destroy())
      })
      outgoing.on('error', () => (outgoing.connecting || !outgoing.bytesRead ? attempt(others) : incoming.destroy()))
    }
    attempt(ports)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return `http://localhost:${(server.address() as { port: number }).port}/`
}

const people = ({ page }: Visitor) =>
  page.getByRole('list', { name: 'Here now' }).getByRole('listitem').allTextContents()

it('people on different servers share a room, its order and its history; those of a killed one come back on the other', async () => {
  const redis = await new RedisServer().start()
  onTestFinished(() => redis.remove())
  const stage = await openStage({ REDIS_URL: redis.url })
  // One of the two as it is built.
  await buildDemo()
  const other = await startDemoProcess({ ...stage.settings, PORT: '0' }, 'demo:serve')
  onTestFinished(async () => void (await other.kill('SIGKILL')))
  const nicksAt = async (port: number) => {
    const response = await fetch(`http://127.0.0.1:${port}/control/status`)
    return ((await response.json()) as { connections: { nick: string }[] }).connections.map(({ nick }) => nick).sort()
  }

  const ada = await stage.visit('Ada', { at: await openBalancer(stage.port, other.port) })
  const bea = await stage.visit('Bea', { at: await openBalancer(other.port, stage.port) })
  expect([await nicksAt(stage.port), await nicksAt(other.port)]).toEqual([['Ada'], ['Bea']])
  await expect.poll(() => people(ada), patience).toEqual(['Ada you', 'Bea'])
  await expect.poll(() => people(bea), patience).toEqual(['Ada', 'Bea you'])
  const texts = ['a1', 'b1', 'a2', 'b2']
  for (const text of texts) await (text.startsWith('a') ? ada : bea).say(text)
  await expectSame([ada, bea], texts)
  expect(await stage.status()).toMatchObject({ store: 'redis', rooms: [{ name: 'lobby', last: 4 }] })

  // What is kept and not acknowledged when a server dies is a repeat at the other one.
  await stage.control('hold', { on: true })
  await ada.say('a3 kept but not acknowledged')
  await expect.poll(async () => (await stage.status())?.rooms[0]?.last, patience).toBe(5)
  const broken = Date.now()
  await stage.kill()
  await ada.say('a4 typed without a server')
  await bea.say('b3 typed on the other')
  await ada.badgeWhen(({ tone }) => tone === 'good', broken)
  texts.push('a3 kept but not acknowledged', 'a4 typed without a server', 'b3 typed on the other')
  await expectSame([ada, bea], texts)
  expect(await nicksAt(other.port)).toEqual(['Ada', 'Bea'])
  // Those of the dead server are forgotten by themselves.
  await expect.poll(() => people(bea), patience).toEqual(['Ada', 'Bea you'])

  await stage.start()
  const again = Date.now()
  await other.kill('SIGKILL')
  for (const one of [ada, bea]) await one.badgeWhen(({ tone }) => tone === 'good', again)
  await bea.say('b4 on the first server')
  const cleo = await stage.visit('Cleo')
  texts.push('b4 on the first server')
  await expectSame([ada, bea, cleo], texts)
  expect(await nicksAt(stage.port)).toEqual(['Ada', 'Bea', 'Cleo'])
  await expect.poll(() => people(cleo), patience).toEqual(['Ada', 'Bea', 'Cleo you'])
  for (const one of [ada, bea, cleo]) expect(one.complaints).toEqual([])
})
