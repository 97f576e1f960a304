/**
 * Owns what a close code means for the next attempt (R12) and which codes may be sent (R23). Pure.
 * Must never look at anything but the code: by RFC 6455 §7.4 the reason is for people.
 */

/** How an attempt or a connection ended: what listeners of `close` receive, and `lastClose`. */
export interface CloseInfo {
  /** The close code; 1006 where there was no closing handshake, and for every attempt that never opened. */
  readonly code: number
  /** The peer's own words, or ''. */
  readonly reason: string
  /** Whether the peer took part in the closing handshake. */
  readonly wasClean: boolean
  /** Whether this attempt had ever opened. */
  readonly opened: boolean
}

/**
 * What to do after a close: retry with the usual backoff; stop; make one more attempt if credentials are asked for
 * afresh, else stop; or retry after a delay of its own, ms, where everybody has heard the same at the same moment.
 */
export type CloseAction = 'retry' | 'stop' | 'retry-with-fresh-auth' | ((random: number, maxDelay: number) => number)

/** First and last code, and what to do after those; the first row that fits decides, and without one it is a retry. */
export type CloseTable = ReadonlyArray<readonly [first: number, last: number, action: CloseAction]>

/** A restart takes 5–30 s, cap or no cap (RFC 6455 registry, 1012). */
const afterRestart: CloseAction = (random) => 5000 + random * 25000
/** An overloaded server gets the upper half of `maxDelay`. */
const afterOverload: CloseAction = (random, maxDelay) => (maxDelay * (1 + random)) / 2

/** The engine's own table; a protocol above may bring another (R12). */
export const closeTable: CloseTable = [
  [1002, 1003, 'stop'],
  [1008, 1008, 'retry-with-fresh-auth'],
  [1007, 1010, 'stop'],
  [1012, 1012, afterRestart],
  [1013, 1013, afterOverload],
  [1015, 1015, 'stop'],
  [4401, 4401, 'retry-with-fresh-auth'],
  [4403, 4403, 'retry-with-fresh-auth'],
  [4408, 4408, 'retry'],
  [4429, 4429, afterOverload],
  [4400, 4499, 'stop'],
]

/** What to do after this code, unless the user has answered: no, yes, or yes after so many ms (`shouldReconnect`). */
export function decide(table: CloseTable, code: number, answer: boolean | number | undefined): CloseAction {
  if (typeof answer === 'number') return () => answer
  if (answer !== undefined) return answer ? 'retry' : 'stop'
  const row = table.find(([first, last]) => code >= first && code <= last)
  return row ? row[2] : 'retry'
}

/** The codes an endpoint may send: RFC 6455 §7.4 and the IANA registry, without the reserved ones (R23). */
export const isSendable = (code: number): boolean =>
  Number.isInteger(code) &&
  ((code >= 1000 && code <= 1014 && !(code >= 1004 && code <= 1006)) || (code >= 3000 && code <= 4999))
