/** Owns how a room's history is cut into frames, so that none grows large. Pure. */

import type { Message } from '../protocol.ts'

/** The parts, oldest first, each with whether more follow. Always at least one, and at least one message in each. */
export function* parts(messages: Message[], partBytes: number): Generator<[part: Message[], more: boolean]> {
  let begin = 0
  do {
    let bytes = 0
    let end = begin
    while (end < messages.length && (end === begin || bytes < partBytes)) {
      bytes += Buffer.byteLength(messages[end]?.text ?? '') + 120
      end++
    }
    yield [messages.slice(begin, end), end < messages.length]
    begin = end
  } while (begin < messages.length)
}
