/**
 * Real sockets and an event loop that stands still: the peer lives in a thread of its own, answers meanwhile, and what it
 * said lies unread when a deadline falls due. The loop is blocked until that is so, and never for a time that might do.
 */

import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { expect, onTestFinished } from 'vitest'
import type { SocketConstructor, SocketLike } from '../../src/index.ts'
import { constructorOf, faultServer, makeWireTest } from '../support/wire.ts'

/** The cells by which two threads wait for each other while neither turns its loop. */
const ACCEPTED = 0
const PONGS = 1
const GO = 2

/** A server that accepts when it is told to, and answers each ping; it notes both where a blocked thread can see them. */
const peer = `
  const { parentPort, workerData } = require('node:worker_threads')
  const { createServer } = require('node:http')
  const { WebSocketServer } = require('ws')
  const note = (cell) => {
    Atomics.add(workerData.cells, cell, 1)
    Atomics.notify(workerData.cells, cell)
  }
  const sockets = new WebSocketServer({ noServer: true })
  const server = createServer()
  server.on('upgrade', (request, socket, head) => {
    if (workerData.waits) {
      parentPort.postMessage('asked')
      Atomics.wait(workerData.cells, ${GO}, 0)
    }
    sockets.handleUpgrade(request, socket, head, (peer) => {
      note(${ACCEPTED})
      peer.on('message', () => peer.send('{"type":"pong"}', () => note(${PONGS})))
    })
  })
  server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port))
`

async function openPeer(waits: boolean) {
  const cells = new Int32Array(new SharedArrayBuffer(12))
  const worker = new Worker(peer, { eval: true, workerData: { cells, waits } })
  onTestFinished(() => void worker.terminate())
  const [port] = await once(worker, 'message')
  /** Stands still until a cell has come so far, and then until this moment is over. */
  const block = (cell: number, count: number, until: number) => {
    for (let seen = 0; seen < count; seen = Atomics.load(cells, cell)) Atomics.wait(cells, cell, seen)
    while (performance.now() <= until);
  }
  return { cells, worker, block, url: `ws://127.0.0.1:${port}` }
}

const wireTest = makeWireTest(faultServer())

wireTest(
  '[R14] reads the pong that arrived while the event loop stood still over its verdict',
  async ({ kind, wireClient }) => {
    const { block, url } = await openPeer(false)
    const Base = constructorOf(kind)
    let pings = 0
    class Blocking extends (Base as unknown as new (...args: unknown[]) => SocketLike) {
      override send(data: never) {
        super.send(data)
        if (data === '{"type":"ping"}') block(PONGS, ++pings, performance.now() + 60)
      }
    }
    const { client, log, until } = wireClient(url, {
      WebSocket: Blocking as unknown as SocketConstructor,
      heartbeatInterval: 80,
      heartbeatTimeout: 50,
    })
    client.connect()
    await until(() => log.of('latency').length === 5 || log.of('error').length)
    expect(log.of('error')).toEqual([])
    expect([client.state, client.getSnapshot().connectionId]).toEqual(['OPEN', 1])
  },
)

wireTest(
  '[R14] keeps a connection that was accepted while the loop stood still over connectTimeout',
  async ({ wireClient }) => {
    const { cells, worker, block, url } = await openPeer(true)
    const begun = performance.now()
    worker.on('message', () => {
      Atomics.store(cells, GO, 1)
      Atomics.notify(cells, GO)
      block(ACCEPTED, 1, begun + 1100)
    })
    const { client, log, until } = wireClient(url, { connectTimeout: 1000 })
    client.connect()
    await until(() => client.state === 'OPEN' || log.of('error').length)
    expect(log.of('error')).toEqual([])
    expect(client.getSnapshot()).toMatchObject({ state: 'OPEN', connectionId: 1 })
  },
)
