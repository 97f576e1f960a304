/** Owns numbered streams as a session follows them: from where, who shares a subscription, when continuity is lost (S7, S10). */

import { describe, expect, it } from 'vitest'
import type { StreamHandlers } from '../../src/session/index.ts'
import { createPeer, createStage } from './stage.ts'

/** Handlers that write down what they hear. */
function listener(more: Partial<StreamHandlers> = {}) {
  const events: unknown[] = []
  const handlers: StreamHandlers = {
    onEvent: (data, { offset }) => events.push([offset, data]),
    onReset: ({ offset }) => events.push(`reset ${offset}`),
    onStatus: (status) => events.push(status),
    onRefused: (why) => events.push(`refused ${why}`),
    ...more,
  }
  return { handlers, take: () => events.splice(0) }
}

async function following(from?: number) {
  const peer = createPeer()
  const session = peer.tab()
  const reader = listener()
  const stop = session.follow('t', reader.handlers, from === undefined ? undefined : { epoch: 'e1', offset: from })
  session.connect()
  await peer.welcome()
  return { ...peer, ...reader, session, stop }
}

describe('following', () => {
  it('[S10] goes on from the position it is given, in order, and says when it is live', async () => {
    const { heard, say, take } = await following(5)
    expect(heard()).toEqual([{ s: 't', o: 5, e: 'e1' }])
    await say({ s: 't', e: 'e1', o: 5, r: true }, { s: 't', o: 6, d: 'six' }, { s: 't', o: 7, d: 'seven' })
    expect(take()).toEqual(['catching-up', 'live', [6, 'six'], [7, 'seven']])
  })

  it('begins now where no position is given', async () => {
    const { heard, say, take } = await following()
    expect(heard()).toEqual([{ s: 't' }])
    await say({ s: 't', e: 'e1', o: 100, r: true }, { s: 't', o: 101, d: 'news' })
    expect(take()).toEqual(['catching-up', 'live', [101, 'news']])
  })

  it('[S10] asks on the next connection for what comes after its last event', async () => {
    const { heard, say, take, world, run, welcome } = await following(5)
    await say({ s: 't', e: 'e1', o: 5, r: true }, { s: 't', o: 6, d: 'six' })
    heard()
    take()
    world.socket.die(1006)
    await run(5000)
    await welcome()
    expect(heard()).toEqual([{ s: 't', o: 6, e: 'e1' }])
    await say({ s: 't', e: 'e1', o: 6, r: true }, { s: 't', o: 7, d: 'seven' })
    expect(take()).toEqual(['catching-up', 'live', [7, 'seven']])
  })

  it('[S7] hears no event twice', async () => {
    const { say, take } = await following(5)
    await say(
      { s: 't', e: 'e1', o: 5, r: true },
      { s: 't', o: 6, d: 1 },
      { s: 't', o: 6, d: 1 },
      { s: 't', o: 5, d: 0 },
    )
    expect(take()).toEqual(['catching-up', 'live', [6, 1]])
  })

  it('[S10] asks once about a hole, and hears nothing until the answer', async () => {
    const { heard, say, take } = await following(5)
    await say({ s: 't', e: 'e1', o: 5, r: true }, { s: 't', o: 6, d: 6 })
    heard()
    await say({ s: 't', o: 8, d: 8 }, { s: 't', o: 9, d: 9 })
    expect(heard()).toEqual([{ s: 't', o: 6, e: 'e1' }])
    expect(take()).toEqual(['catching-up', 'live', [6, 6], 'catching-up'])
    await say({ s: 't', e: 'e1', o: 6, r: true }, ...[7, 8, 9].map((o) => ({ s: 't', o, d: o })))
    expect(take()).toEqual(['live', [7, 7], [8, 8], [9, 9]])
  })

  it('[S10] tells once that continuity is lost, and goes on from there', async () => {
    const { say, take } = await following(5)
    await say({ s: 't', e: 'e2', o: 50, r: false }, { s: 't', o: 51, d: 'x' })
    expect(take()).toEqual(['catching-up', 'reset', 'reset 50', [51, 'x'], 'live'])
  })

  it('is told when it may not, and asks again on the next connection', async () => {
    const { heard, say, take, world, run, welcome } = await following(5)
    heard()
    await say({ s: 't', x: 'not yours' })
    expect(take()).toEqual(['catching-up', 'refused not yours'])
    world.socket.die(1006)
    await run(5000)
    await welcome()
    expect(heard()).toEqual([{ s: 't', o: 5, e: 'e1' }])
  })
})

