/**
 * Owns the tests of the virtual world itself: what all other tests stand on, and what users get as `/testing`.
 */

import { describe, expect, it } from 'vitest'
import { WebSocketReconnect } from '../../src/index.ts'
import {
  accept,
  createWorld,
  type FakeEvent,
  flap,
  hang,
  inTurn,
  mulberry32,
  record,
  refuse,
  throwing,
} from '../support/index.ts'

describe('time', () => {
  it('fires timers in order, each at its own moment, and then reaches the end', () => {
    const { clock, ...world } = createWorld()
    const seen: unknown[] = []
    const note = (name: string) => () => seen.push([name, clock.elapsed])
    clock.setTimeout(note('b'), 20)
    clock.setTimeout(note('a'), 10)
    clock.setTimeout(() => clock.setTimeout(note('d'), 5), 20)
    clock.setTimeout(note('c'), 20)
    clock.clearTimeout(clock.setTimeout(note('never'), 15))
    clock.advance(100)
    expect(seen).toEqual([
      ['a', 10],
      ['b', 20],
      ['c', 20],
      ['d', 25],
    ])
    expect(clock.elapsed).toBe(100)
    expect(world.sockets).toEqual([])
  })

  it('moves wall and monotonic clock together, or apart', () => {
    const { clock } = createWorld()
    const read = () => [clock.now() - clock.start, clock.monotonic()]
    const [, origin] = read() as [number, number]
    clock.advance(10)
    expect(read()).toEqual([10, origin + 10])
    clock.moveWall(-3)
    expect(read()).toEqual([7, origin + 10])
    clock.sleep(100)
    expect(read()).toEqual([107, origin + 10])
    clock.sleep(100, { monotonic: 'advances' })
    expect(read()).toEqual([207, origin + 110])
  })

  it('fires what fell due during sleep once, late, or lets it wait', () => {
    const { clock } = createWorld()
    const seen: number[] = []
    const every = () => {
      seen.push(clock.elapsed)
      clock.setTimeout(every, 10)
    }
    clock.setTimeout(every, 10)
    clock.sleep(1000)
    expect(seen).toEqual([1000])
    clock.sleep(1000, { timers: 'wait' })
    expect(seen).toEqual([1000])
    clock.advance(10)
    expect(seen).toEqual([1000, 1010])
  })

  it('holds timers back while the event loop is busy', () => {
    const { clock } = createWorld()
    let fired = 0
    clock.setTimeout(() => fired++, 10)
    clock.block(50)
    expect(fired).toBe(0)
    clock.advance(0)
    expect([fired, clock.elapsed]).toEqual([1, 50])
  })

  it('fires a timer longer than 2^31−1 ms at once, as platforms do', () => {
    const { clock } = createWorld()
    let fired = 0
    clock.setTimeout(() => fired++, 2 ** 31)
    clock.advance(0)
    expect(fired).toBe(1)
  })

  it('lets promises settle between timers in the async variant', async () => {
    const world = createWorld()
    const seen: string[] = []
    world.clock.setTimeout(() => Promise.resolve().then(() => world.clock.setTimeout(() => seen.push('then'), 5)), 10)
    await world.advanceAsync(15)
    expect(seen).toEqual(['then'])
  })

  it('says so when a timer re-arms itself for the same moment for ever', () => {
    const { clock } = createWorld()
    const again = () => clock.setTimeout(again, 0)
    again()
    expect(() => clock.advance(1)).toThrow(/re-arms itself/)
  })

  it('counts the client’s timers, not its own', () => {
    const world = createWorld()
    world.clock.later(10, () => {})
    expect(world.timers).toBe(0)
    world.clock.setTimeout(() => {}, 10)
    expect([world.timers, world.clock.peak, world.clock.armed]).toEqual([1, 1, 1])
    world.advance(10)
    expect([world.timers, world.clock.peak]).toEqual([0, 1])
  })
})

describe('chance', () => {
  it('is 0.5, then what is scripted, then what is set', () => {
    const { random } = createWorld()
    expect(random()).toBe(0.5)
    random.next.push(0.1, 0.2)
    random.value = 0.9
    expect([random(), random(), random()]).toEqual([0.1, 0.2, 0.9])
  })

  it('repeats itself for the same seed', () => {
    const draw = (seed: number) => Array.from({ length: 5 }, createWorld({ seed }).random)
    expect(draw(7)).toEqual(draw(7))
    expect(draw(7)).not.toEqual(draw(8))
    expect(mulberry32(1)()).toBeCloseTo(0.6270739405881613, 12)
  })
})

