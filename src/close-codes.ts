/**
 * Owns what a close code means for the next attempt (R12) and which codes may be sent (R23). Pure.
 * Must never look at anything but the code: by RFC 6455 §7.4 the reason is for people.
 */

/** Whether retrying after this code would only repeat the mistake (R12). */
export const isFatal = (code: number): boolean =>
  code === 1002 ||
  code === 1003 ||
  (code >= 1007 && code <= 1010) ||
  code === 1015 ||
  (code >= 4400 && code <= 4499 && code !== 4408 && code !== 4429)

/** Fatal codes that a fresh token may cure; they earn a provider one more call (R12). */
export const isAuthorization = (code: number): boolean => code === 1008 || code === 4401 || code === 4403

/** Lengthens a delay where the server has said that it is restarting (1012) or overloaded (1013, 4429) (R12). */
export function delayAfterClose(code: number, delay: number, maxDelay: number, random: number): number {
  if (code === 1012) return Math.round(5000 + random * 25000)
  return code === 1013 || code === 4429 ? Math.max(delay, Math.round(maxDelay / 2)) : delay
}

/** The codes an endpoint may send: RFC 6455 §7.4 and the IANA registry, without the reserved ones (R23). */
export const isSendable = (code: number): boolean =>
  Number.isInteger(code) &&
  ((code >= 1000 && code <= 1014 && !(code >= 1004 && code <= 1006)) || (code >= 3000 && code <= 4999))
