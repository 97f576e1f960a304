/**
 * Owns how the tests of requests begin: a world, a client in it, and a server that is played by hand and repeats ids.
 * Must never answer by itself.
 */

import { type WebSocketClient, WebSocketReconnect, type WebSocketReconnectOptions } from '../../src/index.ts'
import { createRequests, type RequestError, type RequestFormat, type RequestOptions } from '../../src/requests/index.ts'
import { createWorld, type FakeSocket, record, type World } from '../support/index.ts'

export interface Call {
  readonly op: string
}

/**
 * The envelope of a test: `{ id, op }` out, `{ id, result }` or `{ id, error }` in. Ids count on from one client to the
 * next; in here each test sees them from 1 on.
 */
export function createEnvelope(): RequestFormat<Call, unknown> {
  let first: number | undefined
  const shift = (id: unknown, by: number) => (/^\d+$/.test(String(id)) ? String(Number(id) + by) : id)
  return {
    tag(call, id) {
      first = first ?? Number(id)
      return JSON.stringify({ id: shift(id, 1 - first), ...call })
    },
    decode: JSON.parse,
    idOf({ id }) {
      const known = shift(id, (first ?? 1) - 1)
      return (typeof id === 'number' ? Number(known) : known) as string
    },
    failureOf: ({ error }) => error,
    resultOf: ({ result }) => result,
  }
}

/** A word for what nobody waits for any more; which it is, the test knows. */
export const cancel = (): string => '{"cancel":true}'

/** How a request ended: what it resolved with, or the error it rejected with; undefined while it waits. */
export interface Outcome {
  value?: unknown
  error?: RequestError
}

/** A client that has not been told to connect, and requests over it. */
export function setup(
  format: Partial<RequestFormat<Call, unknown>> = {},
  options: Partial<WebSocketReconnectOptions> = {},
) {
  const world = createWorld()
  const plain = { heartbeatInterval: 0, jitter: 0, circuitBreaker: false, minUptime: 0 } as const
  const client: WebSocketClient = new WebSocketReconnect(world.options({ ...plain, ...options }))
  const log = record(client, { except: ['message'] })
  const envelope = createEnvelope()
  const requests = createRequests<Call, unknown>(client, { ...envelope, ...format })
  const ask = (op: string, how?: RequestOptions): Outcome => {
    const outcome: Outcome = {}
    requests.ask({ op }, how).then(
      (value) => Object.assign(outcome, { value }),
      (error) => Object.assign(outcome, { error }),
    )
    return outcome
  }
  return { world, client, log, envelope, requests, ask }
}

/** The same with its first connection open. */
export function connected(
  format: Partial<RequestFormat<Call, unknown>> = {},
  options: Partial<WebSocketReconnectOptions> = {},
) {
  const scene = setup(format, options)
  scene.client.connect()
  scene.world.socket.accept()
  scene.log.take()
  return scene
}

/** The line breaks, and the next connection opens. */
export async function reconnect(world: World): Promise<void> {
  world.socket.die(1006)
  await world.advanceAsync(1000)
  world.socket.accept()
  await world.settle()
}

export const say = (socket: FakeSocket, message: unknown): void =>
  socket.receive(typeof message === 'string' ? message : JSON.stringify(message))

/** What the client has sent on this socket, oldest first. */
export const sent = (socket: FakeSocket): any[] => socket.sent.map((data) => JSON.parse(String(data)))

/** Code and `sent` of the error an outcome has. */
export const ending = ({ error }: Outcome): unknown => error && [error.code, error.sent]

/** Options of a request that waits for so many ms. */
export const within = (timeout: number): RequestOptions => ({ timeout })
