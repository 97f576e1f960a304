/** Owns who is writing, as far as it was heard and for as long as it counts. Pure. Must never keep it longer. */

import type { Message, Typing } from '../../protocol.ts'

/** Ms between two words about it, and how long one counts: a lost one does not make it flicker. */
export const pace = 2500
export const lasts = 6000

export interface Typist {
  readonly from: string
  readonly nick: string
  /** Until then it counts, epoch ms. */
  readonly until: number
}

/** Most that are remembered. */
const most = 20

export const withTypist = (list: readonly Typist[], { from, nick }: Typing, now: number): readonly Typist[] =>
  [...stillTyping(list, now).filter((one) => one.from !== from), { from, nick, until: now + lasts }].slice(-most)

/** Those whose word still counts; the same list where that is all of them. */
export function stillTyping(list: readonly Typist[], now: number): readonly Typist[] {
  const left = list.filter(({ until }) => until > now)
  return left.length === list.length ? list : left
}

/** Without those who have said since what they were writing. */
export const exceptHeard = (list: readonly Typist[], last: Message | undefined): readonly Typist[] =>
  last && list.some(({ from }) => from === last.from) ? list.filter(({ from }) => from !== last.from) : list