describe('loading the state', () => {
  it('comes before following, and events follow from the position that was loaded', async () => {
    const { tab, welcome, heard, say, world } = createPeer()
    const session = tab()
    let load = (_offset: number) => {}
    const reader = listener({
      load: () => new Promise((resolve) => (load = (offset) => resolve({ epoch: 'e1', offset }))),
    })
    session.follow('t', reader.handlers)
    session.connect()
    await welcome()
    expect(heard()).toEqual([])
    load(7)
    await world.settle()
    expect(heard()).toEqual([{ s: 't', o: 7, e: 'e1' }])
    await say({ s: 't', e: 'e1', o: 7, r: true }, { s: 't', o: 8, d: 8 })
    expect(reader.take()).toEqual(['catching-up', 'live', [8, 8]])
    // Continuity is lost: what comes while the state is loaded is asked for afterwards.
    world.socket.die(1006)
    await world.advanceAsync(5000)
    await welcome()
    heard()
    await say({ s: 't', e: 'e2', o: 20, r: false }, { s: 't', o: 21, d: 21 }, { s: 't', o: 22, d: 22 })
    expect(reader.take()).toEqual(['catching-up', 'reset', 'reset 20'])
    load(21)
    await world.settle()
    // That was a position of the old counting: it is asked about, and answered.
    expect(heard()).toEqual([{ s: 't', o: 21, e: 'e1' }])
    await say({ s: 't', e: 'e2', o: 22, r: false })
    expect(reader.take()).toEqual(['reset 22'])
  })

  it('that answers with no position has failed, and the connection does not hear of it', async () => {
    const { tab, welcome, run, heard } = createPeer()
    const session = tab()
    const errors: unknown[] = []
    session.ws.on('error', ({ cause }) => errors.push(String(cause)))
    const answers = [undefined, { epoch: 'e1' }, { epoch: 'e1', offset: 'x' }, { epoch: 'e1', offset: 7 }]
    session.follow('t', { onEvent: () => {}, load: async () => answers.shift() as never })
    session.connect()
    await welcome()
    await run(10_000)
    expect(heard()).toEqual([{ s: 't', o: 7, e: 'e1' }])
    expect(errors).toHaveLength(3)
    expect(errors[0]).toContain('"load" must be a position, { epoch, offset }, got undefined.')
  })

  it('is tried again when it fails, with growing pauses', async () => {
    const { tab, welcome, run } = createPeer()
    const session = tab()
    let loads = 0
    session.ws.on('error', () => {})
    session.follow('t', { onEvent: () => {}, load: () => (loads++, Promise.reject(new Error('offline'))) })
    session.connect()
    await welcome()
    expect(loads).toBe(1)
    await run(1000)
    expect(loads).toBe(2)
    await run(1999)
    expect(loads).toBe(2)
    await run(1)
    expect(loads).toBe(3)
  })
})

