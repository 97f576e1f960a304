/**
 * Owns what may be dialled and what of it may be said aloud (R19, R22). Pure: the page's address comes in.
 * Must never downgrade wss, nor return a text that holds user info or a query.
 */

const SCHEME = /^[a-z][a-z\d+.-]*:/i

/**
 * The url without user info, query or fragment: the only form that may stand in a message (R19). Parsers forgive any
 * number of slashes, either way round, and blanks and line breaks anywhere.
 */
export const redact = (url: string): string =>
  url
    .replace(/[^!-\uffff]/g, '')
    .replace(/^([a-z][a-z\d+.-]*:)?([\\/]*)[^\\/?#]*@/i, '$1$2…@')
    .replace(/[?#][^]*$/, '?…')

/** The address to dial, with ws for http; undefined if nothing could dial it, or if it is relative and there is no `base` (R22). */
export function webSocketUrl(url: string | URL, base?: string): string | undefined {
  const text = String(url).trim()
  try {
    const absolute = new URL(text, base).href
    // The parsed form tells the scheme, since parsers forgive a lot; what is dialled stays as it was written.
    const scheme = /^(?:ws|http)(s?:)\/\/[^/]/.exec(absolute)
    // Platforms disagree about a fragment, which no server ever sees: some refuse to dial it.
    const dialled = (SCHEME.test(text) ? text : absolute).replace(/#[^]*$/, '')
    if (!scheme) return undefined
    const wanted = `ws${scheme[1]}`
    // What is right already stays the very text that was given, which many clients may share.
    return dialled.startsWith(wanted) ? dialled : wanted + dialled.replace(SCHEME, '')
  } catch {}
}

/** Whether a url has a scheme of its own, or needs a page to be resolved against. */
export const isRelative = (url: string | URL): boolean => !SCHEME.test(String(url).trim())
