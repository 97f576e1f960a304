/**
 * R1: the six states, and what each of them means.
 * Everything is told black-box: options in, events and snapshots out.
 */

import { describe, expect, it } from 'vitest'
import type { TransitionEntry } from '../../../src/index.ts'
import { blocked, plain, setup, untilRetry } from '../../support/client-scene.ts'

describe('R1 states', () => {
  it('[R1] is CLOSED, at rest and without a timer or watcher before the first connect', () => {
    const { world, client, log } = setup()
    expect(client.state).toBe('CLOSED')
    expect(client.getSnapshot().retryAt).toBeNull()
    expect(world.dials).toBe(0)
    expect(world.timers).toBe(0)
    expect(world.watchers).toBe(0)
    expect(log).toEqual([])
  })

  it('[R1] passes through exactly the six states of the requirement', () => {
    const scene = setup(plain)
    const { world, client, log } = scene
    client.connect()
    world.socket.refuse()
    untilRetry(scene)
    world.socket.accept()
    client.close()
    world.advance(0)
    client.connect()
    client.openCircuit()
    client.closeCircuit()
    world.socket.accept()
    world.socket.die(1002)
    expect(log.of('stateChange')).toEqual([
      'CONNECTING',
      'CLOSED',
      'CONNECTING',
      'OPEN',
      'CLOSING',
      'CLOSED',
      'CONNECTING',
      'BLOCKED',
      'CONNECTING',
      'OPEN',
      'FAILED',
    ])
  })

  it('[R1] says the same in .state, in the snapshot, in the stats and in stateChange', () => {
    const { world, client, log } = setup(plain)
    const check = (state: string) => {
      expect([client.state, client.getSnapshot().state, client.getStats().state]).toEqual([state, state, state])
      expect(log.of('stateChange').pop()).toBe(state)
    }
    client.connect()
    check('CONNECTING')
    world.socket.accept()
    check('OPEN')
    client.close()
    check('CLOSING')
    world.advance(0)
    check('CLOSED')
  })

  it('[R1] is CLOSED with retryAt set while it waits for a retry', () => {
    const { world, client, at } = setup(plain)
    client.connect()
    world.advance(250)
    world.socket.refuse()
    expect(client.state).toBe('CLOSED')
    expect(client.getSnapshot().retryAt).toBe(at(1250))
    expect(client.getStats().retryAt).toBe(at(1250))
    world.advance(1000)
    expect(client.state).toBe('CONNECTING')
    expect(client.getSnapshot().retryAt).toBeNull()
  })

  it('[R1] is BLOCKED while the circuit is open and a connection is wanted', () => {
    const { client, world } = blocked()
    expect(client.state).toBe('BLOCKED')
    expect(client.getCircuitState()).toBe('OPEN')
    client.close()
    expect(client.state).toBe('CLOSED')
    expect(client.getCircuitState()).toBe('OPEN')
    expect(world.timers).toBe(0)
  })

  it('[R1] is not BLOCKED by an open circuit while nothing is wanted', () => {
    const { client } = setup()
    client.openCircuit()
    expect(client.state).toBe('CLOSED')
    expect(client.getCircuitState()).toBe('OPEN')
  })
})

describe('R1 what a client remembers', () => {
  /** A client that has nothing behind it. */
  const fresh: TransitionEntry['before'] = {
    phase: 'idle',
    until: Infinity,
    circuit: {
      state: 'CLOSED',
      failures: 0,
      trials: 0,
      halfOpenAt: Infinity,
      trialAt: Infinity,
      byHand: false,
      broughtForward: false,
    },
    retryCount: 0,
    lastDelay: undefined,
    restartedAt: -Infinity,
    authRetryUsed: false,
    offline: false,
    reconnecting: false,
    chargesNoRetry: false,
    frozen: false,
    openedAt: Infinity,
    stable: false,
    pingSentAt: 0,
    isRepeatPing: false,
    exhausted: false,
    code: 0,
    reason: '',
  }

  /** The transitions of a client since one last looked. */
  function tapped(...args: Parameters<typeof setup>) {
    const scene = setup(...args)
    const log: TransitionEntry[] = []
    scene.client.tap((entry) => entry.type === 'transition' && log.push(entry))
    return { ...scene, last: () => log.splice(0).pop() }
  }

  it('[R1] is nothing before the first connect, and then only when to give the attempt up', () => {
    const { world, client, last } = tapped({ ...plain, connectTimeout: 3000 })
    client.connect()
    const after = { ...fresh, phase: 'connecting', until: world.clock.stamp + 3000 }
    expect(last()).toMatchObject({ before: fresh, after })
    expect(last()).toBeUndefined()
  })

  it('[R1] is nothing of a connection that close() has ended', () => {
    const { world, client, last } = tapped({ ...plain })
    client.connect()
    world.socket.accept()
    client.close(4000, 'enough')
    expect(last()?.after).toMatchObject({ phase: 'closing', code: 4000, reason: 'enough' })
    world.advance(0)
    expect(last()?.after).toEqual({ ...fresh, phase: 'closed' })
  })

  it('[R1] names every effect of a transition, and nothing else', () => {
    const { client, last } = tapped(plain)
    client.connect()
    expect(last()?.effects).toEqual([['dial']])
    client.openCircuit()
    expect(last()?.effects.map(([name]) => name)).toEqual(['abandon', 'error', 'close'])
  })

  it('[R14] is that a ping was a second one for as long as it is out', () => {
    const { world, client, last } = tapped({ ...plain, heartbeatInterval: 30_000 })
    client.connect()
    world.socket.accept()
    world.advance(30_000)
    world.sleep(60_000, { monotonic: 'advances' })
    expect(last()?.after).toMatchObject({ phase: 'awaitingPong', isRepeatPing: true })
    world.socket.receive('pong')
    client.update({ heartbeatInterval: 0 })
    expect(last()?.after).toMatchObject({ phase: 'open', isRepeatPing: false })
  })
})
