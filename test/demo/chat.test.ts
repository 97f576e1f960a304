/**
 * The page's session against a model of the server: losses at any moment, and still every message once, in one order.
 * Also what it keeps for the tab, and the pace at which it sends.
 */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ChatSession } from '../../demo/client/chat.ts'
import type { Kept } from '../../demo/client/chat-store.ts'
import { newId, readKept, readNick, writeKept } from '../../demo/client/tab-storage.ts'
import {
  bounds,
  type ClientFrame,
  idPattern,
  type Message,
  nickFault,
  readClientFrame,
  type ServerFrame,
} from '../../demo/protocol.ts'

const nothing: Kept = { outbox: [], mine: [], drafts: {} }

/** A tab with its session, its clock and a line that a test opens and cuts. */
function openTab(kept: Partial<Kept> = {}, nick = 'Ada') {
  const tab = {
    now: 0,
    open: false,
    sent: [] as ClientFrame[],
    kept: { ...nothing, ...kept } as Kept,
    timers: [] as { at: number; fn: () => void }[],
    session: null as unknown as ChatSession,
    /** Lets time pass, with every timer at its moment. */
    pass(ms: number) {
      const until = tab.now + ms
      for (;;) {
        const next = tab.timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0]
        if (!next) break
        tab.timers.splice(tab.timers.indexOf(next), 1)
        tab.now = next.at
        next.fn()
      }
      tab.now = until
    },
    connect() {
      tab.open = true
      tab.session.opened()
    },
    cut() {
      tab.open = false
      tab.session.closed()
    },
    hear: (frame: ServerFrame) => tab.session.received(JSON.stringify(frame)),
    /** Joins with nothing in the room. */
    join() {
      tab.connect()
      tab.hear({ type: 'welcome', room: 'lobby', nick, epoch: 'e', last: 0, people: [] })
      tab.hear({ type: 'history', room: 'lobby', messages: [], more: false })
    },
    said: () => tab.sent.filter((frame) => frame.type === 'say').map(({ text }) => text),
  }
  tab.session = new ChatSession({
    room: 'lobby',
    nick,
    kept: tab.kept,
    keep: (next) => {
      tab.kept = JSON.parse(JSON.stringify(next))
    },
    transmit: (text) => {
      if (!tab.open) return false
      const reading = readClientFrame(text)
      // Whatever the page sends, the server must be able to read.
      if (!('frame' in reading)) throw new Error(`unreadable: ${text}`)
      tab.sent.push(reading.frame)
      return true
    },
    newId,
    now: () => tab.now,
    setTimeout: (fn, ms) => tab.timers.push({ at: tab.now + ms, fn }),
  })
  return tab
}

/** A room that keeps messages as the server does. */
function openRoom() {
  const log: Message[] = []
  return {
    log,
    keep(frame: Extract<ClientFrame, { type: 'say' }>, nick: string): Message {
      const known = log.find(({ id }) => id === frame.id)
      if (known) return known
      const message = { n: log.length + 1, id: frame.id, nick, text: frame.text, at: 0 }
      log.push(message)
      return message
    },
  }
}

