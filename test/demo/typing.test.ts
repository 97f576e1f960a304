/** Who is writing: heard in passing, forgotten by themselves, and gone with what they were writing. */

import { describe, expect, it } from 'vitest'
import { exceptHeard, lasts, stillTyping, type Typist, withTypist } from '../../demo/client/chat/typing.ts'
import { isTyping, type Message, type Typing } from '../../demo/protocol.ts'
import { openChat, until, Visitor } from '../support/chat-visitor.ts'

const word = (from: string, nick = from): Typing => ({ type: 'typing', room: 'lobby', from, nick })
const message = (from: string): Message => ({ n: 1, id: 'message-1', from, nick: from, text: 'said', at: 1 })
const names = (list: readonly Typist[]) => list.map(({ nick }) => nick)

describe('who is writing', () => {
  it('counts for a while, and longer with each word about it', () => {
    let list = withTypist([], word('ada'), 0)
    list = withTypist(list, word('bea'), 1000)
    list = withTypist(list, word('ada'), 2000)
    expect(names(stillTyping(list, 1000 + lasts - 1))).toEqual(['bea', 'ada'])
    expect(names(stillTyping(list, 1000 + lasts))).toEqual(['ada'])
    expect(stillTyping(list, 2000 + lasts)).toEqual([])
    expect(stillTyping(list, 2000)).toBe(list)
  })

  it('ends when it is said, for that person alone', () => {
    const list = withTypist(withTypist([], word('ada'), 0), word('bea'), 0)
    expect(names(exceptHeard(list, message('ada')))).toEqual(['bea'])
    expect(exceptHeard(list, message('cleo'))).toBe(list)
    expect(exceptHeard(list, undefined)).toBe(list)
  })

  it('is remembered of twenty at most', () => {
    let list: readonly Typist[] = []
    for (let n = 0; n < 50; n++) list = withTypist(list, word(`tab-${n}`), n)
    expect(list).toHaveLength(20)
  })

  it('is believed only where it looks right', () => {
    expect(isTyping(word('a'.repeat(32), 'Ada'))).toBe(true)
    for (const wrong of [null, { ...word('short', 'Ada') }, word('a'.repeat(32), '<b>'), { type: 'typing' }]) {
      expect(isTyping(wrong)).toBe(false)
    }
  })
})

describe('on the line', () => {
  it('it is told to the others in the room, under the name they know, and kept nowhere', async () => {
    const { port, store } = await openChat()
    const ada = await Visitor.join(port, 'Ada')
    const bea = await Visitor.join(port, 'Bea')
    const cleo = await Visitor.join(port, 'Cleo', 'attic')
    const heard: Record<string, unknown[]> = { ada: [], bea: [], cleo: [] }
    for (const [name, { session }] of Object.entries({ ada, bea, cleo })) {
      session.ws.on('message', (event, isControl) => {
        const data = session.ws.messageData(event)
        if (!isControl && isTyping(data)) heard[name]?.push(data)
      })
    }
    ada.session.post({ type: 'typing', room: 'lobby', from: ada.me, nick: 'Eve' })
    ada.session.post({ type: 'typing', room: 'attic', from: ada.me, nick: 'Ada' })
    await until(() => heard.bea?.length === 1)
    await Promise.all([ada.settled(), bea.settled(), cleo.settled()])
    expect(heard).toEqual({
      ada: [],
      bea: [{ type: 'typing', room: 'lobby', from: ada.me, nick: 'Ada' }],
      cleo: [],
    })
    expect((await store.position('room:lobby')).offset).toBe(0)
  })
})
