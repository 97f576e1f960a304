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

/** Says that the engine would dial itself. To whoever catches it, it is a TypeError. */
export class SelfDialError extends TypeError {
  constructor() {
    let text = 'WebSocketReconnect: globalThis.WebSocket is WebSocketReconnect'
    try {
      if (process.env.NODE_ENV !== 'production') text = explain()
    } catch {
      text = explain()
    }
    super(text)
  }
}

const explain = () =>
  'WebSocketReconnect: globalThis.WebSocket is a class that stands on WebSocketReconnect, which would dial itself ' +
  "without end. Keep the platform's own WebSocket and pass it as the WebSocket option."
