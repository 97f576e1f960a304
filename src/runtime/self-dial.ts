/**
 * Owns how a client notices that the WebSocket it is about to call stands on this very engine: a class that an application
 * has made the platform's own (R28). Must never hold a client.
 */
import type { SocketConstructor } from '../options/world.ts'

/** The platform's constructor that is being called at this moment. */
let constructing: SocketConstructor | undefined

/** The constructor within which a client is made: were that client to call it, there would be no end. */
export const surroundingConstructor = (): SocketConstructor | undefined => constructing

/** Calls `construct` as the platform's `Constructor`. */
export function within<T>(Constructor: SocketConstructor | undefined, construct: () => T): T {
  const before = constructing
  constructing = Constructor || before
  try {
    return construct()
  } finally {
    constructing = before
  }
}

const errors = /* @__PURE__ */ new WeakSet<object>()

/** Whether this error says that the engine would dial itself. */
export const isSelfDial = (error: unknown): error is TypeError => errors.has(Object(error))

export function selfDialError(): TypeError {
  let text = 'WebSocketReconnect: globalThis.WebSocket is WebSocketReconnect'
  try {
    if (process.env.NODE_ENV !== 'production') text = explain()
  } catch {
    text = explain()
  }
  const error = new TypeError(text)
  errors.add(error)
  return error
}

const explain = () =>
  'WebSocketReconnect: globalThis.WebSocket is a class that stands on WebSocketReconnect, which would dial itself ' +
  "without end. Keep the platform's own WebSocket and pass it as the WebSocket option."
