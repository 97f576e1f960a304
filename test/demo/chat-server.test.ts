/** The chat server on real sockets: numbers, acknowledgements, history, presence, and what bad input gets. */

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import { bounds } from '../../demo/protocol.ts'
import { writeDurably } from '../../demo/server/journal-file.ts'
import { folder, openChat, until, Visitor } from '../support/chat-visitor.ts'

const id = (n: number | string) => `message-${n}`
/** So slow that no test sees a limit recover again. */
const never = 1e-9
const plenty = { burst: 100_000, faults: 100_000 }

describe('messages', () => {
  it('are numbered, acknowledged to the writer and passed on to the others, in one order for all', async () => {
    const { port } = await openChat()
    const { visitor: ada } = await Visitor.join(port, 'Ada')
    const { visitor: bea } = await Visitor.join(port, 'Bea')
    const { visitor: eve } = await Visitor.join(port, 'Eve')
    for (let n = 1; n <= 5; n++) {
      ada.say(id(`a${n}`), `ada ${n}`)
      bea.say(id(`b${n}`), `bea ${n}`)
    }
    const seen: string[] = []
    for (let n = 1; n <= 10; n++) {
      const { message } = await eve.next('message')
      expect(message.n).toBe(n)
      seen.push(message.id)
    }
    for (const [writer, other] of [
      [ada, bea],
      [bea, ada],
    ] as const) {
      for (let n = 1; n <= 5; n++) {
        const ack = await writer.next('ack')
        expect(seen[ack.n - 1]).toBe(ack.id)
        const { message } = await other.next('message')
        expect(seen[message.n - 1]).toBe(message.id)
      }
    }
    expect(seen.filter((name) => name.includes('a')).length).toBe(10)
  })

  it('are acknowledged and passed on only after the journal has them', async () => {
    let release = () => {}
    let written = () => {}
    const released = new Promise<void>((resolve) => {
      release = resolve
    })
    const writing = new Promise<void>((resolve) => {
      written = resolve
    })
    const write: typeof writeDurably = async (file, lines, position) => {
      if (position > 0) {
        written()
        await released
      }
      await writeDurably(file, lines, position)
    }
    const { port, path } = await openChat({ journal: { write } })
    const { visitor: ada } = await Visitor.join(port, 'Ada')
    const { visitor: bea } = await Visitor.join(port, 'Bea')
    ada.say(id(1), 'on its way')
    await writing
    await ada.settled()
    await bea.settled()
    expect([...ada.frames, ...bea.frames].filter(({ type }) => type === 'ack' || type === 'message')).toEqual([])
    expect(await readFile(path, 'utf8')).not.toContain('on its way')
    release()
    expect((await ada.next('ack')).n).toBe(1)
    expect((await bea.next('message')).message.text).toBe('on its way')
    expect(await readFile(path, 'utf8')).toContain('on its way')
  })

  it('are dated by their writing, for everybody, now and over a new start, and not by their delivery', async () => {
    const clock = () => 10_000_000
    const { port, path, end } = await openChat({ journal: { now: clock } })
    const { visitor: ada } = await Visitor.join(port, 'Ada')
    const { visitor: bea } = await Visitor.join(port, 'Bea')
    ada.send({ type: 'say', room: 'lobby', id: id(1), text: 'typed a minute ago', age: 60_000 })
    ada.say(id(2), 'typed just now')
    // Sent again because nobody had answered: its first date stands.
    ada.send({ type: 'say', room: 'lobby', id: id(1), text: 'typed a minute ago', age: 90_000 })
    const dates = [9_940_000, 10_000_000]
    expect([await ada.next('ack'), await ada.next('ack'), await ada.next('ack')].map(({ at }) => at)).toEqual([
      ...dates,
      9_940_000,
    ])
    expect([await bea.next('message'), await bea.next('message')].map(({ message }) => message.at)).toEqual(dates)
    await end()
    const again = await openChat({ path })
    const { messages } = await Visitor.join(again.port, 'Cleo')
    expect(messages.map(({ at }) => at)).toEqual(dates)
  })

  it.each([-1, 0.5, '60', null, bounds.age + 1])('whose age is %j are refused with what was expected', async (age) => {
    const { port } = await openChat()
    const { visitor: ada } = await Visitor.join(port, 'Ada')
    ada.send({ type: 'say', room: 'lobby', id: id(1), text: 'hello', age })
    expect(await ada.next('error')).toMatchObject({
      code: 'invalid-field',
      id: id(1),
      expected: expect.stringMatching(/^"age"/),
    })
  })

  it('live in rooms of any script, over a new start as well', async () => {
    const { port, path, end } = await openChat()
    const { visitor: ada } = await Visitor.join(port, '小明', '大厅')
    ada.say(id(1), '你好', '大厅')
    expect(await ada.next('ack')).toMatchObject({ room: '大厅', n: 1 })
    await end()
    const again = await openChat({ path })
    expect((await Visitor.join(again.port, 'Bea', '大厅')).messages).toMatchObject([{ nick: '小明', text: '你好' }])
    const bea = new Visitor(again.port)
    await bea.open()
    // A name has one spelling only, or one room would be two.
    for (const room of ['LOBBY', 'Zu\u0308rich', 'a b', '-a', 'a-', '🎉', '漢'.repeat(33), 'a\u200bb', '']) {
      bea.send({ type: 'join', room, nick: 'Bea', since: 0, epoch: '' })
      expect(await bea.next('error'), room).toMatchObject({ code: 'invalid-field' })
    }
  })

  it('that are refused while others are still being written do no harm', async () => {
    const unheard = vi.fn()
    process.on('unhandledRejection', unheard)
    let release = () => {}
    const released = new Promise<void>((resolve) => {
      release = resolve
    })
    const write: typeof writeDurably = async (file, lines, position) => {
      if (position > 0) await released
      await writeDurably(file, lines, position)
    }
    const { port } = await openChat({ journal: { limits: { rooms: 1 }, write } })
    const { visitor: ada } = await Visitor.join(port, 'Ada')
    ada.say(id(1), 'on its way')
    ada.say(id(2), 'nowhere', 'attic')
    await ada.settled()
    release()
    expect(await ada.next('ack')).toMatchObject({ id: id(1) })
    expect(await ada.next('error')).toMatchObject({ id: id(2), code: 'too-many-rooms' })
    process.off('unhandledRejection', unheard)
    expect(unheard).not.toHaveBeenCalled()
  })

  it('are ignored when their id comes again, and acknowledged with the original number', async () => {
    const { port, chat } = await openChat()
    const { visitor: ada } = await Visitor.join(port, 'Ada')
    const { visitor: bea } = await Visitor.join(port, 'Bea')
    ada.say(id(1), 'once')
    ada.say(id(1), 'once')
    ada.say(id(2), 'twice')
    const acks = [await ada.next('ack'), await ada.next('ack'), await ada.next('ack')]
    expect(acks.map((ack) => [ack.id, ack.n])).toEqual([
      [id(1), 1],
      [id(1), 1],
      [id(2), 2],
    ])
    const { visitor: again } = await Visitor.join(port, 'Ada')
    again.say(id(1), 'once')
    expect(await again.next('ack')).toMatchObject({ id: id(1), n: 1, at: acks[0]?.at })
    await bea.settled()
    expect(bea.frames.filter(({ type }) => type === 'message')).toHaveLength(2)
    expect(chat.status().repeats).toBe(2)
  })

  it('go to their room only, also when the writer sits in another one', async () => {
    const { port } = await openChat()
    const { visitor: ada } = await Visitor.join(port, 'Ada', 'lobby')
    const { visitor: bea } = await Visitor.join(port, 'Bea', 'attic')
    ada.say(id(1), 'for the lobby')
    ada.say(id(2), 'for the attic', 'attic')
    expect(await ada.next('ack')).toMatchObject({ room: 'lobby', n: 1 })
    expect(await ada.next('ack')).toMatchObject({ room: 'attic', n: 1 })
    expect((await bea.next('message')).message.text).toBe('for the attic')
    expect(bea.frames.filter(({ type }) => type === 'message')).toEqual([])
  })

  it('survive the server: a new one on the same journal knows messages, numbers and ids', async () => {
    const path = join(await folder(), 'chat.ndjson')
    const first = await openChat({ path })
    const { visitor: ada } = await Visitor.join(first.port, 'Ada')
    ada.say(id(1), 'before')
    await ada.next('ack')
    await first.end()
    expect((await ada.closed).code).toBe(1006)
    const second = await openChat({ path })
    const { visitor, messages, welcome } = await Visitor.join(second.port, 'Ada', 'lobby', 1, first.journal.epoch)
    expect(messages).toEqual([])
    expect(welcome).toMatchObject({ last: 1, epoch: first.journal.epoch })
    visitor.say(id(1), 'before')
    visitor.say(id(2), 'after')
    expect((await visitor.next('ack')).n).toBe(1)
    expect((await visitor.next('ack')).n).toBe(2)
  })

  it('can be kept and yet be unacknowledged when the server dies; the repeat finds them', async () => {
    const path = join(await folder(), 'chat.ndjson')
    const first = await openChat({ path })
    const { visitor: ada } = await Visitor.join(first.port, 'Ada')
    first.chat.hold(true)
    ada.say(id(1), 'kept')
    await until(() => first.journal.last('lobby') === 1)
    expect(ada.frames.filter(({ type }) => type === 'ack')).toEqual([])
    await first.end()
    const second = await openChat({ path })
    const { visitor, messages } = await Visitor.join(second.port, 'Ada')
    expect(messages.map(({ text }) => text)).toEqual(['kept'])
    visitor.say(id(1), 'kept')
    expect((await visitor.next('ack')).n).toBe(1)
  })

  it('are refused with an error that names them when the disk fails, and taken when it is well again', async () => {
    let fails = 1
    const write: typeof writeDurably = async (file, lines, position) => {
      if (position > 0 && fails-- > 0) throw new Error('no space left')
      await writeDurably(file, lines, position)
    }
    const { port } = await openChat({ journal: { write } })
    const { visitor } = await Visitor.join(port, 'Ada')
    visitor.say(id(1), 'hello')
    expect(await visitor.next('error')).toMatchObject({ code: 'storage-failed', id: id(1), retryAfter: 1000 })
    visitor.say(id(1), 'hello')
    expect((await visitor.next('ack')).n).toBe(1)
  })
})

