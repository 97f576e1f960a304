/** Owns what this library alone is asked for at an unusual size: 20,000 listeners, 200,000 queued messages; seconds. */

import { WebSocketReconnect } from '../../src/index.ts'
import { FakeSocket, installFake } from '../fake-socket.ts'
import { sample } from './timing.ts'

const LISTENERS = 20_000
const MESSAGES = 200_000

export function run(): Record<string, number> {
  installFake()
  const client = create()
  const stops: Array<() => void> = []
  const add = seconds(() => {
    for (let i = 0; i < LISTENERS; i++) stops.push(client.on('message', () => {}))
  })
  const remove = seconds(() => {
    for (const stop of stops) stop()
  })

  const dropping = create()
  const queue = seconds(() => fill(dropping))
  const drop = seconds(() => dropping.close())

  const flushing = create()
  fill(flushing)
  let socket: FakeSocket | undefined
  FakeSocket.onDial = (dialled) => {
    socket = dialled
  }
  flushing.connect()
  const flush = seconds(() => socket?.accept())
  return { add, remove, queue, flush, drop, lost: MESSAGES - (socket?.sent ?? 0) }
}

const create = () =>
  new WebSocketReconnect({ url: 'ws://example.test/', queue: { maxMessages: Infinity, maxBytes: Infinity } })

function fill(client: WebSocketReconnect): void {
  const text = sample(0)
  for (let i = 0; i < MESSAGES; i++) client.send(text)
}

function seconds(body: () => void): number {
  const start = performance.now()
  body()
  return (performance.now() - start) / 1000
}
