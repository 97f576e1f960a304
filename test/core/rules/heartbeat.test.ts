/**
 * R14: pings, what answers them, and when a silent connection is given up.
 */

import { describe, expect, it, vi } from 'vitest'
import { isPongText, pingText } from '../../../src/policy/ping-pong.ts'
import { connected, plain, proven, setup, untilRetry } from '../../support/client-scene.ts'
import { hang } from '../../support/index.ts'

const beating = { ...plain, heartbeatInterval: 30_000 }

/** A client whose first ping has just gone out, unanswered. */
function pinged(options: Parameters<typeof connected>[0] = {}, world?: Parameters<typeof connected>[1]) {
  const scene = connected({ ...beating, ...options }, world)
  scene.world.advance(30_000)
  scene.log.take()
  expect(scene.world.socket.sent).toHaveLength(1)
  return scene
}

describe('R14 pings', () => {
  it('[R14] sends {"type":"ping"} every 30 s unless told otherwise', () => {
    const { world, client } = connected({ circuitBreaker: false })
    const { socket } = world
    socket.onSend = () => socket.later(20, () => socket.receive('pong'))
    world.advance(29_999)
    expect(socket.sent).toEqual([])
    world.advance(1)
    expect(socket.sent).toEqual(['{"type":"ping"}'])
    world.advance(29_999)
    expect(socket.sent).toHaveLength(1)
    world.advance(1)
    expect(socket.sent).toHaveLength(2)
    world.advance(300_000)
    expect(socket.sent).toHaveLength(12)
    expect(client.state).toBe('OPEN')
  })

  it('[R14] pings whether there is traffic or none', () => {
    const { world, client } = connected(beating)
    for (let second = 1; second <= 30; second++) {
      world.socket.receive('news')
      client.send('news')
      world.advance(1000)
    }
    expect(world.socket.sent.filter((data) => data === '{"type":"ping"}')).toHaveLength(1)
  })

  it('[R14] has one ping outstanding at a time, and keeps the rhythm once it is answered', () => {
    const { world, client } = connected({ ...plain, heartbeatInterval: 1000, heartbeatTimeout: 5000 })
    const { socket } = world
    world.advance(4999)
    expect(socket.sent).toHaveLength(1)
    socket.receive('pong')
    world.advance(1)
    expect(socket.sent).toHaveLength(2)
    world.advance(500)
    socket.receive('pong')
    world.advance(500)
    expect(socket.sent).toHaveLength(3)
    expect(client.state).toBe('OPEN')
  })

  it('[R14] pings every heartbeatInterval even where that is shorter than heartbeatTimeout', () => {
    const { world } = connected({ ...plain, heartbeatInterval: 1000, heartbeatTimeout: 5000 })
    const { socket } = world
    const at: number[] = []
    socket.onSend = () => {
      at.push(world.clock.elapsed)
      socket.later(10, () => socket.receive('pong'))
    }
    world.advance(5000)
    expect(at).toEqual([1000, 2000, 3000, 4000, 5000])
  })

  it.each([
    ['a string', 'PING', 'PING'],
    ['an object', { cmd: 'heartbeat' }, '{"cmd":"heartbeat"}'],
    ['a function returning a string', () => 'now', 'now'],
    ['a function returning an object', () => ({ at: 1 }), '{"at":1}'],
  ])('[R14] sends a heartbeatMessage that is %s', (_what, heartbeatMessage, expected) => {
    const { world } = pinged({ heartbeatMessage })
    expect(world.socket.sent).toEqual([expected])
  })

  it('[R14] asks a heartbeatMessage function for every ping', () => {
    let n = 0
    const { world } = pinged({ heartbeatMessage: () => `ping ${++n}` })
    world.socket.receive('pong')
    world.advance(30_000)
    expect(world.socket.sent).toEqual(['ping 1', 'ping 2'])
  })

  it('[R14] sends nothing with heartbeatInterval 0, and needs no timer for it', () => {
    const { world, client } = proven({ ...plain, heartbeatInterval: 0 })
    expect(world.timers).toBe(0)
    world.advance(86_400_000)
    expect(world.socket.sent).toEqual([])
    expect(client.state).toBe('OPEN')
  })

  it('[R14] sends pings only while OPEN', () => {
    const { world, client } = connected(beating)
    world.advance(29_000)
    world.socket.deaf = true
    client.close()
    world.advance(1000)
    expect(world.socket.sent).toEqual([])
    expect(world.socket.swallowed).toEqual([])
  })

  it('[R14] begins the interval anew with every connection', () => {
    const { world, client } = connected(beating)
    world.advance(29_000)
    client.reconnect()
    world.socket.accept()
    world.advance(29_999)
    expect(world.socket.sent).toEqual([])
    world.advance(1)
    expect(world.socket.sent).toHaveLength(1)
  })
})