describe('joining', () => {
  it('brings everything after the last number seen, oldest first', async () => {
    const { port, journal } = await openChat({ chat: plenty })
    const { visitor: ada } = await Visitor.join(port, 'Ada')
    for (let n = 1; n <= 5; n++) ada.say(id(n), `${n}`)
    for (let n = 1; n <= 5; n++) await ada.next('ack')
    const since = async (n: number, epoch = journal.epoch) =>
      (await Visitor.join(port, 'Bea', 'lobby', n, epoch)).messages.map(({ text }) => text).join('')
    expect(await since(0)).toBe('12345')
    expect(await since(3)).toBe('45')
    expect(await since(5)).toBe('')
    // Numbers that this journal never gave: of another epoch, or from the future.
    expect(await since(3, 'another epoch')).toBe('12345')
    expect(await since(99)).toBe('12345')
  })

  it('brings a long history in parts, whole and in order, before anything new', async () => {
    const { port } = await openChat({ chat: { ...plenty, historyBytes: 2000 } })
    const { visitor: ada } = await Visitor.join(port, 'Ada')
    for (let n = 1; n <= 100; n++) ada.say(id(n), `${n}`.padEnd(100, '.'))
    const { visitor: bea } = await Visitor.join(port, 'Bea', 'attic')
    for (let n = 1; n <= 100; n++) await ada.next('ack')
    bea.send({ type: 'join', room: 'lobby', nick: 'Bea', since: 0, epoch: '' })
    ada.say(id('new'), 'news')
    const news = await bea.next('message')
    expect(news.message.n).toBe(101)
    const parts = bea.frames.filter((frame) => frame.type === 'history')
    expect(parts.length).toBeGreaterThan(5)
    expect(parts.slice(0, -1).every(({ more }) => more)).toBe(true)
    expect(parts.at(-1)?.more).toBe(false)
    const numbers = parts.flatMap(({ messages }) => messages.map(({ n }) => n))
    expect(numbers).toEqual(Array.from({ length: 100 }, (_, index) => index + 1))
  })

  it('keeps no more history than it says', async () => {
    const { port } = await openChat({ chat: plenty, journal: { limits: { messages: 3 } } })
    const { visitor: ada } = await Visitor.join(port, 'Ada')
    for (let n = 1; n <= 10; n++) ada.say(id(n), `${n}`)
    for (let n = 1; n <= 10; n++) await ada.next('ack')
    const { messages, welcome } = await Visitor.join(port, 'Bea')
    expect(messages.map(({ n }) => n)).toEqual([8, 9, 10])
    expect(welcome.last).toBe(10)
  })

  it('shows who is there, and tells the others who comes, goes, moves and takes another name', async () => {
    const { port } = await openChat()
    const { visitor: ada, welcome } = await Visitor.join(port, 'Ada')
    expect(welcome.people).toEqual([{ nick: 'Ada', tabs: 1 }])
    const is = (...people: [string, number][]) =>
      ada.next(
        'presence',
        (frame) => JSON.stringify(frame.people.map(({ nick, tabs }) => [nick, tabs])) === JSON.stringify(people),
      )
    const { visitor: bea } = await Visitor.join(port, 'Bea')
    await is(['Ada', 1], ['Bea', 1])
    const { visitor: twin } = await Visitor.join(port, 'Bea')
    await is(['Ada', 1], ['Bea', 2])
    await twin.join('Cleo')
    await is(['Ada', 1], ['Bea', 1], ['Cleo', 1])
    await twin.join('Cleo', 'attic')
    await is(['Ada', 1], ['Bea', 1])
    bea.socket.terminate()
    await is(['Ada', 1])
  })

  it('refuses a room beyond the bound, and people beyond the bound of a room', async () => {
    const { port } = await openChat({ chat: { peoplePerRoom: 1 }, journal: { limits: { rooms: 2 } } })
    await Visitor.join(port, 'Ada', 'one')
    await Visitor.join(port, 'Bea', 'two')
    const visitor = new Visitor(port)
    await visitor.open()
    visitor.send({ type: 'join', room: 'three', nick: 'Eve', since: 0, epoch: '' })
    expect(await visitor.next('error')).toMatchObject({ code: 'too-many-rooms' })
    visitor.send({ type: 'join', room: 'two', nick: 'Eve', since: 0, epoch: '' })
    expect(await visitor.next('error')).toMatchObject({ code: 'room-full' })
    visitor.say(id(1), 'hello', 'two')
    expect(await visitor.next('error')).toMatchObject({ code: 'not-joined', id: id(1) })
  })
})

