/**
 * R25: events tell the truth: how many, in which order, with what.
 * Each step of a life is compared word for word; a second error or a close too many fails here.
 */

import { describe, expect, it } from 'vitest'
import { blocked, connected, plain, proven, refuseAll, setup, untilRetry } from '../../support/client-scene.ts'
import { flap, inTurn, refuse, throwing } from '../../support/index.ts'

describe('R25 order', () => {
  it('[R25] opens with circuitChange, stateChange, open, then the queue', () => {
    const scene = blocked()
    const { world, client } = scene
    const order: unknown[] = []
    client.send('queued')
    untilRetry(scene)
    world.socket.onSend = (data) => order.push(`sent ${String(data)}`)
    for (const type of ['circuitChange', 'stateChange', 'open'] as const)
      client.on(type, (payload?: unknown) => order.push(payload === undefined ? type : `${type} ${payload}`))
    world.socket.accept()
    expect(order).toEqual(['circuitChange CLOSED', 'stateChange OPEN', 'open', 'sent queued'])
  })

  it('[R25] fails with error, close, stateChange, retry', () => {
    const { world, client, log } = setup(plain)
    client.connect()
    log.take()
    world.socket.refuse()
    expect(log.told).toEqual(['error HANDSHAKE_FAILED', 'close 1006', 'stateChange CLOSED', 'retry 1 in 1000'])
  })

  it('[R25] trips with error, close, circuitChange, stateChange', () => {
    const scene = setup({ ...plain, circuitBreaker: { failureThreshold: 1 } })
    scene.client.connect()
    scene.log.take()
    refuseAll(scene)
    expect(scene.log.told).toEqual([
      'error HANDSHAKE_FAILED',
      'close 1006',
      'circuitChange OPEN',
      'stateChange BLOCKED',
    ])
  })

  it('[R25] half-opens with circuitChange, stateChange, retry', () => {
    const { world, log } = blocked()
    world.advance(60_000)
    expect(log.told).toEqual(['circuitChange HALF-OPEN', 'stateChange CLOSED', 'retry 5 in 15000'])
  })

  it('[R25] tells the whole life of a connection in order', () => {
    const scene = setup(plain)
    const { world, client, log } = scene
    client.connect()
    world.socket.refuse()
    untilRetry(scene)
    world.socket.accept()
    world.socket.receive('hi')
    world.advance(5000)
    world.socket.die(1001, 'going away')
    untilRetry(scene)
    world.socket.accept()
    client.close(3000, 'bye')
    world.advance(0)
    expect(log.told).toEqual([
      'stateChange CONNECTING',
      'error HANDSHAKE_FAILED',
      'close 1006',
      'stateChange CLOSED',
      'retry 1 in 1000',
      'stateChange CONNECTING',
      'stateChange OPEN',
      'open',
      'message hi',
      'close 1001',
      'stateChange CLOSED',
      'retry 1 in 1000',
      'stateChange CONNECTING',
      'stateChange OPEN',
      'open',
      'stateChange CLOSING',
      'close 3000',
      'stateChange CLOSED',
    ])
  })

  it('[R25] passes through no state for show', () => {
    const immediate = blocked({ circuitBreaker: { resetJitter: 0 } })
    immediate.world.advance(60_000)
    expect(immediate.log.of('stateChange')).toEqual(['CONNECTING'])
    const replaced = proven(plain)
    replaced.client.reconnect()
    expect(replaced.log.of('stateChange')).toEqual(['CONNECTING'])
    const reclosed = connected(plain)
    reclosed.client.close()
    reclosed.log.take()
    reclosed.client.connect()
    expect(reclosed.log.of('stateChange')).toEqual(['CONNECTING'])
    const tripped = setup({ ...plain, circuitBreaker: { failureThreshold: 1 } })
    tripped.client.connect()
    tripped.world.socket.refuse()
    expect(tripped.log.of('stateChange')).toEqual(['CONNECTING', 'BLOCKED'])
  })

  it('[R25] shows every listener of a step the final state', () => {
    const { world, client } = setup({ ...plain, circuitBreaker: { failureThreshold: 1 } })
    client.connect()
    const seen: unknown[] = []
    for (const type of ['error', 'close', 'circuitChange', 'stateChange'] as const)
      client.on(type, () => seen.push([type, client.state, client.getCircuitState(), client.getStats().state]))
    world.socket.refuse()
    expect(seen).toEqual([
      ['error', 'BLOCKED', 'OPEN', 'BLOCKED'],
      ['close', 'BLOCKED', 'OPEN', 'BLOCKED'],
      ['circuitChange', 'BLOCKED', 'OPEN', 'BLOCKED'],
      ['stateChange', 'BLOCKED', 'OPEN', 'BLOCKED'],
    ])
  })

  it('[R25] repeats no state and no circuit state', () => {
    const { world, client, log } = setup({ jitter: 0 })
    world.server = inTurn(refuse(), flap(10), refuse(5), flap(6000), refuse(), flap(0))
    client.connect()
    world.advance(600_000)
    client.close()
    world.advance(0)
    for (const type of ['stateChange', 'circuitChange'] as const) {
      const states = log.of(type) as string[]
      expect(states.length).toBeGreaterThan(1)
      expect(states.filter((state, n) => state === states[n - 1])).toEqual([])
    }
  })
})