describe('R14 the verdict', () => {
  it('[R14] gives the connection up when nothing came within heartbeatTimeout', () => {
    const { world, client, log } = pinged()
    world.advance(4999)
    expect(client.state).toBe('OPEN')
    world.advance(1)
    expect(log.told).toEqual(['error HEARTBEAT_TIMEOUT', 'close 1006', 'stateChange CLOSED', 'retry 1 in 1000'])
    expect(log.of('close')).toEqual([{ code: 1006, reason: '', wasClean: false, opened: true }])
    expect(log.of('error')[0]?.message).toContain('heartbeatInterval: 0')
    expect(client.getSnapshot().error).toBe(log.of('error')[0])
  })

  it('[R14] honours heartbeatTimeout', () => {
    const { world, client } = pinged({ heartbeatTimeout: 700 })
    world.advance(699)
    expect(client.state).toBe('OPEN')
    world.advance(1)
    expect(client.state).toBe('CLOSED')
  })

  it('[R14] takes any message after the ping for an answer, to the last moment', () => {
    const { world, client } = pinged()
    world.advance(4999)
    world.socket.receive(new ArrayBuffer(3))
    world.advance(1)
    expect(client.state).toBe('OPEN')
    world.advance(25_000)
    expect(world.socket.sent).toHaveLength(2)
    world.advance(5000)
    expect(client.state).toBe('CLOSED')
  })

  it('[R14] takes no message before the ping for an answer', () => {
    const { world, client } = connected(beating)
    world.advance(29_999)
    world.socket.receive('news')
    world.advance(5001)
    expect(client.state).toBe('CLOSED')
  })

  // The ping itself is 15 bytes: one byte more must have left.
  it.each([
    ['a shrinking buffer', 16, 'OPEN'],
    ['no buffer that only grew back', 15, 'CLOSED'],
  ])('[R14] takes %s for an answer', (_, bytes, state) => {
    const { world, client } = connected(beating)
    world.socket.stall(5000)
    world.advance(30_000)
    world.socket.drain(bytes)
    world.advance(5000)
    expect(client.state).toBe(state)
  })

  it('[R14] sends one fresh ping instead of a verdict that falls due late', () => {
    const { world, client, log } = pinged()
    world.sleep(6001, { monotonic: 'advances' })
    expect(client.state).toBe('OPEN')
    expect(world.socket.sent).toHaveLength(2)
    world.advance(4999)
    expect(client.state).toBe('OPEN')
    world.advance(1)
    expect(client.state).toBe('CLOSED')
    expect(log.of('error').map((error) => error.code)).toEqual(['HEARTBEAT_TIMEOUT'])
  })

  it('[R14] does not take 1000 ms for late', () => {
    const { world, client } = pinged()
    world.sleep(6000, { monotonic: 'advances' })
    expect(client.state).toBe('CLOSED')
  })

  it('[R14] lets the verdict on the fresh ping stand however late it fires', () => {
    const { world, client } = pinged()
    world.sleep(60_000, { monotonic: 'advances' })
    expect(client.state).toBe('OPEN')
    world.sleep(60_000, { monotonic: 'advances' })
    expect(client.state).toBe('CLOSED')
    expect(world.socket.sent).toHaveLength(2)
  })

  it('[R14] grants a fresh ping again once one has been answered', () => {
    const { world, client } = pinged()
    world.sleep(60_000, { monotonic: 'advances' })
    world.socket.receive('pong')
    world.advance(30_000)
    expect(world.socket.sent).toHaveLength(3)
    world.sleep(60_000, { monotonic: 'advances' })
    expect(client.state).toBe('OPEN')
    expect(world.socket.sent).toHaveLength(4)
  })

  it('[R14] only pings, and judges nothing, when the ping itself is late', () => {
    const { world, client } = connected(beating)
    world.sleep(600_000, { monotonic: 'advances' })
    expect(world.socket.sent).toHaveLength(1)
    expect(client.state).toBe('OPEN')
    world.advance(4999)
    expect(client.state).toBe('OPEN')
    world.advance(1)
    expect(client.state).toBe('CLOSED')
  })

  it('[R14] lets the pong of a replaced socket count for nothing', () => {
    const { world, client } = pinged()
    const old = world.socket
    client.reconnect()
    world.socket.accept()
    world.advance(30_000)
    old.dispatch('message', { data: 'pong' })
    world.advance(5000)
    expect(client.state).toBe('CLOSED')
  })

  it.each([
    [
      'throws',
      () => () => {
        throw new Error('mine')
      },
    ],
    [
      'is cyclic',
      () => {
        const cycle: { self?: object } = {}
        cycle.self = cycle
        return cycle
      },
    ],
    ['holds a BigInt', () => ({ big: 1n })],
    ['returns neither text nor object', () => (() => undefined) as unknown as () => string],
    ['is binary', () => new Uint8Array([1, 2])],
    ['is a Blob', () => new Blob(['ping'])],
    ['is a Map', () => new Map([['type', 'ping']])],
    ['is a promise', () => () => Promise.resolve('ping') as unknown as string],
  ] as [string, () => string | object][])(
    '[F63][R14] reports a heartbeatMessage that %s and keeps the connection and the rhythm',
    (_what, make) => {
      const { world, client, log } = connected({ ...beating, heartbeatMessage: make() })
      world.advance(30_000)
      expect(log.of('error').map((error) => error.code)).toEqual(['HEARTBEAT_INVALID'])
      expect(client.state).toBe('OPEN')
      world.advance(29_999)
      expect(log.of('error')).toHaveLength(1)
      world.advance(1)
      expect(log.of('error')).toHaveLength(2)
      expect(client.state).toBe('OPEN')
      expect(world.socket.sent).toEqual([])
    },
  )

  it('[R14] survives a socket that throws at the ping', () => {
    const { world, client } = connected(beating)
    world.socket.onSend = () => {
      throw new Error('no')
    }
    expect(() => world.advance(35_000)).not.toThrow()
    expect(client.state).toBe('CLOSED')
  })
})

