/**
 * R30, for who lends a client to a part of a page: a client that its owner has closed, and will connect in a moment, is as
 * before its first connection. What is sent until then waits.
 */

import { describe, expect, it } from 'vitest'
import { initialSnapshot } from '../../../src/index.ts'
import { connected, setup } from '../../support/client-scene.ts'

/** How the holder of a lease makes a client ready. */
function prepare({ client }: ReturnType<typeof setup>): void {
  client
    .grant({ isClosedByUser: false, beforeSend() {}, serverSnapshot: initialSnapshot, show: (snapshot) => snapshot })
    .prepare()
}

describe('R30 between a close and the next mount', () => {
  it('[R30] lets messages wait again, for the connection to come', () => {
    const scene = connected()
    const { world, client, log } = scene
    client.close()
    world.advance(0)
    expect([client.send('too late'), client.getSnapshot().status]).toEqual(['dropped', 'closed'])
    log.take()
    prepare(scene)
    expect([client.state, client.getSnapshot().status]).toEqual(['CLOSED', 'idle'])
    expect([log.take(), world.timers, client.send('early')]).toEqual([[], 0, 'queued'])
    client.connect()
    world.socket.accept()
    expect(world.socket.sent).toEqual(['early'])
  })

  it('[R30] cuts a closing handshake short, with the code and reason that were given, and drops what it held back', () => {
    const scene = connected({ queue: { highWaterMark: 10 } })
    const { world, client, log } = scene
    world.socket.deaf = true
    world.socket.stall(11)
    client.send('held back')
    client.close(4000, 'bye')
    log.take()
    prepare(scene)
    expect(log.of('close')).toEqual([{ code: 4000, reason: 'bye', wasClean: false, opened: true }])
    expect(log.of('drop')).toEqual([{ data: 'held back', reason: 'closed' }])
    expect([client.state, client.getSnapshot().status, world.timers]).toEqual(['CLOSED', 'idle', 0])
    expect(world.liveSockets).toEqual([])
  })

  it('[R30] changes nothing for a client that nobody has closed', () => {
    for (const scene of [setup(), connected()]) {
      const before = scene.client.getSnapshot()
      prepare(scene)
      expect(scene.client.getSnapshot()).toBe(before)
      expect(scene.log.take()).toEqual([])
    }
  })
})
