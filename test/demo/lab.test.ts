/** What the laboratory counts and plays again, without a page. */

import { describe, expect, it } from 'vitest'
import { entryText, isHeartbeat } from '../../demo/client/lab/entry-text.ts'
import { backAfter, countsOf, peakOf } from '../../demo/client/lab/fleet-run.ts'
import { replayLog } from '../../demo/client/lab/replayed.ts'
import { createRecorder } from '../../devtools/recorder.ts'
import { WebSocketReconnect } from '../../src/index.ts'
import { accept, createWorld } from '../../testing/index.ts'

/** A connection that opens, is asked for a sign of life, breaks, and is back. */
function lived() {
  const world = createWorld({ server: accept() })
  const client = new WebSocketReconnect(world.options({ heartbeatInterval: 1000 }))
  const recorder = createRecorder(client)
  client.connect()
  world.advance(1500)
  client.send('hello')
  world.socket.receive('welcome')
  world.socket.die()
  world.advance(5000)
  client.close()
  return recorder
}

describe('the log', () => {
  it('is played again to the states and deadlines that were recorded', () => {
    const recorder = lived()
    const steps = replayLog(recorder.export('jsonl'))
    expect(steps.length).toBeGreaterThan(5)
    expect(steps.filter(({ agrees }) => !agrees)).toEqual([])
    expect(steps.map(({ phase }) => phase)).toEqual(
      expect.arrayContaining(['connecting', 'open', 'waiting', 'closing']),
    )
    expect(steps[0]).toMatchObject({ at: 0, event: 'connect', phase: 'connecting', effects: 'dial' })
  })

  it('tells where a recording says something else', () => {
    const text = lived().export('jsonl').replace('"phase":"waiting"', '"phase":"closed"')
    const differing = replayLog(text).filter(({ agrees }) => !agrees)
    expect(differing).toHaveLength(1)
  })

  it.each([['no log'], [''], ['{"type":"queue"}']])('says of %j that it is none', (text) => {
    expect(() => replayLog(text)).toThrow(Error)
  })

  it('writes each entry in one line, and knows the heartbeat’s', async () => {
    const entries = lived().entries()
    const lines = entries.filter((entry) => !isHeartbeat(entry)).map(entryText)
    expect(lines.slice(0, 2)).toEqual(['connect: idle → connecting · dial', 'opened: connecting → open · open'])
    expect(lines).toContain('⇡ hello')
    expect(lines).toContain('⇣ welcome')
    expect(lines.join('\n')).not.toContain('"ping"')
    expect(entries.filter(isHeartbeat).map(entryText).join('\n')).toContain('"ping"')
  })
})

describe('a fleet', () => {
  const knocks = [
    { at: 0, openAt: null },
    { at: 249, openAt: 300 },
    { at: 250, openAt: 260 },
    { at: 1001, openAt: 1100 },
  ]

  it('is counted by quarters of a second, with those that got in', () => {
    expect(countsOf(knocks)).toEqual([
      { all: 2, open: 1 },
      { all: 1, open: 1 },
      { all: 0, open: 0 },
      { all: 0, open: 0 },
      { all: 1, open: 1 },
    ])
    expect(peakOf(knocks)).toBe(2)
    expect([countsOf([]), peakOf([])]).toEqual([[], 0])
  })

  it('is back when 99 % are', () => {
    expect(backAfter({ knocks, size: 3 })).toBe(1100)
    expect(backAfter({ knocks, size: 4 })).toBe(null)
    const many = Array.from({ length: 200 }, (_, n) => ({ at: n, openAt: n < 198 ? 1000 + n : null }))
    expect(backAfter({ knocks: many, size: 200 })).toBe(1197)
  })
})