describe('R14 latency', () => {
  it('[R14] measures the round trip from matched pongs', () => {
    const { world, client, log } = pinged()
    expect(client.getStats().latency).toBeNull()
    world.advance(42)
    world.socket.receive('{"type":"pong"}')
    expect(log.of('latency')).toEqual([42])
    expect(client.getStats().latency).toBe(42)
  })

  it('[R14] measures without timeStamps too', () => {
    const { world, log } = pinged({}, { timeStamps: false })
    world.advance(42)
    world.socket.receive('pong')
    expect(log.of('latency')).toEqual([42])
  })

  it('[R14] matches one pong to one ping', () => {
    const { world, log } = connected(beating)
    world.socket.receive('pong')
    expect(log.of('latency')).toEqual([])
    world.advance(30_000)
    world.advance(10)
    world.socket.receive('news')
    world.advance(10)
    world.socket.receive('pong')
    world.socket.receive('pong')
    expect(log.of('latency')).toEqual([20])
  })

  const padded = (length: number) => `{"type":"pong","pad":"${'x'.repeat(length - 24)}"}`

  it.each([
    ['pong', true],
    ['PONG', true],
    ['Pong', true],
    ['{"type":"pong"}', true],
    ['{"type":"pong","id":7}', true],
    [padded(256), true],
    [padded(257), false],
    ['pongs', false],
    ['ping', false],
    ['{"type":"PONG"}', false],
    ['{"kind":"pong"}', false],
    ['{"type":"chat","text":"pong"}', false],
    ['{"type":"pong"', false],
    ['["pong"]', false],
    ['"pong"', false],
    [new TextEncoder().encode('pong').buffer, false],
  ])('[R14] takes %j for a pong: %s', (data, expected) => {
    const { world, client, log } = pinged()
    const verdicts: boolean[] = []
    client.on('message', (_event, isPong) => verdicts.push(isPong))
    world.advance(5)
    world.socket.receive(data)
    expect(log.of('latency')).toEqual(expected ? [5] : [])
    expect(verdicts).toEqual([expected])
  })

  it('[R14] raises message for pongs as for everything', () => {
    const { world, log } = pinged()
    world.socket.receive('pong')
    expect(log.of('message').map((event) => event.data)).toEqual(['pong'])
  })

  it('[R14] asks isPong for what came, with the heartbeat on', () => {
    const asked: unknown[] = []
    const { world, client, log } = pinged({
      isPong: (data) => {
        asked.push(data)
        return data === 'yes'
      },
    })
    const verdicts: boolean[] = []
    client.on('message', (_event, isPong) => verdicts.push(isPong))
    world.advance(3)
    world.socket.receive('pong')
    world.socket.receive('yes')
    expect(asked).toEqual(['pong', 'yes'])
    expect(verdicts).toEqual([false, true])
    expect(log.of('latency')).toEqual([3])
  })

  it('[R14] asks no isPong with the heartbeat off', () => {
    let asked = 0
    const { world, client } = connected({ ...plain, isPong: () => ++asked > 0 })
    const verdicts: boolean[] = []
    client.on('message', (_event, isPong) => verdicts.push(isPong))
    world.socket.receive('pong')
    expect(asked).toBe(0)
    expect(verdicts).toEqual([false])
  })

  it('[R14] takes a throw of isPong for no, and the message for a sign of life all the same', () => {
    const { world, client, log } = pinged({
      isPong: () => {
        throw new Error('mine')
      },
    })
    world.socket.receive('pong')
    world.advance(5000)
    expect(log.of('latency')).toEqual([])
    expect(log.of('error')).toEqual([])
    expect(log.of('message')).toHaveLength(1)
    expect(client.state).toBe('OPEN')
  })

  it('[R14] never lets isPong decide about life and death', () => {
    const { world, client } = pinged({ isPong: () => false })
    world.socket.receive('anything')
    world.advance(5000)
    expect(client.state).toBe('OPEN')
    const liar = pinged({ isPong: () => true })
    liar.world.advance(5000)
    expect(liar.client.state).toBe('CLOSED')
  })
})