describe('the session', () => {
  it('joins with the last number it saw, on every opening', () => {
    const tab = openTab()
    tab.join()
    tab.hear({ type: 'message', room: 'lobby', message: { n: 1, id: 'message-1', nick: 'Bea', text: 'x', at: 1 } })
    tab.cut()
    tab.connect()
    expect(tab.sent).toEqual([
      { type: 'join', room: 'lobby', nick: 'Ada', since: 0, epoch: '' },
      { type: 'join', room: 'lobby', nick: 'Ada', since: 1, epoch: 'e' },
    ])
  })

  it('sends what waits after the join, in the order written, and nothing before', () => {
    const tab = openTab()
    tab.session.write('one')
    tab.session.write('two')
    tab.connect()
    expect(tab.said()).toEqual([])
    tab.hear({ type: 'welcome', room: 'lobby', nick: 'Ada', epoch: 'e', last: 0, people: [] })
    tab.hear({ type: 'history', room: 'lobby', messages: [], more: false })
    expect(tab.said()).toEqual(['one', 'two'])
    expect(tab.session.getSnapshot().outbox.map(({ status }) => status)).toEqual(['sent', 'sent'])
  })

  it('says with each message how long ago it was written, and never that it comes from the future', () => {
    const tab = openTab()
    tab.session.write('one')
    tab.pass(90_000)
    tab.join()
    tab.session.write('two')
    const ages = () => tab.sent.flatMap((frame) => (frame.type === 'say' ? [frame.age] : []))
    expect(ages()).toEqual([90_000, 0])
    // The clock was set back, and forward by a year.
    tab.cut()
    tab.now = 10
    tab.join()
    expect(ages().slice(2)).toEqual([10, 0])
    tab.cut()
    tab.now = 2 ** 35
    tab.join()
    expect(ages().slice(4)).toEqual([bounds.age, bounds.age])
  })

  it('keeps to a pace that the server allows', () => {
    const tab = openTab()
    tab.join()
    for (let n = 0; n < 40; n++) tab.session.write(`${n}`)
    expect(tab.said()).toHaveLength(bounds.pageBurst)
    tab.pass(1000)
    expect(tab.said()).toHaveLength(bounds.pageBurst + bounds.pagePerSecond)
    tab.pass(60_000)
    expect(tab.said()).toEqual(Array.from({ length: 40 }, (_, n) => `${n}`))
    expect(tab.timers).toEqual([])
  })

  it('waits as long as the server says before it repeats what came too soon', () => {
    const tab = openTab()
    tab.join()
    tab.session.write('one')
    tab.session.write('two')
    const [, one] = tab.sent as [ClientFrame, Extract<ClientFrame, { type: 'say' }>]
    tab.hear({ type: 'error', code: 'too-frequent', expected: 'less', id: one.id, retryAfter: 3000 })
    tab.session.write('three')
    tab.pass(2999)
    expect(tab.said()).toEqual(['one', 'two'])
    tab.pass(1)
    expect(tab.said()).toEqual(['one', 'two', 'one', 'two', 'three'])
  })

  it('asks again when a number was skipped, or when the server does not know it as joined', () => {
    const tab = openTab()
    tab.join()
    tab.hear({ type: 'message', room: 'lobby', message: { n: 2, id: 'message-2', nick: 'Bea', text: 'x', at: 1 } })
    expect(tab.sent.at(-1)).toMatchObject({ type: 'join', since: 0 })
    tab.session.write('hello')
    const { id } = tab.sent.at(-1) as Extract<ClientFrame, { type: 'say' }>
    tab.hear({ type: 'error', code: 'not-joined', expected: 'a join', id })
    expect(tab.sent.at(-1)).toMatchObject({ type: 'join', since: 0 })
  })

  it('leaves alone what it cannot read', () => {
    const tab = openTab()
    tab.join()
    const before = tab.session.getSnapshot()
    for (const data of ['', 'hello', 'null', '7', '[]', '{}', '{"type":7}', new Uint8Array(3)])
      tab.session.received(data)
    expect(tab.session.getSnapshot()).toBe(before)
  })

  it('keeps outbox and drafts in the very task in which they change', () => {
    const tab = openTab()
    tab.session.draft('half a sen')
    expect(tab.kept.drafts).toEqual({ lobby: 'half a sen' })
    tab.session.write('a sentence')
    expect(tab.kept).toMatchObject({ outbox: [{ text: 'a sentence', status: 'waiting' }], drafts: {} })
    // As if the page were reloaded now.
    const again = openTab(tab.kept)
    again.join()
    expect(again.said()).toEqual(['a sentence'])
  })

  it('delivers every message once and in one order, wherever lines are cut and tabs reloaded or copied', () => {
    const step = fc.record({
      tab: fc.integer({ min: 0, max: 2 }),
      what: fc.constantFrom(
        ...['write', 'write', 'connect', 'connect', 'cut', 'reload', 'copy', 'pass'],
        ...['serve', 'serve', 'serve', 'serve', 'answer', 'answer', 'answer', 'answer'],
      ),
    })
    const history = (of: typeof step) => fc.array(of, { minLength: 60, maxLength: 160 })
    const copyless = step.filter(({ what }) => what !== 'copy')
    fc.assert(
      fc.property(fc.oneof(history(step), history(copyless)), (steps) => {
        const room = openRoom()
        const written: string[] = []
        const tabs = [0, 1, 2].map((index) => ({
          tab: openTab({}, `Nick${index}`),
          requests: 0,
          joined: false,
          answers: [] as ServerFrame[],
        }))
        const lose = (one: (typeof tabs)[number]) => {
          one.answers = []
          one.joined = false
          one.requests = one.tab.sent.length
        }
        const serve = (one: (typeof tabs)[number]) => {
          const frame = one.tab.sent[one.requests]
          if (!frame) return
          one.requests++
          if (frame.type === 'join') {
            one.joined = true
            const messages = room.log.filter(({ n }) => frame.epoch !== 'e' || n > frame.since)
            one.answers.push({
              type: 'welcome',
              room: 'lobby',
              nick: frame.nick,
              epoch: 'e',
              last: room.log.length,
              people: [],
            })
            one.answers.push({ type: 'history', room: 'lobby', messages, more: false })
          } else if (frame.type === 'say') {
            const isNew = !room.log.some(({ id }) => id === frame.id)
            const message = room.keep(frame, 'x')
            one.answers.push({ type: 'ack', room: 'lobby', id: frame.id, n: message.n, nick: 'x', at: 0 })
            if (isNew) {
              for (const other of tabs) {
                if (other !== one && other.joined) other.answers.push({ type: 'message', room: 'lobby', message })
              }
            }
          }
        }
        const answer = (one: (typeof tabs)[number]) => {
          const frame = one.answers.shift()
          if (frame) one.tab.hear(frame)
        }
        for (const { tab: index, what } of steps) {
          const one = tabs[index] as (typeof tabs)[number]
          const { tab } = one
          if (what === 'write') {
            written.push(`tab ${index}, text ${written.length}`)
            tab.session.write(written.at(-1) as string)
          } else if (what === 'connect' && !tab.open) tab.connect()
          else if (what === 'cut' && tab.open) {
            tab.cut()
            lose(one)
          } else if (what === 'reload' || what === 'copy') {
            // A copy continues with the neighbour's storage beside its own, as two tabs in one would.
            const from = what === 'copy' ? (tabs[(index + 1) % 3] as (typeof tabs)[number]).tab.kept : nothing
            const outbox = [
              ...tab.kept.outbox,
              ...from.outbox.filter(({ id }) => !tab.kept.outbox.some((mine) => mine.id === id)),
            ]
            one.tab = openTab({ ...tab.kept, outbox }, `Nick${index}`)
            lose(one)
          } else if (what === 'serve') serve(one)
          else if (what === 'answer') answer(one)
          else tab.pass(500)
        }
        // In the end the network is well.
        for (let round = 0; round < 200; round++) {
          for (const one of tabs) {
            if (!one.tab.open) one.tab.connect()
            serve(one)
            answer(one)
            answer(one)
            one.tab.pass(250)
          }
        }
        expect(room.log.map(({ text }) => text).sort()).toEqual([...written].sort())
        // Nobody's own words change their order, unless a copy of the tab has sent some of them first.
        if (!steps.some(({ what }) => what === 'copy')) {
          for (const index of [0, 1, 2]) {
            const of = (texts: string[]) => texts.filter((text) => text.startsWith(`tab ${index}`))
            expect(of(room.log.map(({ text }) => text))).toEqual(of(written))
          }
        }
        for (const { tab } of tabs) {
          const chat = tab.session.getSnapshot()
          expect(chat.outbox).toEqual([])
          expect(chat.log.map(({ n, id }) => [n, id])).toEqual(room.log.map(({ n, id }) => [n, id]))
        }
      }),
      { numRuns: 300 },
    )
  })
})

