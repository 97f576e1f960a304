/**
 * Owns what stands below what in the conversation: the days, what is missing, what was recovered, where one stopped reading,
 * and the messages. Pure. Must never show a message twice, nor call missing what was only not asked for.
 */

import type { Message } from '../../protocol.ts'
import type { Going } from './log.ts'

/** Numbers: all after the first, up to the second. */
export interface Span {
  readonly after: number
  readonly upTo: number
}

export type Row =
  | { readonly kind: 'day'; readonly key: string; readonly at: number }
  | { readonly kind: 'gap'; readonly key: string; readonly count: number; readonly isFirst: boolean }
  | { readonly kind: 'recovered'; readonly key: string; readonly count: number }
  | { readonly kind: 'new'; readonly key: string }
  | { readonly kind: 'message'; readonly key: string; readonly message: Message; readonly follows: boolean }
  | { readonly kind: 'going'; readonly key: string; readonly message: Going; readonly isNamed: boolean }

export interface Talk {
  readonly log: readonly Message[]
  readonly going: readonly Going[]
  /** Whether the server keeps older ones. */
  readonly more: boolean
  /** What came by catching up after the latest reconnect. */
  readonly recovered: Span | null
  readonly isOwn: (message: Pick<Message, 'from'>) => boolean
}

/** Ms between two messages of one person, up to which the name is not said again. */
const breath = 300_000

/** `line`: the number after which nothing had been read. */
export function rowsOf({ log, going, more, recovered, isOwn }: Talk, line: number | null): Row[] {
  const rows: Row[] = []
  const regained = recoveredIn(log, recovered, isOwn)
  let before: Message | undefined
  let day: number | undefined
  const turn = (at: number, key: string) => {
    if (day === undefined || !isSameDay(day, at)) rows.push({ kind: 'day', key: `day ${key}`, at })
    day = at
  }
  log.forEach((message, index) => {
    const { n, id, at, nick } = message
    const count = rows.length
    const gap = n - (before?.n ?? 0) - 1
    if (gap > 0 && !(index === 0 && more)) {
      rows.push({ kind: 'gap', key: `gap ${n}`, count: gap, isFirst: index === 0 })
    }
    turn(at, id)
    if (regained.first === n) rows.push({ kind: 'recovered', key: `recovered ${n}`, count: regained.count })
    if (line !== null && n > line && (before?.n ?? 0) <= line) rows.push({ kind: 'new', key: 'new' })
    const isAlone = rows.length > count || before?.nick !== nick || Math.abs(at - before.at) >= breath
    rows.push({ kind: 'message', key: id, message, follows: !isAlone })
    before = message
  })
  going.forEach((message, index) => {
    turn(message.at, message.id)
    const isNamed = !isOwn(message) && going[index - 1]?.nick !== message.nick
    rows.push({ kind: 'going', key: message.id, message, isNamed })
  })
  return rows
}

/** Of what came by catching up, what others wrote: one's own was never lost. And before which message it is said. */
export function recoveredIn(log: readonly Message[], span: Span | null, isOwn: Talk['isOwn']) {
  const found = span ? log.filter((one) => one.n > span.after && one.n <= span.upTo && !isOwn(one)) : []
  return { count: found.length, first: found[0]?.n }
}

function isSameDay(one: number, other: number): boolean {
  return new Date(one).toDateString() === new Date(other).toDateString()
}
