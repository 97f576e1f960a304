/**
 * Owns the wire protocol graphql-transport-ws: its name, which messages a server may send, its handshake as a layer
 * between socket and engine, and what its close codes mean (docs/GRAPHQL.md). Must never know of operations, retry by
 * itself, or keep a timer: the engine's connectTimeout covers the handshake, acknowledgement included.
 */

import { type CloseAction, closeAction } from './close-codes.ts'
import type { ErrorCode } from './errors.ts'
import type { Layer } from './line.ts'
import type { CloseInfo, SocketLike, WebSocketReconnectOptions } from './options.ts'
import type { Failure } from './state.ts'
import { warn } from './warnings.ts'

const PROTOCOL = 'graphql-transport-ws'
/** The protocol before it, with other messages; the requirement's snippet names it. */
const OLDER = 'graphql-ws'

/** The protocol's own codes that retrying does not cure. */
const FATAL = [4004, 4005, 4400, 4403, 4406, 4409, 4429, 4500]

/** What this protocol's close codes mean, and below 4000 the engine's own (R12). */
function protocolCloseAction(code: number): CloseAction {
  if (FATAL.includes(code)) return 'stop'
  if (code === 4401) return 'retry-with-fresh-auth'
  return code >= 4000 ? 'retry' : closeAction(code)
}

/** A message from a server. */
export interface Message {
  readonly id: string
  readonly type: string
  readonly payload: any
}

/** Throws for what no server may send now; a message of this protocol is answered or ignored, never guessed at. */
function read(data: unknown, isGreeted: boolean, isReady: boolean): Message {
  const message = JSON.parse(data as string)
  const { id, type, payload } = message
  if (
    !/^p[io]ng$/.test(type) &&
    !(type === 'connection_ack'
      ? isGreeted
      : isReady &&
        typeof id === 'string' &&
        (type === 'next'
          ? Object(payload) === payload
          : type === 'error'
            ? payload.every((error: Partial<Error>) => typeof error.message === 'string')
            : type === 'complete'))
  ) {
    throw new TypeError(`expected ${PROTOCOL}, got "${type}"`)
  }
  return message
}

/**
 * Lets the engine hear `open` only once the server has acknowledged. What concerns an operation is put into `heard` by
 * its event, for whoever hears that event from the engine, which knows the sockets that no longer count.
 */
export const handshake = (params: () => unknown, heard: WeakMap<object, Message>): Layer => ({
  closeAction: protocolCloseAction,
  hasFreshAuth: true,
  listen(socket: SocketLike) {
    const engine: Record<string, (event?: unknown) => void> = {}
    const tell = (type: string, event?: unknown) => engine[type]?.(event)
    const send = (message: object) => socket.send(JSON.stringify(message) as never)
    /** The engine does not wait for the socket to agree (R3). */
    const end = (close: object, code: ErrorCode, cause: unknown) =>
      tell('close', { ...close, failure: { code, cause } satisfies Failure })
    let isGreeted = false
    let isReady = false

    socket.addEventListener('open', async () => {
      try {
        const payload = (await params()) || undefined
        if (socket.readyState === 1) {
          isGreeted = true
          send({ type: 'connection_init', payload })
        }
      } catch (error) {
        socket.close()
        end({}, 'HANDSHAKE_FAILED', error)
      }
    })
    socket.addEventListener('message', (event: MessageEvent) => {
      try {
        const message = read(event.data, isGreeted, isReady)
        const { type, payload } = message
        if (type === 'ping') send({ type: 'pong', payload })
        else if (type === 'connection_ack') {
          // To the engine, a second one is no news.
          isReady = true
          tell('open')
        } else if (type !== 'pong') heard.set(event, message)
        if (isReady) tell('message', event)
      } catch (cause) {
        const close = { code: 4400, reason: 'Invalid message' }
        socket.close(close.code, close.reason)
        end(close, 'INVALID_MESSAGE', cause)
      }
    })
    socket.addEventListener('error', (event) => tell('error', event))
    socket.addEventListener('close', (event: CloseInfo) => {
      const { code, reason, wasClean } = Object(event) as CloseInfo
      const close = { code, reason, wasClean }
      // Before the acknowledgement every code is an answer to us, later only the protocol's own; 1006 is mere silence.
      if (code >= 4000 || (!isReady && code !== 1006)) end(close, 'HANDSHAKE_FAILED', close)
      else tell('close', event)
    })
    return (type: string, listener: (event: any) => void) => {
      engine[type] = listener
    }
  },
})

/** Offers the right subprotocol, pings as the protocol does, and knows the protocol's close codes. */
export function speaking(options: Partial<WebSocketReconnectOptions>): Partial<WebSocketReconnectOptions> {
  const { protocols = [], heartbeatMessage } = options
  // Functions are trusted: they cannot be asked before their time.
  const isPing = typeof heartbeatMessage === 'function' || /type\W+ping\\?"/.test(JSON.stringify(heartbeatMessage))
  try {
    if (process.env.NODE_ENV !== 'production') {
      if (typeof protocols !== 'function' && ([] as string[]).concat(protocols).includes(OLDER)) {
        warn(`"${OLDER}" is an older subprotocol, with other messages, that servers refuse; offering "${PROTOCOL}".`)
      }
      if (heartbeatMessage && !isPing) {
        warn(`a server of ${PROTOCOL} hangs up on this heartbeatMessage (4400, 4429); sending {"type":"ping"}.`)
      }
    }
  } catch {}

  return {
    protocols:
      typeof protocols === 'function'
        ? protocols
        : [...new Set([PROTOCOL].concat(protocols))].filter((name) => name !== OLDER),
    heartbeatMessage: isPing ? heartbeatMessage : undefined,
  }
}
