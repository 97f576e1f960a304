/** Messages of the chat on real sockets: their numbers, their dates and their rooms, over servers that end at any moment. */

import { describe, expect, it } from 'vitest'
import type { Message } from '../../demo/protocol.ts'
import { memoryStore } from '../../src/server/index.ts'
import { memoryOutbox } from '../../src/session/index.ts'
import { openChat, until, Visitor } from '../support/chat-visitor.ts'

const numbers = (messages: readonly Message[]) => messages.map(({ n }) => n)
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

/** A store of which a test holds a commit back, or lets one fail. */
function slowStore() {
  const store = memoryStore()
  const gate = { passed: Promise.resolve(), failures: 0, commits: 0 }
  const commit: typeof store.commit = async (message) => {
    gate.commits++
    await gate.passed
    if (gate.failures-- > 0) throw new Error('no space left')
    return store.commit(message)
  }
  return { gate, store: new Proxy(store, { get: (of, key) => (key === 'commit' ? commit : bound(of, key)) }) }
}
const bound = (of: object, key: string | symbol) => {
  const value = Reflect.get(of, key, of)
  return typeof value === 'function' ? value.bind(of) : value
}

describe('messages', () => {
  it('are numbered, acknowledged to the writer and passed on to the others, in one order for all', async () => {
    const { port } = await openChat()
    const [ada, bea, eve] = await Promise.all(['Ada', 'Bea', 'Eve'].map((nick) => Visitor.join(port, nick)))
    const acked: Promise<void>[] = []
    for (let n = 1; n <= 5; n++) acked.push(ada!.say(`ada ${n}`).acked, bea!.say(`bea ${n}`).acked)
    await Promise.all(acked)
    for (const one of [ada, bea, eve]) {
      await one!.heard(10)
      expect(numbers(one!.log)).toEqual(upTo(10))
      expect(one!.texts()).toEqual(eve!.texts())
    }
    for (const nick of ['ada', 'bea'])
      expect(eve!.texts().filter((text) => text.startsWith(nick))).toEqual(upTo(5).map((n) => `${nick} ${n}`))
  })

  it('are acknowledged and passed on only after the store has them', async () => {
    const { store, gate } = slowStore()
    const { port } = await openChat({ store })
    const ada = await Visitor.join(port, 'Ada')
    const bea = await Visitor.join(port, 'Bea')
    let release = () => {}
    gate.passed = new Promise<void>((resolve) => {
      release = resolve
    })
    const delivery = ada.say('on its way')
    await until(() => gate.commits === 1)
    await Promise.all([ada.settled(), bea.settled()])
    expect([delivery.status, ...ada.log, ...bea.log]).toEqual(['sent'])
    release()
    await delivery.acked
    await bea.heard(1)
    expect(bea.log).toMatchObject([{ n: 1, text: 'on its way' }])
  })

  it('that the disk did not take come again by themselves, in their order', async () => {
    const { store, gate } = slowStore()
    const { port } = await openChat({ store })
    const ada = await Visitor.join(port, 'Ada')
    gate.failures = 1
    await Promise.all([ada.say('one').acked, ada.say('two').acked])
    await ada.heard(2)
    expect(ada.texts()).toEqual(['one', 'two'])
  })

  it('are dated by their writing, for everybody, now and over a new start, and never from the future', async () => {
    const now = 10_000_000
    const { port, path, end } = await openChat({ now: () => now })
    const ada = await Visitor.join(port, 'Ada')
    const bea = await Visitor.join(port, 'Bea')
    ada.say('typed a minute ago', { at: now - 60_000 })
    ada.say('typed just now', { at: now })
    await ada.say('typed where a clock is fast', { at: now + 60_000 }).acked
    const dates = [now - 60_000, now, now]
    for (const one of [ada, bea]) {
      await one.heard(3)
      expect(one.log.map(({ at }) => at)).toEqual(dates)
    }
    await end()
    const again = await openChat({ path })
    expect((await Visitor.join(again.port, 'Cleo')).log.map(({ at }) => at)).toEqual(dates)
  })

  it('live in rooms of any script, over a new start as well', async () => {
    const { port, path, end } = await openChat()
    const ada = await Visitor.join(port, '小明', '大厅')
    await ada.say('你好').acked
    await end()
    const again = await openChat({ path })
    const bea = await Visitor.join(again.port, 'Bea', '大厅')
    expect(bea.log).toMatchObject([{ n: 1, nick: '小明', text: '你好' }])
  })

  it('go to their room only, also when the writer sits in another one', async () => {
    const { port } = await openChat()
    const ada = await Visitor.join(port, 'Ada', 'lobby')
    const bea = await Visitor.join(port, 'Bea', 'attic')
    ada.say('for the lobby')
    await ada.say('for the attic', { room: 'attic' }).acked
    await bea.heard(1)
    await bea.settled()
    expect(bea.log).toMatchObject([{ n: 1, text: 'for the attic' }])
    expect(ada.log).toMatchObject([{ n: 1, text: 'for the lobby' }])
  })

  it('can be kept and yet be unacknowledged when the server dies; they are there once, and the writer is told', async () => {
    const first = await openChat()
    const ada = await Visitor.join(first.port, 'Ada')
    await ada.say('before').acked
    first.chat.hold(true)
    const delivery = ada.say('kept')
    const topic = async () => (await first.store.position('room:lobby')).offset
    await expect.poll(topic).toBe(2)
    expect(delivery.status).toBe('sent')
    await first.end()
    expect((await ada.closed).code).toBe(1006)
    await openChat({ path: first.path, port: first.port })
    await delivery.acked
    const bea = await Visitor.join(first.port, 'Bea')
    await ada.say('after').acked
    for (const one of [ada, bea]) {
      await one.heard(3)
      expect(one.log).toMatchObject(['before', 'kept', 'after'].map((text, index) => ({ n: index + 1, text })))
    }
  })

  it('of a tab that is gone are sent by the next one, as those of whoever wrote them', async () => {
    const outbox = { name: 'chat', store: memoryOutbox() }
    const { port } = await openChat()
    const closing = new Visitor(port, 'Ada', 'lobby', { outbox })
    closing.say('one')
    await closing.say('two').stored
    await closing.session.close()
    const next = await Visitor.join(port, 'Bea', 'lobby', { outbox })
    await next.heard(2)
    expect(next.log).toMatchObject([
      { n: 1, nick: 'Ada', from: closing.me, text: 'one' },
      { n: 2, nick: 'Ada', from: closing.me, text: 'two' },
    ])
  })

  it('arrive once each and in one order, wherever lines are cut and servers destroyed', async () => {
    let server = await openChat({ limits: { burst: 1e6 } })
    const { port, path } = server
    const visitors = await Promise.all(['Ada', 'Bea', 'Eve'].map((nick) => Visitor.join(port, nick)))
    const acked: Promise<void>[] = []
    for (let round = 0; round < 40; round++) {
      for (const one of visitors) for (let n = 0; n < 3; n++) acked.push(one.say(`${one.nick} ${round}.${n}`).acked)
      if (round % 4 === 1) server.chat.drop()
      if (round % 8 === 3) {
        // In the middle of what is being said.
        await new Promise((resolve) => setTimeout(resolve, round % 3))
        await server.end()
        server = await openChat({ path, port, limits: { burst: 1e6 } })
      }
      await new Promise((resolve) => setImmediate(resolve))
    }
    await Promise.all(acked)
    const cleo = await Visitor.join(port, 'Cleo')
    for (const one of [...visitors, cleo]) {
      await one.heard(360)
      expect(numbers(one.log)).toEqual(upTo(360))
      expect(one.texts()).toEqual(cleo.texts())
    }
    for (const { nick } of visitors)
      expect(cleo.texts().filter((text) => text.startsWith(nick))).toEqual(
        upTo(40).flatMap((round) => upTo(3).map((n) => `${nick} ${round - 1}.${n - 1}`)),
      )
  })
})
