/**
 * Owns a session that belongs to a part of a page (R30, R32–R34 for sessions): as managed-client.ts, and what the session itself
 * was made with stays as it was at first. Must never send as somebody else: another outbox is another session.
 */

import type { WebSocketReconnect, WebSocketReconnectOptions } from '../index.ts'
import { Session, type SessionOptions } from '../session/index.ts'
import { type Managed, manage, type Terms } from './managed-client.ts'

export const manageSession = (first: Terms): Managed<Session<any, any>> =>
  manage(first, (options) => {
    const session = new Session<any, any>(options, true)
    return { client: session, engine: session.ws as WebSocketReconnect, translate }
  })

/** What is the engine's own. */
function translate(changed: Partial<WebSocketReconnectOptions>): Partial<WebSocketReconnectOptions> {
  const { outbox, window, codec, framing, ...rest } = changed as Partial<SessionOptions>
  return rest
}
