/**
 * Owns the client's half of the session's JSON: what it writes, and what it reads (docs/SESSION-WIRE.md). Unknown keys are ignored,
 * so that a later version may add some. Must never take a client's word for a server's.
 */

import type { Framing, SessionFrame } from './frames.ts'
import { count, notes, position, said, text, toText, toWire, type Wire } from './json-fields.ts'

/** Undefined for what only a server says. */
export function clientToWire(frame: SessionFrame): object | undefined {
  switch (frame.type) {
    case 'hello':
      return { t: 'hello', v: frame.version, c: frame.client, n: frame.next, e: frame.epoch }
    case 'send':
      return { n: frame.n, d: said(frame.data) }
    case 'skip':
      return { n: frame.n, x: 1 }
    case 'request':
      return { q: frame.id, d: said(frame.data), r: frame.isIdempotent ? 1 : undefined }
    case 'cancel':
      return { q: frame.id, x: 1 }
    case 'follow':
      return { s: frame.topic, o: frame.from?.offset, e: frame.from?.epoch }
    case 'unfollow':
      return { s: frame.topic, u: 1 }
    case 'plain':
      return { d: said(frame.data) }
  }
}

export function serverFromWire(wire: Wire): SessionFrame | null {
  const { t, a, g, w, p, s, d, e, o, r, x } = wire
  if (t === 'welcome') {
    return {
      ...{ type: 'welcome', version: count(wire.v, 'v'), epoch: text(e, 'e'), acked: count(a, 'a'), refused: notes(x) },
      ...{ isForgotten: !!wire.f, frameBytes: count(wire.b, 'b'), memory: count(wire.m, 'm') },
    }
  }
  if (t === 'hello' || wire.n !== undefined || wire.q !== undefined || wire.u)
    throw new TypeError('what a client says is out of place')
  if (a !== undefined) return { type: 'ack', n: count(a, 'a'), refused: notes(x) }
  if (g !== undefined) return { type: 'gap', n: count(g, 'g') }
  if (w !== undefined) return { type: 'wait', n: count(w, 'w'), ms: count(wire.ms, 'ms') }
  if (p !== undefined) {
    const id = count(p, 'p')
    return x === undefined ? { type: 'reply', id, data: d } : { type: 'failure', id, reason: x }
  }
  if (s !== undefined) {
    const topic = text(s, 's')
    if (r !== undefined) return { type: 'following', topic, position: position(wire), isContinued: r === true }
    if (x !== undefined) return { type: 'notFollowing', topic, why: text(x, 'x') }
    return { type: 'event', topic, offset: count('d' in wire ? o : undefined, 'o'), data: d }
  }
  return 'd' in wire ? { type: 'plain', data: d } : null
}

/** What a session speaks by itself: half of what `jsonFraming` can. */
export const clientFraming: Framing = {
  write: (frame) => toText(frame, clientToWire(frame) as object),
  read(data) {
    const wire = toWire(data)
    return wire && serverFromWire(wire)
  },
}
