/** What bad input and too much of it get from the chat server: what was expected, a wait, or the end of the connection. */

import { describe, expect, it } from 'vitest'
import { bounds } from '../../demo/protocol.ts'
import { openChat, rawSocket, until, Visitor } from '../support/chat-visitor.ts'

/** So slow that no test sees a limit recover again. */
const never = 1e-9
const plenty = { burst: 1e6 }

describe('a bad message', () => {
  const bad: [string, object, RegExp][] = [
    ['of an unknown type', { type: 'shout' }, /"type": "say"/],
    ['with a room of wrong characters', { room: '../etc' }, /"room": 1 to 32/],
    ['with an empty room', { room: '' }, /"room": 1 to 32/],
    ['with a room too long', { room: 'r'.repeat(33) }, /"room": 1 to 32/],
    ['with a room that is no text', { room: 7 }, /"room": 1 to 32/],
    ['with an empty nick', { nick: '' }, /"nick": 1 to 24/],
    ['with a blank nick', { nick: '  ' }, /"nick": 1 to 24/],
    ['with a nick too long', { nick: 'n'.repeat(25) }, /"nick": 1 to 24/],
    ['with a nick that turns the line around', { nick: 'Ada\u202e' }, /"nick": 1 to 24/],
    ['with a nick of markup', { nick: '<b>Ada' }, /"nick": 1 to 24/],
    ['with an id too short', { id: 'short' }, /"id" and "from": 8 to 64/],
    ['with an id of wrong characters', { id: 'with spaces in it' }, /"id" and "from": 8 to 64/],
    ['of nobody', { from: undefined }, /"id" and "from": 8 to 64/],
    ['with a blank text', { text: ' \n ' }, /"text": 1 to 2000/],
    ['with a text too long', { text: 'x'.repeat(2001) }, /"text": 1 to 2000/],
    ['with a text that is none', { text: ['hello'] }, /"text": 1 to 2000/],
    ['with control characters', { text: 'a\u001b[31m' }, /"text": 1 to 2000/],
    ['with half a surrogate pair', { text: 'a\ud83d' }, /"text": 1 to 2000/],
    ['from before all time', { at: -1 }, /"at": a time/],
    ['at half a millisecond', { at: 0.5 }, /"at": a time/],
    ['whose time is no number', { at: '60' }, /"at": a time/],
    ['of no time', { at: null }, /"at": a time/],
  ]

  it('is refused with what was expected, nobody hears of it, and the next one is taken', async () => {
    const { port } = await openChat({ limits: plenty })
    const ada = await Visitor.join(port, 'Ada')
    const refused = bad.map(([name, change]) => [name, ada.say('hello', change)] as const)
    await ada.say('a good one').acked
    for (const [index, [name, delivery]] of refused.entries()) {
      const error = await delivery.acked.catch((thrown) => thrown)
      expect([name, error.code, error.why]).toEqual([name, 'REFUSED', expect.stringMatching(bad[index]?.[2] as RegExp)])
    }
    await ada.heard(1)
    expect(ada.log).toMatchObject([{ n: 1, text: 'a good one' }])
  })

  it('that is no object is refused as well, and so is a question that is none', async () => {
    const { port } = await openChat({ limits: plenty })
    const ada = await Visitor.join(port, 'Ada')
    for (const data of [null, 7, 'hello', [], {}]) {
      await expect(ada.session.send(data).acked).rejects.toMatchObject({ why: '"type": "say"' })
      await expect(ada.session.request(data)).rejects.toMatchObject({
        reply: '"type": "load", "room", and perhaps "before" and "most"',
      })
      ada.session.post(data)
    }
    ada.session.post({ type: 'here', room: 'lobby', nick: '<b>' })
    await ada.settled()
    expect(ada.people).toEqual([{ nick: 'Ada', tabs: 1 }])
  })

  it('at the very bounds is none: the longest text, nick and room are taken', async () => {
    const { port } = await openChat()
    const room = 'r'.repeat(bounds.roomLength)
    const visitor = await Visitor.join(port, 'n'.repeat(bounds.nickLength), room)
    await visitor.say('漢'.repeat(bounds.textLength), { id: 'i'.repeat(64) }).acked
    for (const nick of ['Ada Lovelace', 'Zoë', "O'Neil", 'Łukasz', '小明', 'R2-D2', 'नेहा']) {
      visitor.here(nick)
      await until(() => visitor.people[0]?.nick === nick)
    }
  })
})