describe('R14 a verdict waits until what has arrived has been read', () => {
  /** What lies in the socket when a stalled event loop goes on: read after the timers that are due. */
  const unread = (world: Scene['world'], act: (socket: Scene['world']['socket']) => void) => {
    const { socket } = world
    world.clock.later(0, () => act(socket))
  }

  it('[R14] hears a pong that arrived while the event loop stood still', () => {
    const { world, client, log } = connected({ ...plain, heartbeatInterval: 1000, heartbeatTimeout: 500 })
    for (let beat = 0; beat < 5; beat++) {
      world.advance(beat ? 450 : 1000)
      expect(world.socket.sent).toHaveLength(beat + 1)
      world.block(550)
      unread(world, (socket) => socket.receive('pong'))
      world.advance(0)
      expect(client.state).toBe('OPEN')
    }
    expect(log.of('error')).toEqual([])
    expect(log.of('latency')).toEqual([550, 550, 550, 550, 550])
  })

  it('[R14] gives a line up that has nothing to read, in the same moment', () => {
    const { world, client, log } = connected({ ...plain, heartbeatInterval: 1000, heartbeatTimeout: 500 })
    world.advance(1000)
    world.block(550)
    world.advance(0)
    expect(client.state).toBe('CLOSED')
    expect(log.of('error').map(({ code }) => code)).toEqual(['HEARTBEAT_TIMEOUT'])
  })

  it('[R14] tells the close that arrived, in the place of a heartbeat timeout', () => {
    const { world, log } = connected({ ...plain, heartbeatInterval: 1000, heartbeatTimeout: 500 })
    world.advance(1000)
    world.block(550)
    unread(world, (socket) => socket.die(1001, 'going away'))
    world.advance(0)
    expect(log.of('error')).toEqual([])
    expect(log.of('close')).toMatchObject([{ code: 1001, reason: 'going away' }])
  })

  it('[R14] keeps a connection whose open waited in the event loop when connectTimeout fell due', () => {
    const { world, client, log } = setup({ ...plain, connectTimeout: 1000 })
    client.connect()
    world.block(1000)
    unread(world, (socket) => socket.accept())
    world.advance(0)
    expect([client.state, world.dials]).toEqual(['OPEN', 1])
    expect(log.told).toEqual(['stateChange CONNECTING', 'stateChange OPEN', 'open'])
    world.advance(100_000)
    expect(client.state).toBe('OPEN')
  })

  it('[R14] takes the answer of a provider that waited in the event loop no longer: it still has to dial', async () => {
    const { world, client, log } = setup({ ...plain, connectTimeout: 1000 })
    client.connect()
    world.advance(1000)
    expect(log.of('error').map(({ code }) => code)).toEqual(['CONNECT_TIMEOUT'])
    expect(client.state).toBe('CLOSED')
  })

  it('[R14] tells a clean close whose answer waited in the event loop when closeTimeout fell due', () => {
    const { world, client, log } = connected({ ...plain, closeTimeout: 1000 })
    world.socket.deaf = true
    client.close()
    world.block(1000)
    unread(world, (socket) => socket.die(1000))
    world.advance(0)
    expect(log.of('close')).toEqual([{ code: 1000, reason: '', wasClean: true, opened: true }])
    expect(client.state).toBe('CLOSED')
  })

  it('[R14] waits one turn, not for ever, for each verdict anew', () => {
    const scene = setup({ ...plain, connectTimeout: 1000, baseDelay: 0, jitter: 0 }, { server: hang() })
    const { world, client, log } = scene
    client.connect()
    world.advance(10_000)
    expect(log.of('error').map(({ code }) => code)).toEqual(Array(10).fill('CONNECT_TIMEOUT'))
    expect(world.clock.peak).toBe(1)
  })
})

