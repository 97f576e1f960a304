/**
 * Owns what may be dialled and what of it may be said aloud (R19, R22). Pure: the page's address comes in.
 * Must never downgrade wss, nor return a text that holds user info or a query.
 */

const SCHEME = /^[a-z][a-z\d+.-]*:/i

/** The url without user info, query or fragment: the only form that may stand in a message (R19). */
export const redact = (url: string): string => url.replace(/^([^?#]*\/\/)[^/?#]*@/, '$1…@').replace(/[?#][^]*$/, '?…')

/** The address to dial, with ws for http; undefined if nothing could dial it, or if it is relative and there is no `base` (R22). */
export function webSocketUrl(url: string | URL, base?: string): string | undefined {
  const text = String(url).trim()
  try {
    // Browsers strip tabs and line breaks inside a url, so the scheme is read from the parsed form.
    const absolute = new URL(text, base).href
    if (/^(ws|http)s?:\/\/[^/]/.test(absolute)) return (SCHEME.test(text) ? text : absolute).replace(/^http/i, 'ws')
  } catch {}
}

/** Whether a url has a scheme of its own, or needs a page to be resolved against. */
export const isRelative = (url: string | URL): boolean => !SCHEME.test(String(url).trim())
