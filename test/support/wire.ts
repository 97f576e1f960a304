/**
 * Owns what the wire tests share: a client on a real socket of either kind (`ws`, or Node's own WebSocket), pointed at
 * the fault server, and its log to wait on. Every test runs once per kind.
 * Must never wait for time: a test awaits an event of the client, of the raw socket or of the server. Where a limit of the
 * client is to run out, the sockets stay real and the client lives by a {@link VirtualClock}, which the test moves once the
 * other side has seen what it should: a real limit would be a race with the machine.
 */

import { channel } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import { afterAll, beforeAll, onTestFinished, test } from 'vitest'
import { WebSocket as Ws } from 'ws'
import { type SocketLike, WebSocketReconnect, type WebSocketReconnectOptions } from '../../src/index.ts'
import { FaultServer } from './fault-server.ts'
import { type EventLog, every, record } from './index.ts'
import { expectQuiet } from './quiet.ts'

expectQuiet()

/** `ws`, and the WebSocket that comes with Node. */
export type Kind = 'ws' | 'node'

/** Quick, even, and without heartbeat, breaker or end: a test adds what it is about. */
const usual: Partial<WebSocketReconnectOptions> = {
  baseDelay: 5,
  maxDelay: 50,
  jitter: 0,
  random: () => 0.5,
  maxRetries: Infinity,
  // Only a test that moves the clock itself sees these run out.
  connectTimeout: 100_000,
  closeTimeout: 100_000,
  heartbeatInterval: 0,
  circuitBreaker: false,
  environment: false,
}

/** A client on the wire, and everything to look at. */
export interface WireClient {
  readonly client: WebSocketReconnect
  readonly log: EventLog
  /** Every raw socket, in order. */
  readonly sockets: SocketLike[]
  /** Resolves when this is true, looking again after each event; rejects when the test is over. */
  until(fits: () => unknown): Promise<void>
  /** Resolves once an event has been told so often in all. */
  seen(type: EventLog[number][0], times?: number): Promise<void>
  /** Resolves when a raw socket says this. */
  raw(index: number, type: 'open' | 'close'): Promise<void>
}

export interface Wire {
  readonly kind: Kind
  readonly server: FaultServer
  /** A client of this server; several paths are dialled in turn, and the last one stays. */
  wireClient(paths: string | readonly string[], options?: Partial<WebSocketReconnectOptions>): WireClient
}

/** One fault server for the tests of a file. */
export function faultServer(): () => FaultServer {
  let server: FaultServer
  beforeAll(async () => {
    server = await FaultServer.open()
  })
  afterAll(() => server.close())
  return () => server
}

/** Registers a test once for `ws` and once for Node's own WebSocket. */
export function makeWireTest(server: () => FaultServer, kinds: readonly Kind[] = ['ws', 'node']) {
  return (title: string, body: (wire: Wire) => Promise<void>): void => {
    for (const kind of kinds) {
      test(`${title} (${kind === 'ws' ? 'ws' : "Node's own"})`, async () => {
        server().forget()
        const clients: WebSocketReconnect[] = []
        try {
          await body({
            kind,
            server: server(),
            wireClient: (paths, options) => wireClient(kind, server(), paths, options, clients),
          })
        } finally {
          for (const client of clients) client.close()
        }
      })
    }
  }
}

/** Every TCP socket this process dials, as it dials it. */
export function watchTcp(): readonly Socket[] {
  const sockets: Socket[] = []
  const note = (message: unknown) => sockets.push((message as { socket: Socket }).socket)
  channel('net.client.socket').subscribe(note)
  onTestFinished(() => {
    channel('net.client.socket').unsubscribe(note)
  })
  return sockets
}

/** Looks once a turn of the event loop, for what no event tells. */
export async function turnsUntil(isSo: () => unknown): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve))
}

export function constructorOf(kind: Kind): typeof Ws {
  return kind === 'ws' ? Ws : (globalThis as unknown as { WebSocket: typeof Ws }).WebSocket
}

function wireClient(
  kind: Kind,
  server: FaultServer,
  paths: string | readonly string[],
  options: Partial<WebSocketReconnectOptions> = {},
  clients: WebSocketReconnect[],
): WireClient {
  const sockets: SocketLike[] = []
  const Base = constructorOf(kind)
  class Watched extends Base {
    constructor(...args: ConstructorParameters<typeof Ws>) {
      super(...args)
      sockets.push(this as unknown as SocketLike)
    }
  }
  let dials = 0
  const inTurn = typeof paths === 'string' ? undefined : paths
  const at = (path: string) => (/^\w+:/.test(path) ? path : server.url(path))
  const client = new WebSocketReconnect({
    url: inTurn ? () => at(inTurn[Math.min(dials++, inTurn.length - 1)] as string) : at(paths as string),
    ...usual,
    WebSocket: Watched as never,
    ...options,
  })
  clients.push(client)
  const log = record(client)
  const until = (fits: () => unknown) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (!fits()) return
        for (const stop of stops) stop()
        resolve()
      }
      const stops = every.map((type) => client.on(type, look))
      look()
    })
  return {
    client,
    log,
    sockets,
    until,
    seen: (type, times = 1) => until(() => log.of(type as 'open').length >= times),
    raw: (index, type) =>
      new Promise((resolve) => {
        const socket = sockets[index] as SocketLike
        if (type === 'close' && socket.readyState === 3) resolve()
        socket.addEventListener(type, () => resolve())
      }),
  }
}
