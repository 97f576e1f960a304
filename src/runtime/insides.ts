/**
 * Owns the place where developer tools find the clients of a page while one develops, and what those let them look at and do.
 * All copies of this package share it, by its symbol. Must never reach a production bundle, nor keep a client alive.
 */

import type { Interception, Interceptor } from './interceptor.ts'
import { sharedPlace } from './platform.ts'

/** What a client lets developer tools do. */
export interface ClientInside {
  /** Of the package that the client comes from: a page may hold several. */
  readonly version: string
  /** Puts something between the client and its sockets, the living one included, for as long as the page lives. */
  intercept(interceptor: Interceptor): Interception
  /** Of the session over this client. */
  session?: SessionInside
  /** What was asked over this client: there from the first request on. */
  requests?: RequestsInside
}

/** What a session lets developer tools look at. */
export interface SessionInside {
  /** Undefined where there is none to send from. */
  readonly outbox: OutboxInside | undefined
  /** How many topics are followed now. */
  readonly topics: number
  streams(): StreamLook[]
}

/** The outbox of one session. What its place holds, other tabs see as well. */
export interface OutboxInside {
  /** All of them, of a session that announced itself. */
  figures(): Pick<OutboxLook, 'isDurable' | 'size' | 'bytes'> & Partial<OutboxLook>
  /** In order, with those that ended without being done. */
  entries(): EntryLook[]
  /** As everybody may. Missing in earlier versions of the package. */
  readonly retry?: ((n: number) => Promise<void>) | undefined
  readonly discard?: ((n: number) => Promise<void>) | undefined
}

export interface OutboxLook {
  readonly name: string
  readonly isDurable: boolean
  readonly size: number
  readonly bytes: number
  readonly maxMessages: number
  readonly maxBytes: number
  /** Everything up to here is done; up to here may have been sent; the next message gets this number. */
  readonly acked: number
  readonly sent: number
  readonly next: number
  /** So many may be on their way. */
  readonly window: number
  /** Whether this tab drains; undefined without a connection. */
  readonly isLeading: boolean | undefined
  /** Ms for which nothing is sent: the server has asked for a pause, or the store has failed. */
  readonly pause: number
}

export interface EntryLook {
  readonly n: number
  readonly data: unknown
  /** Epoch ms. */
  readonly at: number
  /** Bytes of its frame. */
  readonly size?: number | undefined
  readonly status: string
  readonly isUncertain: boolean
  readonly isHeld: boolean
  readonly why?: string | undefined
}

/** A topic that is followed. */
export interface StreamLook {
  readonly topic: string
  /** Of the reader that is furthest behind; `refused`: the server does not let this client follow. */
  readonly status: 'waiting' | 'loading' | 'catching-up' | 'live' | 'reset' | 'refused'
  /** What that reader has; undefined: whatever comes next is news. */
  readonly position: { readonly epoch: string; readonly offset: number } | undefined
  readonly readers: number
}

/** What was asked over one client. */
export interface RequestsInside {
  /** How many there ever were. */
  asked: number
  readonly underWay: Set<RequestLook>
}

export interface RequestLook {
  readonly id: string
  readonly data: unknown
  /** Monotonic ms. */
  readonly askedAt: number
  readonly deadline: number
  readonly whenLost: 'reject' | 'resend'
  /** Whether a connection has had it. */
  readonly isSent: boolean
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

/** At first, clients are swept at so many. */
export const FEW = 64

/** What was announced of a client; undefined for one of another making. */
export const insideOf = (client: object): ClientInside | undefined => findRegistry().insides.get(client)

/** The one registry of this page, made by whoever asks first. */
export function findRegistry(): ClientRegistry {
  const place = sharedPlace() as Record<symbol, ClientRegistry | undefined>
  const key = Symbol.for('react-websocket-reconnect')
  return (place[key] = place[key] || { clients: new Set(), insides: new WeakMap(), watchers: new Set(), sweepAt: FEW })
}