describe('R25 one close per attempt', () => {
  const never = { code: 1006, reason: '', wasClean: false, opened: false }

  it('[R25] ends an attempt that never opened in one error and one unclean close 1006', () => {
    const { world, client, log } = setup(plain)
    client.connect()
    world.socket.refuse()
    expect(log.of('error')).toHaveLength(1)
    expect(log.of('close')).toEqual([never])
  })

  it('[R25] says the same whatever the platform tells of it', () => {
    for (const tell of [
      // Just a close, no error, as `ws` does on a cut line.
      (socket: ReturnType<typeof setup>['world']['socket']) => socket.die(1006),
      // A code and a reason that cannot be true of a connection that never opened.
      (socket: ReturnType<typeof setup>['world']['socket']) => socket.die(4000, 'odd', true),
      // Two errors and two closes.
      (socket: ReturnType<typeof setup>['world']['socket']) => {
        socket.dispatch('error')
        socket.refuse()
        socket.refuse()
      },
    ]) {
      const { world, client, log } = setup(plain)
      client.connect()
      log.take()
      tell(world.socket)
      expect(log.told).toEqual(['error HANDSHAKE_FAILED', 'close 1006', 'stateChange CLOSED', 'retry 1 in 1000'])
      expect(log.of('close')).toEqual([never])
    }
  })

  it('[R25] does not end an attempt at its error event: only its close tells', () => {
    const { world, client, log } = connected(plain)
    world.socket.dispatch('error')
    expect(log).toEqual([])
    expect(client.state).toBe('OPEN')
  })

  it('[R25] ends provider failures and constructor throws the same way', async () => {
    for (const options of [{ url: () => Promise.reject(new Error('no')) }, { url: () => 'ftp://x/' }, {}]) {
      const { world, client, log } = setup({ ...plain, ...options }, { server: throwing(new Error('no')) })
      client.connect()
      await world.settle()
      expect(log.told.filter((told) => !told.startsWith('stateChange'))).toEqual([
        expect.stringMatching(/^error (URL_PROVIDER_FAILED|INVALID_URL|SOCKET_THREW)$/),
        'close 1006',
        'retry 1 in 1000',
      ])
      expect(log.of('close')).toEqual([never])
    }
  })

  it('[R25] tells a drop after open without an error of its own', () => {
    const { world, client, log } = proven(plain)
    world.socket.dispatch('error')
    world.socket.die(1006)
    expect(log.told).toEqual(['close 1006', 'stateChange CLOSED', 'retry 1 in 1000'])
    expect(log.of('close')).toEqual([{ code: 1006, reason: '', wasClean: false, opened: true }])
    expect(client.getSnapshot().error).toBeNull()
  })

  it('[R25] passes code, reason and wasClean on as the platform tells them', () => {
    for (const [code, reason, wasClean] of [
      [1000, 'done', true],
      [1005, '', true],
      [4000, 'mine', true],
      [999, 'odd', true],
      [0, '', true],
      [5000, '', false],
    ] as const) {
      const { world, log } = proven(plain)
      world.socket.die(code, reason, wasClean)
      expect(log.of('close')).toEqual([{ code, reason, wasClean, opened: true }])
    }
  })

  it('[R25] survives a close event without code, reason or wasClean', () => {
    const { world, client, log } = proven(plain)
    world.socket.readyState = 3
    world.socket.dispatch('close')
    expect(log.of('close')).toHaveLength(1)
    expect(log.of('close')[0]).toEqual({ code: 1006, reason: '', wasClean: false, opened: true })
    expect(client.state).toBe('CLOSED')
  })

  it('[R25] raises one close for every attempt over a long and troubled life', () => {
    const { world, client, log } = setup({ ...plain, heartbeatInterval: 3000 })
    world.server = inTurn(refuse(), flap(10), flap(7000), refuse(20), flap(0), refuse())
    client.connect()
    world.advance(900_000)
    client.close()
    world.advance(2000)
    expect(world.dials).toBeGreaterThan(20)
    expect(log.of('close')).toHaveLength(world.dials)
    const opened = log.of('close').filter((close) => close.opened)
    expect(opened).toHaveLength(log.of('open').length)
    // Every attempt that never opened has one error, and right before its close.
    log.forEach(([type, payload], n) => {
      if (type === 'close' && !payload.opened) expect(log[n - 1]?.[0]).toBe('error')
    })
  })
})
