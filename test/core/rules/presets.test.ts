/** R38: the presets, as values and in a life. What they do to a fleet is measured in test/bench. */

import { describe, expect, expectTypeOf, it } from 'vitest'
import { interactive, WebSocketReconnect, type WebSocketReconnectOptions } from '../../../src/index.ts'
import { proven } from '../../support/client-scene.ts'

/** R38's 12 s, less a round trip of up to 200 ms for the refusal before the wait and one for the dial after it. */
const LONGEST_WAIT = 11_600

describe('R38 the preset `interactive`', () => {
  it('[R38] is frozen, all of it', () => {
    expect(Object.isFrozen(interactive)).toBe(true)
    expect(Object.isFrozen(interactive.circuitBreaker)).toBe(true)
  })

  it('[R38] never gives up', () => {
    expect(interactive.maxRetries).toBe(Infinity)
  })

  it.each([0, 0.5, 0.999_999])('[R38] waits 11.6 s at most between two dials, whatever is drawn (%d)', (draw) => {
    const { world, client } = proven({ ...interactive, heartbeatInterval: 0 })
    world.random.value = draw
    world.socket.die(1006)
    for (let retry = 1; retry <= 40; retry++) {
      const { dials } = world
      let waited = 0
      for (; world.dials === dials && waited <= LONGEST_WAIT; waited++) world.advance(1)
      expect(waited, `the wait before retry ${retry}`).toBeLessThanOrEqual(LONGEST_WAIT)
      world.socket.refuse()
    }
    expect(client.state).not.toBe('FAILED')
  })

  it('[R38] is spread before one’s own options, which win', () => {
    const url = 'wss://example.com'
    const client = new WebSocketReconnect({ ...interactive, url, maxDelay: 3000 })
    expect(client.options).toMatchObject({ ...interactive, url, maxDelay: 3000 })
    expectTypeOf({ ...interactive, url }).toExtend<WebSocketReconnectOptions>()
    expectTypeOf({
      ...interactive,
      url,
      maxRetries: 3,
      jitter: 0.2,
      circuitBreaker: false as const,
    }).toExtend<WebSocketReconnectOptions>()
  })

  it('[R38] goes through update(), and parts of its breaker may be changed', () => {
    const circuitBreaker = { ...interactive.circuitBreaker, failureThreshold: 3 }
    const client = new WebSocketReconnect({ url: 'wss://example.com', circuitBreaker: { failureThreshold: 7 } })
    client.update(interactive)
    expect(client.options).toMatchObject({ ...interactive, circuitBreaker: { failureThreshold: 7 } })
    client.update({ circuitBreaker })
    expect(client.options.circuitBreaker).toMatchObject(circuitBreaker)
  })
})
