/** What stands between messages: days, what is missing, what was recovered, and where one stopped reading. */

import { describe, expect, it } from 'vitest'
import { dayOf } from '../../demo/client/chat/days.ts'
import type { Going } from '../../demo/client/chat/log.ts'
import { nextReading, opened, type Sight } from '../../demo/client/chat/reading.ts'
import { recoveredIn, rowsOf, type Talk } from '../../demo/client/chat/rows.ts'
import type { Message } from '../../demo/protocol.ts'

const noon = new Date(2026, 4, 5, 12).getTime()
const day = 86_400_000
const message = (n: number, change: Partial<Message> = {}): Message => ({
  ...{ n, id: `message-${n}`, from: 'bea', nick: 'Bea', text: `text ${n}`, at: noon + n },
  ...change,
})
const going = (key: number, change: Partial<Going> = {}): Going => ({
  ...{ type: 'say', room: 'lobby', id: `going-${key}`, from: 'ada', nick: 'Ada', text: 'x', at: noon + 99 },
  ...{ key, status: 'waiting', ...change },
})
const talk = (change: Partial<Talk> = {}): Talk => ({
  ...{ log: [message(1), message(2), message(3)], going: [], more: false, recovered: null },
  ...{ isOwn: ({ from }) => from === 'ada' },
  ...change,
})
/** `day`, `new`, `gap 3`, and messages by their number; `+` where the name is not said again. */
const told = (change: Partial<Talk> = {}, line: number | null = null) =>
  rowsOf(talk(change), line).map((row) => {
    if (row.kind === 'message') return `${row.follows ? '+' : ''}${row.message.n}`
    return 'count' in row ? `${row.kind} ${row.count}` : row.kind
  })

describe('the rows of the log', () => {
  it('begin with the day, and say another one where it begins, for what waits as well', () => {
    expect(told()).toEqual(['day', '1', '+2', '+3'])
    expect(told({ log: [message(1, { at: noon - day }), message(2)], going: [going(1)] })).toEqual([
      ...['day', '1', 'day', '2', 'going'],
    ])
    expect(told({ log: [message(1)], going: [going(1, { at: noon + day })] })).toEqual(['day', '1', 'day', 'going'])
  })

  it('say the name again after another person, after five minutes, and after anything between', () => {
    const log = [message(1), message(2, { nick: 'Cleo' }), message(3, { nick: 'Cleo', at: noon + 300_002 })]
    expect(told({ log })).toEqual(['day', '1', '2', '3'])
    expect(told({}, 2)).toEqual(['day', '1', '+2', 'new', '3'])
  })

  it('say what is no longer kept, and not what was only not asked for', () => {
    const log = [message(5), message(8)]
    expect(told({ log })).toEqual(['gap 4', 'day', '5', 'gap 2', '8'])
    expect(told({ log, more: true })).toEqual(['day', '5', 'gap 2', '8'])
  })

  it('put "New" above the first message that was not read, once, also where that is the first there is', () => {
    expect(told({}, 1)).toEqual(['day', '1', 'new', '2', '+3'])
    expect(told({}, 0)).toEqual(['day', 'new', '1', '+2', '+3'])
    expect(told({}, 3)).toEqual(['day', '1', '+2', '+3'])
  })

  it("say how many of others' came by catching up, before the first of them, and nothing where there are none", () => {
    const log = [message(1), message(2, { from: 'ada' }), message(3), message(4), message(5)]
    const span = { after: 1, upTo: 4 }
    expect(told({ log, recovered: span })).toEqual(['day', '1', '+2', 'recovered 2', '3', '+4', '+5'])
    expect(recoveredIn(log, { after: 1, upTo: 2 }, talk().isOwn)).toEqual({ count: 0, first: undefined })
    expect(told({ log, recovered: { after: 5, upTo: 9 } })).not.toContain('recovered 0')
  })
})

describe('how far somebody has read', () => {
  const see = (change: Partial<Sight>): Sight => ({
    ...{ newest: 10, isWatching: false, written: undefined },
    // Others wrote everything.
    newsSince: (n) => Math.max(0, (change.newest ?? 10) - n),
    ...change,
  })
  const watching = { isWatching: true }

  it('is everything on a first visit, and there is no line', () => {
    expect(nextReading(opened(null), see({}))).toMatchObject({ read: 10, line: null })
  })

  it('is where one left off on the next, with the line there, and is all once the end is in sight', () => {
    const back = nextReading(opened(7), see(watching))
    expect(back).toMatchObject({ read: 7, line: 7 })
    expect(nextReading(back, see(watching))).toMatchObject({ read: 10, line: 7 })
    expect(nextReading(opened(10), see({}))).toMatchObject({ read: 10, line: null })
  })

  it('stops while the end is out of sight, and the line moves there with the first news', () => {
    let reading = nextReading(opened(7), see({}))
    reading = nextReading(reading, see(watching))
    expect(nextReading(reading, see({}))).toBe(reading)
    reading = nextReading(reading, see({ newest: 11 }))
    expect(reading).toMatchObject({ read: 10, line: 10 })
    reading = nextReading(reading, see({ newest: 15 }))
    expect(reading).toMatchObject({ read: 10, line: 10 })
    expect(nextReading(reading, see({ newest: 15, ...watching }))).toMatchObject({ read: 15, line: 10 })
  })

  it('draws no line under what comes while one watches, nor under what one wrote oneself', () => {
    const reading = nextReading(opened(10), see(watching))
    expect(nextReading(reading, see({ newest: 11, ...watching }))).toMatchObject({ read: 11, line: null })
    expect(nextReading(reading, see({ newest: 11, newsSince: () => 0 }))).toMatchObject({ read: 10, line: null })
  })

  it('takes the line away from whoever answers', () => {
    const back = nextReading(opened(7), see({ ...watching, written: 'before' }))
    expect(back.line).toBe(7)
    expect(nextReading(back, see({ ...watching, written: 'before' })).line).toBe(7)
    expect(nextReading(back, see({ ...watching, written: 'now' })).line).toBeNull()
  })

  it('begins anew where the server counts anew', () => {
    expect(nextReading(opened(500), see({ newest: 3 }))).toMatchObject({ read: 3, line: null })
  })
})

describe('days', () => {
  const words = { today: 'Today', yesterday: 'Yesterday' }
  const of = (at: number, language: 'en' | 'zh' = 'en') => dayOf(at, noon, language, words)

  it('are called today and yesterday by the calendar, and otherwise by their date', () => {
    expect(of(noon)).toBe('Today')
    expect(of(new Date(2026, 4, 5, 0, 0).getTime())).toBe('Today')
    expect(of(new Date(2026, 4, 4, 23, 59).getTime())).toBe('Yesterday')
    expect(of(new Date(2026, 4, 4, 0, 0).getTime())).toBe('Yesterday')
    expect(of(new Date(2026, 4, 3, 23, 59).getTime())).toMatch(/3/)
    expect(of(new Date(2026, 4, 3).getTime(), 'zh')).toBe('5月3日星期日')
    expect(of(new Date(2025, 4, 3).getTime(), 'zh')).toBe('2025年5月3日星期六')
  })
})