describe('what a tab keeps', () => {
  const store = (entries: Record<string, string> = {}) => {
    const map = new Map(Object.entries(entries))
    return {
      getItem: (key: string) => map.get(key) ?? null,
      setItem: (key: string, value: string) => void map.set(key, value),
    }
  }

  it('comes back as it was', () => {
    const kept: Kept = {
      outbox: [{ id: newId(), room: 'lobby', text: 'hello', at: 1, status: 'waiting' }],
      mine: [newId()],
      drafts: { lobby: 'half', attic: 'a' },
    }
    const tab = store()
    expect(writeKept(tab, kept)).toBe(true)
    expect(readKept(tab)).toEqual(kept)
  })

  it('is left out where it does not look right', () => {
    const good = { id: newId(), room: 'lobby', text: 'hello', at: 1, status: 'waiting' }
    const bad = [
      null,
      7,
      {},
      { ...good, id: 'x' },
      { ...good, room: '/' },
      { ...good, text: '' },
      { ...good, status: 'done' },
    ]
    const tab = store({
      'chat:outbox': JSON.stringify([...bad, good]),
      'chat:mine': '{"not":"a list"}',
      'chat:drafts': JSON.stringify({ lobby: 7, '/': 'x', attic: 'fine' }),
      'chat:nick': '"<b>"',
    })
    expect(readKept(tab)).toEqual({ outbox: [good], mine: [], drafts: { attic: 'fine' } })
    expect(nickFault(readNick(tab))).toBeNull()
    expect(readKept(store({ 'chat:outbox': '[{' }))).toEqual(nothing)
  })

  it('is nothing where the browser forbids it, and it says so', () => {
    const full = {
      getItem: () => null,
      setItem: () => {
        throw new Error('quota')
      },
    }
    expect(writeKept(full, nothing)).toBe(false)
    expect(writeKept(null, nothing)).toBe(false)
    expect(readKept(null)).toEqual(nothing)
    expect(nickFault(readNick(null, () => 0.999999))).toBeNull()
  })

  it('has ids that no two messages share, in a form the server takes', () => {
    const ids = Array.from({ length: 1000 }, newId)
    expect(new Set(ids).size).toBe(1000)
    expect(ids.every((id) => idPattern.test(id))).toBe(true)
  })
})
