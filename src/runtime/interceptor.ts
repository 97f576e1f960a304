/**
 * Owns getting between an engine and its sockets while one develops, so that a line can be broken on purpose: what dials,
 * what goes out, what comes in. It stands in front of the engine's own methods, as the tap does.
 * Must never reach a production bundle, nor decide what is broken.
 */

import type { EnvironmentSignal, SocketConstructor, SocketLike } from '../options/world.ts'
import type { CloseInfo } from '../policy/close-policy.ts'
import type { Engine, Inbound } from './engine.ts'
import { findWebSocket, takesSocketInit } from './platform.ts'
import { within } from './self-dial.ts'

/** What stands in between. */
export interface Interceptor {
  /** A socket is wanted; `make` opens the real one. */
  dial(make: () => SocketLike): SocketLike
  /** Around the socket that lived when the interceptor came. */
  wrap(socket: SocketLike): SocketLike
  /** The socket says something; `pass` hands it on, now or later. */
  inbound(type: 'opened' | 'message' | 'closed', pass: () => void): void
}

/** What it may do to the engine. */
export interface Interception {
  /** Whether there is a connection, or an attempt at one. */
  readonly isConnected: boolean
  /** As if the socket had received this. */
  receive(event: MessageEvent): void
  /** As if the socket had closed. */
  end(close: Omit<CloseInfo, 'opened'>): void
  /** As if the world had said this; nothing where nobody watches it. */
  signal(type: Exclude<EnvironmentSignal, 'hidden'>): void
}

export function intercept(engine: Engine, interceptor: Interceptor): Interception {
  const [deliver, onMessage, configure] = [engine.deliver, engine.onMessage, engine.configure].map((method) =>
    (method as (argument: unknown) => void).bind(engine),
  ) as [Engine['deliver'], Engine['onMessage'], Engine['configure']]
  const replace = <K extends 'deliver' | 'onMessage' | 'configure'>(name: K, value: Engine[K]) =>
    Object.defineProperty(engine, name, { configurable: true, value })
  const living = () => (engine.connection?.isStale === false ? engine.connection : undefined)

  replace('deliver', (event: Inbound) => {
    const { from, type } = event
    if (!from || (type !== 'opened' && type !== 'socketClosed')) return deliver(event)
    interceptor.inbound(type === 'opened' ? 'opened' : 'closed', () => {
      if (!from.isStale) deliver(event)
    })
  })
  replace('onMessage', (event) => {
    const from = living()
    interceptor.inbound('message', () => {
      if (from && from === living()) onMessage(event)
    })
  })
  // What a user may look at, `client.options`, stays as it was.
  const rewire = () => {
    const given = engine.settings.WebSocket
    function Dialled(...call: [url: string, protocols?: unknown, options?: object]) {
      return interceptor.dial(() => construct(given, call))
    }
    engine.settings = { ...engine.settings, WebSocket: Dialled as unknown as SocketConstructor }
  }
  replace('configure', (settings) => {
    configure(settings)
    rewire()
  })
  rewire()
  adopt(engine, interceptor)

  return {
    get isConnected() {
      return !!living()
    },
    receive(event) {
      if (living()) onMessage(event)
    },
    end(close) {
      const from = living()
      if (from) deliver({ type: 'socketClosed', cause: undefined, failure: undefined, ...close, from })
    },
    signal(type) {
      const { phase } = engine.state
      if (phase !== 'idle' && phase !== 'closed') deliver({ type })
    },
  }
}

/** The socket that lives already: from now on the engine sends through what the interceptor puts around it. */
function adopt({ connection, traffic: { sender } }: Engine, interceptor: Interceptor): void {
  if (!connection || connection.isStale || !connection.socket) return
  const { isOpen, mode } = sender
  connection.socket = interceptor.wrap(connection.socket)
  if (!isOpen) return
  sender.open(connection.socket)
  sender.mode = mode
}

/** What the connection would have done by itself. */
function construct(
  given: SocketConstructor | undefined,
  [url, protocols, options]: [url: string, protocols?: unknown, options?: object],
): SocketLike {
  const Constructor = given || findWebSocket(!!options)
  if (!Constructor) throw new Error('WebSocketReconnect: there is no WebSocket to dial with.')
  return within(given ? undefined : Constructor, () => {
    if (options && !given && takesSocketInit(Constructor))
      return new Constructor(url, { ...options, protocols: protocols || [] })
    return options ? new Constructor(url, protocols, options) : new Constructor(url, protocols)
  })
}