describe('sockets', () => {
  function dial(options: Parameters<typeof createWorld>[0] = {}) {
    const world = createWorld(options)
    const heard: FakeEvent[] = []
    const socket = new world.WebSocket('wss://example.test/', ['v1', 'v2'])
    for (const type of ['open', 'message', 'error', 'close'])
      socket.addEventListener(type, (event: FakeEvent) => heard.push(event))
    return { world, socket: world.socket, heard, types: () => heard.map((event) => event.type) }
  }

  it('opens, talks and closes as a browser’s does', () => {
    const { world, socket, heard, types } = dial()
    expect(socket.readyState).toBe(0)
    expect(() => socket.send('too early')).toThrow('CONNECTING')
    socket.accept()
    expect([socket.readyState, socket.protocol]).toEqual([1, 'v1'])
    world.advance(7)
    socket.receive('hi')
    socket.send('ho')
    socket.close(3000, 'bye')
    expect([socket.readyState, socket.sent, types()]).toEqual([2, ['ho'], ['open', 'message']])
    socket.send('too late')
    expect([socket.swallowed, socket.bufferedAmount]).toEqual([['too late'], 8])
    world.advance(0)
    expect(socket.readyState).toBe(3)
    expect(heard[1]).toEqual({ type: 'message', data: 'hi', timeStamp: world.clock.monotonic() })
    expect(heard[2]).toMatchObject({ type: 'close', code: 3000, reason: 'bye', wasClean: true })
    expect(world.liveSockets).toEqual([])
  })

  it('fails a handshake that is closed, as browsers do: error and 1006', () => {
    const { world, socket, heard, types } = dial()
    socket.close()
    world.advance(0)
    expect(types()).toEqual(['error', 'close'])
    expect(heard[1]).toMatchObject({ code: 1006, wasClean: false })
  })

  it('refuses close codes and reasons that browsers refuse, unless told otherwise', () => {
    const { socket } = dial()
    for (const code of [999, 1001, 1006, 2999, 5000]) expect(() => socket.close(code)).toThrow('close code')
    expect(() => socket.close(1000, '€'.repeat(42))).toThrow('123')
    expect(socket.closeCalls).toEqual([])
    const lenient = dial({ strictCloseCodes: false })
    lenient.socket.close(1001)
    expect(lenient.socket.closeCalls).toEqual([{ code: 1001, reason: undefined }])
  })

  it('never answers a close when deaf, and answers before it returns when synchronous', () => {
    const deaf = dial()
    deaf.socket.accept()
    deaf.socket.deaf = true
    deaf.socket.close()
    deaf.world.advance(100_000)
    expect([deaf.socket.readyState, deaf.types()]).toEqual([2, ['open']])
    const quick = dial({ synchronous: true })
    quick.socket.accept()
    quick.socket.close()
    expect(quick.types()).toEqual(['open', 'close'])
  })

  it('stalls and drains', () => {
    const { socket } = dial()
    socket.accept()
    socket.send('12345')
    expect(socket.bufferedAmount).toBe(0)
    socket.stall(100)
    socket.send('12345')
    expect(socket.bufferedAmount).toBe(105)
    socket.drain(5)
    socket.send('€')
    expect(socket.bufferedAmount).toBe(103)
    socket.drain()
    socket.send('12345')
    expect(socket.bufferedAmount).toBe(0)
  })

  it('has terminate() and no timeStamps where the world is like ws', () => {
    expect(dial().socket.terminate).toBeUndefined()
    const { world, socket, heard, types } = dial({ terminate: true, timeStamps: false })
    socket.accept()
    socket.terminate?.()
    world.advance(0)
    expect([socket.terminated, types()]).toEqual([true, ['open', 'error', 'close']])
    expect('timeStamp' in (heard[0] as FakeEvent)).toBe(false)
  })

  it('lets a listener’s throw come out, after the others have heard', () => {
    const { socket, types } = dial()
    socket.addEventListener('open', () => {
      throw new Error('mine')
    })
    expect(() => socket.accept()).toThrow('mine')
    expect(types()).toEqual(['open'])
  })

  it('is served as the world says', () => {
    const world = createWorld({
      server: inTurn(accept(10), refuse(10), flap(5, { ms: 10, code: 4000 }), throwing(new Error('no')), hang()),
    })
    const dialled = () => new world.WebSocket('wss://example.test/')
    dialled()
    dialled()
    dialled()
    expect(dialled).toThrow('no')
    dialled()
    expect([world.dials, world.sockets.length]).toEqual([5, 4])
    world.advance(10)
    expect(world.sockets.map((socket) => socket.readyState)).toEqual([1, 3, 1, 0])
    world.advance(5)
    expect(world.sockets.map((socket) => socket.readyState)).toEqual([1, 3, 3, 0])
  })
})

describe('news and logs', () => {
  it('tells all watchers, and late ones that the world is offline', () => {
    const world = createWorld()
    const first: string[] = []
    const second: string[] = []
    const stop = world.environment((news) => first.push(news))
    world.notify('offline')
    world.environment((news) => second.push(news))
    expect(world.watchers).toBe(2)
    stop()
    world.notify('online')
    expect([first, second, world.watchers]).toEqual([['offline'], ['offline', 'online'], 1])
  })

  it('records every event as a pair and as a sentence', () => {
    const world = createWorld()
    const client = new WebSocketReconnect(world.options())
    const log = record(client)
    client.connect()
    world.socket.accept()
    expect(log).toEqual([
      ['stateChange', 'CONNECTING'],
      ['stateChange', 'OPEN'],
      ['open', undefined],
    ])
    expect(log.of('stateChange')).toEqual(['CONNECTING', 'OPEN'])
    expect(log.take()).toEqual(['stateChange CONNECTING', 'stateChange OPEN', 'open'])
    expect(log).toEqual([])
  })
})
