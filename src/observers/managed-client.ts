/**
 * Owns a client that belongs to a part of a page, whatever framework shows it (R30, R32, R33): what each render asks for
 * reaches the engine, in three steps that a framework takes when its commit is made, before it is painted, and after the
 * effects of the children. Must never do anything before the first of them, nor on a server.
 */

import { WebSocketReconnect, type WebSocketReconnectOptions } from '../index.ts'
import { createMountLease, type LeaseTerms } from '../runtime/mount-lease.ts'
import { setFormat } from './client-observer.ts'
import { warnOfChange } from './managed-client-warnings.ts'
import { createMessageFormat, type MessageFormatOptions } from './message-format.ts'
import { createStableOptions, type ManagedOptions } from './stable-options.ts'
import { viewClock } from './view-clock.ts'

/** What a render asks for. */
export interface Terms {
  readonly options: ManagedOptions
  readonly urlKey: unknown
  readonly enabled: boolean
}

/** What a render asks for of a WebSocket: how it is read and written, too. */
export interface ClientTerms extends Terms {
  readonly format: MessageFormatOptions
}

export interface Managed<Client, T = Terms> {
  readonly client: Client
  /** A render has been committed: its functions count from now on. Tells nobody, because nothing may render here. */
  readonly adopt: (terms: T) => void
  /**
   * Does what the committed render asks for, except to connect: the handlers of its children must hear of that. Throws
   * the engine's TypeError for options it cannot use, but never for a url or protocols.
   */
  readonly follow: () => void
  /** A part of the page shows it; returns how to say that it has gone, after which it lingers for so many ms. */
  readonly mount: (linger?: number) => () => void
}

/** A client, and what is particular to its kind. */
export interface Making<Client> {
  readonly client: Client
  /** The engine it stands on. */
  readonly engine: WebSocketReconnect
  /** Puts options as its protocol needs them. */
  readonly translate?: (changed: Partial<WebSocketReconnectOptions>) => Partial<WebSocketReconnectOptions>
  /** Lets the views of it look again. */
  readonly look?: (what: 'refresh' | 'show') => void
  /** In development the console speaks of its url. */
  readonly hasUrl?: boolean
}

export function manage<Client>(
  first: Terms,
  make: (options: WebSocketReconnectOptions) => Making<Client>,
): Managed<Client> {
  const stable = createStableOptions(first.options, first.urlKey)
  const { client, engine, translate = (same) => same, look, hasUrl } = make(stable.initial as never)
  let terms = first
  /** A render has been committed, and the engine has not been told yet. */
  let isBehind = false

  const follow = () => {
    isBehind = false
    lease.settle()
    const changes = stable.changes(terms.options, terms.urlKey)
    if (changes) {
      lease.update(translate(changes.options), changes.address)
      look?.('refresh')
    }
    const isDue = lease.prepare()
    if (isDue) look?.('show')
    try {
      if (process.env.NODE_ENV !== 'production' && hasUrl) {
        const isBarred = lease.isClosedByUser && !isDue && leaseTerms(terms).isWanted
        warnOfChange(engine, changes, isBarred)
      }
    } catch {}
  }
  // A child's layout effect comes before ours, and what it says belongs to the render it is part of.
  const catchUp = () => {
    if (isBehind) follow()
  }
  const lease = createMountLease(engine, leaseTerms(first), viewClock(first.options.clock).timers, catchUp)

  return {
    client,
    adopt(next) {
      stable.adopt(next.options)
      terms = next
      lease.agree(leaseTerms(next))
      isBehind = true
    },
    follow,
    mount: lease.mount,
  }
}

const leaseTerms = ({ options, enabled }: Terms): LeaseTerms => ({
  isWanted: enabled && !!options.url,
  isEnabled: enabled,
})

/** A `WebSocketReconnect` of a component's own; all hooks read it in the latest render's format. */
export function manageClient(first: ClientTerms): Managed<WebSocketReconnect, ClientTerms> {
  const format = createMessageFormat(first.format)
  const managed = manage(first, (options) => {
    const client = new WebSocketReconnect(options)
    const look = (what: 'refresh' | 'show') => format.observers.get(client)?.[what]()
    setFormat(client, format)
    return { client, engine: client, look, hasUrl: true }
  })
  const adopt = (terms: ClientTerms) => {
    managed.adopt(terms)
    Object.assign(format, terms.format)
  }
  return { ...managed, adopt }
}
