/**
 * Owns what other options mean for a client that is running already (R27, R33).
 * Must never read or check an option: that has been done.
 */

import type { WebSocketReconnectOptions } from '../options/options.ts'
import type { Settings } from '../options/settings.ts'
import type { Engine } from './engine.ts'

/** Gives the engine its new settings; `address` says where the functions among the options lead, for the holder of a lease. */
export function reconfigure(
  engine: Engine,
  settings: Settings,
  options: Partial<WebSocketReconnectOptions>,
  address?: 'same' | 'other' | 'none',
): void {
  const { settings: old, snapshots, state, traffic } = engine
  engine.configure(settings)
  // A queue that is no longer held must not keep anything back for ever.
  if (settings.queue && old.queue && old.queue.hold && !settings.queue.hold) traffic.release()
  if (options.circuitBreaker === false && state.circuit.state === 'OPEN') engine.deliver({ type: 'closeCircuit' })
  if (address === 'none') snapshots.addressId++
  if (address === 'other' || differs(old.url, settings.url) || differs(old.protocols, settings.protocols)) {
    snapshots.addressId++
    if (engine.connection?.isStale) engine.connection = undefined
    engine.deliver({ type: 'urlChanged' })
  }
  engine.deliver({ type: 'optionsChanged' })
}

/** Whether an option changed by value; a new function is the same question asked again (R27). */
const differs = (before: unknown, after: unknown): boolean =>
  typeof after !== 'function' && String(before) !== String(after)
