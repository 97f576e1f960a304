/**
 * Owns the session's own framing, for both ends: JSON in text frames with names of one letter (docs/SESSION-WIRE.md). Unknown keys
 * are ignored, so that a later version may add some. Must never let through a frame with a field of the wrong kind.
 */

import type { Framing, RefusalNote, ServerFrame, SessionFrame } from './frames.ts'
import { clientToWire, serverFromWire } from './json-client-framing.ts'
import { count, position, said, text, toText, toWire, type Wire } from './json-fields.ts'

/** An absent list costs no byte. */
const listed = (refused: readonly RefusalNote[]) => (refused.length ? refused : undefined)

function serverToWire(frame: ServerFrame): object {
  switch (frame.type) {
    case 'welcome': {
      const { version: v, epoch: e, acked: a, refused, isForgotten, frameBytes: b, memory: m } = frame
      return { t: 'welcome', v, e, a, x: listed(refused), f: isForgotten ? 1 : undefined, b, m }
    }
    case 'ack':
      return { a: frame.n, x: listed(frame.refused) }
    case 'gap':
      return { g: frame.n }
    case 'wait':
      return { w: frame.n, ms: frame.ms }
    case 'reply':
      return { p: frame.id, d: said(frame.data) }
    case 'failure':
      return { p: frame.id, x: frame.reason }
    case 'following':
      return { s: frame.topic, e: frame.position.epoch, o: frame.position.offset, r: frame.isContinued }
    case 'notFollowing':
      return { s: frame.topic, x: frame.why }
    case 'event':
      return { s: frame.topic, o: frame.offset, d: said(frame.data) }
  }
}

/** Null for what a server says. */
function clientFromWire(wire: Wire): SessionFrame | null {
  const { t, n, q, s, d, e, o, x } = wire
  if (t === 'hello') {
    const next = count(n, 'n')
    const epoch = e === undefined ? e : text(e, 'e')
    return { type: 'hello', version: count(wire.v, 'v'), client: text(wire.c, 'c'), next, epoch }
  }
  if (t === 'welcome') return null
  if (n !== undefined) return x ? { type: 'skip', n: count(n, 'n') } : { type: 'send', n: count(n, 'n'), data: d }
  // In the order of the names: what has several of them is the first.
  if (wire.a !== undefined || wire.g !== undefined || wire.w !== undefined) return null
  if (q !== undefined) {
    const id = count(q, 'q')
    return x ? { type: 'cancel', id } : { type: 'request', id, data: d, isIdempotent: !!wire.r }
  }
  if (s === undefined || wire.p !== undefined) return null
  if (wire.u) return { type: 'unfollow', topic: text(s, 's') }
  if (wire.r !== undefined || x !== undefined || 'd' in wire) return null
  return { type: 'follow', topic: text(s, 's'), from: o === undefined ? o : position(wire) }
}

export const jsonFraming: Framing = {
  write: (frame) => toText(frame, clientToWire(frame) || serverToWire(frame as ServerFrame)),
  read(data) {
    const wire = toWire(data)
    return wire && (clientFromWire(wire) || serverFromWire(wire))
  },
}
