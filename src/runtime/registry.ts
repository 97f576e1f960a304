/**
 * Owns the list of a page's clients while one develops: each adds itself, weakly, to one place that all copies of this
 * package share, and says how to get between it and its sockets. Developer tools find it by its symbol.
 * Must never reach a production bundle, nor keep a client alive.
 */

import type { Engine } from './engine.ts'
import { type Interception, type Interceptor, intercept } from './interceptor.ts'
import { sharedPlace } from './platform.ts'

/** What a client lets developer tools do. */
export interface ClientInside {
  /** Of the package that the client comes from: a page may hold several. */
  readonly version: string
  /** Puts something between the client and its sockets, the living one included, for as long as the page lives. */
  intercept(interceptor: Interceptor): Interception
}

/** What lies at `globalThis[Symbol.for('react-websocket-reconnect')]`. */
export interface ClientRegistry {
  readonly clients: Set<WeakRef<object>>
  readonly insides: WeakMap<object, ClientInside>
  /** Called with every new client. */
  readonly watchers: Set<(client: object) => void>
  /** At this many clients the dead ones are swept out. */
  sweepAt: number
}

/** As in package.json, which a test compares. */
const VERSION = '0.1.0'
const FEW = 64

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

/** The one registry of this page, made by whoever asks first. */
function findRegistry(): ClientRegistry {
  const place = sharedPlace() as Record<symbol, ClientRegistry | undefined>
  const key = Symbol.for('react-websocket-reconnect')
  return (place[key] = place[key] || { clients: new Set(), insides: new WeakMap(), watchers: new Set(), sweepAt: FEW })
}