describe('several readers of a topic', () => {
  it('share one subscription, which ends one macrotask after the last has left', async () => {
    const { session, heard, say, stop, run } = await following(5)
    await say({ s: 't', e: 'e1', o: 5, r: true })
    heard()
    const second = listener()
    const stopSecond = session.follow('t', second.handlers)
    await say({ s: 't', o: 6, d: 6 })
    expect(second.take()).toEqual(['live', [6, 6]])
    stop()
    stopSecond()
    session.follow('t', second.handlers)
    await run(1)
    expect(heard()).toEqual([])
    await say({ s: 't', o: 7, d: 7 })
    expect(second.take()).toEqual(['live', [7, 7]])
  })

  it('are told to the server when none is left', async () => {
    const { heard, say, stop, run } = await following(5)
    await say({ s: 't', e: 'e1', o: 5, r: true })
    heard()
    stop()
    expect(heard()).toEqual([])
    await run(0)
    expect(heard()).toEqual([{ s: 't', u: 1 }])
  })

  it('[S10] get each what they have not got: one that is further behind is caught up, the others hear nothing twice', async () => {
    const { session, heard, say, take } = await following(5)
    await say({ s: 't', e: 'e1', o: 5, r: true }, { s: 't', o: 6, d: 6 })
    heard()
    take()
    const late = listener()
    session.follow('t', late.handlers, { epoch: 'e1', offset: 3 })
    expect(heard()).toEqual([{ s: 't', o: 3, e: 'e1' }])
    await say({ s: 't', e: 'e1', o: 3, r: true }, ...[4, 5, 6, 7].map((o) => ({ s: 't', o, d: o })))
    expect(late.take()).toEqual(['catching-up', 'live', [4, 4], [5, 5], [6, 6], [7, 7]])
    expect(take().filter(Array.isArray)).toEqual([[7, 7]])
  })

  it('[S10] one that stands in another epoch is not called live, however high its offset is', async () => {
    const { session, heard, say } = await following(5)
    await say({ s: 't', e: 'e1', o: 5, r: true })
    heard()
    const stranger = listener()
    session.follow('t', stranger.handlers, { epoch: 'e0', offset: 99 })
    expect(heard()).toEqual([{ s: 't', o: 99, e: 'e0' }])
    await say({ s: 't', e: 'e1', o: 5, r: false })
    expect(stranger.take()).toEqual(['catching-up', 'reset', 'reset 5'])
  })

  it('[S10] one that stands in another epoch is reset alone, and the others go on where they were', async () => {
    const { session, heard, say, take } = await following(5)
    await say({ s: 't', e: 'e1', o: 5, r: true }, { s: 't', o: 6, d: 6 })
    heard()
    take()
    const stranger = listener()
    session.follow('t', stranger.handlers, { epoch: 'e0', offset: 99 })
    await say({ s: 't', e: 'e1', o: 8, r: false })
    expect(heard()).toEqual([
      { s: 't', o: 99, e: 'e0' },
      { s: 't', o: 6, e: 'e1' },
    ])
    await say({ s: 't', e: 'e1', o: 6, r: true }, ...[7, 8, 9].map((o) => ({ s: 't', o, d: o })))
    expect(stranger.take()).toEqual(['catching-up', 'reset', 'reset 8', 'live', [9, 9]])
    expect(take()).toEqual(['catching-up', 'live', [7, 7], [8, 8], [9, 9]])
  })

  it('[S10] one that is too far behind is reset alone, on the next connection as well', async () => {
    const { session, heard, say, take, world, run, welcome } = await following(50)
    await say({ s: 't', e: 'e1', o: 50, r: true })
    world.socket.die(1006)
    const late = listener()
    session.follow('t', late.handlers, { epoch: 'e1', offset: 3 })
    heard()
    take()
    await run(5000)
    await welcome()
    expect(heard()).toEqual([{ s: 't', o: 3, e: 'e1' }])
    await say({ s: 't', e: 'e1', o: 51, r: false })
    expect(heard()).toEqual([{ s: 't', o: 50, e: 'e1' }])
    await say({ s: 't', e: 'e1', o: 50, r: true }, ...[51, 52].map((o) => ({ s: 't', o, d: o })))
    expect(late.take().slice(1)).toEqual(['reset', 'reset 51', 'live', [52, 52]])
    expect(take()).toEqual(['live', [51, 51], [52, 52]])
  })

  it('[S10] miss nothing where one of another epoch stands among them as the connection opens', async () => {
    const { session, heard, say, take, world, run, welcome } = await following(3)
    await say({ s: 't', e: 'e1', o: 3, r: true })
    world.socket.die(1006)
    const [stranger, late] = [listener(), listener()]
    session.follow('t', stranger.handlers, { epoch: 'e0', offset: 99 })
    session.follow('t', late.handlers, { epoch: 'e1', offset: 5 })
    heard()
    take()
    await run(5000)
    await welcome()
    expect(heard()).toEqual([{ s: 't', o: 5, e: 'e1' }])
    await say({ s: 't', e: 'e1', o: 5, r: true })
    expect(heard()).toEqual([{ s: 't', o: 3, e: 'e1' }])
    await say({ s: 't', e: 'e1', o: 3, r: true }, ...[4, 5, 6].map((o) => ({ s: 't', o, d: o })))
    expect(take()).toEqual(['live', [4, 4], [5, 5], [6, 6]])
    expect(stranger.take().slice(1)).toEqual(['reset', 'reset 5', 'live', [6, 6]])
    expect(late.take().filter(Array.isArray)).toEqual([[6, 6]])
  })

  it('[S10] are all reset where the server says unasked that something is missing', async () => {
    const { session, heard, say, take } = await following(5)
    const other = listener()
    session.follow('t', other.handlers)
    await say({ s: 't', e: 'e1', o: 5, r: true }, { s: 't', o: 6, d: 6 })
    heard()
    take()
    other.take()
    await say({ s: 't', e: 'e1', o: 9, r: false }, { s: 't', o: 10, d: 10 })
    for (const heardBy of [take, other.take]) expect(heardBy()).toEqual(['reset', 'reset 9', [10, 10], 'live'])
    expect(heard()).toEqual([])
  })

  it('[S7] of two questions the answer to the first is not taken for the second’s', async () => {
    const { session, heard, say, take } = await following(5)
    const late = listener()
    session.follow('t', late.handlers, { epoch: 'e1', offset: 3 })
    expect(heard()).toEqual([
      { s: 't', o: 5, e: 'e1' },
      { s: 't', o: 3, e: 'e1' },
    ])
    await say({ s: 't', e: 'e1', o: 5, r: true }, { s: 't', o: 6, d: 6 })
    expect(late.take()).toEqual(['catching-up'])
    await say({ s: 't', e: 'e1', o: 3, r: true }, ...[4, 5, 6].map((o) => ({ s: 't', o, d: o })))
    expect(late.take().slice(1)).toEqual([
      [4, 4],
      [5, 5],
      [6, 6],
    ])
    expect(take().filter(Array.isArray)).toEqual([[6, 6]])
  })

  it('one whose handler throws disturbs neither the others nor the connection', async () => {
    const { tab, run, server } = createStage()
    const session = tab()
    const reader = listener()
    session.ws.on('error', () => {})
    session.follow('t', {
      onEvent: () => {
        throw new Error('mine')
      },
    })
    session.follow('t', reader.handlers)
    session.connect()
    await run(100)
    reader.take()
    await server.publish('t', 'x')
    await run(100)
    expect(reader.take()).toEqual([[1, 'x']])
    expect(session.ws.state).toBe('OPEN')
  })
})
