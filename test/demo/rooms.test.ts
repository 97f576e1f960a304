/** The chat's rooms on real sockets: what one finds there, who is there, and who may come in. */

import { EventEmitter } from 'node:events'
import { describe, expect, it } from 'vitest'
import { bounds, type Heard, type Loaded, type Person } from '../../demo/protocol.ts'
import type { Bus } from '../../demo/server/crowd.ts'
import { memoryStore } from '../../src/server/index.ts'
import { openChat, rawSocket, until, Visitor } from '../support/chat-visitor.ts'

const heard = (n: number): Heard => ({ id: `message-${n}`, from: 'somebody', nick: 'Ada', text: `${n}`, at: n })
const are = (visitor: Visitor, ...people: [string, number][]) =>
  until(() => JSON.stringify(visitor.people) === JSON.stringify(people.map(([nick, tabs]): Person => ({ nick, tabs }))))

describe('joining', () => {
  it('brings the latest messages, as many as are kept, and goes on after them', async () => {
    const { port, store } = await openChat()
    for (let n = 1; n <= bounds.history + 10; n++) await store.append('room:lobby', heard(n))
    const ada = await Visitor.join(port, 'Ada')
    expect(ada.log).toHaveLength(bounds.history)
    expect(ada.log[0]).toMatchObject({ n: 11, text: '11' })
    await store.append('room:lobby', heard(511))
    await ada.heard(bounds.history + 1)
    expect(ada.log.at(-1)).toMatchObject({ n: 511, text: '511' })
  })

  it('brings what is there where the store keeps less than that', async () => {
    const { port, store } = await openChat({ store: memoryStore() })
    store.keep?.({ clientsRemembered: 9, memory: 1e9, history: { events: 100, bytes: 1e9, age: 1e9 } }, Date.now)
    for (let n = 1; n <= 200; n++) await store.append('room:lobby', heard(n))
    const { log } = await Visitor.join(port, 'Ada')
    expect(log.length).toBeGreaterThanOrEqual(50)
    expect(log.map(({ n }) => n)).toEqual(log.map((_, index) => 201 - log.length + index))
  })

  it('brings one page where that is asked for, then the one before it, until there is none', async () => {
    const { port, store } = await openChat()
    for (let n = 1; n <= 120; n++) await store.append('room:lobby', heard(n))
    const { session } = await Visitor.join(port, 'Ada')
    const pages: [number | undefined, number | undefined, boolean][] = []
    let before: number | undefined
    for (;;) {
      const loaded: Loaded = await session.request({ type: 'load', room: 'lobby', most: bounds.page, before })
      expect(loaded.position.offset).toBe(120)
      pages.push([loaded.messages[0]?.n, loaded.messages.at(-1)?.n, loaded.more])
      before = loaded.messages[0]?.n
      if (!loaded.more) break
    }
    expect(pages).toEqual([
      [71, 120, true],
      [21, 70, true],
      [1, 20, false],
    ])
    for (const none of [{ most: 0 }, { before: 1 }]) {
      expect((await session.request<Loaded>({ type: 'load', room: 'lobby', ...none })).messages).toEqual([])
    }
    for (const wrong of [{ most: 501 }, { most: -1 }, { before: 1.5 }, { before: '7' }]) {
      await expect(session.request({ type: 'load', room: 'lobby', ...wrong })).rejects.toMatchObject({
        code: 'REFUSED',
      })
    }
  })

  it('brings of an older page exactly what is still kept, and says that there is no more', async () => {
    const { port, store } = await openChat({ store: memoryStore() })
    store.keep?.({ clientsRemembered: 9, memory: 1e9, history: { events: 100, bytes: 1e9, age: 1e9 } }, Date.now)
    for (let n = 1; n <= 200; n++) await store.append('room:lobby', heard(n))
    const { epoch } = await store.position('room:lobby')
    const isKept = async (n: number) => (await store.since('room:lobby', { epoch, offset: n - 1 }, 1)) !== null
    let first = 200
    while (await isKept(first - 1)) first--
    const { session } = await Visitor.join(port, 'Ada')
    const ask = (before: number) => session.request<Loaded>({ type: 'load', room: 'lobby', most: 50, before })
    const { messages, more } = await ask(first + 20)
    expect(messages.map(({ n }) => n)).toEqual(Array.from({ length: 20 }, (_, index) => first + index))
    expect(more).toBe(false)
    expect((await ask(first + 60)).more).toBe(true)
    expect(await ask(first)).toMatchObject({ messages: [], more: false })
  })

  it('misses nothing that is written meanwhile', async () => {
    const { port, store } = await openChat()
    const writing = (async () => {
      for (let n = 1; n <= 200; n++) await store.append('room:lobby', heard(n))
    })()
    const visitors = await Promise.all(Array.from({ length: 5 }, (_, index) => Visitor.join(port, `Nick ${index}`)))
    await writing
    for (const { log } of visitors) {
      await until(() => log.at(-1)?.n === 200)
      expect(log.map(({ n }) => n)).toEqual(Array.from({ length: 200 }, (_, index) => index + 1))
    }
  })

  it('shows who is there, and tells the others who comes, goes, moves and takes another name', async () => {
    const { port } = await openChat()
    const ada = await Visitor.join(port, 'Ada')
    expect(ada.people).toEqual([{ nick: 'Ada', tabs: 1 }])
    const bea = await Visitor.join(port, 'Bea')
    await are(ada, ['Ada', 1], ['Bea', 1])
    const twin = await Visitor.join(port, 'Bea')
    await are(ada, ['Ada', 1], ['Bea', 2])
    twin.here('Cleo')
    await are(ada, ['Ada', 1], ['Bea', 1], ['Cleo', 1])
    twin.here('Cleo', 'attic')
    await are(ada, ['Ada', 1], ['Bea', 1])
    await bea.session.close()
    await are(ada, ['Ada', 1])
  })

  it('has one spelling for each room, and says which', async () => {
    const { port } = await openChat()
    for (const room of ['LOBBY', 'Zu\u0308rich', 'a b', '-a', 'a-', '🎉', '漢'.repeat(33), 'a\u200bb', '']) {
      const bea = new Visitor(port, 'Bea', room)
      bea.session.follow(`room:${room}`, {
        onEvent: () => {},
        onRefused: (why) => Object.assign(bea, { refusal: why }),
      })
      await bea.session.connect()
      await until(() => bea.refusal !== '')
      expect(bea.refusal, room).toMatch(/^"room": 1 to 32 small letters/)
    }
  })

  it('refuses a room beyond the bound, people beyond the bound of a room, and what is no room', async () => {
    const { port } = await openChat({ limits: { peoplePerRoom: 1, rooms: 2 } })
    await Visitor.join(port, 'Ada', 'one')
    await Visitor.join(port, 'Bea', 'two')
    const eve = new Visitor(port, 'Eve', 'three')
    eve.follow()
    await eve.session.connect()
    await until(() => eve.refusal.startsWith('one of the 2 rooms'))
    eve.room = 'two'
    eve.follow()
    await until(() => eve.refusal.startsWith('a room with fewer than 1 people'))
    eve.session.follow('rooms', { onEvent: () => {}, onRefused: (why) => Object.assign(eve, { refusal: why }) })
    await until(() => eve.refusal === 'the stream of a room')
    // Who sits in two rooms has made them; a third one takes no message.
    eve.say('hello', { room: 'one' })
    eve.say('hello', { room: 'two' })
    await expect(eve.say('hello', { room: 'three' }).acked).rejects.toMatchObject({
      code: 'REFUSED',
      why: expect.stringMatching(/^one of the 2 rooms/),
    })
  })
})

