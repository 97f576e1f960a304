/**
 * Owns the handshake of graphql-transport-ws between socket and engine: OPEN is what the server has acknowledged
 * (docs/GRAPHQL.md). Must never know of operations, retry by itself, or keep a timer: the engine's connectTimeout covers
 * the handshake, acknowledgement included.
 */

import type { Failure } from '../machine/events.ts'
import { warn } from '../options/dev-warnings.ts'
import type { SocketLike } from '../options/world.ts'
import type { CloseInfo } from '../policy/close-policy.ts'
import type { ErrorCode } from '../policy/errors.ts'
import type { ProtocolAdapter } from '../runtime/protocol-adapter.ts'
import { initText, type Message, readMessage } from './messages.ts'
import { graphqlCloseTable } from './protocol.ts'

/**
 * Lets the engine hear `open` only once the server has acknowledged. What concerns an operation is put into `parsedMessages` by
 * its event, for whoever hears that event from the engine, which knows the sockets that no longer count.
 */
export const handshake = (params: () => unknown, parsedMessages: WeakMap<object, Message>): ProtocolAdapter => ({
  closeTable: graphqlCloseTable,
  hasFreshAuth: true,
  isControl: (event) => !parsedMessages.has(event),
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
        const text = initText(await params())
        if (socket.readyState === 1) {
          isGreeted = true
          socket.send(text as never)
        }
      } catch (error) {
        try {
          if (process.env.NODE_ENV !== 'production')
            warn('connectionParams failed, so the server was not greeted.', error)
        } catch {}
        socket.close()
        end({}, 'HANDSHAKE_FAILED', error)
      }
    })
    socket.addEventListener('message', (event: MessageEvent) => {
      try {
        const message = readMessage(event.data, isGreeted, isReady)
        const { type, payload } = message
        if (type === 'ping') send({ type: 'pong', payload })
        else if (type === 'connection_ack') {
          // To the engine, a second one is no news.
          isReady = true
          tell('open')
        } else if (type !== 'pong') parsedMessages.set(event, message)
        if (isReady) tell('message', event)
      } catch (cause) {
        const close = { code: 4400, reason: 'Invalid message' }
        socket.close(close.code, close.reason)
        end(close, 'INVALID_MESSAGE', cause)
      }
    })
    socket.addEventListener('error', (event) => tell('error', event))
    socket.addEventListener('close', (event?: Partial<CloseInfo>) => {
      // Some platforms say null where there is nothing to say, or leave it out.
      const close = { code: event?.code ?? 1006, reason: event?.reason ?? '', wasClean: !!event?.wasClean }
      // Before the acknowledgement every code is an answer to us, later only the protocol's own; 1006 is mere silence.
      if (close.code >= 4000 || (!isReady && close.code !== 1006)) end(close, 'HANDSHAKE_FAILED', close)
      else tell('close', close)
    })
    return (type: string, listener: (event: any) => void) => {
      engine[type] = listener
    }
  },
})
