/**
 * The place between socket and engine where a protocol with a handshake of its own can stand: what the engine believes
 * it, and what it does not leave to it. The one adapter there is, GraphQL's, has its tests in test/graphql.
 */

import { describe, expect, it } from 'vitest'
import { WebSocketReconnect, type WebSocketReconnectOptions } from '../../src/index.ts'
import type { ProtocolAdapter } from '../../src/runtime/protocol-adapter.ts'
import { createWorld, record } from '../support/index.ts'

/** A client over an adapter that does nothing by itself; `tell` is what the engine hears through it. */
function setup(options: Partial<WebSocketReconnectOptions> = {}) {
  const world = createWorld()
  const adapted: unknown[] = []
  let tell = (_type: string, _event?: unknown) => {}
  const adapter: ProtocolAdapter = {
    listen(socket) {
      adapted.push(socket)
      const ears: Record<string, (event: never) => void> = {}
      tell = (type, event) => ears[type]?.(event as never)
      return (type, listener) => {
        ears[type] = listener
      }
    },
  }
  const client = new WebSocketReconnect(world.options({ jitter: 0, ...options }), adapter)
  const log = record(client)
  return { world, client, log, adapted, tell: (type: string, event?: unknown) => tell(type, event) }
}

const failure = { code: 'HANDSHAKE_FAILED', cause: { code: 4408 } } as const

describe('a protocol adapter', () => {
  it('is asked for each socket, and stands between it and the engine', () => {
    const { world, client, log, adapted, tell } = setup()
    client.connect()
    expect(adapted).toEqual([world.socket])
    world.socket.accept()
    world.socket.receive('not for the engine')
    expect(log.take()).toEqual(['stateChange CONNECTING'])
    tell('open')
    tell('message', { data: 'for the engine', timeStamp: 1 })
    expect(log.take()).toEqual(['stateChange OPEN', 'open', 'message for the engine'])
    expect(client.send('out')).toBe('sent')
    expect(world.socket.sent).toEqual(['out'])
    client.reconnect()
    expect(adapted).toEqual(world.sockets)
  })

  it('[R3] that never calls it open is let go after connectTimeout, its late word that of a stale socket [R2]', () => {
    const { world, client, log, tell } = setup()
    client.connect()
    world.socket.accept()
    world.advance(10_000)
    expect(log.take()).toEqual([
      'stateChange CONNECTING',
      'error CONNECT_TIMEOUT',
      'close 1006',
      'stateChange CLOSED',
      'retry 1 in 1000',
    ])
    tell('open')
    tell('close', { code: 4400, failure })
    expect(log.take()).toEqual([])
    expect(world.liveSockets).toEqual([])
  })

  it('[R5] proof counts from what the adapter calls open', () => {
    const { world, client, tell } = setup({ heartbeatInterval: 0 })
    client.connect()
    world.socket.accept()
    world.advance(9000)
    tell('open')
    world.advance(4999)
    tell('close', { code: 1006 })
    expect(client.getSnapshot()).toMatchObject({ retryCount: 1, circuitFailures: 1 })
  })

  it('that ends an attempt with a failure of its own is believed its code, before open and after', () => {
    for (const opened of [false, true]) {
      const asked: unknown[] = []
      const { world, client, log, tell } = setup({ shouldReconnect: (close) => !!asked.push(close) })
      client.connect()
      world.socket.accept()
      if (opened) tell('open')
      log.take()
      tell('close', { code: 4408, reason: 'slow', wasClean: true, failure })
      expect(log.told).toEqual(['error HANDSHAKE_FAILED', 'close 4408', 'stateChange CLOSED', 'retry 1 in 1000'])
      expect(log.of('error')[0]?.cause).toBe(failure.cause)
      expect(asked).toEqual([{ code: 4408, reason: 'slow', wasClean: true, opened }])
      expect(client.getSnapshot().lastClose).toEqual({ code: 4408, reason: 'slow', wasClean: true, opened })
    }
  })

  it('[R12] its fatal code is fatal, and the failure stands as the cause', () => {
    for (const opened of [false, true]) {
      const { world, client, log, tell } = setup()
      client.connect()
      world.socket.accept()
      if (opened) tell('open')
      log.take()
      tell('close', { code: 4403, failure })
      expect(log.told).toEqual(['error FATAL_CLOSE', 'close 4403', 'stateChange FAILED'])
      expect(log.of('error')[0]?.cause).toMatchObject({ code: 'HANDSHAKE_FAILED', cause: { code: 4408 } })
    }
  })

  it('[R25] without a failure a close is what it always was: 1006 before open, no error after', () => {
    const { world, client, log, tell } = setup()
    client.connect()
    world.socket.accept()
    log.take()
    tell('close', { code: 4408 })
    expect(log.take()).toEqual(['error HANDSHAKE_FAILED', 'close 1006', 'stateChange CLOSED', 'retry 1 in 1000'])
    world.advance(1000)
    tell('open')
    log.take()
    tell('close', { code: 4408 })
    expect(log.take()).toEqual(['close 4408', 'stateChange CLOSED', 'retry 2 in 2000'])
  })

  it('that throws is a failed attempt', () => {
    const world = createWorld()
    const client = new WebSocketReconnect(world.options(), {
      listen() {
        throw new Error('adapter')
      },
    })
    const log = record(client)
    client.connect()
    expect(log.told.slice(0, 3)).toEqual(['stateChange CONNECTING', 'error SOCKET_THREW', 'close 1006'])
  })
})
