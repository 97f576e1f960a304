/** The page's store: nothing lost, nothing twice, everything in its place, whatever arrives in whatever order. */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Chat,
  type ChatEvent,
  due,
  initialChat,
  isFull,
  newsSince,
  reduce,
  undelivered,
} from '../../demo/client/chat-store.ts'
import { bounds, type Message, type ServerFrame } from '../../demo/protocol.ts'

const play = (chat: Chat, ...events: ChatEvent[]) => events.reduce(reduce, chat)
const hear = (chat: Chat, ...frames: ServerFrame[]) =>
  play(chat, ...frames.map((frame) => ({ type: 'frame', frame }) as const))
const room = 'lobby'
const id = (n: number) => `message-${n}`
const message = (n: number, change: Partial<Message> = {}): Message => ({
  n,
  id: id(n),
  nick: 'Bea',
  text: `text ${n}`,
  at: n,
  ...change,
})
const welcome = (last: number, change = {}): ServerFrame => ({
  type: 'welcome',
  room,
  nick: 'Ada',
  epoch: 'e1',
  last,
  people: [],
  ...change,
})
const history = (...messages: Message[]): ServerFrame => ({ type: 'history', room, messages, more: false })
const news = (one: Message): ServerFrame => ({ type: 'message', room, message: one })
const ack = (n: number, of = id(n)): ServerFrame => ({ type: 'ack', room, id: of, n, nick: 'Ada', at: n })
const write = (of: string): ChatEvent => ({ type: 'written', id: of, text: `text of ${of}`, at: 1 })

const fresh = () => initialChat(room, 'Ada')
const joined = (...messages: Message[]) =>
  hear(play(fresh(), { type: 'opened' }), welcome(messages.length), history(...messages))
const numbers = (chat: Chat) => chat.log.map(({ n }) => n)
const going = (chat: Chat) => chat.outbox.map((one) => [one.id, one.status])

describe("a message of one's own", () => {
  it('waits while nothing is joined, is sent when handed over, and delivered when acknowledged', () => {
    let chat = play(fresh(), write('a'.repeat(8)))
    expect(due(chat)).toBeNull()
    chat = hear(play(chat, { type: 'opened' }), welcome(0), history())
    expect(due(chat)?.id).toBe('aaaaaaaa')
    chat = play(chat, { type: 'handed', id: 'aaaaaaaa' })
    expect(going(chat)).toEqual([['aaaaaaaa', 'sent']])
    expect(due(chat)).toBeNull()
    chat = hear(chat, ack(1, 'aaaaaaaa'))
    expect(chat.outbox).toEqual([])
    expect(chat.log).toEqual([{ n: 1, id: 'aaaaaaaa', nick: 'Ada', text: 'text of aaaaaaaa', at: 1 }])
    expect(chat.mine).toEqual(['aaaaaaaa'])
    expect(chat.last).toBe(1)
  })

  it('waits again, in its old place, when the socket is lost before the acknowledgement', () => {
    let chat = play(joined(), write('first'), write('second'), write('third'))
    chat = play(chat, { type: 'handed', id: 'first' }, { type: 'handed', id: 'second' }, { type: 'closed' })
    expect(going(chat)).toEqual([
      ['first', 'waiting'],
      ['second', 'waiting'],
      ['third', 'waiting'],
    ])
    expect(due(chat)).toBeNull()
    chat = hear(play(chat, { type: 'opened' }), welcome(0), history())
    expect(due(chat)?.id).toBe('first')
  })

  it('is delivered, and not sent again, when the history shows that the server has it', () => {
    let chat = play(
      joined(),
      write('kept-one'),
      { type: 'handed', id: 'kept-one' },
      { type: 'closed' },
      { type: 'opened' },
    )
    chat = hear(chat, welcome(1), history(message(1, { id: 'kept-one' })))
    expect(due(chat)).toBeNull()
    expect(chat.outbox).toEqual([])
    expect(numbers(chat)).toEqual([1])
    // The acknowledgement of the first sending may still come.
    expect(numbers(hear(chat, ack(1, 'kept-one')))).toEqual([1])
  })

  it('is delivered when it comes back as news, sent by another tab that was copied from this one', () => {
    const chat = hear(play(joined(), write('copied-1')), news(message(1, { id: 'copied-1' })))
    expect(chat.outbox).toEqual([])
    expect(numbers(chat)).toEqual([1])
    expect(numbers(hear(chat, ack(1, 'copied-1')))).toEqual([1])
  })

  it('is refused with the reason when the server will never take it, and can be tried again or removed', () => {
    let chat = play(joined(), write('wrong-one'), { type: 'handed', id: 'wrong-one' })
    chat = hear(chat, { type: 'error', code: 'invalid-field', expected: 'less', id: 'wrong-one' })
    expect(chat.outbox).toMatchObject([{ status: 'refused', why: 'less' }])
    expect(due(chat)).toBeNull()
    expect(due(play(chat, { type: 'retried', id: 'wrong-one' }))).toMatchObject({ id: 'wrong-one', status: 'waiting' })
    expect(play(chat, { type: 'discarded', id: 'wrong-one' }).outbox).toEqual([])
  })

  it.each(['too-frequent', 'busy', 'storage-failed', 'not-joined'] as const)(
    'waits again with all that was sent after it when the server cannot take it now (%s)',
    (code) => {
      let chat = play(joined(), write('first'), write('second'), write('third'))
      for (const of of ['first', 'second', 'third']) chat = play(chat, { type: 'handed', id: of })
      chat = hear(chat, { type: 'error', code, expected: 'less', id: 'second', retryAfter: 1000 })
      expect(going(chat)).toEqual([
        ['first', 'sent'],
        ['second', 'waiting'],
        ['third', 'waiting'],
      ])
      expect(chat.joined).toBe(code !== 'not-joined')
    },
  )

  it('keeps the time at which it was written, whoever says that it is delivered', () => {
    const written: ChatEvent = { type: 'written', id: 'dated-one', text: 'hello', at: 1000 }
    const sent = play(joined(), written, { type: 'handed', id: 'dated-one' })
    const late = message(1, { id: 'dated-one', at: 99_000 })
    for (const frame of [ack(1, 'dated-one'), news(late), history(late)]) {
      expect(hear(sent, frame).log, frame.type).toMatchObject([{ id: 'dated-one', at: 1000 }])
    }
    expect(hear(joined(), news(late)).log).toMatchObject([{ id: 'dated-one', at: 99_000 }])
  })

  it('goes to the room it was written in, wherever one is when it is acknowledged', () => {
    let chat = play(joined(), write('for-lobby'), { type: 'entered', room: 'attic' }, write('for-attic'))
    expect(chat.outbox.map((one) => [one.id, one.room])).toEqual([
      ['for-lobby', 'lobby'],
      ['for-attic', 'attic'],
    ])
    chat = hear(chat, ack(1, 'for-lobby'))
    expect(chat.outbox.map((one) => one.id)).toEqual(['for-attic'])
    expect(chat.log).toEqual([])
  })

  it('is not taken when the tab already keeps as many as it may', () => {
    let chat = fresh()
    for (let n = 0; n < bounds.outbox; n++) chat = play(chat, write(`message-${n}`))
    expect(isFull(chat)).toBe(true)
    expect(play(chat, write('one-more'))).toBe(chat)
  })
})

