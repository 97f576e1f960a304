/** Owns somebody else's envelope: { op, seq, body } in place of the session's own letters. Must never keep a field of its own. */

import type { Framing, SessionFrame } from '../../../src/session/index.ts'

export const envelope: Framing = {
  write({ type: op, ...body }) {
    const { n: seq, ...rest } = body as { n?: number }
    return JSON.stringify({ op, seq, body: rest })
  },
  read(data) {
    const { op, seq, body } = JSON.parse(String(data))
    if (op === 'ping' || op === undefined) return null
    return { type: op, ...body, ...(seq !== undefined && { n: seq }) } as SessionFrame
  },
}
