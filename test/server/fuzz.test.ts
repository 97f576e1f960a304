/** Owns the malice of clients: whatever they send, at whatever moment, the server goes on, says so, and holds no more than it may. */

import { afterEach, describe, expect, it, vi } from 'vitest'
import { mulberry32 } from '../support/index.ts'
import { createScene, type Peer, settle } from '../support/session-scene.ts'

const random = mulberry32(20_261_128)
const below = (n: number) => Math.floor(random() * n)
const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T

const KEYS = [
  't',
  'v',
  'c',
  'n',
  'e',
  'a',
  'x',
  'g',
  'w',
  'ms',
  'q',
  'p',
  's',
  'd',
  'o',
  'r',
  'u',
  'f',
  '__proto__',
  'constructor',
]
const SCALARS = [
  0,
  1,
  2,
  -1,
  1.5,
  1e308,
  2 ** 53,
  null,
  true,
  false,
  '',
  'room',
  'hello',
  'e1',
  '\u0000',
  '🚀',
  '__proto__',
]

const value = (depth = 0): unknown => {
  const kind = below(10)
  if (kind > 7 && depth < 4)
    return Object.fromEntries(Array.from({ length: below(4) }, () => [pick(KEYS), value(depth + 1)]))
  if (kind > 6 && depth < 4) return Array.from({ length: below(4) }, () => value(depth + 1))
  return pick(SCALARS)
}

const WELL_FORMED = [
  '{"t":"hello","v":1,"c":"client-1","n":1}',
  '{"n":1,"d":"x"}',
  '{"q":1,"d":1}',
  '{"s":"room"}',
  '{"d":1}',
]

/** Bytes out of order, cut, doubled; objects with the wire's names and anything in them; other kinds altogether. */
const garbage = (): unknown => {
  const kind = below(8)
  if (kind === 0) return String.fromCharCode(...Array.from({ length: below(40) }, () => below(65_536)))
  if (kind === 1) return new Uint8Array(below(100)).map(() => below(256))
  if (kind === 2)
    return pick([undefined, null, 7, {}, [], '[', '{}', '[]', 'null', '"', '{"type":"ping"}', '{"type":"pong"}'])
  if (kind === 3) {
    const text = pick(WELL_FORMED)
    const at = below(text.length)
    return text.slice(0, at) + pick(['', '"', '}', '0', text]) + text.slice(at + below(3))
  }
  if (kind === 4) return `${'['.repeat(below(300))}1`
  return JSON.stringify(Object.fromEntries(Array.from({ length: 1 + below(5) }, () => [pick(KEYS), value()])))
}

afterEach(() => {
  vi.restoreAllMocks()
})

describe('100,000 malformed frames', () => {
  it('end no more than the connection they come on, each with a code that says why', async () => {
    const printed = vi.spyOn(console, 'error').mockImplementation(() => {})
    const { open, enter, sessions, troubles, clock } = createScene({
      onSend: ({ data }) => pick([{}, undefined, { publish: [{ topic: 'room', data }] }]) as never,
      onRequest: ({ data }) => data,
      onPlain: () => {},
      limits: { history: { events: 100 } },
    })
    const codes = new Set<number | undefined>()
    let frames = 0
    let peer: Peer | undefined
    let thrown = 0
    while (frames < 100_000) {
      if (!peer) {
        peer = open()
        // Half of them begin as they should.
        if (below(2)) {
          peer.sayText(WELL_FORMED[0])
          await settle()
        }
      }
      frames++
      try {
        peer.sayText(garbage())
      } catch {
        thrown++
      }
      if (peer.readyState === 1 && frames % 50 === 0) {
        await settle()
        peer.cut()
        peer = undefined
      } else if (peer.readyState !== 1) {
        codes.add(peer.closed?.code)
        peer = undefined
      }
    }
    await settle()
    expect(thrown).toBe(0)
    expect([...codes].filter((code) => ![4400, 4406, 1008].includes(code as number))).toEqual([])
    expect(codes).toContain(4400)
    expect(printed).not.toHaveBeenCalled()
    const kinds = new Set(troubles.map(({ code }) => code))
    expect([...kinds].filter((code) => !['WIRE_BROKEN', 'WRONG_VERSION', 'FLOOD'].includes(code))).toEqual([])
    peer?.cut()
    expect(sessions.connections).toEqual([])
    expect(clock.timers).toBe(0)
    // And everybody else is served.
    const { peer: good, welcome } = await enter('bob')
    expect(welcome).toMatchObject({ t: 'welcome', a: 0 })
    good.say({ n: 1, d: 'x' })
    await settle()
    expect(good.heard()).toEqual([{ a: 1 }])
  })
})