describe('R14 one word to the developer', () => {
  /** What has been said on the console while something was done. */
  function said(act: () => void): string[] {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    try {
      act()
      return warn.mock.calls.map((words) => words.join(' '))
    } finally {
      warn.mockRestore()
    }
  }

  /** Each of these clients has an address of its own: a warning is said once. */
  let addresses = 0
  const stranger = (options: Parameters<typeof setup>[0] = {}) =>
    connected({ ...beating, url: `wss://example.test/${++addresses}`, ...options })

  it('[R14] says at the first HEARTBEAT_TIMEOUT what the server needs, where nothing has ever answered', () => {
    const words = said(() => stranger({ heartbeatMessage: { cmd: 'beat' } }).world.advance(35_000))
    expect(words).toHaveLength(1)
    expect(words[0]).toMatch(/^WebSocketReconnect: /)
    for (const part of ['{"cmd":"beat"}', 'heartbeatInterval: 0', 'isPong', 'socket.send(']) {
      expect(words[0]).toContain(part)
    }
  })

  it('[R14] says it once, not at every loss', () => {
    const words = said(() => {
      const scene = stranger()
      for (let n = 0; n < 3; n++) {
        scene.world.advance(35_000)
        untilRetry(scene)
        scene.world.socket.accept()
      }
    })
    expect(words).toHaveLength(1)
  })

  it('[R14] says nothing where a ping has been answered before, pong or not', () => {
    for (const answer of ['pong', 'news']) {
      const words = said(() => {
        const { world, log } = stranger()
        world.advance(30_000)
        world.socket.receive(answer)
        world.advance(35_000)
        expect(log.of('error').map(({ code }) => code)).toEqual(['HEARTBEAT_TIMEOUT'])
      })
      expect(words).toEqual([])
    }
  })

  it('[R14] is not silenced by what was said before any ping', () => {
    const words = said(() => {
      const { world } = stranger()
      world.socket.receive('hello')
      world.advance(35_000)
    })
    expect(words).toHaveLength(1)
  })

  it('[R19] tells no secret of the address in it', () => {
    const words = said(() => stranger({ url: 'wss://user:secret@example.test/?token=secret' }).world.advance(35_000))
    expect(words).toHaveLength(1)
    expect(words[0]).not.toContain('secret')
  })

  it('[R14] says nothing in a production build, nor where nothing is wrong', () => {
    vi.stubEnv('NODE_ENV', 'production')
    expect(said(() => stranger().world.advance(35_000))).toEqual([])
    vi.unstubAllEnvs()
    expect(said(() => stranger().world.socket.die())).toEqual([])
  })
})

