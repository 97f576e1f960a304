/**
 * Owns how the tests of a session begin: a world, a server in it (the real one, or one that is played by hand), tabs that share
 * an outbox. Must never wait for real time.
 */

import {
  createSessionServer,
  memoryStore,
  type SessionServerOptions,
  type SessionStore,
} from '../../src/server/index.ts'
import { memoryOutbox, type OutboxStore, Session, type SessionOptions } from '../../src/session/index.ts'
import { createWorld, type FakeSocket, type World } from '../support/index.ts'
import { type Line, plugInto } from '../support/session-line.ts'

export const URL = 'wss://example.test/session'
type Options = Partial<SessionOptions<any, any>>

function tabIn(world: World, store: OutboxStore, options: Options = {}) {
  const { outbox, ...rest } = options
  return new Session<any, any>({
    ...world.options({ url: URL, jitter: 0, heartbeatInterval: 0, minUptime: 0 }),
    outbox: outbox === false ? false : { name: 'ann', store, ...outbox },
    ...rest,
  })
}

/** The real server, and everything it was given to do. */
export function createStage(serverOptions: Partial<SessionServerOptions<string, any>> = {}, options: Options = {}) {
  const world = createWorld()
  const outbox = memoryOutbox()
  const done: unknown[] = []
  const lines: Line[] = []
  let store: SessionStore = serverOptions.store ?? memoryStore({ epoch: 'e1' })
  const serve = () =>
    createSessionServer<string, any>({
      clock: world.clock,
      onError: () => {},
      onSend({ data }) {
        return { publish: [{ topic: 'log', data }], write: () => void done.push(data) }
      },
      ...serverOptions,
      store,
    })
  let sessions = serve()
  const now = () => world.clock.elapsed
  world.server = plugInto(
    (line) => {
      lines.push(line)
      sessions.accept(line, 'ann')
    },
    () => 5,
    now,
  )
  const cut = () => {
    for (const line of lines.splice(0)) line.cut()
  }
  return {
    ...{ world, outbox, done, lines, cut },
    get server() {
      return sessions
    },
    tab: (more: Options = {}) => tabIn(world, outbox, { ...options, ...more }),
    /** The process dies and another takes its place, with the same memory or with none. */
    restart(memory: SessionStore = store) {
      store = memory
      sessions = serve()
      cut()
    },
    run: (ms: number) => world.advanceAsync(ms),
  }
}

/** A peer that is played by hand. */
export function createPeer(options: Options = {}) {
  const world = createWorld()
  const outbox = memoryOutbox()
  const tab = (more: Options = {}) => tabIn(world, outbox, { ...options, ...more })
  const say = (socket: FakeSocket, ...frames: unknown[]) => {
    for (const frame of frames) socket.receive(typeof frame === 'string' ? frame : JSON.stringify(frame))
  }
  return {
    ...{ world, outbox, tab },
    say: async (...frames: unknown[]) => {
      say(world.socket, ...frames)
      await world.settle()
    },
    /** What the client has said since it was asked last. */
    heard: (): any[] => world.socket.sent.splice(0).map((data) => JSON.parse(String(data))),
    /** The socket opens, and the client greets. */
    async open() {
      await world.settle()
      world.socket.accept()
      await world.settle()
      return JSON.parse(String(world.socket.sent.shift()))
    },
    /** The socket opens, and is welcomed. */
    async welcome(fields: object = {}) {
      await world.settle()
      world.socket.accept()
      await world.settle()
      const hello = JSON.parse(String(world.socket.sent.shift()))
      say(world.socket, { t: 'welcome', v: 1, e: 'e1', a: hello.n - 1, b: 65536, m: 691200000, ...fields })
      await world.settle()
      return hello
    },
    run: (ms: number) => world.advanceAsync(ms),
  }
}

/** What a promise has come to so far. */
export function outcomeOf(promise: Promise<unknown>) {
  const outcome: { error: any; isSettled: boolean } = { error: undefined, isSettled: false }
  promise.then(
    () => Object.assign(outcome, { isSettled: true }),
    (error) => Object.assign(outcome, { error, isSettled: true }),
  )
  return outcome
}
