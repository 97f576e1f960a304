/** What a tab shows of a room: nothing twice, nothing out of place, and of each message how far it has come. */

import { describe, expect, it } from 'vitest'
import { goingTo, markOf, newsSince, withMessage, withOlder } from '../../demo/client/chat/log.ts'
import { bounds, type Message, type Say } from '../../demo/protocol.ts'
import type { DeliveryStatus, OutboxEntry } from '../../src/session/index.ts'

const message = (n: number, change: Partial<Message> = {}): Message => ({
  ...{ n, id: `message-${n}`, from: 'somebody', nick: 'Bea', text: `text ${n}`, at: n },
  ...change,
})
const entry = (n: number, status: DeliveryStatus, change: Partial<Say> = {}): OutboxEntry<Say> => {
  const { n: _, ...heard } = message(n)
  return {
    ...{ n, status, at: n, isUncertain: false, isHeld: false },
    data: { type: 'say', room: 'lobby', ...heard, ...change },
  }
}

describe('the log', () => {
  it('takes a message once, and keeps no more than the server does', () => {
    const log = withMessage([message(1)], message(2))
    expect(log.map(({ n }) => n)).toEqual([1, 2])
    expect(withMessage(log, message(2))).toBe(log)
    let long: readonly Message[] = []
    for (let n = 1; n <= bounds.history + 10; n++) long = withMessage(long, message(n))
    expect(long).toHaveLength(bounds.history)
    expect(long[0]?.n).toBe(11)
  })

  it('takes older ones before it, without doubling any, and keeps the latest', () => {
    const older = withOlder([message(51), message(52)], [message(49), message(50), message(51)])
    expect(older.map(({ n }) => n)).toEqual([49, 50, 51, 52])
    const log = Array.from({ length: bounds.history }, (_, index) => message(index + 100))
    expect(withOlder(log, [message(99)])).toEqual(log)
  })

  it('counts as news what others wrote below what is in sight', () => {
    const log = [message(1), message(2, { from: 'me' }), message(3), message(4)]
    const isOwn = ({ from }: Message) => from === 'me'
    expect([0, 1, 2, 3, 4].map((n) => newsSince({ log, isOwn }, n))).toEqual([3, 2, 2, 1, 0])
  })
})

describe('what is on its way', () => {
  it('is shown in its room only, in the order written, and not beside the same message with its number', () => {
    const entries = [entry(1, 'sent'), entry(2, 'sent', { room: 'attic' }), entry(3, 'stored')]
    expect(goingTo('lobby', entries, [], true).map(({ key, status }) => [key, status])).toEqual([
      [1, 'sent'],
      [3, 'waiting'],
    ])
    expect(goingTo('lobby', entries, [message(7, { id: 'message-1' })], true).map(({ key }) => key)).toEqual([3])
  })

  it('is shown once while it is tried again: as what it has become', () => {
    const refused = entry(1, 'refused')
    const again = { ...entry(2, 'stored'), data: refused.data }
    expect(goingTo('lobby', [refused, again], [], true).map(({ key, status }) => [key, status])).toEqual([
      [2, 'waiting'],
    ])
  })

  it('is sent only while there is a connection, and is refused for good', () => {
    const marks = (isOpen: boolean) =>
      (['storing', 'stored', 'sent', 'uncertain', 'refused', 'expired'] as const).map((status) =>
        markOf({ status }, isOpen),
      )
    expect(marks(true)).toEqual(['waiting', 'waiting', 'sent', 'sent', 'refused', 'refused'])
    expect(marks(false)).toEqual(['waiting', 'waiting', 'waiting', 'waiting', 'refused', 'refused'])
  })

  it('says why it will never be taken', () => {
    const refused = { ...entry(1, 'refused'), why: '"text": less' }
    expect(goingTo('lobby', [refused, entry(2, 'expired')], [], true).map(({ why }) => why)).toEqual([
      '"text": less',
      'it within a week',
    ])
  })
})
