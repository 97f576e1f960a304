/**
 * Owns how the tests of src/observers begin: a client in a virtual world and the observer of it, in Node and without any
 * framework; time passes for the views when fake timers say so. Must never let the readers of one test hold up the views of the next.
 */

import { afterEach, beforeEach, vi } from 'vitest'
import { WebSocketReconnect, type WebSocketReconnectOptions } from '../../src/index.ts'
import { observe } from '../../src/observers/client-observer.ts'
import { createMessageFormat, type MessageFormatOptions } from '../../src/observers/message-format.ts'
import { createWorld, type WorldOptions } from '../support/index.ts'

/** The page's own timers are fake in every test. */
export function fakeViewTime(): void {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => {
    vi.useRealTimers()
    vi.restoreAllMocks()
    vi.unstubAllGlobals()
  })
}

/** The end of the running task, or so many ms later. */
export const advanceTimers = (ms = 0): void => void vi.advanceTimersByTime(ms)

interface Scene {
  readonly format?: MessageFormatOptions
  readonly options?: Partial<WebSocketReconnectOptions>
  readonly world?: WorldOptions
}

/** A client that has not been told to connect. */
export function setup({ format, options, world: worldOptions }: Scene = {}) {
  const world = createWorld(worldOptions)
  const client = new WebSocketReconnect(world.options({ jitter: 0, heartbeatInterval: 0, ...options }))
  const observer = observe(client, createMessageFormat(format))
  return { world, client, observer }
}

/** One that is open, with nothing left to tell. */
export function open(scene: Scene = {}) {
  const all = setup(scene)
  all.client.connect()
  all.world.socket.accept()
  return all
}
