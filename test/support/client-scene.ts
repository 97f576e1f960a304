/**
 * Owns how the rule tests begin: a world, a client in it, and the log of what the client said.
 * Whatever a test is about, R2 is checked after it: one timer, one live socket per client, nothing unref'ed. And nothing is
 * said on the console that nobody expects: a test that is about a warning spies on it.
 */

import { afterEach, expect } from 'vitest'
import { WebSocketReconnect, type WebSocketReconnectOptions } from '../../src/index.ts'
import { createWorld, record, type World, type WorldOptions } from './index.ts'
import { expectQuiet } from './quiet.ts'

type Options = Partial<WebSocketReconnectOptions>

const worlds: World[] = []

expectQuiet()

afterEach(() => {
  for (const world of worlds.splice(0)) {
    expect(world.clock.peak, 'timers armed at once').toBeLessThanOrEqual(1)
    expect(world.clock.unrefs, 'timers unref’ed').toBe(0)
    expect(world.liveSockets.length, 'live sockets').toBeLessThanOrEqual(1)
  }
})

/** Nothing but the rule under test: no heartbeat, no breaker, no jitter, no end of retries. */
export const plain: Options = { heartbeatInterval: 0, circuitBreaker: false, jitter: 0, maxRetries: Infinity }

/** A client that has not been told to connect. */
export function setup(options: Options = {}, worldOptions: WorldOptions = {}) {
  const world = createWorld(worldOptions)
  worlds.push(world)
  const client = new WebSocketReconnect(world.options(options))
  const log = record(client)
  return { world, client, log, at: (ms: number) => world.clock.start + ms }
}

/** A client whose first connection has just opened; the log is empty. */
export function connected(options: Options = {}, worldOptions: WorldOptions = {}) {
  const scene = setup(options, worldOptions)
  scene.client.connect()
  scene.world.socket.accept()
  scene.log.take()
  return scene
}

/** A client whose first connection has lived 5 s, so that its loss is no failure. */
export function proven(options: Options = {}, worldOptions: WorldOptions = {}) {
  const scene = connected(options, worldOptions)
  scene.world.advance(5000)
  scene.log.take()
  return scene
}

type Scene = Pick<ReturnType<typeof setup>, 'world' | 'client'>

/** Moves the time to the announced dial. */
export function untilRetry({ world, client }: Scene): void {
  const { retryAt } = client.getSnapshot()
  if (retryAt === null) throw new Error(`no retry is announced, the state is ${client.state}`)
  world.advance(retryAt - world.clock.now())
}

/** Fails this attempt and every retry until the client no longer waits: BLOCKED or FAILED. */
export function refuseAll({ world, client }: Scene): void {
  for (;;) {
    world.socket.refuse()
    if (client.state !== 'CLOSED') return
    untilRetry({ world, client })
  }
}

/** A client whose circuit has just opened, after `failureThreshold` failures; the log is empty. */
export function blocked(options: Options = {}, worldOptions: WorldOptions = {}) {
  const scene = setup({ maxRetries: Infinity, heartbeatInterval: 0, jitter: 0, ...options }, worldOptions)
  scene.client.connect()
  refuseAll(scene)
  scene.log.take()
  // Time is told from here: the moment of opening.
  const opened = scene.world.clock.elapsed
  return { ...scene, at: (ms: number) => scene.world.clock.start + opened + ms }
}

/** A client whose retries are exhausted; the log is empty. */
export function failed(options: Options = {}, worldOptions: WorldOptions = {}) {
  const scene = setup({ maxRetries: 1, heartbeatInterval: 0, jitter: 0, ...options }, worldOptions)
  scene.client.connect()
  refuseAll(scene)
  scene.log.take()
  return scene
}