describe('servers that share a store', () => {
  /** What tells the servers of each other, as Redis does. */
  const openBus = () => {
    const events = new EventEmitter()
    return (): Bus => ({
      tell: (text) => void setImmediate(() => events.emit('text', text)),
      listen: (listener) => {
        events.on('text', listener)
        return () => void events.off('text', listener)
      },
    })
  }

  it('share rooms, order and people; those of one that ends come back on the other', async () => {
    const store = memoryStore()
    const bus = openBus()
    const one = await openChat({ store, bus: bus() })
    const two = await openChat({ store, bus: bus() })
    let port = one.port
    const ada = await Visitor.join(one.port, 'Ada', 'attic', { url: () => `ws://127.0.0.1:${port}/chat` })
    const bea = await Visitor.join(two.port, 'Bea', 'attic')
    await Promise.all([ada, bea].map((each) => are(each, ['Ada', 1], ['Bea', 1])))
    await Promise.all([ada.say('a1').acked, bea.say('b1').acked])
    for (const each of [ada, bea]) await each.heard(2)
    expect(ada.log).toEqual(bea.log)
    expect((await two.chat.status()).rooms).toEqual([{ name: 'attic', last: 2, people: bea.people }])
    port = two.port
    const gone = one.end()
    await are(bea, ['Bea', 1])
    await gone
    await Promise.all([ada.say('a2').acked, are(bea, ['Ada', 1], ['Bea', 1])])
    for (const each of [ada, bea]) await each.heard(3)
    expect(ada.log).toEqual(bea.log)
  })
})

describe('a connection', () => {
  it('counts in a room only once it has said who it is', async () => {
    const { port, chat } = await openChat()
    const raw = rawSocket(port)
    await raw.opened
    expect((await chat.status()).connections).toMatchObject([{ nick: '', room: '' }])
    const ada = await Visitor.join(port, 'Ada')
    expect(ada.people).toEqual([{ nick: 'Ada', tabs: 1 }])
  })
})
