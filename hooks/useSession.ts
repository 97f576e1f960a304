'use client'

/**
 * Owns how a hook finds its session: the one it was given, else the provider's (R30).
 * Must never put anything but the session itself into the context: state there would re-render every reader.
 */

import { createContext, useContext } from 'react'
import type { Session } from '../src/session/index.ts'

export const SessionContext = /* @__PURE__ */ createContext<Session<any, any> | null>(null)

/** The last argument of every hook of a session. */
export interface SessionOption {
  /** Uses this session instead of the provider's. */
  session?: Session<any, any> | undefined
}

/**
 * The provider's session: `send`, `post` and `follow` from an event handler, `outbox.clear()` at logout, and `ws` for
 * every other hook: `useWebSocket({ client: session.ws })`.
 * @throws Error that shows what to wrap where there is none.
 */
export function useSession<Out = unknown, In = unknown>(given?: Session<Out, In>): Session<Out, In> {
  const inherited = useContext(SessionContext)
  const session = given || inherited
  if (!session) {
    throw new Error('WebSocketReconnect: wrap this component in <SessionProvider>, or pass { session }.')
  }
  return session
}