describe('a ping', () => {
  it('is answered with a pong, joined or not', async () => {
    const { port } = await openChat()
    const visitor = new Visitor(port)
    await visitor.open()
    visitor.send({ type: 'ping' })
    expect(await visitor.next('pong')).toEqual({ type: 'pong' })
  })

  it('is counted where the server shows its own view', async () => {
    const { port, chat } = await openChat()
    const { visitor } = await Visitor.join(port, 'Ada')
    await visitor.settled()
    await visitor.settled()
    expect(chat.status().connections).toMatchObject([{ nick: 'Ada', room: 'lobby', pings: 2, pongs: 2 }])
  })
})

describe('a bad frame', () => {
  const join = { type: 'join', room: 'lobby', nick: 'Ada', since: 0, epoch: '' }
  const say = { type: 'say', room: 'lobby', id: id(1), text: 'hello' }
  const bad: [string, object | string | Uint8Array, string, RegExp][] = [
    ['that is no JSON', 'hello', 'not-json', /JSON object/],
    ['that is empty', '', 'not-json', /JSON object/],
    ['that is binary', new Uint8Array([1, 2, 3]), 'binary', /text frames/],
    ['that is too large', { ...say, text: 'x'.repeat(17_000) }, 'too-large', /at most 16384 bytes/],
    ['that is an array', [], 'unknown-type', /"ping", "join" or "say"/],
    ['that is null', 'null', 'unknown-type', /"ping", "join" or "say"/],
    ['of no type', {}, 'unknown-type', /"ping", "join" or "say"/],
    ['of an unknown type', { type: 'shout' }, 'unknown-type', /"ping", "join" or "say"/],
    ['of an inherited type', '{"__proto__":{"type":"ping"}}', 'unknown-type', /"ping", "join" or "say"/],
    ['with a room of wrong characters', { ...join, room: '../etc' }, 'invalid-field', /"room": 1 to 32/],
    ['with an empty room', { ...join, room: '' }, 'invalid-field', /"room": 1 to 32/],
    ['with a room too long', { ...join, room: 'r'.repeat(33) }, 'invalid-field', /"room": 1 to 32/],
    ['with a room that is no text', { ...join, room: 7 }, 'invalid-field', /"room": 1 to 32/],
    ['with an empty nick', { ...join, nick: '' }, 'invalid-field', /"nick": 1 to 24/],
    ['with a blank nick', { ...join, nick: '  ' }, 'invalid-field', /"nick": 1 to 24/],
    ['with a nick too long', { ...join, nick: 'n'.repeat(25) }, 'invalid-field', /"nick": 1 to 24/],
    ['with a nick that turns the line around', { ...join, nick: 'Ada\u202e' }, 'invalid-field', /"nick": 1 to 24/],
    ['with a nick of markup', { ...join, nick: '<b>Ada' }, 'invalid-field', /"nick": 1 to 24/],
    ['with a negative since', { ...join, since: -1 }, 'invalid-field', /"since": a whole number/],
    ['with a broken since', { ...join, since: 1.5 }, 'invalid-field', /"since": a whole number/],
    ['with a since that is no number', { ...join, since: '1' }, 'invalid-field', /"since": a whole number/],
    ['without an epoch', { ...join, epoch: undefined }, 'invalid-field', /"epoch"/],
    ['with an epoch too long', { ...join, epoch: 'e'.repeat(65) }, 'invalid-field', /"epoch"/],
    ['with an id too short', { ...say, id: 'short' }, 'invalid-field', /"id": 8 to 64/],
    ['with an id of wrong characters', { ...say, id: 'with spaces in it' }, 'invalid-field', /"id": 8 to 64/],
    ['with a blank text', { ...say, text: ' \n ' }, 'invalid-field', /"text": 1 to 2000/],
    ['with a text too long', { ...say, text: 'x'.repeat(2001) }, 'invalid-field', /"text": 1 to 2000/],
    ['with a text that is none', { ...say, text: ['hello'] }, 'invalid-field', /"text": 1 to 2000/],
    ['with control characters', { ...say, text: 'a\u001b[31m' }, 'invalid-field', /"text": 1 to 2000/],
    ['with half a surrogate pair', { ...say, text: 'a\ud83d' }, 'invalid-field', /"text": 1 to 2000/],
  ]

  it.each(bad)('%s gets an error that says what was expected', async (_, frame, code, expected) => {
    const { port, journal } = await openChat()
    const { visitor } = await Visitor.join(port, 'Ada')
    visitor.send(frame)
    const error = await visitor.next('error')
    expect(error.code).toBe(code)
    expect(error.expected).toMatch(expected)
    const isMessage = code === 'invalid-field' && (frame as typeof say).id === id(1)
    expect(error.id).toBe(isMessage ? id(1) : undefined)
    await visitor.settled()
    expect(journal.last('lobby')).toBe(0)
  })

  it('at the very bounds is none: the longest text, nick and room are taken', async () => {
    const { port } = await openChat()
    const visitor = new Visitor(port)
    await visitor.open()
    await visitor.join('n'.repeat(bounds.nickLength), 'r'.repeat(bounds.roomLength))
    visitor.say('i'.repeat(64), '漢'.repeat(bounds.textLength), 'r'.repeat(bounds.roomLength))
    expect((await visitor.next('ack')).n).toBe(1)
    for (const nick of ['Ada Lovelace', 'Zoë', "O'Neil", 'Łukasz', '小明', 'R2-D2', 'नेहा']) await visitor.join(nick)
  })

  it('beyond all measure closes the connection with 1009 before it is read', async () => {
    const { port } = await openChat({ chat: { hardFrameBytes: 100_000 } })
    const { visitor } = await Visitor.join(port, 'Ada')
    visitor.send('x'.repeat(200_000))
    expect((await visitor.closed).code).toBe(1009)
  })

  it('too often closes the connection with 1008, after an error for each', async () => {
    const { port } = await openChat({ chat: { faults: 3, faultsPerSecond: never } })
    const { visitor } = await Visitor.join(port, 'Ada')
    for (let n = 1; n <= 5; n++) visitor.send('nonsense')
    expect(await visitor.closed).toEqual({ code: 1008, reason: 'abuse: not-json' })
    expect(visitor.frames.filter(({ type }) => type === 'error')).toHaveLength(4)
  })
})

