/** Owns how the page's parts find its session. */

import { createContext, useContext } from 'react'
import { Session } from '../../src/session/index.ts'
import { connection } from './connection.ts'

// biome-ignore lint/suspicious/noExplicitAny: every topic and request has its own.
export const newSession = () => new Session<any, any>(connection)

export const SessionContext = createContext<Session<any, any> | null>(null)

// biome-ignore lint/suspicious/noExplicitAny: see above.
export function useSession(): Session<any, any> {
  const session = useContext(SessionContext)
  if (!session) throw new Error('useSession: there is no session above this component.')
  return session
}
