/**
 * Owns what stands between socket and engine: OPEN is what the server has welcomed, frames are read once, and what breaks the
 * wire ends the connection (docs/SESSION.md). Must never know what a frame leads to, nor keep a timer: the engine's
 * connectTimeout covers the handshake.
 */

import type { Failure } from '../machine/events.ts'
import type { SocketLike } from '../options/world.ts'
import type { CloseInfo } from '../policy/close-policy.ts'
import type { ProtocolAdapter } from '../runtime/protocol-adapter.ts'
import { type Framing, type PlainFrame, type ServerFrame, VERSION } from './frames.ts'
import { clientToWire } from './json-client-framing.ts'

export type Incoming = ServerFrame | PlainFrame

export interface Handshake extends ProtocolAdapter {
  /** The frame of an event; undefined for a message that is none. */
  frameOf(event: MessageEvent): Incoming | undefined
  /** Ends the connection: the server has broken the wire. */
  fail(reason: string): void
}

/** `hello` answers with the bytes of the first frame. */
export function handshake({ read }: Framing, hello: () => Promise<unknown>): Handshake {
  const frames = new WeakMap<object, Incoming>()
  let failLatest = (_reason: string) => {}
  return {
    frameOf: (event) => frames.get(event),
    fail: (reason) => failLatest(reason),
    isControl: (event) => (frames.get(event) || { type: 'plain' }).type !== 'plain',
    messageData(event) {
      const frame = frames.get(event)
      return frame ? (frame as PlainFrame).data : event.data
    },
    listen(socket: SocketLike) {
      const engine: Record<string, (event?: unknown) => void> = {}
      const tell = (type: string, event?: unknown) => engine[type]?.(event)
      let isReady = false
      /** The engine does not wait for the socket to agree (R3). */
      const end = (code: number, reason: string, failure: Failure) => {
        socket.close(code, reason)
        tell('close', { code, reason, failure })
      }
      const fail = (reason: string, cause: unknown = new TypeError(reason)) =>
        end(4400, reason, { code: 'INVALID_MESSAGE', cause })

      socket.addEventListener('open', () => {
        hello()
          .then((data) => {
            if (socket.readyState === 1) socket.send(data as never)
          })
          .catch((cause) => {
            socket.close()
            tell('close', { failure: { code: 'HANDSHAKE_FAILED', cause } satisfies Failure })
          })
      })
      socket.addEventListener('message', (event: MessageEvent) => {
        try {
          const frame = read(event.data)
          if (frame) {
            const { type } = frame
            // A client's word, or one at the wrong time.
            if ((type !== 'plain' && clientToWire(frame)) || isReady === (type === 'welcome'))
              throw new TypeError(`"${type}" is out of place`)
            frames.set(event, frame as Incoming)
            if (frame.type === 'welcome') {
              if (frame.version !== VERSION) {
                const cause = `this client speaks version ${VERSION}, the server ${frame.version}`
                return end(4406, cause, { code: 'HANDSHAKE_FAILED', cause })
              }
              isReady = true
              failLatest = fail
              tell('open')
            }
          }
          if (isReady) tell('message', event)
        } catch (cause) {
          fail('Invalid frame', cause)
        }
      })
      socket.addEventListener('error', (event) => tell('error', event))
      socket.addEventListener('close', (event?: Partial<CloseInfo>) => {
        // Some platforms say null where there is nothing to say, or leave it out; the engine knows them.
        const { code, reason, wasClean } = event || {}
        const close = { code: code ?? 1006, reason, wasClean }
        // Before the welcome every code is an answer to us; 1006 is mere silence.
        const failure: Failure = { code: 'HANDSHAKE_FAILED', cause: close }
        tell('close', isReady || close.code === 1006 ? close : { ...close, failure })
      })
      return (type: string, listener: (event: any) => void) => {
        engine[type] = listener
      }
    },
  }
}
