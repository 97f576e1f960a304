/** What the page writes and reads besides the badge: times, the last minute, the room in the address. */

import { describe, expect, it } from 'vitest'
import { addressOf, roomIn, roomNamed } from '../../demo/client/chat/useRoom.ts'
import { duration, roundTrip } from '../../demo/client/status/status-text.ts'
import { mark, segments, span } from '../../demo/client/status/timeline.ts'
import { roomFault } from '../../demo/protocol.ts'
import { findChromium } from '../../scripts/chromium.ts'

describe('times', () => {
  it('read as a person would say them', () => {
    expect([0, 999, 59_999, 60_000, 185_000, 3_600_000, 7_620_000].map((ms) => duration(ms))).toEqual([
      '0 s',
      '0 s',
      '59 s',
      '1 min 00 s',
      '3 min 05 s',
      '1 h 00 min',
      '2 h 07 min',
    ])
    expect(duration(-5)).toBe('0 s')
    expect([9000, 185_000, 7_620_000].map((ms) => duration(ms, 'zh'))).toEqual(['9 秒', '3 分 05 秒', '2 小时 07 分'])
    expect([0.42, 9.94, 12.4, 1500].map(roundTrip)).toEqual(['0.4 ms', '9.9 ms', '12 ms', '1500 ms'])
  })
})

describe('the strip of the last minute', () => {
  it('shows each stretch where it was, and nothing where nothing was known', () => {
    const marks = mark(mark(mark([], 'busy', 1000), 'good', 31_000), 'good', 40_000)
    expect(marks).toHaveLength(2)
    expect(segments(marks, 61_000)).toEqual([
      { tone: 'busy', start: 0, length: 0.5 },
      { tone: 'good', start: 0.5, length: 0.5 },
    ])
    expect(segments(marks, 91_000)).toEqual([{ tone: 'good', start: 0, length: 1 }])
    expect(segments(mark([], 'good', 30_000), 60_000)).toEqual([{ tone: 'good', start: 0.5, length: 0.5 }])
  })

  it('keeps no more than it shows', () => {
    let marks = mark([], 'good', 0)
    for (let at = 1; at < 10_000; at++) marks = mark(marks, at % 2 ? 'bad' : 'good', at * 1000)
    expect(marks.length).toBeLessThanOrEqual(62)
    const now = 9_999_000
    expect(segments(marks, now)[0]).toMatchObject({ start: 0 })
    for (let n = 0; n < 1000; n++) marks = mark(marks, n % 2 ? 'bad' : 'good', now + n)
    expect(marks.length).toBeLessThanOrEqual(200)
    expect(span).toBe(60_000)
  })
})

describe('the room in the address', () => {
  it('is the lobby unless the address names one that could be', () => {
    expect(['', '#', '#/', '#/attic', '#attic', '#/../x', '#/x'].map((hash) => roomIn(hash).room)).toEqual([
      ...['lobby', 'lobby', 'lobby', 'attic', 'attic', 'lobby', 'x'],
    ])
  })

  it('may be written in any script, and comes back from the address as it went in', () => {
    for (const room of ['大厅', '東京-3', 'кухня', 'غرفة', 'कमरा', 'zürich', 'λόγος', '방']) {
      expect(roomFault(room), room).toBeNull()
      expect(roomIn(addressOf(room)), room).toEqual({ room, refused: null })
      // As browsers write it into the address, and as people paste it.
      expect(roomIn(new URL(addressOf(room), 'http://localhost/').hash).room).toBe(room)
      expect(roomIn(`#/${room}`).room).toBe(room)
    }
  })

  it('is one and the same however its name is typed', () => {
    expect(['#Attic', '  attic ', 'ATTIC'].map(roomNamed)).toEqual(['attic', 'attic', 'attic'])
    expect(roomNamed('Zu\u0308rich')).toBe('zürich')
    expect(roomNamed('my  first room')).toBe('my-first-room')
    expect(roomNamed('\u3000大厅\u3000')).toBe('大厅')
  })

  it('is refused aloud where it cannot be one, and never in silence', () => {
    expect(roomIn('#/a%2Fb')).toEqual({ room: 'lobby', refused: 'a/b' })
    expect(roomIn('#/🎉')).toEqual({ room: 'lobby', refused: '🎉' })
    expect(roomIn('#/%E0%A4%A')).toEqual({ room: 'lobby', refused: '%E0%A4%A' })
    expect(roomIn('#/')).toEqual({ room: 'lobby', refused: null })
    expect(roomIn('#/A%20b')).toEqual({ room: 'a-b', refused: null })
  })
})

describe('the browser that the scripts drive', () => {
  it('is the one CHROME_PATH names, or a usual one, or a clear error', () => {
    expect(findChromium({ CHROME_PATH: '/my/chrome' }, () => true)).toBe('/my/chrome')
    expect(findChromium({}, (path) => path === '/usr/bin/google-chrome')).toBe('/usr/bin/google-chrome')
    expect(() => findChromium({ CHROME_PATH: '/my/chrome' }, () => false)).toThrow(
      'CHROME_PATH names no file: "/my/chrome"',
    )
    expect(() => findChromium({}, () => false)).toThrow(/No Chromium or Chrome found.*CHROME_PATH/)
  })
})
