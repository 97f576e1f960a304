/**
 * R1: the six states, and what each of them means.
 * Everything is told black-box: options in, events and snapshots out.
 */

import { describe, expect, it } from 'vitest'
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
