/**
 * The tap: what a developer hears who looks over a client's shoulder, and that nobody pays for it who does not.
 * That no production bundle has it is tested on the built package (test/package).
 */

import { describe, expect, it } from 'vitest'
import { type TapEntry, WebSocketReconnect } from '../../src/index.ts'
import { createWorld, record, replay } from '../../testing/index.ts'
import { proven, setup } from '../support/client-scene.ts'

/** A client with a tap, and what it has reported since one last looked. */
function tapped(...args: Parameters<typeof setup>) {
  const scene = setup(...args)
  const log: TapEntry[] = []
  const stop = scene.client.tap((entry) => log.push(entry))
  const told = () =>
    log.splice(0).map((entry) => {
      if (entry.type === 'transition') return `${entry.before.phase} × ${entry.event.type} → ${entry.after.phase}`
      if (entry.type === 'queue') return `queue ${entry.size}`
      return entry.type === 'error' ? `error ${entry.error.code}` : `${entry.type} ${entry.data}`
    })
  return { ...scene, log, stop, told }
}

describe('client.tap()', () => {
  it('reports each transition with its event, both states, the effects and the deadline', () => {
    const { world, client, log } = tapped({ connectTimeout: 3000 })
    client.connect()
    const [entry] = log
    expect(entry).toMatchObject({
      type: 'transition',
      event: { type: 'connect', now: world.clock.stamp, random: 0.5 },
      before: { phase: 'idle', until: Infinity },
      after: { phase: 'connecting', until: world.clock.stamp + 3000 },
      effects: [['dial']],
    })
  })

  it('reports frames in and out, changes of the queue and errors, in the order in which they happen', () => {
    const { world, client, told } = tapped({ heartbeatInterval: 0, queue: { maxMessages: 1 } })
    client.send('early')
    client.send('one too many')
    client.connect()
    world.socket.accept()
    world.socket.receive('news')
    client.send('later')
    world.socket.die(1002)
    expect(told()).toEqual([
      'queue 1',
      'idle × connect → connecting',
      'connecting × opened → open',
      'sent early',
      'queue 0',
      'received news',
      'sent later',
      'open × socketClosed → failed',
      'error FATAL_CLOSE',
    ])
  })

  it('reports what shouldReconnect and retryDelay have answered as part of the event', () => {
    const { world, client, log } = tapped({ jitter: 0, shouldReconnect: () => true, retryDelay: () => 777 })
    client.connect()
    world.socket.refuse()
    expect(log.find((entry) => entry.type === 'transition' && entry.event.type === 'socketClosed')).toMatchObject({
      event: { shouldReconnect: true, retryDelay: 777 },
      after: { phase: 'waiting', until: world.clock.stamp + 777 },
    })
  })

  it('falls silent when it is stopped, and leaves the engine as it was', () => {
    const { world, client, log, stop } = tapped()
    const other: string[] = []
    client.connect()
    const stopOther = client.tap(({ type }) => other.push(type))
    stop()
    log.length = 0
    world.socket.accept()
    stopOther()
    world.socket.receive('unheard')
    client.close()
    expect(log).toEqual([])
    expect(other).toEqual(['transition'])
  })

  it('survives a listener that throws, which comes out of a task of its own', () => {
    const world = createWorld()
    const client = new WebSocketReconnect(world.options())
    client.connect()
    world.socket.accept()
    const log = record(client)
    const stop = client.tap(() => {
      throw new Error('a listener of the tap throws')
    })
    world.socket.receive('news')
    stop()
    expect(() => world.advance(0)).toThrow('a listener of the tap throws')
    expect(log.take()).toEqual(['message news'])
  })

  it('[R21] costs nothing per message once nobody listens', () => {
    const { world, client } = proven()
    client.tap(() => {})()
    const { reads, armed } = world.clock
    for (let n = 0; n < 1000; n++) world.socket.receive('news')
    expect(world.clock.reads - reads).toBe(0)
    expect(world.clock.armed - armed).toBe(0)
  })
})

describe('replay()', () => {
  it('plays a log again to the same states, deadlines and effects, retryDelay included', () => {
    const { world, client, log } = tapped({ jitter: 'full', retryDelay: ({ attempt, delay }) => delay + attempt })
    client.connect()
    world.socket.refuse()
    world.advance(1000)
    world.socket.accept()
    world.advance(90_000)
    const transitions = log.filter((entry) => entry.type === 'transition')
    expect(transitions.length).toBeGreaterThan(5)
    expect(replay(log)).toEqual(transitions.map(({ after, effects }) => ({ after, effects })))
  })

  it('has nothing to play in a log without transitions', () => {
    expect(replay([{ type: 'queue', size: 1 }])).toEqual([])
  })
})