describe('a frame', () => {
  it.each([
    ['that is no JSON', 'hello', 4400],
    ['that is empty', '', 4400],
    ['that is binary', new Uint8Array([1, 2, 3]), 4400],
    ['that is no hello, and the first', '{"n":1,"d":{}}', 4400],
    ['larger than any of the chat', 'x'.repeat(17_000), 4400],
    ['beyond all measure', 'x'.repeat(1024 * 1024 + 1), 1009],
  ])('%s ends its connection and nothing else', async (_, data, code) => {
    const { port } = await openChat()
    const ada = await Visitor.join(port, 'Ada')
    const raw = rawSocket(port)
    await raw.opened
    raw.socket.send(data)
    expect((await raw.closed).code).toBe(code)
    await ada.settled()
  })
})

describe('a ping', () => {
  it('is answered with a pong whoever asks, and counted where the server shows its own view', async () => {
    const { port, chat } = await openChat()
    const raw = rawSocket(port)
    await raw.opened
    const answer = new Promise((resolve) => raw.socket.once('message', (data) => resolve(String(data))))
    raw.socket.send('{"type":"ping"}')
    expect(await answer).toBe('{"type":"pong"}')
    expect((await chat.status()).connections).toMatchObject([{ nick: '', pings: 1, pongs: 1 }])
  })
})

describe('messages too many', () => {
  it('wait, and none overtakes another', async () => {
    let now = 0
    const { port, store } = await openChat({ limits: { burst: 3, perSecond: 10 }, monotonic: () => now })
    const ada = await Visitor.join(port, 'Ada')
    const said = ['one', 'two', 'three', 'four', 'five'].map((text) => ada.say(text))
    await said[2]?.acked
    await ada.settled()
    expect((await store.position('room:lobby')).offset).toBe(3)
    now = 1000
    await Promise.all(said.map(({ acked }) => acked))
    await ada.heard(5)
    expect(ada.texts()).toEqual(['one', 'two', 'three', 'four', 'five'])
  })

  it('are questions as well: those are refused', async () => {
    const { port } = await openChat({ limits: { burst: 3, perSecond: never } })
    // Joining asks once, and says once where it is.
    const ada = await Visitor.join(port, 'Ada')
    await ada.settled()
    await expect(ada.settled()).rejects.toMatchObject({ code: 'REFUSED', reply: 'fewer questions' })
    await ada.say('but this may').acked
  })
})

describe('a connection', () => {
  it('is let go when it has long been quiet', async () => {
    let now = 1000
    const { port, chat } = await openChat({ now: () => now })
    const ada = await Visitor.join(port, 'Ada')
    now += 149_000
    chat.sweep()
    await ada.settled()
    now += 151_000
    chat.sweep()
    expect((await ada.closed).code).toBe(1006)
  })

  it('is told with 1001 when the server stops', async () => {
    const { port, chat } = await openChat()
    const ada = await Visitor.join(port, 'Ada')
    chat.close()
    expect(await ada.closed).toEqual({ code: 1001, reason: 'the server is stopping' })
  })
})

describe('a silent server', () => {
  it('reads nothing and says nothing, and then goes on where it stood', async () => {
    const { port, chat, store } = await openChat()
    const ada = await Visitor.join(port, 'Ada')
    const bea = await Visitor.join(port, 'Bea')
    await until(() => ada.people.length === 2)
    chat.silence(true)
    const delivery = ada.say('hello?')
    await until(() => delivery.status === 'sent')
    // It still accepts, and hears the newcomer as little as the others.
    const late = new Visitor(port, 'Late')
    late.follow()
    const connecting = late.session.connect()
    await expect.poll(async () => (await chat.status()).connections.map(({ nick }) => nick)).toEqual(['Ada', 'Bea', ''])
    expect([delivery.status, (await store.position('room:lobby')).offset]).toEqual(['sent', 0])
    chat.silence(false)
    await Promise.all([delivery.acked, bea.heard(1), connecting])
    await late.joined()
    await until(() => bea.people.length === 3)
  })
})