describe('the log', () => {
  it('is ordered by number, each once, however often and in whatever order messages come', () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray([1, 2, 3, 4, 5, 6, 7, 8], { minLength: 8 }),
        fc.array(fc.integer({ min: 1, max: 8 })),
        (order, repeats) => {
          let chat = joined()
          for (const n of [...order, ...repeats]) chat = hear(chat, news(message(n)))
          expect(numbers(chat)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
        },
      ),
    )
  })

  it('counts only what is whole, and notices a number that was skipped', () => {
    let chat = hear(joined(message(1)), news(message(2)))
    expect(chat.last).toBe(2)
    expect(chat.behind).toBe(false)
    chat = hear(chat, news(message(4)))
    expect(chat.last).toBe(2)
    expect(chat.behind).toBe(true)
    chat = hear(chat, welcome(4), history(message(3), message(4)))
    expect(chat.last).toBe(4)
    expect(chat.behind).toBe(false)
    expect(numbers(chat)).toEqual([1, 2, 3, 4])
  })

  it('is joined only when the last part of the history is there', () => {
    let chat = hear(play(fresh(), { type: 'opened' }), welcome(3), {
      type: 'history',
      room,
      messages: [message(1)],
      more: true,
    })
    expect(chat.joined).toBe(false)
    expect(due(play(chat, write('waiting1')))).toBeNull()
    chat = hear(chat, history(message(2), message(3)))
    expect(chat.joined).toBe(true)
    expect(chat.last).toBe(3)
  })

  it('reaches to the last number even where the server no longer keeps all', () => {
    const chat = hear(play(fresh(), { type: 'opened' }), welcome(900), history(message(899), message(900)))
    expect(chat.last).toBe(900)
    expect(hear(chat, news(message(901))).behind).toBe(false)
  })

  it('begins anew when another journal numbers, and keeps what is on its way', () => {
    let chat = play(joined(message(1), message(2)), write('on-its-way'), { type: 'closed' }, { type: 'opened' })
    chat = hear(chat, welcome(1, { epoch: 'e2' }), history(message(1, { id: 'other-one' })))
    expect(chat.log.map((one) => one.id)).toEqual(['other-one'])
    expect(chat.last).toBe(1)
    expect(due(chat)?.id).toBe('on-its-way')
  })

  it('stays when a second join crosses with news', () => {
    let chat = play(joined(message(1)), { type: 'renamed', nick: 'Zoe' })
    // Sent while the join was under way; the welcome answers the number of before.
    chat = hear(chat, news(message(2)), welcome(2), history(message(2)))
    expect(numbers(chat)).toEqual([1, 2])
    expect(chat.last).toBe(2)
  })

  it('stays, whole and in sight, when two first joins cross and the history comes twice', () => {
    const chat = hear(joined(message(1), message(2)), welcome(2))
    expect(numbers(chat)).toEqual([1, 2])
    expect(numbers(hear(chat, history(message(1), message(2))))).toEqual([1, 2])
  })

  it('begins anew when the journal has lost what was seen', () => {
    const chat = hear(joined(message(1), message(2)), welcome(1), history(message(1, { id: 'other-one' })))
    expect(chat.log.map((one) => one.id)).toEqual(['other-one'])
    expect(chat.last).toBe(1)
  })

  it('keeps no more than the server does, and lets nothing old back in', () => {
    let chat = joined()
    for (let n = 1; n <= bounds.history + 10; n++) chat = hear(chat, news(message(n)))
    expect(chat.log).toHaveLength(bounds.history)
    expect(chat.log[0]?.n).toBe(11)
    expect(hear(chat, news(message(3))).log).toBe(chat.log)
  })

  it('is emptied by another room, whose late frames no longer count', () => {
    let chat = play(joined(message(1)), { type: 'drafted', text: 'half a' }, { type: 'entered', room: 'attic' })
    expect(chat).toMatchObject({ log: [], last: 0, joined: false, room: 'attic' })
    const before = chat
    chat = hear(chat, news(message(2)), history(message(2)), {
      type: 'presence',
      room,
      people: [{ nick: 'Bea', tabs: 1 }],
    })
    expect(chat).toBe(before)
    expect(chat.drafts).toEqual({ lobby: 'half a' })
  })

  it('says why a room cannot be joined, until one is', () => {
    let chat = hear(play(fresh(), { type: 'opened' }), {
      type: 'error',
      code: 'too-many-rooms',
      expected: 'one of the 32',
    })
    expect(chat.problem).toMatch(/one of the 32/)
    chat = hear(chat, welcome(0), history())
    expect(chat.problem).toBeNull()
  })
})

