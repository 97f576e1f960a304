/**
 * R21: what an inbound message may cost.
 * The world counts every clock read and every timer, so a price that creeps in is seen here first.
 */

import { describe, expect, it } from 'vitest'
import { connected, proven } from './setup.ts'

describe('R21 cost', () => {
  it('[R21] reads no clock and arms no timer per message that carries a timeStamp', () => {
    const { world, log } = proven()
    const { reads, armed } = world.clock
    for (let n = 0; n < 1000; n++) world.socket.receive('news')
    expect(world.clock.reads - reads).toBe(0)
    expect(world.clock.armed - armed).toBe(0)
    expect(log.of('message')).toHaveLength(1000)
  })

  it('[R21] reads no clock and arms no timer while a ping is outstanding', () => {
    const { world } = connected()
    world.advance(30_000)
    const { reads, armed } = world.clock
    for (let n = 0; n < 1000; n++) world.socket.receive('news')
    expect(world.clock.reads - reads).toBe(0)
    expect(world.clock.armed - armed).toBe(0)
  })

  it('[R21] reads one clock per message without a timeStamp', () => {
    const { world } = proven({}, { timeStamps: false })
    const { reads, armed } = world.clock
    for (let n = 0; n < 1000; n++) world.socket.receive('news')
    expect(world.clock.reads - reads).toBe(1000)
    expect(world.clock.armed - armed).toBe(0)
  })

  it('[R21] notifies no snapshot subscriber for a message', () => {
    const { world, client } = proven()
    const before = client.getSnapshot()
    let notified = 0
    client.subscribe(() => notified++)
    for (let n = 0; n < 100; n++) world.socket.receive('news')
    expect(notified).toBe(0)
    expect(client.getSnapshot()).toBe(before)
  })

  it('[R21] counts messages and bytes in plain numbers', () => {
    const { world, client } = proven()
    world.socket.receive('12345')
    world.socket.receive(new ArrayBuffer(7))
    world.socket.receive(new Blob(['123']))
    client.send('1234')
    client.send(new Uint8Array(6))
    expect(client.getStats()).toMatchObject({
      messagesReceived: 3,
      bytesReceived: 15,
      messagesSent: 2,
      bytesSent: 10,
    })
  })
})
