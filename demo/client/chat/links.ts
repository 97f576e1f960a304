/**
 * Owns which parts of a text are links. Pure. Must never make one of anything but http and https, nor of an address that
 * shows other than it leads: with a name and password in it, or with characters that turn the direction of writing.
 */

export interface Part {
  readonly text: string
  /** Where in the whole it begins. */
  readonly at: number
  /** Only of a link. */
  readonly href?: string
}

/** Up to a space, a quotation mark, an angle bracket, or punctuation of Chinese, which is written without a space. */
const address = /https?:\/\/[^\s<>"“”‘’「」『』【】《》（），。；：！？、\u200b-\u200f\u202a-\u202e\u2066-\u2069]+/giu

/** The parts of a text, in order; joined they are the text again. */
export function partsOf(text: string): Part[] {
  const parts: Part[] = []
  let end = 0
  for (const { 0: found, index } of text.matchAll(address)) {
    const shown = withoutEnd(found)
    const href = hrefOf(shown)
    if (href === null || isWithinWord(text.slice(Math.max(0, index - 2), index))) continue
    if (index > end) parts.push({ text: text.slice(end, index), at: end })
    parts.push({ text: shown, at: index, href })
    end = index + shown.length
  }
  if (end < text.length) parts.push({ text: text.slice(end), at: end })
  return parts
}

/** `xhttps://…` is something else; but Chinese and Japanese leave no space before an address. */
const isWithinWord = (before: string) =>
  /[\p{L}\p{N}_]$/u.test(before) && !/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]$/u.test(before)

/** Punctuation at the end belongs to the sentence, and so does a bracket that was opened before the address. */
function withoutEnd(found: string): string {
  let text = found
  for (;;) {
    const last = text.at(-1) as string
    const opening = ({ ')': '(', ']': '[', '}': '{' } as Record<string, string>)[last]
    const isSpare = opening ? text.split(last).length > text.split(opening).length : /[.,;:!?'*_~…]/.test(last)
    if (!isSpare) return text
    text = text.slice(0, -1)
  }
}

function hrefOf(text: string): string | null {
  try {
    const { protocol, hostname, username, password, href } = new URL(text)
    const isPlain = /^https?:$/.test(protocol) && hostname !== '' && username === '' && password === ''
    return isPlain ? href : null
  } catch {
    return null
  }
}