describe('R14 what is a pong, what can be a ping', () => {
  it('[R14][R21] takes nothing but text for a pong, without throwing', () => {
    for (const data of [new ArrayBuffer(4), new Uint8Array(4), new Uint8Array(9), null, undefined, 4]) {
      expect(isPongText(data)).toBe(false)
    }
  })

  it('[R14][R21] parses no text that does not say pong', () => {
    expect(isPongText('{"type":')).toBe(false)
    expect(isPongText('hello')).toBe(false)
  })

  it('[R14] says what came instead of a ping', () => {
    expect(() => pingText(() => undefined as never)).toThrow('JSON cannot say undefined')
    expect(() => pingText((() => () => {}) as never)).toThrow('JSON cannot say function')
  })
})

describe('R37 what is a pong', () => {
  it('[R37] is a pong only while a ping waits for its answer', () => {
    const { world, client } = connected(beating)
    const verdicts: [unknown, boolean][] = []
    client.on('message', ({ data }, isPong) => verdicts.push([data, isPong]))
    // A chat of raw text, in which somebody says so.
    world.socket.receive('pong')
    world.advance(30_000)
    world.socket.receive('pong')
    world.socket.receive('pong')
    world.advance(30_000)
    world.socket.receive('{"type":"pong"}')
    world.socket.receive('{"type":"pong"}')
    expect(verdicts).toEqual([
      ['pong', false],
      ['pong', true],
      ['pong', false],
      ['{"type":"pong"}', true],
      ['{"type":"pong"}', false],
    ])
  })

  it('[R37] is none on a connection that has not pinged yet, though the one before had a ping out', () => {
    const scene = pinged()
    const { world, client } = scene
    const verdicts: boolean[] = []
    client.on('message', (_event, isPong) => verdicts.push(isPong))
    client.reconnect()
    world.socket.accept()
    world.socket.receive('pong')
    expect(verdicts).toEqual([false])
  })

  it('[R37] asks isPong of nothing that no ping has asked for', () => {
    let asked = 0
    const { world } = connected({ ...beating, isPong: () => ++asked > 0 })
    world.socket.receive('a')
    world.socket.receive('b')
    expect(asked).toBe(0)
    world.advance(30_000)
    world.socket.receive('c')
    world.socket.receive('d')
    expect(asked).toBe(1)
  })
})

type Scene = ReturnType<typeof connected>

describe('R14 the buffer as an answer', () => {
  it('[R14] takes a buffer for an answer that had drained before more was sent', () => {
    const { world, client } = connected(beating)
    world.socket.stall(100)
    world.advance(30_000)
    world.socket.drain(60)
    client.send('x'.repeat(1000))
    world.advance(5000)
    expect(client.state).toBe('OPEN')
  })

  it('[R14][R16] sends no ping into a connection that its peer is closing', () => {
    const { world } = connected(beating)
    world.socket.readyState = 2
    world.advance(30_000)
    expect([world.socket.sent, world.socket.swallowed]).toEqual([[], []])
  })
})
