/**
 * Owns how the tests of the developer tools begin: a client in a virtual world, with its recorder and its breaker.
 */

import { type Breaker, breakerOf } from '../../devtools/breaks/breaker.ts'
import { createRecorder, type RecorderOptions } from '../../devtools/recorder.ts'
import { WebSocketReconnect, type WebSocketReconnectOptions } from '../../src/index.ts'
import { createWorld, record, type WorldOptions } from '../../testing/index.ts'

type Options = Partial<WebSocketReconnectOptions>

/** No jitter and no breaker unless asked for: each delay is a round number. */
export function scene(options: Options = {}, world: WorldOptions = {}, recorderOptions: RecorderOptions = {}) {
  const virtual = createWorld(world)
  const settings = { jitter: 0, circuitBreaker: false as const, maxRetries: Infinity, ...options }
  const client = new WebSocketReconnect(virtual.options(settings))
  const log = record(client, { except: ['stateChange', 'circuitChange', 'latency'] })
  const recorder = createRecorder(client, recorderOptions)
  return { world: virtual, client, log, recorder, breaker: breakerOf(client) as Breaker }
}

/** The same with an open connection that has proven itself; the log is empty. */
export function open(...args: Parameters<typeof scene>) {
  const all = scene(...args)
  all.client.connect()
  all.world.socket.accept()
  all.world.advance(5000)
  all.log.take()
  return all
}
