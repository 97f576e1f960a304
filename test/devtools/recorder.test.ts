/**
 * The recorder: what it keeps of a client's life, within which limits, and that it keeps no object of the platform's.
 */

import { describe, expect, it } from 'vitest'
import type { RecordedFrame, RecordedTransition } from '../../devtools/recorder.ts'
import { open, scene } from './scene.ts'

const frames = (entries: readonly { type: string }[]) =>
  entries.filter(({ type }) => type === 'sent' || type === 'received') as RecordedFrame[]

describe('createRecorder()', () => {
  it('keeps transitions, frames, the queue and errors with their times', () => {
    const { world, client, recorder } = scene()
    const began = world.clock.stamp
    client.send('early')
    client.connect()
    world.advance(70)
    world.socket.accept()
    world.advance(30)
    world.socket.receive('news')
    world.socket.die(1006)
    const told = recorder.entries().map((entry) => {
      const at = entry.at - began
      if (entry.type === 'transition') return `${at} ${entry.before.phase} → ${entry.after.phase}`
      if (entry.type === 'queue') return `${at} queue ${entry.size}`
      return entry.type === 'error' ? `${at} ${entry.code}` : `${at} ${entry.type} ${entry.data}`
    })
    expect(told).toEqual([
      '0 queue 1',
      '0 idle → connecting',
      '70 connecting → open',
      '70 sent early',
      '70 queue 0',
      '100 received news',
      '100 open → waiting',
    ])
  })

  it('drops the oldest beyond its limits, and counts them', () => {
    const { world, recorder } = open({}, {}, { entries: 5 })
    for (let n = 0; n < 20; n++) world.socket.receive(`news ${n}`)
    expect(frames(recorder.entries()).map(({ data }) => data)).toEqual([15, 16, 17, 18, 19].map((n) => `news ${n}`))
    expect(recorder.dropped).toBe(recorder.count - 5)
    expect(recorder.get(recorder.dropped - 1)).toBeUndefined()
    expect(recorder.get(recorder.count - 1)).toMatchObject({ data: 'news 19' })
  })

  it('keeps at most so many bytes, and the newest whatever it weighs', () => {
    const { world, recorder } = open({}, {}, { bytes: 10_000 })
    for (let n = 0; n < 20; n++) world.socket.receive('x'.repeat(1000))
    expect(recorder.entries().length).toBe(4)
    world.socket.receive('y'.repeat(100_000))
    expect(frames(recorder.entries()).map(({ size }) => size)).toEqual([100_000])
  })

  it('redacts before it keeps, close reasons too', () => {
    const redact = (text: string) => text.replace(/secret/g, '…')
    const { world, client, recorder } = open({}, {}, { redact })
    client.send('a secret')
    world.socket.receive('another secret')
    world.socket.die(4000, 'the secret is out')
    expect(JSON.stringify(recorder.entries())).not.toContain('secret')
    expect(frames(recorder.entries()).map(({ data, size }) => [data, size])).toEqual([
      ['a …', 8],
      ['another …', 14],
    ])
  })

  it('keeps text: of bytes their Base64, of Blobs their size, of errors no cause, of settings no function', () => {
    const cause = new Error('secret')
    const { world, client, recorder } = scene({
      url: () => {
        throw cause
      },
      retryDelay: () => 500,
    })
    client.connect()
    const { world: other, recorder: frame } = open()
    other.socket.receive(new Uint8Array([104, 105]).buffer)
    other.socket.receive(new Uint8Array([0, 104, 105]).subarray(1))
    other.socket.receive(new Blob(['four']))
    expect(frames(frame.entries()).map(({ data, size, binary }) => [data, size, binary])).toEqual([
      ['aGk=', 2, true],
      ['aGk=', 2, true],
      ['', 4, true],
    ])
    const failed = recorder
      .entries()
      .find((entry) => entry.type === 'transition' && entry.event.type === 'attemptFailed')
    expect((failed as RecordedTransition).settings).toMatchObject({ baseDelay: 1000, hasFreshAuth: true })
    const text = JSON.stringify(recorder.entries(), (_, part) => {
      expect(typeof part).not.toBe('function')
      return part
    })
    expect(text).not.toContain('secret')
    world.advance(0)
  })

  it("marks the heartbeat's own frames", () => {
    const { world, client, recorder } = open()
    client.send('hello')
    world.advance(25_000)
    world.advance(0)
    world.socket.receive('news')
    expect(frames(recorder.entries()).map(({ data, heartbeat = false }) => [data, heartbeat])).toEqual([
      ['hello', false],
      ['{"type":"ping"}', true],
      ['{"type":"pong"}', true],
      ['news', false],
    ])
  })

  it('forgets, and stops', () => {
    const { world, recorder } = open()
    recorder.clear()
    expect(recorder.entries()).toEqual([])
    world.socket.receive('one')
    recorder.stop()
    world.socket.receive('two')
    expect(frames(recorder.entries()).map(({ data }) => data)).toEqual(['one'])
  })
})