describe('a frame too many', () => {
  it('gets an error that names the message and the wait; the message is not kept', async () => {
    const { port, journal } = await openChat({ chat: { burst: 3, perSecond: never } })
    const { visitor } = await Visitor.join(port, 'Ada')
    for (let n = 1; n <= 3; n++) visitor.say(id(n), `${n}`)
    const error = await visitor.next('error')
    expect(error).toMatchObject({ code: 'too-frequent', id: id(3) })
    expect(error.expected).toMatch(/at most 3 frames at once/)
    expect(error.retryAfter).toBeGreaterThanOrEqual(1000)
    expect((await visitor.next('ack')).n).toBe(1)
    expect((await visitor.next('ack')).n).toBe(2)
    expect(journal.last('lobby')).toBe(2)
  })

  it('makes the server refuse what follows for a while, so that nothing overtakes the message refused', async () => {
    let now = 0
    const { port, journal } = await openChat({ chat: { burst: 2, perSecond: 10 }, monotonic: () => now })
    const { visitor } = await Visitor.join(port, 'Ada')
    visitor.say(id(1), 'one')
    visitor.say(id(2), 'two')
    expect(await visitor.next('error')).toMatchObject({ id: id(2), retryAfter: 1000 })
    // By now the rate limit alone would let it pass.
    now = 999
    visitor.say(id(3), 'three')
    expect(await visitor.next('error')).toMatchObject({ id: id(3), retryAfter: 1000 })
    now = 1999
    visitor.say(id(2), 'two')
    visitor.say(id(3), 'three')
    for (const n of [1, 2, 3]) expect(await visitor.next('ack')).toMatchObject({ id: id(n), n })
    expect(journal.last('lobby')).toBe(3)
  })

  it('again and again closes the connection with 1008', async () => {
    const { port } = await openChat({ chat: { burst: 2, perSecond: never, faults: 4, faultsPerSecond: never } })
    const { visitor } = await Visitor.join(port, 'Ada')
    for (let n = 1; n <= 20; n++) visitor.send({ type: 'ping' })
    expect(await visitor.closed).toEqual({ code: 1008, reason: 'abuse: too-frequent' })
  })
})

