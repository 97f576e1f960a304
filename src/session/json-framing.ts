/**
 * Owns the session's own framing: JSON in text frames with names of one letter (docs/SESSION-WIRE.md). Unknown keys are
 * ignored, so that a later version may add some. Must never let through a frame with a field of the wrong kind.
 */

import { jsonText } from '../policy/json-text.ts'
import type { Framing, Position, RefusalNote, SessionFrame } from './frames.ts'

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0
const isText = (value: unknown): value is string => typeof value === 'string'

function check<T>(value: unknown, is: (value: unknown) => value is T, name: string): T {
  if (!is(value)) throw new TypeError(`session frame: "${name}" is not what it must be, got ${typeof value}.`)
  return value
}

const count = (value: unknown, name: string) => check(value, isCount, name)
const text = (value: unknown, name: string) => check(value, isText, name)

function notes(value: unknown): readonly RefusalNote[] {
  if (value === undefined) return []
  if (!Array.isArray(value)) throw new TypeError('session frame: "x" must be a list of refusals.')
  return value.map((note) => {
    if (!Array.isArray(note)) throw new TypeError('session frame: a refusal is a pair of number and reason.')
    return [count(note[0], 'x'), text(note[1], 'x')]
  })
}

const position = (e: unknown, o: unknown): Position => ({ epoch: text(e, 'e'), offset: count(o, 'o') })

/** An absent list costs no byte. */
const listed = (refused: readonly RefusalNote[]) => (refused.length ? refused : undefined)

function toWire(frame: SessionFrame): object {
  switch (frame.type) {
    case 'hello':
      return { t: 'hello', v: frame.version, c: frame.client, n: frame.next, e: frame.epoch }
    case 'welcome': {
      const { version: v, epoch: e, acked: a, refused, isForgotten, frameBytes: b, memory: m } = frame
      return { t: 'welcome', v, e, a, x: listed(refused), f: isForgotten ? 1 : undefined, b, m }
    }
    case 'send':
      return { n: frame.n, d: frame.data }
    case 'skip':
      return { n: frame.n, x: 1 }
    case 'ack':
      return { a: frame.n, x: listed(frame.refused) }
    case 'gap':
      return { g: frame.n }
    case 'wait':
      return { w: frame.n, ms: frame.ms }
    case 'request':
      return { q: frame.id, d: frame.data, r: frame.isIdempotent ? 1 : undefined }
    case 'cancel':
      return { q: frame.id, x: 1 }
    case 'reply':
      return { p: frame.id, d: frame.data }
    case 'failure':
      return { p: frame.id, x: frame.reason }
    case 'follow':
      return { s: frame.topic, o: frame.from?.offset, e: frame.from?.epoch }
    case 'unfollow':
      return { s: frame.topic, u: 1 }
    case 'following':
      return { s: frame.topic, e: frame.position.epoch, o: frame.position.offset, r: frame.isContinued }
    case 'notFollowing':
      return { s: frame.topic, x: frame.why }
    case 'event':
      return { s: frame.topic, o: frame.offset, d: frame.data }
    case 'plain':
      return { d: frame.data }
  }
}

function fromWire(wire: Record<string, unknown>): SessionFrame | null {
  const { t, n, a, g, w, q, p, s, d, e, o, r, x } = wire
  if (t === 'hello') {
    const next = count(n, 'n')
    return {
      ...{ type: 'hello', version: count(wire.v, 'v'), client: text(wire.c, 'c'), next },
      epoch: e === undefined ? e : text(e, 'e'),
    }
  }
  if (t === 'welcome') {
    return {
      ...{ type: 'welcome', version: count(wire.v, 'v'), epoch: text(e, 'e'), acked: count(a, 'a'), refused: notes(x) },
      ...{ isForgotten: !!wire.f, frameBytes: count(wire.b, 'b'), memory: count(wire.m, 'm') },
    }
  }
  if (n !== undefined) return x ? { type: 'skip', n: count(n, 'n') } : { type: 'send', n: count(n, 'n'), data: d }
  if (a !== undefined) return { type: 'ack', n: count(a, 'a'), refused: notes(x) }
  if (g !== undefined) return { type: 'gap', n: count(g, 'g') }
  if (w !== undefined) return { type: 'wait', n: count(w, 'w'), ms: count(wire.ms, 'ms') }
  if (q !== undefined) {
    const id = count(q, 'q')
    return x ? { type: 'cancel', id } : { type: 'request', id, data: d, isIdempotent: !!r }
  }
  if (p !== undefined) {
    const id = count(p, 'p')
    return x === undefined ? { type: 'reply', id, data: d } : { type: 'failure', id, reason: x }
  }
  if (s !== undefined) {
    const topic = text(s, 's')
    if (wire.u) return { type: 'unfollow', topic }
    if (r !== undefined) return { type: 'following', topic, position: position(e, o), isContinued: r === true }
    if (x !== undefined) return { type: 'notFollowing', topic, why: text(x, 'x') }
    if ('d' in wire) return { type: 'event', topic, offset: count(o, 'o'), data: d }
    return { type: 'follow', topic, from: o === undefined ? o : position(e, o) }
  }
  return 'd' in wire ? { type: 'plain', data: d } : null
}

/** `undefined` as a message's data is written as null, because JSON would drop the key. */
export const jsonFraming: Framing = {
  write(frame) {
    const wire = toWire('data' in frame && frame.data === undefined ? { ...frame, data: null } : frame)
    // What comes from an application as it is, is looked at; the data of `send` and `event` has been JSON before.
    return 'id' in frame || frame.type === 'plain' ? jsonText(wire) : JSON.stringify(wire)
  },
  read(data) {
    if (typeof data !== 'string') return null
    let wire: unknown
    try {
      wire = JSON.parse(data)
    } catch {
      return null
    }
    return wire && typeof wire === 'object' && !Array.isArray(wire) ? fromWire(wire as Record<string, unknown>) : null
  },
}
