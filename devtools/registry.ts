/**
 * Owns finding a page's clients: it reads the place where they announce themselves in development. Must never keep one
 * alive, nor assume that there is any.
 */

import type { WebSocketClient, WebSocketReconnect } from '../src/index.ts'
import type {
  ClientInside,
  ClientRegistry,
  EntryLook,
  OutboxInside,
  OutboxLook,
  SessionInside,
} from '../src/runtime/insides.ts'

/** A client of any copy of the package, or of any make: what it is and does, not which class made it. */
export type ObservedClient = WebSocketClient & Partial<Pick<WebSocketReconnect, 'tap'>>

/** A client, or a session with what it shows to everybody. */
export type Given = WebSocketClient | GivenSession

/** A session by its shape. */
export interface GivenSession {
  readonly ws: WebSocketClient
  readonly outbox: Pick<OutboxLook, 'isDurable' | 'size' | 'bytes'> &
    Pick<OutboxInside, 'retry' | 'discard'> & { entries(): readonly EntryLook[] }
}

const KEY = /* @__PURE__ */ Symbol.for('react-websocket-reconnect')

function findRegistry(): ClientRegistry {
  const place = globalThis as unknown as Record<symbol, ClientRegistry | undefined>
  return (place[KEY] = place[KEY] || { clients: new Set(), insides: new WeakMap(), watchers: new Set(), sweepAt: 64 })
}

/** Every client that lives, oldest first. */
export function clientsOfPage(): ObservedClient[] {
  const found: ObservedClient[] = []
  for (const each of findRegistry().clients) {
    const client = each.deref()
    if (client) found.push(client as ObservedClient)
  }
  return found
}

/** Calls `watcher` with each client that is made from now on; returns how to stop. */
export function watchClients(watcher: (client: ObservedClient) => void): () => void {
  const call = (client: object) => watcher(client as ObservedClient)
  const { watchers } = findRegistry()
  watchers.add(call)
  return () => watchers.delete(call)
}

/** What a client lets one do; undefined in production builds, where no client announces itself. */
export const insideOf = (client: object): ClientInside | undefined => findRegistry().insides.get(client)

/** What a session shows to everybody, where it does not announce itself. */
export function outsideOf({ outbox }: GivenSession): SessionInside {
  return {
    topics: 0,
    streams: () => [],
    outbox: {
      figures: () => ({ isDurable: outbox.isDurable, size: outbox.size, bytes: outbox.bytes }),
      entries: () => [...outbox.entries()],
      retry: outbox.retry?.bind(outbox),
      discard: outbox.discard?.bind(outbox),
    },
  }
}