describe('a connection', () => {
  it('is let go when it never joins, and when it has long been quiet', async () => {
    let now = 1000
    const { port, chat } = await openChat({ now: () => now })
    const lurker = new Visitor(port)
    await lurker.open()
    const { visitor } = await Visitor.join(port, 'Ada')
    chat.sweep()
    await lurker.settled()
    now += 11_000
    chat.sweep()
    expect((await lurker.closed).code).toBe(4408)
    await visitor.settled()
    now += 151_000
    chat.sweep()
    expect((await visitor.closed).code).toBe(1006)
  })

  it('is let go when it does not read what it is sent', async () => {
    const { port, chat } = await openChat({ chat: { ...plenty, unreadBytes: 10_000, historyBytes: 1e9 } })
    const { visitor: ada } = await Visitor.join(port, 'Ada')
    const { visitor: deaf } = await Visitor.join(port, 'Deaf')
    deaf.socket.pause()
    const there = () => chat.status().connections.some(({ nick }) => nick === 'Deaf')
    // As much at a time as one batch of the journal holds; the kernel buffers some megabytes before the server notices.
    for (let n = 0; there(); n += 100) {
      for (let m = 0; m < 100; m++) ada.say(id(n + m), '漢'.repeat(2000))
      for (let m = 0; m < 100; m++) await ada.next('ack')
    }
    expect(there()).toBe(false)
  })

  it('is told with 1001 when the server stops', async () => {
    const { port, chat } = await openChat()
    const { visitor } = await Visitor.join(port, 'Ada')
    chat.close()
    expect(await visitor.closed).toEqual({ code: 1001, reason: 'the server is stopping' })
  })

  it('that is reset while a message is being written takes nothing down with it', async () => {
    const { port } = await openChat()
    const { visitor: ada } = await Visitor.join(port, 'Ada')
    const { visitor: bea } = await Visitor.join(port, 'Bea')
    ada.say(id(1), 'last words')
    ;(ada.socket as WebSocket & { _socket: import('node:net').Socket })._socket.end()
    expect((await bea.next('message')).message.text).toBe('last words')
  })
})

describe('a silent server', () => {
  it('reads nothing and says nothing, and then goes on where it stood', async () => {
    const { port, chat, journal } = await openChat()
    const { visitor: ada } = await Visitor.join(port, 'Ada')
    const { visitor: bea } = await Visitor.join(port, 'Bea')
    await ada.next('presence', ({ people }) => people.length === 2)
    chat.silence(true)
    ada.say(id(1), 'hello?')
    // It still accepts, and hears the newcomer as little as the others.
    const late = new Visitor(port)
    await late.open()
    const joined = late.join('Late')
    expect(chat.status().connections.map(({ nick }) => nick)).toEqual(['Ada', 'Bea', ''])
    expect(ada.frames.filter(({ type }) => type === 'ack')).toEqual([])
    expect(journal.last('lobby')).toBe(0)
    chat.silence(false)
    expect((await ada.next('ack')).n).toBe(1)
    expect((await bea.next('message')).message.text).toBe('hello?')
    await joined
    await bea.next('presence', ({ people }) => people.length === 3)
  })
})
