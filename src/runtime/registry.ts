/**
 * Owns the list of a page's clients while one develops: each adds itself, weakly, to one place that all copies of this
 * package share, and says how to get between it and its sockets. Developer tools find it by its symbol.
 * Must never reach a production bundle, nor keep a client alive.
 */

import type { Engine } from './engine.ts'
import { FEW, findRegistry } from './insides.ts'
import { intercept } from './interceptor.ts'

/** As in package.json, which a test compares. */
const VERSION = '0.1.0'

/** Adds a client that has just been made. */
export function announce(client: object, engine: Engine): void {
  const registry = findRegistry()
  const { clients, insides, watchers } = registry
  insides.set(client, { version: VERSION, intercept: (interceptor) => intercept(engine, interceptor) })
  clients.add(new WeakRef(client))
  if (clients.size >= registry.sweepAt) {
    for (const each of clients) if (!each.deref()) clients.delete(each)
    registry.sweepAt = Math.max(FEW, 2 * clients.size)
  }
  for (const watcher of [...watchers]) watcher(client)
}