describe('news below what is in sight', () => {
  it('counts what others wrote and nothing of one’s own', () => {
    let chat = play(joined(message(1)), write('mine-one'), { type: 'handed', id: 'mine-one' })
    chat = hear(chat, news(message(2)), ack(3, 'mine-one'), news(message(4)))
    expect(chat.log).toHaveLength(4)
    expect(newsSince(chat, 1)).toBe(2)
    expect(newsSince(chat, 2)).toBe(1)
    expect(newsSince(chat, 4)).toBe(0)
  })
})

describe('what would be lost with the tab', () => {
  it('is what waits and what nobody has acknowledged, in whatever room; not what was refused or delivered', () => {
    let chat = joined()
    expect(undelivered(chat)).toBe(0)
    chat = play(chat, write('first'), { type: 'entered', room: 'attic' }, write('second'))
    expect(undelivered(chat)).toBe(2)
    chat = play(chat, { type: 'handed', id: 'second' })
    expect(undelivered(chat)).toBe(2)
    chat = hear(chat, { type: 'error', code: 'invalid-field', expected: 'less', id: 'second' })
    expect(undelivered(chat)).toBe(1)
    chat = hear(chat, ack(1, 'first'))
    expect(undelivered(chat)).toBe(0)
  })
})

describe('news that is none', () => {
  it('leaves the very same object', () => {
    const chat = joined(message(1))
    expect(hear(chat, { type: 'pong' })).toBe(chat)
    expect(hear(chat, news(message(1)))).toBe(chat)
    expect(hear(chat, ack(9, 'unknown-1'))).toBe(chat)
    expect(play(chat, { type: 'entered', room })).toBe(chat)
    expect(play(chat, { type: 'renamed', nick: 'Ada' })).toBe(chat)
    expect(play(chat, { type: 'drafted', text: '' })).toBe(chat)
    expect(play(chat, { type: 'handed', id: 'unknown-1' })).toBe(chat)
  })
})
