/**
 * Owns what a close code means for the next attempt (R12) and which codes may be sent (R23). Pure.
 * Must never look at anything but the code: by RFC 6455 §7.4 the reason is for people.
 */

/** The payload of `close` (R23, R25): the requirement's `{code, reason}` and two fields more. */
export interface CloseInfo {
  readonly code: number
  readonly reason: string
  /** Whether the peer took part in the closing handshake. */
  readonly wasClean: boolean
  /** Whether this attempt had ever opened. */
  readonly opened: boolean
}

/**
 * What to do after a close: retry with the usual backoff; stop; make one more attempt if credentials are asked for
 * afresh, else stop; or wait as a server that restarts, or is overloaded, would have it.
 */
export type CloseAction = 'retry' | 'stop' | 'retry-with-fresh-auth' | 'wait-for-restart' | 'wait-for-capacity'

/** The engine's own table; a protocol above may bring another (R12). */
export function closeAction(code: number): CloseAction {
  if (code === 1012) return 'wait-for-restart'
  if (code === 1013 || code === 4429) return 'wait-for-capacity'
  if (code === 1008 || code === 4401 || code === 4403) return 'retry-with-fresh-auth'
  const repeatsTheMistake =
    code === 1002 ||
    code === 1003 ||
    (code >= 1007 && code <= 1010) ||
    code === 1015 ||
    (code >= 4400 && code <= 4499 && code !== 4408)
  return repeatsTheMistake ? 'stop' : 'retry'
}

/**
 * The delay after a close: the usual one, or a spread of its own where everybody has heard the same at the same moment.
 * A restart takes 5–30 s, cap or no cap (RFC 6455 registry, 1012); an overloaded server gets the upper half of `maxDelay`.
 */
export function delayAfter(action: CloseAction, usual: number, maxDelay: number, random: number): number {
  if (action === 'wait-for-restart') return Math.round(5000 + random * 25000)
  return action === 'wait-for-capacity' ? Math.round((maxDelay * (1 + random)) / 2) : usual
}

/** The codes an endpoint may send: RFC 6455 §7.4 and the IANA registry, without the reserved ones (R23). */
export const isSendable = (code: number): boolean =>
  Number.isInteger(code) &&
  ((code >= 1000 && code <= 1014 && !(code >= 1004 && code <= 1006)) || (code >= 3000 && code <= 4999))
